using System.Diagnostics;
using Blockchain.Core.OpenNetwork;

namespace Blockchain.Cli.OpenDemo;

/// <summary>How fast this machine hashes, and so how hard blocks must be to come as often as is wanted.</summary>
internal static class WorkRate
{
    private const uint Range = 1 << 16;
    private static readonly TimeSpan Sample = TimeSpan.FromMilliseconds(200);

    /// <summary>Hashes in a second, on one thread.</summary>
    public static double Measure()
    {
        // A target that nothing meets, so that the whole range is hashed.
        Header header = new(1, BlockHash.Zero, default, 0, new CompactTarget(0x0301_0000), 0);
        MinerPath path = MinerPaths.Fastest;
        Miner.Search(header, 0, Range, path);
        Stopwatch watch = Stopwatch.StartNew();
        long hashes = 0;
        while (watch.Elapsed < Sample)
        {
            Miner.Search(header, (uint)hashes, Range, path);
            hashes += Range;
        }

        return hashes / watch.Elapsed.TotalSeconds;
    }

    /// <summary>The target that takes so many hashes on average.</summary>
    /// <param name="hashes">How many; at most 2^63.</param>
    /// <param name="limit">The easiest target.</param>
    public static CompactTarget TargetOf(double hashes, Target limit)
    {
        ulong whole = (ulong)Math.Clamp(hashes, 1, long.MaxValue);
        Target target = new(UInt256.MaxValue / new UInt256(whole));
        return (target.Value > limit.Value ? limit : target).ToCompact();
    }
}
