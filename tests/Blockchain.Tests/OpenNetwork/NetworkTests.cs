using Blockchain.Core.OpenNetwork;

namespace Blockchain.Tests.OpenNetwork;

/// <summary>Several nodes end to end.</summary>
public sealed class NetworkTests
{
    [Fact]
    public void A_block_mined_at_one_node_reaches_all_of_them_and_its_money_is_there()
    {
        TestOpenNetwork network = new(4);
        network.ConnectAll();
        network.Settle();

        network[1].Mine("alice");
        network.Settle();

        network.ShouldAgree();
        network[4].Node.Chain.Height.Should().Be(1);
        network[4].BalanceOf("alice").Should().Be(new Coins(NetworkParameters.Test.RewardUnitsAt(1)));
    }

    [Fact]
    public void A_payment_handed_in_at_one_node_is_mined_at_another()
    {
        TestOpenNetwork network = Funded(out OutPoint reward);
        Transaction.Payment payment = Make.Payment(
            "alice", [reward], [("bob", Make.Coins(20)), ("alice", Make.Coins(29))], Make.Coins(1));

        network[1].Submit(payment).Should().Be(Refusal.None);
        network.Settle();
        network[3].Mine("carol");
        network.Settle();

        network.ShouldAgree();
        network[2].BalanceOf("bob").Should().Be(Make.Coins(20));
        network[2].BalanceOf("carol").Should().Be(Make.Coins(51), "reward and fee");
        network[1].StoredPending.Should().BeEmpty();
    }

    [Fact]
    public void Two_groups_that_mined_apart_follow_the_most_work_and_lose_no_transaction()
    {
        TestOpenNetwork network = Funded(out OutPoint reward);
        network.Part(1);
        Transaction.Payment payment = Make.Payment("alice", [reward], [("bob", Make.Coins(50))], Coins.Zero);
        Transaction.Message message = Make.Message("dave", "hello", 0);
        Transaction.Ballot ballot = Make.Ballot("lunch", "v1", "soup");
        foreach (Transaction transaction in (Transaction[])[payment, message, ballot])
        {
            network[1].Submit(transaction).Should().Be(Refusal.None);
        }

        network[1].Mine("loser");
        network[2].Mine("winner");
        network[2].Mine("winner");
        network[1].BalanceOf("bob").Should().Be(Make.Coins(50));
        network.Settle();
        network.Connect(1, 2);
        network.Settle();

        network.ShouldAgree();
        network[1].BalanceOf("loser").Should().Be(Coins.Zero);
        network[1].BalanceOf("bob").Should().Be(Coins.Zero);
        network[1].Node.Mempool.Entries.Select(entry => entry.Transaction.Id)
            .Should().BeEquivalentTo([payment.Id, message.Id, ballot.Id]);
        network[1].StoredPending.Should().HaveCount(3, "what came back is stored again");
        network[3].Node.Mempool.Count.Should().Be(3, "the losers' transactions are told to the others");

        network[3].Mine("winner");
        network.Settle();
        network.ShouldAgree();
        network[1].BalanceOf("bob").Should().Be(Make.Coins(50));
        network[1].Node.Chain.Elections["lunch"].Count.Should().Equal(new Dictionary<string, int> { ["soup"] = 1 });
        network[1].Node.Chain.NextNonce(FakeEd25519.KeyOf("dave")).Should().Be(1);
        network[1].TipChanges.Should().Contain(change => change.Disconnected.Count == 1 && change.Connected.Count == 2);
    }

    [Fact]
    public void Of_two_chains_of_equal_work_each_node_keeps_the_one_it_saw_first_until_one_grows()
    {
        TestOpenNetwork network = new(2);
        Block first = network[1].Mine("alice");
        Block second = network[2].Mine("bob");
        network.Connect(1, 2);
        network.Settle();
        network[1].Step(new NodeInput.BlockMined(second));

        network[1].Node.Tip.Hash.Should().Be(first.Hash);
        network[2].Node.Tip.Hash.Should().Be(second.Hash);
        network[1].Events.OfType<NodeEvent.ForkSeen>().Should().ContainSingle()
            .Which.Block.Hash.Should().Be(second.Hash);

        network[1].Restart();
        network[1].Node.Tip.Hash.Should().Be(first.Hash, "also after a restart the first seen counts");
        network[2].Mine("bob");
        network[1].Step(new NodeInput.BlockMined(network[2].Node.ReadAt(2)!));
        network[1].Node.Tip.Hash.Should().Be(network[2].Node.Tip.Hash);
    }

