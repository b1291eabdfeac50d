using System.Globalization;
using System.Text;

namespace Blockchain.Wire.Http;

/// <summary>One number that a process counts.</summary>
/// <param name="Name">Its name, with its labels: <c>blockchain_messages_sent_total{kind="REPLY"}</c>.</param>
/// <param name="Help">What is counted.</param>
/// <param name="Value">How many since the process started.</param>
public readonly record struct Metric(string Name, string Help, long Value);

/// <summary>Counters as monitors read them: the text format of Prometheus, version 0.0.4.</summary>
public static class MetricsText
{
    /// <summary>The content type that the format has.</summary>
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>Writes counters; those of one name with different labels stand together.</summary>
    public static string Write(params ReadOnlySpan<Metric> metrics)
    {
        StringBuilder text = new();
        string last = string.Empty;
        foreach (Metric metric in metrics)
        {
            string family = metric.Name.Split('{')[0];
            if (family != last)
            {
                string type = family.EndsWith("_total", StringComparison.Ordinal) ? "counter" : "gauge";
                text.Append("# HELP ").Append(family).Append(' ').Append(metric.Help).Append('\n');
                text.Append("# TYPE ").Append(family).Append(' ').Append(type).Append('\n');
                last = family;
            }

            text.Append(metric.Name).Append(' ').Append(CultureInfo.InvariantCulture, $"{metric.Value}").Append('\n');
        }

        return text.ToString();
    }

    /// <summary>Reads what <see cref="Write"/> wrote: values by name with labels.</summary>
    /// <exception cref="FormatException">A line is none of the format, or its value is no whole number.</exception>
    public static IReadOnlyDictionary<string, long> Read(string text)
    {
        Dictionary<string, long> values = [];
        foreach (string line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!line.StartsWith('#'))
            {
                int blank = line.LastIndexOf(' ');
                values[line[..Math.Max(0, blank)]] = long.Parse(line[(blank + 1)..], CultureInfo.InvariantCulture);
            }
        }

        return values;
    }
}
