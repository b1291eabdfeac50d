using System.Net;
using System.Text.Json;
using Blockchain.Core.OpenNetwork;

namespace Blockchain.Tests.OpenNetwork;

/// <summary>What the systems that this network took its ideas from let pass, one rule a test: each fails when the rule
/// is taken out. Spoiled messages and forged lengths are in <c>NodeHostTests</c> and <c>TransactionPortTests</c>, dead
/// nodes at a tracker in <c>TrackerTests</c>.</summary>
public sealed class OriginalFaultTests
{
    private readonly TestNode _node = new(1, TestOpenNetwork.StartMs);
    private readonly OutPoint _reward;
    private long _peers;

    public OriginalFaultTests()
    {
        Block block = _node.Mine("alice");
        _node.Mine();
        _node.Mine();
        _reward = new OutPoint(block.Transactions[0].Id, 0);
    }

    private BlockNode Tip => _node.Node.Tip;

    [Fact]
    public void A_block_without_work_is_refused()
    {
        Block block = Make.Block(Tip, [Make.Coinbase(Tip.Height + 1)]);
        Target.FromCompact(block.Header.Bits, out Target target);
        Header idle = block.Header;
        while (target.IsMetBy(idle.ComputeHash()))
        {
            idle = idle with { Nonce = idle.Nonce + 1 };
        }

        ShouldRefuse(new Block(idle, block.Transactions), BlockFault.NoWork);
    }

    [Fact]
    public void A_block_that_names_an_easier_target_is_refused() =>
        ShouldRefuse(
            Make.Block(Tip, [Make.Coinbase(Tip.Height + 1)], header => header with
            {
                Bits = new CompactTarget(0x207f_fffe),
            }),
            BlockFault.WrongTarget);

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public void A_coinbase_pays_exactly_reward_and_fees(int more)
    {
        int height = Tip.Height + 1;
        Coins amount = new(NetworkParameters.Test.RewardUnitsAt(height) + more);
        ShouldRefuse(Make.Block(Tip, [Make.Coinbase(height, amount: amount)]), BlockFault.WrongReward);
    }

    [Fact]
    public void A_signature_covers_the_outputs()
    {
        Transaction.Payment signed = Pay(50);
        Transaction.Payment forged = new(
            signed.Inputs, [new TransactionOutput(FakeEd25519.AddressOf("mallory"), Make.Coins(50))], Coins.Zero);

        _node.Submit(forged).Should().Be(Refusal.BadSignature);
        ShouldRefuse(WithTransactions(forged), BlockFault.InvalidTransaction, Refusal.BadSignature);
    }

    [Fact]
    public void A_signature_covers_every_amount_and_the_fee()
    {
        Transaction.Payment signed = Make.Payment(
            "alice", [_reward], [("bob", Make.Coins(20)), ("alice", Make.Coins(29))], Make.Coins(1));
        Transaction.Payment[] forged =
        [
            new(signed.Inputs, [.. signed.Outputs.Reverse()], signed.Fee),
            new(signed.Inputs, [signed.Outputs[0] with { Amount = Make.Coins(21) }, signed.Outputs[1]], Coins.Zero),
            new(signed.Inputs, [signed.Outputs[1]], Make.Coins(21)),
        ];

        forged.Should().AllSatisfy(each => _node.Submit(each).Should().Be(Refusal.BadSignature));
        _node.Submit(signed).Should().Be(Refusal.None);
    }

    [Fact]
    public void A_signature_covers_the_network()
    {
        Transaction.Payment elsewhere = Make.Sign(Pay(50), new BlockHash(_reward.Transaction.Value));
        _node.Submit(elsewhere).Should().Be(Refusal.BadSignature);
        ShouldRefuse(WithTransactions(elsewhere), BlockFault.InvalidTransaction, Refusal.BadSignature);
    }

