using Blockchain.Core.OpenNetwork;
using Blockchain.Simulator;

namespace Blockchain.Tests.Simulation;

/// <summary>A checker that cannot fail is worth nothing: each broken rule of a block is found, and named.</summary>
public sealed class SecondCheckerTests
{
    private static readonly NetworkParameters Parameters = NetworkParameters.Test;
    private static readonly Block First = Genesis.Of(Parameters);
    private readonly SecondChecker _checker = new(Parameters);
    private readonly OpenWallet _miner = new(1);
    private readonly OpenWallet _other = new(2);

    private Coins Reward => new(Parameters.RewardUnitsAt(1));

    [Fact]
    public void A_good_chain_is_good_and_its_state_adds_up()
    {
        Block third = Grow(3);
        Block fourth = Make(third, 4, Pay(1, _other, Reward.Units));

        Judge(fourth).Should().BeEmpty();
        _checker.Find(fourth.Hash)!.Supply.Should().Be(4 * Reward.Units);
        _checker.Find(fourth.Hash)!.Unspent.Values.Count(coin => coin.Owner == _other.Address).Should().Be(1);
    }

    [Fact]
    public void A_block_without_work_is_found() =>
        Judge(Make(First, 1, work: false)).Should().Be("no work was done");

    [Fact]
    public void A_block_with_an_easier_target_is_found()
    {
        Block block = Make(First, 1);
        Header easier = block.Header with { Bits = new CompactTarget(0x2100_ffff) };

        Judge(new Block(easier, block.Transactions)).Should().Be("its target is another than the network's");
    }

    [Fact]
    public void A_block_that_is_not_later_than_the_median_is_found() =>
        Judge(Make(First, 1, time: First.Header.Time)).Should().Be("it is older than the median");

    [Fact]
    public void A_coinbase_that_pays_one_unit_more_is_found() =>
        Judge(Make(First, 1, reward: Reward.Units + 1)).Should().StartWith("its coinbase names another height or pays");

    [Fact]
    public void A_block_with_its_end_repeated_is_found_and_does_not_spoil_the_good_one()
    {
        Block third = Grow(3);
        Block good = Make(third, 4, Pay(1, _other, Reward.Units), _miner.Say("one", null));
        Block malleated = new(good.Header, [.. good.Transactions, good.Transactions[^1]]);

        malleated.ComputeMerkleRoot(out _).Should().Be(good.Header.MerkleRoot);
        _checker.Learn(malleated).Should().Be("its transactions are not what its header commits to");
        Judge(good).Should().BeEmpty();
    }

    [Fact]
    public void Other_transactions_than_the_header_commits_to_are_found() =>
        _checker.Learn(new Block(Make(First, 1).Header, Make(First, 1, reward: 5).Transactions))
            .Should().Be("its transactions are not what its header commits to");

    [Fact]
    public void An_output_spent_twice_in_one_block_or_in_two_is_found()
    {
        Block third = Grow(3);
        Block spent = Make(third, 4, Pay(1, _other, Reward.Units));

        Judge(Make(third, 4, Pay(1, _other, Reward.Units), Pay(1, _miner, Reward.Units)))
            .Should().EndWith("it spends what is not there");
        Judge(spent).Should().BeEmpty();
        Judge(Make(spent, 5, Pay(1, _miner, Reward.Units))).Should().EndWith("it spends what is not there");
        Judge(Make(third, 4, Pay(1, _miner, Reward.Units))).Should().BeEmpty("on another chain it is not spent");
    }

    [Fact]
    public void A_payment_of_more_than_it_spends_is_found() =>
        Judge(Make(Grow(3), 4, Pay(1, _other, Reward.Units + 1))).Should().EndWith("inputs are not outputs and fee");

    [Fact]
    public void A_payment_that_its_owner_did_not_sign_is_found()
    {
        Block third = Grow(3);
        Transaction.Payment payment = Pay(1, _other, Reward.Units);
        Transaction.Payment forged = payment.WithSignatures([OpenSignatures.Sign(_other.Key, [])]);

        Judge(Make(third, 4, forged)).Should().EndWith("its signature is wrong");
    }

    [Fact]
    public void A_reward_that_is_spent_too_soon_is_found() =>
        Judge(Make(Grow(3), 4, Pay(3, _other, Reward.Units))).Should().EndWith("the reward is too young");

    [Fact]
    public void A_second_ballot_a_repeated_message_and_a_gap_in_nonces_are_found()
    {
        Transaction Vote(string choice) => _miner.Vote(First.Hash, "tea", "v", choice);

        Judge(Make(First, 1, Vote("yes"), Vote("no"))).Should().EndWith("the voter has voted");
        Judge(Make(First, 1, _miner.Say("a", null), _miner.Say("a", null))).Should().NotBeEmpty();
        Judge(Make(First, 1, _miner.Say("a", 0), _miner.Say("b", 2))).Should().EndWith("a nonce is missing");
        Judge(Make(First, 1, _miner.Say("a", 0), _miner.Say("b", 1), Vote("yes"))).Should().BeEmpty();
    }

    [Fact]
    public void What_stands_on_a_bad_block_is_bad_and_on_an_unknown_one_unknown()
    {
        Block bad = Make(First, 1, reward: 5);
        Block missing = Make(First, 1);
        Block child = Make(missing, 2);

        Judge(bad).Should().NotBeEmpty();
        Judge(Make(bad, 2)).Should().Be("its parent is not valid");
        Judge(child).Should().Contain("is not known");
        Judge(missing).Should().BeEmpty();
        _checker.Judge(child.Hash).Should().BeEmpty("it is judged when all is there");
    }

    private string Judge(Block block) =>
        _checker.Learn(block) is { Length: > 0 } fault ? fault : _checker.Judge(block.Hash);

    private Block Grow(int height)
    {
        Block tip = First;
        for (int i = 1; i <= height; i++)
        {
            tip = Make(tip, i);
            Judge(tip).Should().BeEmpty();
        }

        return tip;
    }

    private static Transaction.Coinbase Coinbase(OpenWallet miner, int height, long units) =>
        new(height, 0, string.Empty, [new TransactionOutput(miner.Address, new Coins(units))]);

    /// <summary>Spends the whole reward of a height.</summary>
    private Transaction.Payment Pay(int height, OpenWallet to, long units) => _miner.Pay(
        First.Hash,
        new OutPoint(Coinbase(_miner, height, Reward.Units).Id, 0),
        [new TransactionOutput(to.Address, new Coins(units))],
        Coins.Zero);

    private Block Make(Block parent, int height, params Transaction[] transactions) =>
        Make(parent, height, Reward.Units, work: true, null, transactions);

    private Block Make(Block parent, int height, bool work) => Make(parent, height, Reward.Units, work, null);

    private Block Make(Block parent, int height, uint time) => Make(parent, height, Reward.Units, true, time);

    private Block Make(Block parent, int height, long reward) => Make(parent, height, reward, true, null);

    private Block Make(
        Block parent, int height, long reward, bool work, uint? time, params Transaction[] transactions)
    {
        Transaction[] all = [Coinbase(_miner, height, reward), .. transactions];
        Header header = new(
            Header.CurrentVersion, parent.Hash, Block.RootOf(all, out _), time ?? parent.Header.Time + 1,
            Parameters.StartBits, Nonce: 0);
        while (Parameters.Limit.IsMetBy(header.ComputeHash()) != work)
        {
            header = header with { Nonce = header.Nonce + 1 };
        }

        return new Block(header, all);
    }
}
