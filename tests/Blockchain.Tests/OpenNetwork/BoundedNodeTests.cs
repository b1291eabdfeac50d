using Blockchain.Core.Kernel;
using Blockchain.Core.OpenNetwork;

namespace Blockchain.Tests.OpenNetwork;

/// <summary>Nothing that peers and users do makes a node hold more than its limits say.</summary>
public sealed class BoundedNodeTests
{
    private readonly TestNode _node = new(1, TestOpenNetwork.StartMs);

    [Fact]
    public void Of_blocks_without_their_parents_so_many_are_kept_the_oldest_goes()
    {
        Block[] orphans = [.. Enumerable.Range(0, OpenLimits.Orphans + 1).Select(seed =>
            Make.Chain(_node.Node.Tip, (uint)seed, [[], []])[1])];
        Array.ForEach(orphans, block => _node.Step(new NodeInput.BlockMined(block)));

        _node.Node.OrphanCount.Should().Be(OpenLimits.Orphans);
        _node.Step(new NodeInput.BlockMined(Make.Chain(_node.Node.Tip, 0, [[]])[0]));
        _node.Node.Tip.Height.Should().Be(1, "the first orphan has gone");
    }

    [Fact]
    public void Of_peers_and_their_addresses_so_many_are_kept()
    {
        for (int i = 1; i <= OpenLimits.Peers + 1; i++)
        {
            _node.Step(new NodeInput.PeerConnected(new PeerId(i), false, $"{i}"));
        }

        _node.Node.Peers.Should().HaveCount(OpenLimits.Peers);
        _node.Drops.Single().Peer.Should().Be(new PeerId(OpenLimits.Peers + 1));
        Greet(1);
        for (int i = 0; i <= OpenLimits.KnownAddresses / OpenLimits.Addresses; i++)
        {
            int page = i;
            Hear(1, new NodeMessage.PeersAre(
                [.. Enumerable.Range(0, OpenLimits.Addresses).Select(number => $"{page}.{number}")]));
        }

        _node.Node.KnownAddresses.Should().HaveCount(OpenLimits.KnownAddresses);
    }

    [Fact]
    public void Of_announced_transactions_so_many_are_asked_for_at_once()
    {
        int[] asked = new int[4];
        for (int peer = 1; peer < asked.Length; peer++)
        {
            Connect(peer);
            for (int i = 0; i <= OpenLimits.TransactionsInFlightOfPeer / OpenLimits.Inventory; i++)
            {
                TransactionId[] ids = [.. Enumerable.Range(peer * 1_000_000, OpenLimits.Inventory)
                    .Select(number => IdOf(i, number))];
                asked[peer] += Hear(peer, new NodeMessage.InventoryOf([], ids)).OfType<NodeOutput.Send>()
                    .Select(send => send.Message).OfType<NodeMessage.GetTransactions>().Sum(get => get.Ids.Count);
            }
        }

        asked.Should().BeEquivalentTo(
            [0, OpenLimits.TransactionsInFlightOfPeer, OpenLimits.TransactionsInFlightOfPeer, 0]);
        asked.Sum().Should().Be(OpenLimits.TransactionsInFlight);
    }

    [Fact]
    public void Of_what_is_to_be_announced_to_a_peer_so_much_waits()
    {
        Connect(1);
        NodePeer peer = _node.Node.Peers.Single();
        for (int i = 0; i < OpenLimits.Announcements; i++)
        {
            peer.Announcements.Enqueue(default);
        }

        _node.Submit(Make.Message("alice", "hello")).Should().Be(Refusal.None);
        peer.Announcements.Should().HaveCount(OpenLimits.Announcements);
    }

    [Fact]
    public void What_is_remembered_is_the_last_so_many()
    {
        const int most = OpenLimits.KnownThere;
        BoundedSet<int> set = new(most);
        for (int i = 0; i <= most; i++)
        {
            set.Add(i).Should().BeTrue();
        }

        set.Contains(0).Should().BeFalse();
        set.Contains(1).Should().BeTrue();
        set.Add(1).Should().BeFalse();
    }

    [Fact]
    public void A_refused_transaction_is_not_judged_again_until_the_tip_changes()
    {
        OpenLimits.RefusedTransactions.Should().Be(OpenLimits.KnownThere, "both are sets of the last so many");
        Connect(1);
        NodeMessage early = new NodeMessage.TransactionBodies([Make.Message("alice", "early", 1)]);

        Refused(Hear(1, early)).Should().Be(1);
        Refused(Hear(1, early)).Should().Be(0);
        _node.Mine();
        Refused(Hear(1, early)).Should().Be(1);
    }

    [Fact]
    public void Free_transactions_that_wait_are_bounded_by_number_and_bytes()
    {
        Mempool pool = new(new ChainState(NetworkParameters.Test), NetworkParameters.Test, _ => true);
        for (int i = 0; i < OpenLimits.FreePoolTransactions; i++)
        {
            Add(pool, new Transaction.Message(default, $"m{i}", null, default)).Should().Be(Refusal.None);
        }

        Add(pool, new Transaction.Message(default, "more", null, default)).Should().Be(Refusal.PoolFull);
        Mempool other = new(new ChainState(NetworkParameters.Test), NetworkParameters.Test, _ => true);
        string[] voters = [.. Enumerable.Range(0, 900).Select(number => $"{number}".PadRight(60))];
        RollEntry[] roll = [.. voters.Select(voter => new RollEntry(voter.Trim(), default))];
        for (int i = 0; Add(other, new Transaction.Election($"e{i}", [], roll, default, default)) == Refusal.None; i++)
        {
            other.FreeBytes.Should().BeLessThanOrEqualTo(OpenLimits.FreePoolBytes);
        }

        other.FreeBytes.Should().BeGreaterThan(OpenLimits.FreePoolBytes - OpenLimits.TransactionBytes);
    }