    [Fact]
    public void An_amount_is_more_than_zero_and_cannot_be_negative()
    {
        Transaction.Payment nothing = Make.Payment(
            "alice", [_reward], [("bob", Coins.Zero), ("alice", Make.Coins(50))], Coins.Zero);

        _node.Submit(nothing).Should().Be(Refusal.WrongAmount);
        ShouldRefuse(WithTransactions(nothing), BlockFault.InvalidTransaction, Refusal.WrongAmount);
        FluentActions.Invoking(() => new Coins(-1)).Should().Throw<ArgumentOutOfRangeException>();
        byte[] bytes = Pay(50).Canonical.ToArray();
        int amount = 1 + 2 + (32 + 4 + 32) + 2 + Address.Size;
        bytes[amount] |= 0x80;
        FluentActions.Invoking(() => Transaction.Decode(bytes)).Should()
            .Throw<Blockchain.Core.Kernel.FormatFaultException>();
    }

    [Fact]
    public void A_payment_creates_nothing()
    {
        Transaction.Payment more = Make.Payment("alice", [_reward], [("bob", Make.Coins(51))], Coins.Zero);
        _node.Submit(more).Should().Be(Refusal.Unbalanced);
        ShouldRefuse(WithTransactions(more), BlockFault.InvalidTransaction, Refusal.Unbalanced);
    }

    [Fact]
    public void An_output_is_spent_once_in_a_block_on_a_chain_and_in_the_pool()
    {
        Transaction.Payment first = Pay(50);
        Transaction.Payment second = Make.Payment("alice", [_reward], [("carol", Make.Coins(50))], Coins.Zero);
        Transaction.Payment twice = Make.Payment(
            "alice", [_reward, _reward], [("carol", Make.Coins(100))], Coins.Zero);

        ShouldRefuse(WithTransactions(first, second), BlockFault.InvalidTransaction, Refusal.AlreadySpent);
        ShouldRefuse(WithTransactions(twice), BlockFault.InvalidTransaction, Refusal.DuplicateInput);
        _node.Submit(first).Should().Be(Refusal.None);
        _node.Submit(second).Should().Be(Refusal.ConflictsWithPending);
        _node.Mine();
        _node.Submit(second).Should().Be(Refusal.AlreadySpent);
        ShouldRefuse(WithTransactions(second), BlockFault.InvalidTransaction, Refusal.AlreadySpent);
        OutPoint none = _reward with { Index = 1 };
        _node.Submit(Make.Payment("alice", [none], [("carol", Make.Coins(50))], Coins.Zero))
            .Should().Be(Refusal.UnknownOutput, "it never was, so nobody can have spent it");
        _node.Submit(first).Should().Be(Refusal.AlreadyOnChain);
    }

    [Fact]
    public void Only_the_owner_spends()
    {
        Transaction.Payment stolen = Make.Payment("mallory", [_reward], [("mallory", Make.Coins(50))], Coins.Zero);
        _node.Submit(stolen).Should().Be(Refusal.NotOwner);
        ShouldRefuse(WithTransactions(stolen), BlockFault.InvalidTransaction, Refusal.NotOwner);
    }

    [Fact]
    public void A_block_that_comes_by_synchronization_is_validated_like_any_other()
    {
        PeerId liar = Greet(Tip.Work + Tip.Work);
        Block good = WithTransactions();
        int height = Tip.Height + 1;
        Block bad = Make.Block(Tip, [Make.Coinbase(height, "mallory", Make.Coins(1_000))]);
        Ask(liar, new NodeMessage.Headers([bad.Header])).OfType<NodeOutput.Send>()
            .Select(send => send.Message).Should().ContainEquivalentOf(new NodeMessage.GetBlocks([bad.Hash]));

        NodeOutput[] outputs = Ask(liar, new NodeMessage.BlockBody(bad));

        outputs.OfType<NodeOutput.Drop>().Single().BanMs.Should().Be(OpenLimits.BanMs);
        outputs.OfType<NodeOutput.StoreBlock>().Should().BeEmpty("nothing invalid is stored");
        outputs.OfType<NodeOutput.MarkInvalid>().Single().Hash.Should().Be(bad.Hash);
        _node.Node.Tree.BestHeader.Should().Be(Tip, "headers on an invalid block count for nothing");
        _node.Step(new NodeInput.BlockMined(good));
        Tip.Hash.Should().Be(good.Hash);
        _node.Restart();
        ShouldRefuse(bad, BlockFault.KnownInvalid);
    }

