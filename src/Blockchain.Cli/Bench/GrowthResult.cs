using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Blockchain.Wire.Terminal;

namespace Blockchain.Cli.Bench;

/// <summary>What one length of ledger costs.</summary>
/// <param name="Blocks">Number of blocks.</param>
/// <param name="Costs">Each cost, divided by the number of blocks it was taken over.</param>
internal sealed record GrowthResult(long Blocks, IReadOnlyList<GrowthCost> Costs)
{
    private const int Decimals = 3;

    /// <summary>One object on one line, for programs.</summary>
    public string ToJson()
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter json = new(buffer))
        {
            json.WriteStartObject();
            json.WriteNumber("blocks", Blocks);
            foreach (GrowthCost cost in Costs)
            {
                json.WriteNumber(cost.Key, Math.Round(cost.PerBlock, Decimals));
            }

            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>All lengths in one table: the cost of a block, and how it compares with the shortest ledger.</summary>
    public static IEnumerable<string> Lines(IReadOnlyList<GrowthResult> results)
    {
        GrowthResult least = results[0];
        TextTable table = new(
        [
            "cost of a block", .. results.SelectMany(result => new[] { Text($">{result.Blocks:N0}"), ">ratio" }),
        ]);
        for (int i = 0; i < least.Costs.Count; i++)
        {
            GrowthCost first = least.Costs[i];
            table.Add(
            [
                $"{first.Title}, {first.Unit}",
                .. results.SelectMany(result => new[]
                {
                    Text($"{result.Costs[i].PerBlock:N2}"),
                    Text($"{result.Costs[i].PerBlock / first.PerBlock:0.00}"),
                }),
            ]);
        }

        return table.Lines();
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

/// <summary>One cost of a block.</summary>
/// <param name="Title">What is done, for people.</param>
/// <param name="Key">The same for programs, with the unit.</param>
/// <param name="Unit">us (microseconds) or bytes.</param>
/// <param name="PerBlock">How much, a block.</param>
internal sealed record GrowthCost(string Title, string Key, string Unit, double PerBlock);