    [Fact]
    public void Of_two_ballots_of_one_voter_at_two_nodes_one_counts()
    {
        TestOpenNetwork network = Funded(out _);
        network[1].Submit(Make.Ballot("lunch", "v1", "soup")).Should().Be(Refusal.None);
        network[2].Submit(Make.Ballot("lunch", "v1", "salad")).Should().Be(Refusal.None);
        network[1].Submit(Make.Ballot("lunch", "v1", "cake")).Should().Be(Refusal.DuplicateVote);
        network.Settle();

        network[2].Mine();
        network.Settle();
        network.ShouldAgree();
        network.Nodes.Should().AllSatisfy(node =>
        {
            node.Node.Chain.Elections["lunch"].Count.Should().Equal(new Dictionary<string, int> { ["salad"] = 1 });
            node.Node.Mempool.Count.Should().Be(0, "the other ballot can never count");
        });
        network[1].Events.Should().ContainEquivalentOf(
            new { Refusal = Refusal.DuplicateVote }, options => options.ExcludingMissingMembers());
    }

    [Fact]
    public void Two_nodes_that_dial_each_other_at_once_keep_one_connection()
    {
        TestOpenNetwork network = new(2);
        network.Connect(1, 2);
        network.Connect(2, 1);
        network.Settle();

        network[1].Node.Peers.Should().ContainSingle().Which.IsOutgoing.Should().BeFalse();
        network[2].Node.Peers.Should().ContainSingle().Which.IsOutgoing.Should().BeTrue("its number is the higher");
    }

    [Theory]
    [InlineData(1, 2)]
    [InlineData(2, 1)]
    public void Who_repeats_the_number_of_another_node_does_not_get_its_connection_cut(int dials, int dialled)
    {
        TestOpenNetwork network = new(2);
        network.Connect(dials, dialled);
        network.Settle();
        network[1].Tick(OpenLimits.AtOnceMs);
        PeerId liar = new(99);

        network[1].Step(new NodeInput.PeerConnected(liar, false, "liar"));
        network[1].Step(new NodeInput.FromPeer(liar, new NodeMessage.Hello(
            FullNode.ProtocolVersion, network[1].Node.NetworkId, (ulong)network[2].Number, "node2", 0, default)));

        network[1].Drops.Should().ContainSingle().Which.Should().BeEquivalentTo(
            new { Peer = liar, Cause = DropCause.ConnectedTwice });
        network[1].Node.Peers.Should().ContainSingle().Which.IsReady.Should().BeTrue();
    }

    [Fact]
    public void A_node_that_was_away_asks_only_for_the_blocks_that_it_lacks()
    {
        TestOpenNetwork network = Funded(out _);
        network.Kill(3);
        for (int i = 0; i < 40; i++)
        {
            network[1].Mine();
            network.Settle(1);
        }

        network.Delivered.Clear();
        network.Connect(3, 1);
        network.Connect(3, 2);
        network.Settle();

        network.ShouldAgree();
        network.Delivered.Where(each => each.From == 3).Select(each => each.Message)
            .OfType<NodeMessage.GetBlocks>().SelectMany(get => get.Hashes)
            .Should().OnlyHaveUniqueItems().And.HaveCount(40);
        network.Delivered.Select(each => each.Message).OfType<NodeMessage.Headers>()
            .Sum(headers => headers.List.Count).Should().BeLessThanOrEqualTo(2 * 40);
        network.Delivered.Where(each => each.Message is NodeMessage.BlockBody).Select(each => each.From).Distinct()
            .Should().BeEquivalentTo([1, 2], "blocks come from several peers at once");
    }

    [Fact]
    public void A_node_killed_at_any_instant_starts_from_what_it_stored()
    {
        TestOpenNetwork network = Funded(out OutPoint reward);
        network[2].Submit(Make.Payment("alice", [reward], [("bob", Make.Coins(50))], Coins.Zero));
        Snapshot before = Snapshot.Of(network[2].Node.Chain);
        int signatures = network[2].Signatures.Checked;

        network.Kill(2);

        Snapshot.Of(network[2].Node.Chain).Should().BeEquivalentTo(before);
        network[2].Node.Mempool.Count.Should().Be(1);
        network[2].Signatures.Checked.Should().Be(signatures, "what was checked once is not checked again");
    }

    /// <summary>Three connected nodes, and a reward of alice that can be spent.</summary>
    private static TestOpenNetwork Funded(out OutPoint reward)
    {
        TestOpenNetwork network = new(3);
        network.ConnectAll();
        network.Settle();
        Block block = network[1].Mine("alice");
        network[1].Mine();
        network[1].Mine();
        network.Settle();
        network.ShouldAgree();
        reward = new OutPoint(block.Transactions[0].Id, 0);
        return network;
    }

    [Fact]
    public void A_clock_that_was_hours_ahead_and_is_set_right_ends_mining_until_a_block_would_be_taken()
    {
        TestNode node = new(1, TestOpenNetwork.StartMs);
        node.Tick(3 * 3_600_000);
        for (int i = 0; i < MedianTime.Span; i++)
        {
            node.Mine();
        }

        node.Step(new NodeInput.MinerAddress(FakeEd25519.AddressOf("miner")));
        node.Template.Should().NotBeNull();
        node.Tick(-3 * 3_600_000);
        node.Tick(1_000);

        node.Template.Should().BeNull("whatever it finds would be thrown away");
        node.Events.OfType<NodeEvent.MinerWaits>().Should().ContainSingle();

        long until = node.Events.OfType<NodeEvent.MinerWaits>().Single().UntilUnixSeconds * 1_000;
        node.Tick(until - node.NowMs - 1_000);
        node.Template.Should().BeNull();
        node.Tick(1_000);
        BlockTemplate template = node.Template!;
        node.Step(new NodeInput.BlockMined(template.ToBlock(Make.Solve(template.HeaderWith(0)), 0)));
        node.Node.Chain.Height.Should().Be(MedianTime.Span + 1);
    }