    [Fact]
    public void The_body_of_another_does_not_make_a_valid_header_invalid()
    {
        // Six leaves: the third pair stands twice in the tree, so the block with that pair twice has the same root.
        Block good = WithTransactions([.. "abcde".Select(letter => Make.Message("dave", $"{letter}"))]);
        Block other = new(good.Header, [good.Transactions[0]]);
        Block repeated = new(good.Header, [.. good.Transactions, .. good.Transactions.Skip(4)]);

        ShouldRefuse(other, BlockFault.WrongMerkleRoot);
        ShouldRefuse(
            new Block(good.Header, [.. good.Transactions, good.Transactions[5]]), BlockFault.WrongMerkleRoot);
        ShouldRefuse(repeated, BlockFault.RepeatedTransactions);
        _node.Step(new NodeInput.BlockMined(good));
        Tip.Hash.Should().Be(good.Hash);
    }

    [Fact]
    public void A_peer_of_another_network_or_without_hello_is_turned_away()
    {
        PeerId stranger = new(++_peers);
        _node.Step(new NodeInput.PeerConnected(stranger, false, "x"));
        Ask(stranger, new NodeMessage.Hello(1, BlockHash.Zero, 99, "", 0, Work.Zero))
            .OfType<NodeOutput.Drop>().Should().ContainSingle();
        PeerId rude = new(++_peers);
        _node.Step(new NodeInput.PeerConnected(rude, false, "y"));
        Ask(rude, NodeMessage.GetPeers.Instance).OfType<NodeOutput.Drop>().Should().ContainSingle();
        _node.Node.Peers.Should().BeEmpty();
    }

    [Fact]
    public void A_new_block_is_told_by_its_name_and_sent_once_and_nothing_else_of_the_chain()
    {
        TestOpenNetwork network = Connected(out _);
        network.Delivered.Clear();

        Block block = network[1].Mine();
        network.Settle();

        network.ShouldAgree();
        network.Delivered.Select(each => each.Message).OfType<NodeMessage.BlockBody>().Select(body => body.Block.Hash)
            .Should().Equal(block.Hash);
        network.Delivered.Select(each => each.Message).OfType<NodeMessage.Headers>()
            .Sum(headers => headers.List.Count).Should().BeLessThanOrEqualTo(1);
    }

    [Fact]
    public void The_transactions_of_a_block_that_loses_wait_again_and_are_mined()
    {
        BlockNode fork = Tip;
        Transaction.Payment payment = Pay(50);
        Transaction.Message message = Make.Message("dave", "hello");
        Take(Make.Chain(fork, 1, [payment, message]));
        _node.BalanceOf("bob").Should().Be(Make.Coins(50));

        Take(Make.Chain(fork, 2, [], []));

        _node.BalanceOf("bob").Should().Be(Coins.Zero);
        _node.StoredPending.Should().BeEquivalentTo([payment.Id, message.Id]);
        _node.Mine();
        _node.BalanceOf("bob").Should().Be(Make.Coins(50));
        _node.Node.Chain.TryFind(message.Id, out _).Should().BeTrue();
        Rules.HoldOf(_node);
    }

    [Fact]
    public void A_relay_that_is_missed_is_made_up_for_within_half_a_minute()
    {
        TestOpenNetwork network = Connected(out int height);
        network[1].Mine();
        network[1].Outputs.Clear();
        network[2].Node.Tip.Height.Should().Be(height, "the announcement was lost");

        network[1].Tick(30_001);
        network[2].Tick(30_001);
        network.Deliver();

        network.ShouldAgree();
        network[2].Node.Tip.Height.Should().Be(height + 1);
    }

