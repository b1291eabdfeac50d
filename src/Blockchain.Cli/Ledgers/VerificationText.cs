using System.Globalization;
using System.Text;
using System.Text.Json;
using Blockchain.Core.BankNetwork;

namespace Blockchain.Cli.Ledgers;

/// <summary>Shows what a verification found, for people and for programs.</summary>
public static class VerificationText
{
    /// <summary>Index of a fault that is in no block, but in the file as a whole.</summary>
    public const long NoBlock = -1;

    private static readonly JsonWriterOptions Readable = new()
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>A line or two per source, and one about all of them together.</summary>
    public static string Describe(IReadOnlyList<SourceResult> results, Parting? parting)
    {
        StringBuilder text = new();
        foreach (SourceResult result in results)
        {
            text.AppendLine(Describe(result));
        }

        if (results.Count > 1)
        {
            text.AppendLine(parting is null ? Agreement(results) : Describe(parting));
        }

        return text.ToString();
    }

    /// <summary>One JSON object with everything.</summary>
    public static string ToJson(IReadOnlyList<SourceResult> results, Parting? parting)
    {
        using MemoryStream bytes = new();
        using (Utf8JsonWriter json = new(bytes, Readable))
        {
            json.WriteStartObject();
            json.WriteString("command", "verify");
            json.WriteBoolean("holds", results.All(result => result.Report is { Holds: true }) && parting is null);
            json.WriteStartArray("sources");
            foreach (SourceResult result in results)
            {
                Write(json, result);
            }

            json.WriteEndArray();
            Write(json, parting);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.ToArray());
    }

    private static string Describe(SourceResult result)
    {
        if (result.Report is not { } report)
        {
            return $"{result.Title}: not verified: {result.Failure}";
        }

        if (report.Fault is { } fault)
        {
            string place = fault.Index == NoBlock
                ? string.Empty
                : string.Create(CultureInfo.InvariantCulture, $" at block {fault.Index}");
            return $"{result.Title}: BAD{place}: {fault.Explanation}";
        }

        string checkpoint = report.Checkpoint is { } signed
            ? $"signed by the bank up to block {signed.Index}"
            : "no signed checkpoint";
        string tail = report.Unsigned == 0
            ? string.Empty
            : "; the last request goes on beyond the end, so that its signature was not checked "
                + $"({Plural(report.Unsigned, "block")})";
        return $"{result.Title}: good: {Plural(report.Count, "block")}, head {report.Head.Short}, "
            + $"{Plural(report.Transfers, "transfer")}, "
            + $"{Plural(report.Accounts, "account")} with {report.Total} in all, "
            + $"{checkpoint}{tail}"
            + (result.Note is null ? string.Empty : $"{Environment.NewLine}  {result.Note}");
    }

    private static string Agreement(IReadOnlyList<SourceResult> results)
    {
        SourceResult[] read = [.. results.Where(result => result.Report is not null)];
        if (read.Length < 2)
        {
            return "Nothing to compare.";
        }

        // A fault need not be in the blocks.
        string all = read.Any(result => result.Report is { Fault: not null })
            ? $"Apart from that, all {read.Length}"
            : $"All {read.Length}";
        long longest = read.Max(result => result.Hashes.Count);
        SourceResult[] shorter = [.. read.Where(result => result.Hashes.Count < longest)];
        string equal = $"{read.Length - shorter.Length} with {Plural(longest, "block")}";
        return shorter.Length == 0
            ? $"{all} are equal: {Plural(longest, "block")}."
            : $"{all} agree: {equal}, and the beginning of it at "
                + string.Join(
                    ", ", shorter.Select(result => $"{result.Title} ({Plural(result.Hashes.Count, "block")})"))
                + ".";
    }

    private static string Describe(Parting parting)
    {
        string what = parting.Index == 0 ? "They are different ledgers" : $"They part at block {parting.Index}";
        IEnumerable<string> branches = parting.Branches.Select(branch =>
            $"  {branch.Hash.Short}{(branch.Signed ? ", signed by the bank," : string.Empty)} at "
                + string.Join(", ", branch.Sources));
        return $"{what}:{Environment.NewLine}{string.Join(Environment.NewLine, branches)}";
    }

    private static string Plural(long count, string noun) =>
        string.Create(CultureInfo.InvariantCulture, $"{count:N0} {noun}{(count == 1 ? string.Empty : "s")}");

    private static void Write(Utf8JsonWriter json, SourceResult result)
    {
        json.WriteStartObject();
        json.WriteString("source", result.Title);
        json.WriteString("kind", result.Kind);
        AuditReport? report = result.Report;
        json.WriteBoolean("holds", report is { Holds: true });
        json.WriteString("failure", result.Failure);
        json.WriteString("note", result.Note);
        if (report is not null)
        {
            json.WriteNumber("blocks", report.Count);
            json.WriteString("head", report.Head.ToString());
            json.WriteNumber("transfers", report.Transfers);
            json.WriteNumber("accounts", report.Accounts);
            json.WriteString("total", report.Total.ToString());
            json.WriteNumber("unsigned", report.Unsigned);
            Write(json, report.Checkpoint);
            Write(json, report.Fault);
        }

        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, Checkpoint? checkpoint)
    {
        if (checkpoint is null)
        {
            json.WriteNull("checkpoint");
            return;
        }

        json.WriteStartObject("checkpoint");
        json.WriteNumber("index", checkpoint.Index);
        json.WriteString("hash", checkpoint.Hash.ToString());
        json.WriteString("signature", checkpoint.Signature.ToString());
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, AuditFault? fault)
    {
        if (fault is null)
        {
            json.WriteNull("fault");
            return;
        }

        json.WriteStartObject("fault");
        json.WriteNumber("index", fault.Index);
        json.WriteString("kind", fault.Kind.ToString());
        json.WriteString("explanation", fault.Explanation);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, Parting? parting)
    {
        if (parting is null)
        {
            json.WriteNull("parting");
            return;
        }

        json.WriteStartObject("parting");
        json.WriteNumber("index", parting.Index);
        json.WriteStartArray("branches");
        foreach (Branch branch in parting.Branches)
        {
            json.WriteStartObject();
            json.WriteString("hash", branch.Hash.ToString());
            json.WriteBoolean("signed", branch.Signed);
            json.WriteStartArray("sources");
            foreach (string source in branch.Sources)
            {
                json.WriteStringValue(source);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
