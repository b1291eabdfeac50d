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
    /// <summary>The load when each transfer gets a critical section of its own. Every round ends when all of it has
    /// settled, so with many members it is less.</summary>
    /// <param name="clients">How many clients.</param>
    public static Load Unbatched(int clients)
    {
        int depth = clients <= MostAlone ? 256 : 128;
        return new Load(depth, depth / 4, TimeSpan.FromMilliseconds(50));
    }

    /// <summary>The load when the whole queue goes into one critical section. Each member sends its queue to every
    /// other, so with many members it is shorter, and still as long as the peer's transactions; and their turns come
    /// seconds apart, so it is looked after less often.</summary>
    /// <param name="clients">How many clients.</param>
    public static Load Batched(int clients) => clients <= MostAlone
        ? new Load(4_096, 1, TimeSpan.FromMilliseconds(25))
        : new Load(1_024, 1, TimeSpan.FromMilliseconds(100));

    /// <summary>Clients up to which each has a process of its own.</summary>
    public const int MostAlone = 10;

    /// <summary>How many share a process when there are more: each has its own loop, folder and
    /// connections, to those beside it, too; they share code, heap and the thread of sockets.</summary>
    public const int Together = 10;

    /// <summary>Transfers whose latency is taken in each round, one after another.</summary>
    public int LatencySamples => Math.Clamp((int)(Seconds.TotalSeconds * 200), 20, 2_000);
}

/// <summary>What waits at each client.</summary>
/// <param name="Depth">Transfers that wait at a time.</param>
/// <param name="Least">How many must have settled to be made up for: those that come together share a flush at their
/// client, as the lines of a script do.</param>
/// <param name="LookEvery">How often that is looked after.</param>
internal readonly record struct Load(int Depth, int Least, TimeSpan LookEvery);