    [Fact]
    public void Payments_that_wait_are_bounded_by_number_and_a_better_one_displaces_the_cheapest()
    {
        (Mempool pool, List<OutPoint> sources) = Funded(OpenLimits.PoolTransactions + 2, perOutput: 100);
        for (int i = 0; i < OpenLimits.PoolTransactions; i++)
        {
            Add(pool, Pay(sources[i], 100, fee: 10 + (i % 7), outputs: 1)).Should().Be(Refusal.None);
        }

        List<PoolDrop> displaced = [];
        Add(pool, Pay(sources[^1], 100, fee: 10, outputs: 1)).Should().Be(Refusal.PoolFull);
        pool.TryAdd(Pay(sources[^2], 100, fee: 50, outputs: 1), 0, true, displaced).Should().Be(Refusal.None);

        displaced.Should().ContainSingle().Which.Reason.Should().Be(Refusal.PoolFull);
        ((Transaction.Payment)displaced[0].Transaction).Fee.Units.Should().Be(10);
        pool.Count.Should().Be(OpenLimits.PoolTransactions);
    }

    [Fact]
    public void Payments_that_wait_are_bounded_by_bytes()
    {
        int each = Pay(default, OpenLimits.Outputs + 5, 5, OpenLimits.Outputs).Size;
        int fit = OpenLimits.PoolBytes / each;
        (Mempool pool, List<OutPoint> sources) = Funded(fit + 1, perOutput: OpenLimits.Outputs + 5);
        for (int i = 0; i <= fit; i++)
        {
            Add(pool, Pay(sources[i], OpenLimits.Outputs + 5, 5, OpenLimits.Outputs))
                .Should().Be(i < fit ? Refusal.None : Refusal.PoolFull);
        }

        pool.PaidBytes.Should().BeLessThanOrEqualTo(OpenLimits.PoolBytes);
    }

    private static int Refused(NodeOutput[] outputs) => outputs.OfType<NodeOutput.Noted>()
        .Count(noted => noted.Event is NodeEvent.TransactionRefused);

    private static Refusal Add(Mempool pool, Transaction transaction) => pool.TryAdd(transaction, 0, true, []);

    private static Transaction.Payment Pay(OutPoint source, long worth, long fee, int outputs)
    {
        TransactionOutput[] paid = [.. Enumerable.Repeat(
            new TransactionOutput(FakeEd25519.AddressOf("bob"), new Coins((worth - fee) / outputs)), outputs)];
        return new Transaction.Payment(
            [new TransactionInput(source, FakeEd25519.KeyOf("alice"), default)], paid, new Coins(fee));
    }

    /// <summary>A chain on which alice has so many outputs. Its blocks are larger than a network allows.</summary>
    private static (Mempool Pool, List<OutPoint> Sources) Funded(int count, long perOutput)
    {
        ChainState chain = new(NetworkParameters.Test);
        BlockNode tip = new BlockTree(NetworkParameters.Test).GenesisNode;
        int splits = (count / OpenLimits.Outputs) + 1;
        List<Block> rewards = Make.Chain(tip, 3, [.. Enumerable.Repeat((IReadOnlyList<Transaction>)[], splits + 2)]);
        TransactionOutput[] parts = [.. Enumerable.Repeat(
            new TransactionOutput(FakeEd25519.AddressOf("alice"), new Coins(perOutput)), OpenLimits.Outputs)];
        Coins fee = new(NetworkParameters.Test.RewardUnitsAt(1) - (perOutput * OpenLimits.Outputs));
        Transaction.Payment[] payments = [.. rewards.Take(splits).Select(block => new Transaction.Payment(
            [new TransactionInput(
                new OutPoint(block.Transactions[0].Id, 0), FakeEd25519.KeyOf("miner3"), default)],
            parts,
            fee))];
        IReadOnlyList<Transaction>[] blocks =
            [.. Enumerable.Repeat((IReadOnlyList<Transaction>)[], splits + 2), payments];
        foreach (Block block in Make.Chain(tip, 3, blocks))
        {
            chain.TryConnect(block, null, out _).Should().Be(BlockRefusal.None);
        }

        List<OutPoint> sources = [.. payments.SelectMany(payment =>
            Enumerable.Range(0, OpenLimits.Outputs).Select(place => new OutPoint(payment.Id, place)))];
        return (new Mempool(chain, NetworkParameters.Test, _ => true), sources);
    }

    private static TransactionId IdOf(int page, int number)
    {
        CanonicalWriter writer = new();
        writer.U32(page);
        writer.U32(number);
        return new TransactionId(Hash.Of(writer.Written).Value);
    }

    private void Connect(long peer)
    {
        _node.Step(new NodeInput.PeerConnected(new PeerId(peer), false, "peer"));
        Greet(peer);
    }

    private void Greet(long peer) => Hear(peer, new NodeMessage.Hello(
        FullNode.ProtocolVersion, Make.Network, 1_000 + (ulong)peer, "", 0, Work.Zero));

    private NodeOutput[] Hear(long peer, NodeMessage message) =>
        [.. _node.Step(new NodeInput.FromPeer(new PeerId(peer), message))];
}
