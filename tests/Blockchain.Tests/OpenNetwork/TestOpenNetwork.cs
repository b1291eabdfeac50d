using Blockchain.Core.OpenNetwork;

namespace Blockchain.Tests.OpenNetwork;

/// <summary>Full nodes connected by hand: messages are bytes, in order on each connection, delivered one by
/// one.</summary>
internal sealed class TestOpenNetwork
{
    private readonly List<Connection> _connections = [];
    private long _peers;

    public TestOpenNetwork(int nodes, NetworkParameters? parameters = null) =>
        Nodes = [.. Enumerable.Range(1, nodes).Select(number => new TestNode(number, StartMs, parameters))];

    /// <summary>A day behind the network's first block.</summary>
    public static long StartMs => (NetworkParameters.Test.GenesisTime + 86_400L) * 1_000;

    public IReadOnlyList<TestNode> Nodes { get; }

    public TestNode this[int number] => Nodes[number - 1];

    /// <summary>Messages delivered, by the node that sent them.</summary>
    public List<(int From, NodeMessage Message)> Delivered { get; } = [];

    public void ConnectAll()
    {
        foreach (TestNode from in Nodes)
        {
            foreach (TestNode to in Nodes.Where(to => to.Number < from.Number))
            {
                Connect(from.Number, to.Number);
            }
        }
    }

    public void Connect(int from, int to)
    {
        Connection connection = new(this[from], new PeerId(++_peers), this[to], new PeerId(++_peers));
        _connections.Add(connection);
        this[from].Step(new NodeInput.PeerConnected(connection.AtFrom, true, $"node{to}"));
        this[to].Step(new NodeInput.PeerConnected(connection.AtTo, false, $"from{from}"));
    }

    /// <summary>Cuts every connection of the two groups; what is under way is lost.</summary>
    public void Part(params int[] group)
    {
        foreach (Connection connection in _connections.ToArray())
        {
            if (group.Contains(connection.From.Number) != group.Contains(connection.To.Number))
            {
                Cut(connection);
            }
        }
    }

    public void Kill(int number)
    {
        foreach (Connection connection in _connections
            .Where(each => each.From == this[number] || each.To == this[number]).ToArray())
        {
            Cut(connection);
        }

        this[number].Restart();
    }

    /// <summary>Delivers until nothing is under way; announcements go with the ticks.</summary>
    public void Settle(int ticks = 3)
    {
        for (int i = 0; i < ticks; i++)
        {
            foreach (TestNode node in Nodes)
            {
                node.Tick(200);
            }

            Deliver();
        }
    }

    /// <summary>Settles once, and so again until all have one tip.</summary>
    public void Deliver()
    {
        bool any = true;
        for (int rounds = 0; any; rounds++)
        {
            rounds.Should().BeLessThan(100_000, "nodes must not talk for ever");
            any = false;
            foreach (TestNode node in Nodes)
            {
                while (node.Outputs.TryDequeue(out NodeOutput? output))
                {
                    any = true;
                    Dispatch(node, output);
                }
            }
        }
    }

    public void ShouldAgree()
    {
        Nodes.Select(node => node.Node.Tip.Hash).Distinct().Should().ContainSingle("all follow one chain");
        Nodes.Select(node => node.Node.Chain.Supply).Distinct().Should().ContainSingle();
        foreach (TestNode node in Nodes)
        {
            Rules.HoldOf(node);
        }
    }

    private void Dispatch(TestNode node, NodeOutput output)
    {
        switch (output)
        {
            case NodeOutput.Send send when Find(node, send.Peer) is { } connection:
                NodeMessage message = NodeMessageCodec.Decode(NodeMessageCodec.Encode(send.Message));
                Delivered.Add((node.Number, message));
                (TestNode other, PeerId peer) = connection.OtherThan(node);
                other.Step(new NodeInput.FromPeer(peer, message));
                break;
            case NodeOutput.Drop drop when Find(node, drop.Peer) is { } connection:
                Cut(connection);
                break;
        }
    }

    private void Cut(Connection connection)
    {
        _connections.Remove(connection);
        connection.From.Step(new NodeInput.PeerDisconnected(connection.AtFrom));
        connection.To.Step(new NodeInput.PeerDisconnected(connection.AtTo));
    }

    private Connection? Find(TestNode node, PeerId peer) => _connections.Find(
        each => (each.From == node && each.AtFrom == peer) || (each.To == node && each.AtTo == peer));

    private sealed record Connection(TestNode From, PeerId AtFrom, TestNode To, PeerId AtTo)
    {
        public (TestNode Node, PeerId Peer) OtherThan(TestNode node) => node == From ? (To, AtTo) : (From, AtFrom);
    }
}
