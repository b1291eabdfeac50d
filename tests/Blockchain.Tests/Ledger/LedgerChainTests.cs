using Blockchain.Core.BankNetwork;
using Blockchain.Core.Kernel;
using FsCheck.Fluent;

namespace Blockchain.Tests.Ledger;

/// <summary>The sorted chain: whatever the order of arrival, it is the chain that sorting once would give.</summary>
public sealed class LedgerChainTests
{
    private const int Base = 4;
    private readonly LedgerChain _chain = new(LedgerScript.Run(LedgerScript.TwoMembers));

    [Fact]
    public void Blocks_that_come_in_order_cost_one_hash_each()
    {
        Block[] blocks = Blocks(100);
        for (int i = 0; i < blocks.Length; i++)
        {
            _chain.Insert(blocks[i], Base + i).Should().BeTrue();
        }

        _chain.LinksHashed.Should().Be(100);
        _chain.Provisional[^1].Hash.Should().Be(HashOf(blocks));
    }

    [Fact]
    public void A_block_that_comes_late_costs_only_the_suffix_behind_it()
    {
        Block[] blocks = Blocks(100);
        foreach (Block block in blocks.Where((_, i) => i != 97))
        {
            _chain.Insert(block, Base);
        }

        long before = _chain.LinksHashed;
        _chain.Insert(blocks[97], Base + 97);

        (_chain.LinksHashed - before).Should().Be(3, "blocks 97, 98 and 99 changed");
        _chain.Provisional[^1].Hash.Should().Be(HashOf(blocks));
    }

    [Fact]
    public void A_request_that_comes_late_costs_the_suffix_once_and_not_once_for_each_of_its_blocks()
    {
        Block[] blocks = Blocks(100);
        _chain.Insert(blocks[..40], Base).Should().Be(40);
        _chain.Insert(blocks[60..], Base + 60).Should().Be(40);
        long before = _chain.LinksHashed;

        _chain.Insert(blocks[40..60], Base + 40).Should().Be(20);

        (_chain.LinksHashed - before).Should().Be(60, "20 blocks came, and 40 stand behind them");
        _chain.Provisional[^1].Hash.Should().Be(HashOf(blocks));
        _chain.Insert(blocks[40..60], Base + 40).Should().Be(0);
    }

    [Fact]
    public void A_block_that_is_there_or_is_settled_is_not_inserted_again()
    {
        Block[] blocks = Blocks(2);
        _chain.Insert(blocks[0], Base).Should().BeTrue();
        _chain.Insert(blocks[0], Base).Should().BeFalse();
        Settle(Base, HashOf(blocks[..1])).Should().Be(SettleResult.Settled);

        _chain.Insert(blocks[0], Base).Should().BeFalse();
        _chain.Insert(LedgerScript.Parse("pay 2 (4,1)#0 t99 1>2 1.00 SUCCESS"), Base).Should().BeFalse();
        _chain.SettledCount.Should().Be(Base + 1);
    }

    [Fact]
    public void Any_order_of_arrival_gives_the_chain_that_sorting_once_gives() =>
        Prop.ForAll<int[]>(static keys =>
        {
            Block[] blocks = Blocks(30);
            LedgerChain chain = new(LedgerScript.Run(LedgerScript.TwoMembers));
            Random random = new(keys.Aggregate(keys.Length, HashCode.Combine));
            random.Shuffle(blocks);
            Block[] arriving = [.. blocks, .. blocks.Take(keys.Length % 30)];
            foreach (Block block in arriving)
            {
                chain.Insert(block, 0);
            }

            Array.Sort(blocks, static (left, right) => left.Key.CompareTo(right.Key));
            return chain.Provisional.Select(entry => entry.Block).SequenceEqual(blocks)
                && chain.Provisional[^1].Hash == HashOf(blocks)
                && chain.LinksHashed <= blocks.Length * (blocks.Length + 1) / 2;
        }).Holds();

    [Fact]
    public void Settled_blocks_never_move_whatever_is_inserted_or_fetched_afterwards() =>
        Prop.ForAll<byte, int[]>(static (settle, keys) =>
        {
            Block[] blocks = Blocks(20);
            LedgerChain chain = new(LedgerScript.Run(LedgerScript.TwoMembers));
            Array.ForEach(blocks, block => chain.Insert(block, Base + Array.IndexOf(blocks, block)));
            int count = 1 + (settle % 20);
            SettleResult result = chain.Settle(Base + count - 1, HashOf(blocks[..count]), static (_, _, _) => { });
            Hash[] hashes = [.. Enumerable.Range(0, Base + count).Select(i => chain.Settled.Hashes[i])];
            foreach (int key in keys)
            {
                int clock = 1 + ((key & 0xff) % 40);
                chain.Insert(LedgerScript.Parse($"pay 2 ({clock},2)#0 t{1_000 + (key & 0xffff)} 2>1 0.01 SUCCESS"), 0);
                chain.Replace(key & 7, blocks);
            }

            return result == SettleResult.Settled && chain.SettledCount == Base + count
                && hashes.Select((hash, i) => chain.Settled.Hashes[i] == hash).All(same => same);
        }).Holds();

