using Blockchain.Core.BankNetwork;
using Blockchain.Core.Kernel;

namespace Blockchain.Tests.Audit;

public sealed class LedgerComparisonTests
{
    [Theory]
    [InlineData(0, 0, LedgerRelation.Equal, 0)]
    [InlineData(7, 7, LedgerRelation.Equal, 7)]
    [InlineData(3, 7, LedgerRelation.FirstIsPrefix, 3)]
    [InlineData(7, 3, LedgerRelation.SecondIsPrefix, 3)]
    [InlineData(0, 7, LedgerRelation.FirstIsPrefix, 0)]
    public void Ledgers_that_agree_are_equal_or_one_begins_the_other(
        int first, int second, LedgerRelation relation, long common)
    {
        LedgerComparison.Compare(Chain(first, first), Chain(second, second))
            .Should().Be(new LedgerComparison(relation, common));
    }

    [Fact]
    public void Two_ledgers_part_at_the_first_block_that_differs_wherever_it_is()
    {
        for (int length = 1; length <= 20; length++)
        {
            for (int parted = 0; parted < length; parted++)
            {
                LedgerComparison.Compare(Chain(length, length), Chain(length, parted))
                    .Should().Be(new LedgerComparison(LedgerRelation.Parted, parted), "of {0} blocks", length);
                LedgerComparison.Compare(Chain(length, parted), Chain(length + 5, length + 5))
                    .Should().Be(new LedgerComparison(LedgerRelation.Parted, parted), "of {0} blocks", length);
            }
        }
    }

    /// <summary>A chain whose blocks from <paramref name="changed"/> on differ from those of the unchanged
    /// one.</summary>
    private static PieceList<Hash> Chain(int length, int changed)
    {
        PieceList<Hash> hashes = new();
        Hash head = Hash.Empty;
        for (int i = 0; i < length; i++)
        {
            head = Hash.Link(head, [(byte)i, (byte)(i >= changed ? 1 : 0)]);
            hashes.Add(head);
        }

        return hashes;
    }
}
