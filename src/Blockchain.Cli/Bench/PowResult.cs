using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Blockchain.Core.OpenNetwork;
using Blockchain.Wire.Terminal;

namespace Blockchain.Cli.Bench;

/// <summary>The miner on one path, beside the platform's SHA-256 called twice for each nonce.</summary>
/// <param name="Path">How many nonces at once.</param>
/// <param name="Nonces">Nonces per second.</param>
internal readonly record struct PowFigure(MinerPath Path, Compared Nonces);

/// <summary>What <see cref="PowBench"/> has measured.</summary>
/// <param name="Figures">One a path, the slowest first.</param>
/// <param name="FoundByAll">Whether every path has found the nonce of Bitcoin's first block.</param>
internal sealed record PowResult(IReadOnlyList<PowFigure> Figures, bool FoundByAll)
{
    private const double Million = 1e6;
    private const int Decimals = 3;

    /// <summary>For people.</summary>
    public IEnumerable<string> Lines()
    {
        yield return "double SHA-256 of a header, one thread";
        TextTable table = new("path", ">at once", ">MH/s", ">peer", ">ratio", "the peer");
        foreach (PowFigure figure in Figures)
        {
            table.Add(
                NameOf(figure.Path),
                Text($"{Miner.WidthOf(figure.Path)}"),
                Text($"{figure.Nonces.Rate / Million:0.00}"),
                Text($"{figure.Nonces.Peer / Million:0.00}"),
                Text($"{figure.Nonces.Ratio:0.0}"),
                "SHA256.HashData, twice a nonce");
        }

        foreach (string line in table.Lines())
        {
            yield return "  " + line;
        }

        yield return FoundByAll
            ? "  verified: every path finds the nonce of Bitcoin's first block"
            : "  WRONG: not every path finds the nonce of Bitcoin's first block";
    }

    /// <summary>One object on one line, for programs.</summary>
    public string ToJson()
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter json = new(buffer))
        {
            json.WriteStartObject();
            json.WriteStartArray("paths");
            foreach (PowFigure figure in Figures)
            {
                json.WriteStartObject();
                json.WriteString("path", NameOf(figure.Path));
                json.WriteNumber("at_once", Miner.WidthOf(figure.Path));
                json.WriteNumber("mhs", Math.Round(figure.Nonces.Rate / Million, Decimals));
                json.WriteNumber("peer_mhs", Math.Round(figure.Nonces.Peer / Million, Decimals));
                json.WriteNumber("ratio", Math.Round(figure.Nonces.Ratio, Decimals));
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteBoolean("verified", FoundByAll);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static string NameOf(MinerPath path) => path.ToString().ToLowerInvariant();

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
