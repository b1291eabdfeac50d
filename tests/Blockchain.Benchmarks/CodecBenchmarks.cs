using System.Security.Cryptography;
using BenchmarkDotNet.Attributes;
using Blockchain.Core.BankNetwork;
using Blockchain.Core.Kernel;

namespace Blockchain.Benchmarks;

/// <summary>Writing and reading the canonical bytes of a block, beside one hash of them.</summary>
[MemoryDiagnoser]
public class CodecBenchmarks
{
    private readonly byte[] _bytes = SampleBlocks.Payment(1).Canonical.ToArray();
    private readonly byte[] _digest = new byte[Hash.Size];

    [Benchmark(Baseline = true)]
    public int HashData() => SHA256.HashData(_bytes, _digest);

    [Benchmark]
    public ReadOnlyMemory<byte> MakeAndEncode() => SampleBlocks.Payment(1).Canonical;

    [Benchmark]
    public Block Decode() => Block.Decode(_bytes);
}
