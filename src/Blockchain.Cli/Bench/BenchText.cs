using System.Globalization;
using Blockchain.Wire.Terminal;

namespace Blockchain.Cli.Bench;

/// <summary>Results for people.</summary>
internal static class BenchText
{
    private const double MiB = 1 << 20;

    /// <summary>What was measured with one number of clients.</summary>
    public static IEnumerable<string> Lines(BenchResult result)
    {
        yield return Text($"{result.Clients} clients");
        foreach (string line in Rates(result).Lines().Concat(Costs(result).Lines()).Concat(Uses(result).Lines()))
        {
            yield return "  " + line;
        }

        Latency latency = result.Latency;
        yield return Text(
            $"  one transfer alone: p50 {latency.P50:0} us, p99 {latency.P99:0} us; floor {latency.FloorUs:0} us ")
            + Text($"(2 round trips of {latency.TripUs:0} us, 1 commit of {latency.CommitUs:0} us), ")
            + Text($"p50 is {latency.Ratio:0.00} times that");
        yield return result.ChainsEqual
            ? Text($"  verified: all chains equal the bank's and are good; {result.Blocks:N0} blocks in two ledgers")
            : "  WRONG: the chains are not all good and equal to the bank's";
    }

    private static TextTable Rates(BenchResult result)
    {
        TextTable table = new("transfers per second", ">here", ">peer", ">ratio", "the peer");
        Add("one per critical section", result.Unbatched, "SQLite, one per commit");
        Add("whole queue per critical section", result.Batched, "SQLite, 1,000 per commit");
        if (result.Postgres is { } postgres)
        {
            Add("one per critical section", postgres, "PostgreSQL, advisory lock, 8 contenders");
        }

        return table;

        void Add(string title, Compared compared, string peer) => table.Add(
            title, Text($"{compared.Rate:N0}"), Text($"{compared.Peer:N0}"), Text($"{compared.Ratio:0.00}"), peer);
    }

    private static TextTable Costs(BenchResult result)
    {
        TextTable table = new("one critical section", ">messages", ">writes", ">commits");
        Add("all busy", result.Busy);
        Add("nobody else", result.Alone);
        return table;

        void Add(string title, SectionCost cost) => table.Add(
            title, Text($"{cost.Messages:0.00}"), Text($"{cost.Writes:0.00}"), Text($"{cost.Commits:0.00}"));
    }

    private static TextTable Uses(BenchResult result)
    {
        TextTable table = new("process, all busy", ">processor", ">memory");
        foreach (ProcessUse use in result.Processes)
        {
            table.Add(use.Name, Text($"{use.Processor * 100:0} %"), Text($"{use.MemoryBytes / MiB:0} MiB"));
        }

        return table;
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
