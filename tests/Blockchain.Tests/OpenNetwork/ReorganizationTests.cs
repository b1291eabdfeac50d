using Blockchain.Core.OpenNetwork;

namespace Blockchain.Tests.OpenNetwork;

/// <summary>What becomes of blocks and transactions when a better chain comes.</summary>
public sealed class ReorganizationTests
{
    private readonly TestNode _node = new(1, TestOpenNetwork.StartMs);
    private readonly OutPoint _alices;
    private readonly OutPoint _daves;

    public ReorganizationTests()
    {
        _alices = new OutPoint(_node.Mine("alice").Transactions[0].Id, 0);
        _daves = new OutPoint(_node.Mine("dave").Transactions[0].Id, 0);
        _node.Mine();
        _node.Mine();
    }

    private FullNode Node => _node.Node;

    [Fact]
    public void What_lost_to_a_payment_comes_back_when_a_reorganization_takes_that_off()
    {
        BlockNode fork = Node.Tip;
        Transaction.Payment wanted = Pay("alice", [_alices], "bob", 50);
        Transaction.Payment both = Both();
        Transaction.Payment daves = Pay("dave", [_daves], "erin", 50);
        _node.Submit(wanted).Should().Be(Refusal.None);

        Take(Make.Chain(fork, 1, [both]));
        Node.Mempool.Count.Should().Be(0, "its output was spent by another");
        Node.Losing.Should().Equal(wanted.Id);
        Rules.HoldOf(_node);
        _node.Restart();
        Node.Losing.Should().Equal([wanted.Id], "it is stored like what waits");

        Take(Make.Chain(fork, 2, [daves], []));

        Node.Mempool.Entries.Select(entry => entry.Transaction.Id).Should().Equal(wanted.Id);
        Node.Losing.Should().Equal([both.Id], "it lost to the payment of dave");
        _node.Events.OfType<NodeEvent.TransactionsReturned>().SelectMany(each => each.Ids).Should().Contain(wanted.Id);
        Rules.HoldOf(_node);
        _node.Mine();
        _node.BalanceOf("bob").Should().Be(Make.Coins(50));
    }

    [Fact]
    public void A_child_whose_parent_was_taken_off_comes_back_with_it()
    {
        BlockNode fork = Node.Tip;
        Transaction.Payment parent = Pay("alice", [_alices], "bob", 50);
        Transaction.Payment rival = Pay("alice", [_alices], "carol", 50);
        Transaction.Payment child = Pay("bob", [new OutPoint(parent.Id, 0)], "erin", 50);
        List<Block> first = Make.Chain(fork, 1, [parent], [], []);
        Take(first[..1]);
        _node.Submit(child).Should().Be(Refusal.None);

        Take(Make.Chain(fork, 2, [rival], []));
        Node.Losing.Should().BeEquivalentTo([parent.Id, child.Id]);
        Take(first[1..]);

        Node.Tip.Hash.Should().Be(first[^1].Hash);
        Node.Mempool.Entries.Select(entry => entry.Transaction.Id).Should().Equal(child.Id);
        Node.Losing.Should().Equal(rival.Id);
        Rules.HoldOf(_node);
    }

    [Fact]
    public void What_lost_and_is_mined_by_another_after_all_is_no_longer_kept()
    {
        BlockNode fork = Node.Tip;
        Transaction.Payment wanted = Pay("alice", [_alices], "bob", 50);
        _node.Submit(wanted).Should().Be(Refusal.None);
        Take(Make.Chain(fork, 1, [Pay("alice", [_alices], "carol", 50)]));
        Node.Losing.Should().ContainSingle();

        Take(Make.Chain(fork, 2, [wanted], []));

        Node.Losing.Should().ContainSingle().Which.Should().NotBe(wanted.Id);
        _node.StoredPending.Should().NotContain(wanted.Id);
        Rules.HoldOf(_node);
    }

    [Fact]
    public void What_lost_is_given_up_after_as_long_as_what_waits()
    {
        _node.Submit(Pay("alice", [_alices], "bob", 50)).Should().Be(Refusal.None);
        Take(Make.Chain(Node.Tip, 1, [Pay("alice", [_alices], "carol", 50)]));
        _node.Tick(OpenLimits.PoolHours * 3_600_000L);
        Node.Losing.Should().ContainSingle();

        _node.Tick(61_000);

        Node.Losing.Should().BeEmpty();
        _node.StoredPending.Should().BeEmpty();
    }

