using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Blockchain.Cli.Bench;

/// <summary>Rates beside those of a peer, measured in the same rounds: medians, and the median of the ratios.</summary>
/// <param name="Rate">Transfers per second.</param>
/// <param name="Peer">The peer's.</param>
/// <param name="Ratio">The first by the second.</param>
internal readonly record struct Compared(double Rate, double Peer, double Ratio)
{
    /// <summary>Takes the medians.</summary>
    public static Compared Of(IReadOnlyList<(double Rate, double Peer)> rounds) => new(
        Stats.Median(rounds.Select(round => round.Rate)),
        Stats.Median(rounds.Select(round => round.Peer)),
        Stats.Median(rounds.Select(round => round.Rate / round.Peer)));
}

/// <summary>The time of a transfer that nobody stands in the way of, in microseconds.</summary>
/// <param name="P50">Median.</param>
/// <param name="P99">99th percentile.</param>
/// <param name="TripUs">One round trip on a link.</param>
/// <param name="CommitUs">One commit of SQLite.</param>
/// <param name="FloorUs">Two round trips and a commit.</param>
/// <param name="Ratio">The median by the floor.</param>
internal readonly record struct Latency(
    double P50, double P99, double TripUs, double CommitUs, double FloorUs, double Ratio);

/// <summary>What one critical section costs, as counted.</summary>
/// <param name="Messages">Messages of mutual exclusion.</param>
/// <param name="Writes">Writes on links between members.</param>
/// <param name="Commits">Transactions of the bank.</param>
internal readonly record struct SectionCost(double Messages, double Writes, double Commits)
{
    /// <summary>Divides what was counted by the number of sections.</summary>
    public static SectionCost Of(Counts counts) => new(
        (double)counts.Messages / counts.Sections, (double)counts.Writes / counts.Sections,
        (double)counts.Commits / counts.Sections);
}

/// <summary>What a process used while all were busy.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Processor">Share of one processor.</param>
/// <param name="MemoryBytes">Memory at the end.</param>
internal readonly record struct ProcessUse(string Name, double Processor, long MemoryBytes);

/// <summary>Everything that was measured with one number of clients.</summary>
internal sealed record BenchResult
{
    private const int Decimals = 3;

    /// <summary>Number of clients.</summary>
    public required int Clients { get; init; }

    /// <summary>One transfer per critical section, beside SQLite with one per commit.</summary>
    public required Compared Unbatched { get; init; }

    /// <summary>The whole queue per critical section, beside SQLite with 1,000 per commit.</summary>
    public required Compared Batched { get; init; }

    /// <summary>One transfer per critical section, beside PostgreSQL's advisory lock; null when not measured.</summary>
    public Compared? Postgres { get; init; }

    /// <summary>A transfer alone.</summary>
    public required Latency Latency { get; init; }

    /// <summary>A critical section while all are busy, one transfer in each.</summary>
    public required SectionCost Busy { get; init; }

    /// <summary>A critical section that nobody stands in the way of.</summary>
    public required SectionCost Alone { get; init; }

    /// <summary>What the processes used, one transfer per critical section.</summary>
    public required IReadOnlyList<ProcessUse> Processes { get; init; }

    /// <summary>Whether all chains are right and equal the bank's.</summary>
    public required bool ChainsEqual { get; init; }

    /// <summary>Blocks of both ledgers that were audited.</summary>
    public required long Blocks { get; init; }

    /// <summary>One object on one line, for programs.</summary>
    public string ToJson()
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter json = new(buffer))
        {
            json.WriteStartObject();
            json.WriteNumber("clients", Clients);
            Write(json, "unbatched", "s1", Unbatched);
            Write(json, "batched", "s1000", Batched);
            json.WriteStartObject("latency");
            json.WriteNumber("p50_us", Math.Round(Latency.P50, 1));
            json.WriteNumber("p99_us", Math.Round(Latency.P99, 1));
            json.WriteNumber("floor_us", Math.Round(Latency.FloorUs, 1));
            json.WriteNumber("ratio", Math.Round(Latency.Ratio, Decimals));
            json.WriteEndObject();
            json.WriteNumber("messagesPerSection", Math.Round(Busy.Messages, Decimals));
            json.WriteNumber("writesPerSection", Math.Round(Busy.Writes, Decimals));
            json.WriteNumber("commitsPerSection", Math.Round(Busy.Commits, Decimals));
            json.WriteBoolean("chainsEqual", ChainsEqual);
            if (Postgres is { } postgres)
            {
                Write(json, "postgres", "advisoryLock", postgres);
            }

            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void Write(Utf8JsonWriter json, string name, string peer, Compared compared)
    {
        json.WriteStartObject(name);
        json.WriteNumber("tps", Math.Round(compared.Rate, 1));
        json.WriteNumber(peer, Math.Round(compared.Peer, 1));
        json.WriteNumber("ratio", Math.Round(compared.Ratio, Decimals));
        json.WriteEndObject();
    }
}
