using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Blockchain.Core.OpenNetwork;

namespace Blockchain.Cli.Wallet;

/// <summary>One object of JSON in one line, for answers that only the command line gives.</summary>
internal static class JsonLine
{
    // The text goes to a terminal or a pipe and never into HTML, so that only what JSON itself forbids is escaped.
    private static readonly JsonWriterOptions Options =
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes one.</summary>
    /// <param name="write">Writes the fields.</param>
    public static string Of(Action<Utf8JsonWriter> write)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter writer = new(stream, Options))
        {
            writer.WriteStartObject();
            write(writer);
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }

    /// <summary>An amount as the number that the node's answers have too: exact, with no more decimals than
    /// needed.</summary>
    public static void WriteCoins(this Utf8JsonWriter writer, string name, Coins amount)
    {
        writer.WritePropertyName(name);
        writer.WriteRawValue(amount.ToString());
    }

    /// <summary>The same of what the node said.</summary>
    public static void WriteCoins(this Utf8JsonWriter writer, string name, decimal amount)
    {
        writer.WritePropertyName(name);
        writer.WriteRawValue(amount.ToString("0.########", System.Globalization.CultureInfo.InvariantCulture));
    }
}