    [Fact]
    public async Task Nothing_at_a_node_can_be_written_from_outside_but_a_transaction()
    {
        string folder = Directory.CreateTempSubdirectory().FullName;
        try
        {
            await using Node.TestNode node = await Node.TestNode.StartAsync(1, folder);
            using HttpClient http = new() { BaseAddress = node.Host.Address };
            using JsonDocument document = JsonDocument.Parse(await http.GetStringAsync("/openapi/v1.json"));

            document.RootElement.GetProperty("paths").EnumerateObject()
                .SelectMany(path => path.Value.EnumerateObject().Select(verb => $"{verb.Name} {path.Name}"))
                .Where(route => !route.StartsWith("get ", StringComparison.Ordinal))
                .Should().Equal("post /transactions");
            foreach (HttpMethod method in (HttpMethod[])[HttpMethod.Post, HttpMethod.Put, HttpMethod.Delete])
            {
                using HttpRequestMessage request = new(method, "/info") { Content = new StringContent("{}") };
                (await http.SendAsync(request)).StatusCode.Should().Be(HttpStatusCode.MethodNotAllowed);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void A_silent_peer_is_asked_and_then_dropped()
    {
        PeerId peer = Greet(Work.Zero);
        _node.Tick(OpenLimits.SilenceMs + 1);
        _node.Outputs.OfType<NodeOutput.Send>().Select(send => send.Message).OfType<NodeMessage.Ping>()
            .Should().ContainSingle();
        _node.Drops.Should().BeEmpty();
        _node.Tick(OpenLimits.SilenceMs);
        _node.Drops.Should().ContainSingle().Which.Peer.Should().Be(peer);
        _node.Node.Peers.Should().BeEmpty();
    }

    private static TestOpenNetwork Connected(out int height)
    {
        TestOpenNetwork network = new(2);
        network.ConnectAll();
        network.Settle();
        for (height = 0; height < 5; height++)
        {
            network[1].Mine();
            network.Settle();
        }

        return network;
    }

    private void Take(IEnumerable<Block> blocks) =>
        blocks.ToList().ForEach(block => _node.Step(new NodeInput.BlockMined(block)));

    private Transaction.Payment Pay(long whole) =>
        Make.Payment("alice", [_reward], [("bob", Make.Coins(whole))], Coins.Zero);

    private Block WithTransactions(params Transaction[] transactions) =>
        Make.Block(Tip, [Make.Coinbase(Tip.Height + 1), .. transactions]);

    private PeerId Greet(Work work)
    {
        PeerId peer = new(++_peers);
        _node.Step(new NodeInput.PeerConnected(peer, false, "z"));
        Ask(peer, new NodeMessage.Hello(1, Make.Network, 1_000 + (ulong)peer.Value, "", 0, work));
        return peer;
    }

    private NodeOutput[] Ask(PeerId peer, NodeMessage message) =>
        [.. _node.Step(new NodeInput.FromPeer(peer, message))];

    private void ShouldRefuse(Block block, BlockFault fault, Refusal refusal = Refusal.None)
    {
        BlockHash tip = Tip.Hash;
        PeerId peer = Greet(Work.Zero);
        NodeOutput[] outputs = Ask(peer, new NodeMessage.BlockBody(block));

        outputs.OfType<NodeOutput.Noted>().Select(noted => noted.Event).OfType<NodeEvent.BlockRefused>()
            .Should().ContainSingle().Which.Refusal.Should()
            .Match<BlockRefusal>(actual => actual.Fault == fault && actual.Transaction == refusal);
        outputs.OfType<NodeOutput.Drop>().Should().ContainSingle("who sends it is banned");
        outputs.OfType<NodeOutput.StoreBlock>().Should().BeEmpty();
        Tip.Hash.Should().Be(tip);
        Rules.HoldOf(_node);
    }
}