    [Fact]
    public void Of_what_lost_the_latest_are_kept_by_number_and_by_bytes()
    {
        LosingTransactions losing = new();
        Transaction[] messages = [.. Enumerable.Range(0, OpenLimits.LosingTransactions + 1)
            .Select(number => Make.Message("eve", $"n{number}"))];
        foreach (Transaction message in messages[..^1])
        {
            losing.Add(message, 0).Should().BeEmpty();
        }

        losing.Add(messages[^1], 0).Should().Equal(messages[0].Id);
        losing.Ids.Should().HaveCount(OpenLimits.LosingTransactions);
        string[] choices = [.. Enumerable.Range(0, OpenLimits.Choices).Select(n => new string('\u6f22', 60) + n)];
        int each = Make.Election("size", choices).Size;
        for (int i = 0; i <= OpenLimits.LosingBytes / each; i++)
        {
            losing.Add(Make.Election($"large{i}", choices), 0);
        }

        losing.Ids.Count.Should().BeLessThanOrEqualTo(OpenLimits.LosingBytes / each);
    }

    [Theory]
    [InlineData(OpenLimits.UndoBlocks - 1)]
    [InlineData(OpenLimits.UndoBlocks + 20)]
    public void A_reorganization_deeper_than_the_undo_data_gives_everything_back(int depth)
    {
        BlockNode fork = Node.Tip;
        Snapshot before = Snapshot.Of(Node.Chain);
        Transaction.Payment first = Pay("alice", [_alices], "bob", 50);
        Transaction.Payment second = Pay("bob", [new OutPoint(first.Id, 0)], "carol", 50);
        IReadOnlyList<Transaction>[] losing = [[first, second], [Pay("dave", [_daves], "erin", 50)],
            .. Enumerable.Range(2, depth - 2).Select(_ => (IReadOnlyList<Transaction>)[])];
        List<Block> chain = Make.Chain(fork, 1, losing);
        Take(chain);
        Node.Tip.Height.Should().Be(fork.Height + depth);

        List<Block> winner = Make.Chain(fork, 2, [.. Enumerable.Repeat((IReadOnlyList<Transaction>)[], depth + 1)]);
        Take(winner);

        Node.Tip.Hash.Should().Be(winner[^1].Hash);
        _node.TipChanges[^1].Disconnected.Should().HaveCount(depth);
        Rules.HoldOf(_node);
        Node.Mempool.Count.Should().Be(3);
        Snapshot after = Snapshot.Of(Node.Chain);
        after.Outputs.Should().Contain(before.Outputs, "what was spent on the other chain is not on this one");
    }

    [Fact]
    public void Who_sent_an_invalid_block_is_banned_and_not_who_sent_the_one_that_completed_the_chain()
    {
        BlockNode fork = Node.Tip;
        Block parent = Make.Chain(fork, 1, [[]])[0];
        Transaction.Coinbase greedy = Make.Coinbase(fork.Height + 2, "liar", Make.Coins(1_000));
        Header header = new(
            1, parent.Hash, Block.RootOf([greedy], out _), parent.Header.Time + 1, parent.Header.Bits, 0);
        Block bad = new(Make.Solve(header), [greedy]);
        PeerId liar = Greet(1);
        PeerId honest = Greet(2);
        _node.Step(new NodeInput.FromPeer(liar, new NodeMessage.Headers([parent.Header, bad.Header])));
        _node.Step(new NodeInput.FromPeer(liar, new NodeMessage.BlockBody(bad)));
        _node.Drops.Should().BeEmpty("without its parent nothing is known against it");

        _node.Step(new NodeInput.FromPeer(honest, new NodeMessage.BlockBody(parent)));

        Node.Tip.Hash.Should().Be(parent.Hash);
        _node.Drops.Should().ContainSingle().Which.Should().Match<NodeOutput.Drop>(
            drop => drop.Peer == liar && drop.BanMs == OpenLimits.BanMs);
        Node.Peers.Select(peer => peer.Id).Should().Equal(honest);
    }

    private PeerId Greet(long number)
    {
        PeerId peer = new(number);
        _node.Step(new NodeInput.PeerConnected(peer, false, $"at{number}"));
        _node.Step(new NodeInput.FromPeer(peer, new NodeMessage.Hello(
            FullNode.ProtocolVersion, Make.Network, 1_000 + (ulong)number, "", 0, Node.Tip.Work + Node.Tip.Work)));
        return peer;
    }

    private void Take(IEnumerable<Block> blocks)
    {
        foreach (Block block in blocks)
        {
            _node.Step(new NodeInput.BlockMined(block));
        }
    }

    private static Transaction.Payment Pay(string owner, IReadOnlyList<OutPoint> sources, string to, long whole) =>
        Make.Payment(owner, sources, [(to, Make.Coins(whole))], Coins.Zero);

    private Transaction.Payment Both() => Make.Sign(new Transaction.Payment(
        [
            new TransactionInput(_alices, FakeEd25519.KeyOf("alice"), default),
            new TransactionInput(_daves, FakeEd25519.KeyOf("dave"), default),
        ],
        [new TransactionOutput(FakeEd25519.AddressOf("frank"), Make.Coins(100))],
        Coins.Zero));
}
