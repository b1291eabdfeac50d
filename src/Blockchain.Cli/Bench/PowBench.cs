using System.Diagnostics;
using System.Security.Cryptography;
using Blockchain.Core.Kernel;
using Blockchain.Core.OpenNetwork;

namespace Blockchain.Cli.Bench;

/// <summary>
/// The miner on each path that the processor has, beside the platform's SHA-256, called twice for each nonce. One
/// thread, and all of them in turns of the same rounds, so that whatever else the machine does meets all alike.
/// </summary>
internal static class PowBench
{
    private const uint NoncesAtOnce = 1 << 16;
    private const uint HashesAtOnce = 1 << 12;

    // The first block of Bitcoin: its nonce is known to everybody.
    private const string KnownHeader =
        "0100000000000000000000000000000000000000000000000000000000000000000000003ba3edfd7a7b12b27ac72c3e67768f617fc8"
        + "1bc3888a51323a9fb8aa4b1e5e4a29ab5f49ffff001d1dac2b7c";

    /// <summary>Measures.</summary>
    /// <param name="seconds">How long each figure is measured, in all rounds together.</param>
    /// <param name="rounds">How often it comes to its turn.</param>
    /// <param name="cancellation">Stops between two turns.</param>
    public static PowResult Run(TimeSpan seconds, int rounds, CancellationToken cancellation)
    {
        Header known = Header.Read(Convert.FromHexString(KnownHeader));
        TimeSpan turn = seconds / rounds;
        List<(double Rate, double Peer)>[] figures =
            [.. MinerPaths.Available.Select(_ => new List<(double Rate, double Peer)>())];
        bool foundByAll = MinerPaths.Available.All(path => FindsKnown(known, path));
        for (int round = 0; round < rounds; round++)
        {
            double peer = Measure(turn, HashesAtOnce, (nonce, count) => HashOneByOne(known, nonce, count));
            for (int i = 0; i < figures.Length; i++)
            {
                cancellation.ThrowIfCancellationRequested();
                MinerPath path = MinerPaths.Available[i];
                figures[i].Add((Measure(turn, NoncesAtOnce, (nonce, count) => Mine(known, nonce, count, path)), peer));
            }
        }

        return new PowResult(
            [.. MinerPaths.Available.Zip(figures, static (path, rates) => new PowFigure(path, Compared.Of(rates)))],
            foundByAll);
    }

    /// <summary>Nonces per second.</summary>
    private static double Measure(TimeSpan turn, uint atOnce, Action<uint, uint> work)
    {
        uint nonce = 0;
        long done = 0;
        long start = Stopwatch.GetTimestamp();
        do
        {
            work(nonce, atOnce);
            nonce += atOnce;
            done += atOnce;
        }
        while (Stopwatch.GetElapsedTime(start) < turn);
        return done / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static bool FindsKnown(Header known, MinerPath path) =>
        Miner.Search(known, known.Nonce - (NoncesAtOnce / 2), NoncesAtOnce, path) == known.Nonce;

    /// <summary>With a target that no nonce meets, so that none ends the search.</summary>
    private static void Mine(Header header, uint nonce, uint count, MinerPath path) =>
        Miner.Search(header with { Bits = new CompactTarget(0x0300_0001) }, nonce, count, path);

    private static void HashOneByOne(Header header, uint nonce, uint count)
    {
        Span<byte> bytes = stackalloc byte[Header.Size];
        Span<byte> hash = stackalloc byte[Hash.Size];
        for (uint i = 0; i < count; i++)
        {
            (header with { Nonce = nonce + i }).Write(bytes);
            SHA256.HashData(bytes, hash);
            SHA256.HashData(hash, hash);
        }
    }
}
