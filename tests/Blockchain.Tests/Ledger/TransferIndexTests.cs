using Blockchain.Core.BankNetwork;
using Blockchain.Core.Kernel;

namespace Blockchain.Tests.Ledger;

public class TransferIndexTests
{
    private const int TimeShift = 80;

    [Fact]
    public void Every_transfer_is_found_at_its_block_and_no_other_is()
    {
        Random random = new(20261129);
        Dictionary<TransferId, (long Index, Outcome Outcome)> expected = [];
        TransferIndex index = new();
        for (long block = 0; block < 40_000; block++)
        {
            // Some blocks are no transfers; and ids crowd in three tables of the thousand.
            if (random.Next(10) > 0)
            {
                TransferId id = IdAt(random.Next(3) * 64, (ulong)random.NextInt64());
                Outcome outcome = (Outcome)random.Next(5);
                index.Contains(id).Should().BeFalse();
                index.Add(id, block, outcome);
                expected.Add(id, (block, outcome));
            }
        }

        foreach ((TransferId id, (long Index, Outcome Outcome) at) in expected)
        {
            bool isThere = index.TryGet(id, out long found, out Outcome outcome);
            (isThere, found, outcome).Should().Be((true, at.Index, at.Outcome));
            TransferId near = new(id.Value ^ 1);
            index.Contains(near).Should().Be(expected.ContainsKey(near));
        }
    }

    [Fact]
    public void What_is_noted_later_stands_in_place_of_what_was_noted_before()
    {
        TransferIndex index = new();
        index.Add(IdAt(1, 7), 3, Outcome.Success);
        index.Add(IdAt(1, 7), 9, Outcome.InsufficientFunds);

        index.TryGet(IdAt(1, 7), out long block, out Outcome outcome).Should().BeTrue();
        (block, outcome).Should().Be((9L, Outcome.InsufficientFunds));
    }

    [Fact]
    public void An_empty_index_and_the_id_zero_are_nothing_special()
    {
        TransferIndex index = new();
        index.TryGet(default, out _, out _).Should().BeFalse();
        index.Add(IdAt(0, 1), 2, Outcome.Success);
        index.Contains(default).Should().BeFalse("blocks 0 and 1 are no transfers, with or without an id");
        index.Add(default, 3, Outcome.Success);
        index.TryGet(default, out long block, out _).Should().BeTrue();
        block.Should().Be(3);
    }

    [Fact]
    public void A_block_cannot_be_noted_before_the_last()
    {
        TransferIndex index = new();
        index.Add(IdAt(0, 1), 5, Outcome.Success);

        Action noting = () => index.Add(IdAt(0, 2), 5, Outcome.Success);

        noting.Should().Throw<InvariantException>();
    }

    [Fact]
    public void Ids_whose_halves_fold_to_the_same_have_hashes_of_their_own()
    {
        // UInt128.GetHashCode gives one hash for all of these, in every process.
        IEnumerable<int> hashes = Enumerable.Range(0, 50_000)
            .Select(i => new TransferId(new UInt128(0x0199_0000_0000_7000, ((ulong)i << 32) | (uint)i)).GetHashCode());

        hashes.Distinct().Count().Should().BeGreaterThan(49_900);
    }

    private static TransferId IdAt(int unixMs, ulong random) => new(((UInt128)unixMs << TimeShift) | random);
}
