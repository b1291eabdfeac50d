using Blockchain.Core.BankNetwork;
using Blockchain.Core.Kernel;

namespace Blockchain.Benchmarks;

/// <summary>Blocks to measure with: one transfer a request, as when nobody waits for anybody.</summary>
internal static class SampleBlocks
{
    private const int SignatureSeed = 1;

    public static Block Payment(long clock)
    {
        Transfer transfer = new(new TransferId((UInt128)clock), 1, 2, new Money(100), "rent", clock);
        byte[] signature = new byte[Signature.Size];
        new Random(SignatureSeed).NextBytes(signature);
        return new Block.Payment(
            2, new BlockKey(new Token(clock, 1), 0), transfer, Outcome.Success, new Signature(signature));
    }

    public static Block[] Payments(int count) => [.. Enumerable.Range(1, count).Select(clock => Payment(clock))];
}
