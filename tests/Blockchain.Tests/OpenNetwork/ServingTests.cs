using Blockchain.Core.OpenNetwork;

namespace Blockchain.Tests.OpenNetwork;

/// <summary>Blocks of one peer: what is asked for, what is not sent, and what becomes of that.</summary>
public sealed class ServingTests
{
    private readonly TestNode _node = new(1, TestOpenNetwork.StartMs);
    private readonly PeerId _peer = new(1);

    [Fact]
    public void What_a_full_answer_leaves_out_is_asked_for_again_at_once_of_the_same_peer()
    {
        List<Block> chain = Greet(OpenLimits.BlocksInFlight);
        for (int served = 0; served < chain.Count; served += 3)
        {
            int end = Math.Min(served + 3, chain.Count);
            chain[served..end].ForEach(block => Hear(new NodeMessage.BlockBody(block)));
            BlockHash[] rest = [.. chain[end..].Select(block => block.Hash)];
            if (rest.Length > 0)
            {
                Asked(Hear(new NodeMessage.NotFound(rest))).Should().Equal(rest);
            }

            _node.Tick(250);
        }

        _node.Node.Tip.Hash.Should().Be(chain[^1].Hash);
        _node.Drops.Should().BeEmpty("a peer that sends what fits is not to blame");
    }

    [Fact]
    public void What_a_peer_says_twice_not_to_have_is_not_asked_of_it_again_for_a_while()
    {
        List<Block> chain = Greet(2);
        BlockHash[] all = [.. chain.Select(block => block.Hash)];

        Asked(Hear(new NodeMessage.NotFound(all))).Should().Equal(all);
        Asked(Hear(new NodeMessage.NotFound(all))).Should().BeEmpty();
        _node.Drops.Should().BeEmpty();
        _node.Tick(OpenLimits.SilenceMs + 1);
        Asked(_node.Step(new NodeInput.FromPeer(_peer, new NodeMessage.Pong(1)))).Should().BeEmpty("asked by the tick");
        _node.Outputs.OfType<NodeOutput.Send>().Select(send => send.Message).OfType<NodeMessage.GetBlocks>()
            .Should().HaveCount(3);
    }

    [Fact]
    public void An_answer_has_so_many_bytes_at_most_and_names_what_it_leaves_out()
    {
        Greet(0);
        Block[] blocks = LargeBlocks(OpenLimits.BlocksInFlight);
        blocks.ToList().ForEach(block => _node.Step(new NodeInput.BlockMined(block)));
        _node.Node.Tip.Hash.Should().Be(blocks[^1].Hash);

        NodeMessage[] answers = [.. Hear(new NodeMessage.GetBlocks([.. blocks.Select(block => block.Hash)]))
            .OfType<NodeOutput.Send>().Select(send => send.Message)];

        Block[] sent = [.. answers.OfType<NodeMessage.BlockBody>().Select(body => body.Block)];
        sent.Sum(block => block.Size).Should().BeInRange(
            OpenLimits.ServedBytes, OpenLimits.ServedBytes + NetworkParameters.Test.MaxBlockBytes);
        answers.OfType<NodeMessage.NotFound>().Single().Hashes.Should().Equal(
            blocks.Skip(sent.Length).Select(block => block.Hash));
    }

    [Fact]
    public void A_peer_that_owes_too_many_answers_is_dropped()
    {
        Greet(OpenLimits.BlocksInFlight);
        int waited = 0;
        for (; _node.Drops.Count == 0 && waited < 20 * OpenLimits.AnswerMs; waited += 5_000)
        {
            _node.Tick(5_000);
            Hear(new NodeMessage.Ping(waited));
        }

        waited.Should().BeGreaterThan(OpenLimits.Failures * OpenLimits.AnswerMs);
        _node.Drops.Should().ContainSingle().Which.Reason.Should().Be("does not answer");
    }