    [Fact]
    public void A_clock_that_is_set_back_does_not_keep_a_peer_that_never_speaks()
    {
        TestNode node = new(1, TestOpenNetwork.StartMs);
        node.Step(new NodeInput.PeerConnected(new PeerId(1), Outgoing: true, "silent"));

        node.Tick(-3_600_000);
        node.Tick(OpenLimits.AnswerMs);
        node.Drops.Should().BeEmpty();
        node.Tick(1);

        node.Drops.Should().ContainSingle().Which.Reason.Should().Be("did not say hello");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_transaction_that_one_peer_announced_and_did_not_send_is_asked_of_another_that_has_it(bool goes)
    {
        TestNode node = new(1, TestOpenNetwork.StartMs);
        PeerId[] peers = [Greeted(node, 1), Greeted(node, 2)];
        TransactionId id = Make.Message("dave", "hello", 0).Id;
        NodeMessage told = new NodeMessage.InventoryOf([], [id]);
        Asked(node.Step(new NodeInput.FromPeer(peers[0], told))).Should().Equal(peers[0]);
        Asked(node.Step(new NodeInput.FromPeer(peers[1], told))).Should().BeEmpty("one is asked already");

        IReadOnlyList<NodeOutput> outputs = goes
            ? node.Step(new NodeInput.PeerDisconnected(peers[0]))
            : node.Step(new NodeInput.Tick(node.NowMs + OpenLimits.AnswerMs));

        Asked(outputs).Should().Equal(peers[1]);

        static IEnumerable<PeerId> Asked(IReadOnlyList<NodeOutput> outputs) => outputs.OfType<NodeOutput.Send>()
            .Where(static send => send.Message is NodeMessage.GetTransactions).Select(static send => send.Peer);
    }

    [Fact]
    public void A_peer_that_never_sends_what_it_announces_leaves_room_for_others()
    {
        TestNode node = new(1, TestOpenNetwork.StartMs);
        PeerId[] peers = [Greeted(node, 1), Greeted(node, 2)];
        TransactionId[] none = [.. Enumerable.Range(0, OpenLimits.TransactionsInFlight).Select(
            static i => Make.Message("nobody", $"m{i}", i).Id)];
        foreach (TransactionId[] part in none.Chunk(OpenLimits.Inventory))
        {
            node.Step(new NodeInput.FromPeer(peers[0], new NodeMessage.InventoryOf([], part)));
        }

        TransactionId id = Make.Message("dave", "hello", 0).Id;
        node.Step(new NodeInput.FromPeer(peers[1], new NodeMessage.InventoryOf([], [id])))
            .OfType<NodeOutput.Send>().Select(static send => send.Message).OfType<NodeMessage.GetTransactions>()
            .Should().ContainSingle().Which.Ids.Should().Equal(id);
    }

    [Fact]
    public void Who_tells_of_many_nodes_that_are_not_there_hides_neither_new_ones_nor_those_that_are()
    {
        TestNode node = new(1, TestOpenNetwork.StartMs);
        PeerId[] peers = [Greeted(node, 1, "http://real:1"), Greeted(node, 2)];
        foreach (int[] part in Enumerable.Range(0, 2 * OpenLimits.KnownAddresses).Chunk(OpenLimits.Addresses))
        {
            node.Step(new NodeInput.FromPeer(
                peers[1], new NodeMessage.PeersAre([.. part.Select(static i => $"http://none:{i}")])));
        }

        Greeted(node, 3, "http://late:3");

        node.Node.KnownAddresses.Should().Contain("http://late:3").And.HaveCount(OpenLimits.KnownAddresses);
        node.Step(new NodeInput.FromPeer(peers[1], NodeMessage.GetPeers.Instance)).OfType<NodeOutput.Send>()
            .Select(static send => send.Message).OfType<NodeMessage.PeersAre>().Single().Addresses.Take(2)
            .Should().BeEquivalentTo("http://real:1", "http://late:3");
    }

    private static PeerId Greeted(TestNode node, int number, string listen = "")
    {
        PeerId peer = new(number);
        node.Step(new NodeInput.PeerConnected(peer, Outgoing: true, $"peer{number}"));
        node.Step(new NodeInput.FromPeer(peer, new NodeMessage.Hello(
            FullNode.ProtocolVersion, node.Node.NetworkId, 100ul + (ulong)number, listen, 0, default)));
        return peer;
    }
}
