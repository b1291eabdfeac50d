using Microsoft.Extensions.Logging;

namespace Blockchain.Cli.Bench;

/// <summary>What a measurement runs with.</summary>
/// <param name="Data">Folder for the data of all processes and of the peers: one file system for all.</param>
/// <param name="Seconds">How long each figure of each round is measured.</param>
/// <param name="Rounds">How many rounds; medians are taken over them.</param>
/// <param name="Postgres">Whether PostgreSQL is measured, too.</param>
/// <param name="LogLevel">The least level that the measured processes log.</param>
internal sealed record BenchOptions(string Data, TimeSpan Seconds, int Rounds, bool Postgres, LogLevel LogLevel)
{
    /// <summary>Transfers that wait at each client when each gets a critical section of its own.</summary>
    public const int UnbatchedDepth = 256;

    /// <summary>Transfers that wait at each client when the whole queue goes into one critical section. Each member
    /// sends its queue to every other, so with many members it is shorter, and still as long as the peer's
    /// transactions.</summary>
    /// <param name="clients">How many clients.</param>
    public static int BatchedDepth(int clients) => clients <= MostProcesses ? 4_096 : 1_024;

    /// <summary>Clients up to which each has a process of its own.</summary>
    public const int MostProcesses = 10;

    /// <summary>Transfers whose latency is taken in each round, one after another.</summary>
    public int LatencySamples => Math.Clamp((int)(Seconds.TotalSeconds * 200), 20, 2_000);
}
