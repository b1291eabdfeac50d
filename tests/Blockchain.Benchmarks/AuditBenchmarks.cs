using System.Security.Cryptography;
using BenchmarkDotNet.Attributes;
using Blockchain.Core.BankNetwork;
using Blockchain.Core.Kernel;

namespace Blockchain.Benchmarks;

/// <summary>Checking the stored links of a chain: one hash after another, many in the lanes of one core, and the same
/// on all cores. Figures are for one link.</summary>
public class AuditBenchmarks
{
    private const int Count = 1 << 18;
    private const int Ranges = 64;
    private readonly MessageRange[] _blocks = new MessageRange[Count];
    private readonly Hash[] _hashes = new Hash[Count];
    private byte[] _source = [];

    [GlobalSetup]
    public void Setup()
    {
        CanonicalWriter writer = new();
        Hash head = Hash.Empty;
        for (int i = 0; i < Count; i++)
        {
            ReadOnlySpan<byte> bytes = SampleBlocks.Payment(i + 1).Canonical.Span;
            _blocks[i] = new MessageRange(writer.Length, bytes.Length);
            writer.Raw(bytes);
            head = _hashes[i] = Hash.Link(head, bytes);
        }

        _source = writer.ToArray();
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Count)]
    public bool OneAfterAnother()
    {
        Span<byte> joined = stackalloc byte[Hash.Size + 512];
        Span<byte> digest = stackalloc byte[Hash.Size];
        Hash.Empty.CopyTo(joined);
        for (int i = 0; i < Count; i++)
        {
            ReadOnlySpan<byte> block = _source.AsSpan(_blocks[i].Start, _blocks[i].Length);
            block.CopyTo(joined[Hash.Size..]);
            SHA256.HashData(joined[..(Hash.Size + block.Length)], digest);
            if (new Hash(digest) != _hashes[i])
            {
                return false;
            }

            digest.CopyTo(joined);
        }

        return true;
    }

    [Benchmark(OperationsPerInvoke = Count)]
    public bool Lanes() => Check(0, Count);

    [Benchmark(OperationsPerInvoke = Count)]
    public bool LanesOnAllCores()
    {
        const int Length = Count / Ranges;
        bool[] good = new bool[Ranges];
        Parallel.For(0, Ranges, range => good[range] = Check(range * Length, Length));
        return good.All(static range => range);
    }

    private bool Check(int from, int count) => LinkAudit.FindBroken(
        _source, _blocks.AsSpan(from, count), _hashes.AsSpan(from, count),
        from == 0 ? Hash.Empty : _hashes[from - 1]) < 0;
}