    [Fact]
    public void What_the_bank_has_on_disk_settles_when_the_hash_is_the_same()
    {
        Block[] blocks = Blocks(5);
        List<long> settled = [];
        Array.ForEach(blocks, block => _chain.Insert(block, Base + Array.IndexOf(blocks, block)));

        _chain.Settle(Base + 2, HashOf(blocks[..3]), (_, index, _) => settled.Add(index))
            .Should().Be(SettleResult.Settled);

        settled.Should().Equal(Base, Base + 1, Base + 2);
        _chain.Provisional.Should().HaveCount(2);
        _chain.Settled.Head.Should().Be(HashOf(blocks[..3]));
        Settle(Base + 1, HashOf(blocks[..2])).Should().Be(SettleResult.Settled, "it was settled before");
    }

    [Fact]
    public void Each_way_in_which_a_durable_block_does_not_settle_has_its_name()
    {
        Block[] blocks = Blocks(3);
        Settle(Base, HashOf(blocks[..1])).Should().Be(SettleResult.Incomplete, "nothing is there");
        _chain.Insert(blocks[1], Base + 1);
        Settle(Base, HashOf(blocks[..1])).Should().Be(SettleResult.Incomplete, "the first one is missing");
        _chain.Insert(blocks[0], Base);
        Settle(Base, Hash.Empty).Should().Be(SettleResult.ProvisionalWrong);
        Settle(0, Hash.Empty).Should().Be(SettleResult.Forked);
        _chain.Insert(LedgerScript.Parse("pay 2 (500,1)#0 t90 1>2 500.00 SUCCESS"), Base + 2);
        Settle(Base + 2, _chain.Provisional[2].Hash).Should().Be(SettleResult.Invalid);
        _chain.Fault.Should().Be(LedgerFault.WrongOutcome);
    }

    [Fact]
    public void Fetched_blocks_take_the_place_of_what_was_wrong_in_their_range()
    {
        Block[] blocks = Blocks(4);
        _chain.Insert(LedgerScript.Parse("pay 2 (10,2)#0 t80 2>1 1.00 SUCCESS"), Base);
        _chain.Insert(blocks[3], Base + 3);

        _chain.Replace(Base, blocks[..3]).Should().BeTrue();

        _chain.Provisional.Select(entry => entry.Block.Key).Should().Equal(blocks.Select(block => block.Key));
        _chain.Provisional[^1].Hash.Should().Be(HashOf(blocks));
        _chain.ContiguousCount.Should().Be(Base + 4);
    }

    [Fact]
    public void Fetched_blocks_that_leave_a_gap_or_are_not_sorted_are_not_taken()
    {
        Block[] blocks = Blocks(4);

        _chain.Replace(Base + 1, blocks[1..]).Should().BeFalse();
        _chain.Replace(Base, [blocks[1], blocks[0]]).Should().BeFalse();
        _chain.Replace(Base, []).Should().BeFalse();
        _chain.Provisional.Should().BeEmpty();
    }

    [Fact]
    public void A_new_view_drops_what_is_provisional_from_the_views_before()
    {
        Array.ForEach(Blocks(3), block => _chain.Insert(block, Base));
        _chain.DropBefore(2);
        _chain.Provisional.Should().HaveCount(3);
        _chain.DropBefore(3);
        _chain.Provisional.Should().BeEmpty();
    }

    [Fact]
    public void No_more_blocks_are_kept_than_the_limit_allows()
    {
        LedgerChain chain = new(LedgerScript.Run(LedgerScript.TwoMembers));
        Transfer transfer = new(new TransferId(1), 1, 2, new Money(1), "", 0);
        for (int i = 0; i < Limits.ProvisionalBlocks; i++)
        {
            chain.Insert(Numbered(i, transfer), 0);
        }

        chain.Provisional.Should().HaveCount(Limits.ProvisionalBlocks);
        chain.Insert(Numbered(Limits.ProvisionalBlocks, transfer), 0).Should().BeFalse();
    }

    private static Block.Payment Numbered(int i, Transfer transfer) => new(
        2, new BlockKey(new Token(10 + i, 1), 0), transfer, Outcome.Success, default(Signature));

    private static Block[] Blocks(int count) =>
    [
        .. Enumerable.Range(0, count).Select(i => LedgerScript.Parse(
            $"pay 2 ({10 + i},{1 + (i % 2)})#0 t{i + 1} {(i % 2 == 0 ? "1>2" : "2>1")} 1.00 SUCCESS")),
    ];

    /// <summary>Hash of the last of these blocks behind the two members' ledger.</summary>
    private static Hash HashOf(Block[] blocks) => blocks.Aggregate(
        LedgerScript.Run(LedgerScript.TwoMembers).Head, static (previous, block) => block.HashAfter(previous));

    private SettleResult Settle(long index, Hash hash) => _chain.Settle(index, hash, static (_, _, _) => { });
}