    [Fact]
    public void Of_one_peer_so_many_blocks_are_asked_at_once_and_none_too_far_ahead()
    {
        List<Block> chain = Greet(OpenLimits.BlocksInFlight + 5);

        _node.Outputs.OfType<NodeOutput.Send>().Select(send => send.Message).OfType<NodeMessage.GetBlocks>()
            .Single().Hashes.Should().Equal(chain.Take(OpenLimits.BlocksInFlight).Select(block => block.Hash));
    }

    [Fact]
    public void Blocks_are_fetched_so_far_ahead_of_the_tip_and_no_further()
    {
        List<Block> chain = Greet(OpenLimits.BlocksAhead + 40);
        while (Taken().OfType<NodeMessage.GetBlocks>().SelectMany(get => get.Hashes).ToHashSet()
            is { Count: > 0 } asked)
        {
            // Everything but the first comes, so the tip stays where it is.
            chain.Skip(1).Where(block => asked.Contains(block.Hash)).ToList()
                .ForEach(block => Hear(new NodeMessage.BlockBody(block)));
        }

        _node.Node.Tip.Height.Should().Be(0);
        _node.StoredBlocks.Should().HaveCount(OpenLimits.BlocksAhead - 1);
    }

    private NodeMessage[] Taken()
    {
        NodeMessage[] messages = [.. _node.Outputs.OfType<NodeOutput.Send>().Select(send => send.Message)];
        _node.Outputs.Clear();
        return messages;
    }

    /// <summary>Connects a peer that has so many blocks more, and hands in their headers.</summary>
    private List<Block> Greet(int blocks)
    {
        List<Block> chain = Make.Chain(
            _node.Node.Tip, 1, [.. Enumerable.Repeat((IReadOnlyList<Transaction>)[], blocks)]);
        _node.Step(new NodeInput.PeerConnected(_peer, false, "peer"));
        Work work = _node.Node.Tip.Work;
        chain.ForEach(_ => work += _node.Node.Tree.GenesisNode.Work);
        Hear(new NodeMessage.Hello(FullNode.ProtocolVersion, Make.Network, 99, "", blocks, work));
        Hear(new NodeMessage.Headers([.. chain.Select(block => block.Header)]));
        return chain;
    }

    private NodeOutput[] Hear(NodeMessage message) => [.. _node.Step(new NodeInput.FromPeer(_peer, message))];

    private static IEnumerable<BlockHash> Asked(IEnumerable<NodeOutput> outputs) => outputs.OfType<NodeOutput.Send>()
        .Select(send => send.Message).OfType<NodeMessage.GetBlocks>().SelectMany(get => get.Hashes);

    /// <summary>A reward is split again and again, so that each block has some 300 kB of payments.</summary>
    private Block[] LargeBlocks(int count)
    {
        const int EachBlock = 21;
        List<Block> chain = Make.Chain(_node.Node.Tip, 2, [[], [], []]);
        string owner = "miner2";
        OutPoint source = new(chain[0].Transactions[0].Id, 0);
        long units = NetworkParameters.Test.RewardUnitsAt(1);
        (string, Coins)[] outputs = [.. Enumerable.Repeat((owner, new Coins(1)), OpenLimits.Outputs)];
        List<IReadOnlyList<Transaction>> blocks = [[], [], []];
        for (int i = 0; i < count; i++)
        {
            List<Transaction> payments = [];
            for (int j = 0; j < EachBlock; j++)
            {
                units -= OpenLimits.Outputs - 1;
                outputs[0] = (owner, new Coins(units));
                payments.Add(Make.Payment(owner, [source], outputs, Coins.Zero));
                source = new OutPoint(payments[^1].Id, 0);
            }

            blocks.Add(payments);
        }

        List<Block> all = Make.Chain(_node.Node.Tip, 2, [.. blocks]);
        all.Take(3).ToList().ForEach(block => _node.Step(new NodeInput.BlockMined(block)));
        return [.. all.Skip(3)];
    }
}
