using System.Security.Cryptography;
using BenchmarkDotNet.Attributes;
using Blockchain.Core.BankNetwork;
using Blockchain.Core.Kernel;

namespace Blockchain.Benchmarks;

/// <summary>One link of the chain beside one hash of the platform over the same bytes.</summary>
public class HashLinkBenchmarks
{
    private readonly Block _block = SampleBlocks.Payment(1);
    private readonly byte[] _digest = new byte[Hash.Size];
    private byte[] _joined = [];

    [GlobalSetup]
    public void Setup() => _joined = [.. new byte[Hash.Size], .. _block.Canonical.Span];

    [Benchmark(Baseline = true)]
    public int HashData() => SHA256.HashData(_joined, _digest);

    [Benchmark]
    public Hash Link() => _block.HashAfter(Hash.Empty);
}
