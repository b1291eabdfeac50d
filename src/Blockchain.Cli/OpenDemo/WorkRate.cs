using System.Diagnostics;
using Blockchain.Core.OpenNetwork;

namespace Blockchain.Cli.OpenDemo;

/// <summary>How fast this machine hashes, and so how hard blocks must be to come as often as is wanted.</summary>
internal static class WorkRate
{
    private const uint Range = 1 << 14;
    private static readonly TimeSpan Sample = TimeSpan.FromMilliseconds(400);

    /// <summary>Hashes in a second, of so many threads together, beside all else that this machine does.</summary>
    public static double Measure(int threads)
    {
        // A target that nothing meets, so that the whole range is hashed.
        Header header = new(1, BlockHash.Zero, default, 0, new CompactTarget(0x0301_0000), 0);
        MinerPath path = MinerPaths.Fastest;
        Miner.Search(header, 0, Range, path);
        long hashes = 0;
        Stopwatch watch = Stopwatch.StartNew();
        Thread[] workers =
        [
            .. Enumerable.Range(0, threads).Select(_ => new Thread(() =>
            {
                while (watch.Elapsed < Sample)
                {
                    Miner.Search(header, 0, Range, path);
                    Interlocked.Add(ref hashes, Range);
                }
            }) { IsBackground = true, Name = "rate" }),
        ];
        Array.ForEach(workers, static worker => worker.Start());
        Array.ForEach(workers, static worker => worker.Join());
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
