using System.Security.Cryptography;
using BenchmarkDotNet.Attributes;
using Blockchain.Core.BankNetwork;
using Blockchain.Core.Kernel;

namespace Blockchain.Benchmarks;

/// <summary>
/// Inserting blocks in the order in which they come, beside one hash a block. Figures are for one block. Blocks
/// stay provisional, which is the worst case: a client settles them, and what is settled is never hashed again.
/// </summary>
public class SortedInsertBenchmarks
{
    private const int Window = 16;
    private const int Seed = 1;
    private const int Round = 1_000;
    private readonly byte[] _digest = new byte[Hash.Size];
    private Block[] _before = [];
    private Block[] _blocks = [];
    private byte[] _joined = [];
    private LedgerChain _chain = new(new LedgerState());

    /// <summary>Blocks that are there already.</summary>
    [Params(1_000, 100_000)]
    public int Present { get; set; }

    /// <summary>How the next thousand come: in order, each up to 16 places from its own, or in any order.</summary>
    [Params("in order", "window of 16", "random")]
    public string Order { get; set; } = "in order";

    [GlobalSetup]
    public void Setup()
    {
        Block[] all = SampleBlocks.Payments(Present + Round);
        _before = all[..Present];
        _blocks = all[Present..];
        _joined = [.. new byte[Hash.Size], .. all[0].Canonical.Span];
        Random random = new(Seed);
        int size = Order switch { "in order" => 1, "random" => Round, _ => Window };
        for (int from = 0; from < Round; from += size)
        {
            random.Shuffle(_blocks.AsSpan(from, Math.Min(size, Round - from)));
        }

        foreach (Block block in all)
        {
            _ = block.Canonical;
        }
    }

    [IterationSetup]
    public void Prepare()
    {
        _chain = new LedgerChain(new LedgerState());
        for (int i = 0; i < _before.Length; i++)
        {
            _chain.Insert(_before[i], i);
        }
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Round)]
    public int HashData()
    {
        int sum = 0;
        for (int i = 0; i < Round; i++)
        {
            sum += SHA256.HashData(_joined, _digest);
        }

        return sum;
    }

    [Benchmark(OperationsPerInvoke = Round)]
    public long Insert()
    {
        for (int i = 0; i < _blocks.Length; i++)
        {
            _chain.Insert(_blocks[i], Present + i);
        }

        return _chain.LinksHashed;
    }
}
