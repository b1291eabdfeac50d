namespace Blockchain.Core.OpenNetwork;

/// <content>Peers: who they are, whether they live, and what they say.</content>
public sealed partial class FullNode
{
    private readonly Dictionary<PeerId, NodePeer> _peers = [];
    private readonly BoundedSet<string> _addresses = new(OpenLimits.KnownAddresses);
    private long _pings;

    private void OnConnected(NodeInput.PeerConnected connected)
    {
        NodePeer peer = new(connected.Peer, connected.Outgoing, connected.Address, _clockMs);
        if (!_peers.TryAdd(connected.Peer, peer))
        {
            return;
        }

        if (_peers.Count > OpenLimits.Peers)
        {
            Drop(peer, DropCause.TooManyPeers, $"more than {OpenLimits.Peers} peers", banMs: 0);
            return;
        }

        Say(peer, new NodeMessage.Hello(
            ProtocolVersion, NetworkId, _state.Agent, _state.Listen, Tip.Height, Tip.Work));
    }

    private void OnMessage(NodeInput.FromPeer input)
    {
        // What comes from a peer that was dropped was under way already.
        if (!_peers.TryGetValue(input.Peer, out NodePeer? peer))
        {
            return;
        }

        peer.HeardMs = _clockMs;
        peer.IsPinged = false;
        if (input.Message is NodeMessage.Hello hello)
        {
            OnHello(peer, hello);
        }
        else if (peer.IsReady)
        {
            OnMessage(peer, input.Message);
        }
        else
        {
            Drop(peer, DropCause.NoHello, "does not say hello first", OpenLimits.BanMs);
        }
    }

    private void OnMessage(NodePeer peer, NodeMessage message)
    {
        switch (message)
        {
            case NodeMessage.GetHeaders get:
                ServeHeaders(peer, get);
                break;
            case NodeMessage.Headers headers:
                OnHeaders(peer, headers.List);
                break;
            case NodeMessage.GetBlocks get:
                ServeBlocks(peer, get.Hashes);
                break;
            case NodeMessage.BlockBody body:
                OnBlock(peer, body.Block);
                break;
            case NodeMessage.NotFound missing:
                OnNotFound(peer, missing.Hashes);
                break;
            case NodeMessage.InventoryOf inventory:
                OnInventory(peer, inventory);
                break;
            case NodeMessage.GetTransactions get:
                ServeTransactions(peer, get.Ids);
                break;
            case NodeMessage.TransactionBodies bodies:
                OnTransactions(peer, bodies);
                break;
            case NodeMessage.GetPeers:
                ServeAddresses(peer);
                break;
            case NodeMessage.PeersAre peers:
                LearnAddresses(peers.Addresses, isTold: true);
                break;
            case NodeMessage.Ping ping:
                Say(peer, new NodeMessage.Pong(ping.Number));
                break;
        }
    }

    private void OnHello(NodePeer peer, NodeMessage.Hello hello)
    {
        if (peer.IsReady)
        {
            Drop(peer, DropCause.SecondHello, "says hello twice", OpenLimits.BanMs);
            return;
        }

        if (hello.Version != ProtocolVersion)
        {
            Drop(
                peer,
                DropCause.OtherVersion,
                $"speaks version {hello.Version}; this node speaks {ProtocolVersion}",
                banMs: 0);
            return;
        }

        if (hello.Network != NetworkId)
        {
            // No lie: a machine may run nodes of several networks, and those of this one must not suffer for it.
            Drop(peer, DropCause.OtherNetwork, $"is of another network, {hello.Network.Short}", banMs: 0);
            return;
        }

        if (hello.Agent == _state.Agent)
        {
            Drop(peer, DropCause.Itself, "is this node itself", banMs: 0);
            return;
        }

        if (ResolveDouble(peer, hello.Agent))
        {
            return;
        }

        peer.IsReady = true;
        peer.Agent = hello.Agent;
        peer.Listen = hello.Listen;
        peer.Height = hello.Height;
        peer.Work = hello.Work;
        Note(new NodeEvent.PeerReady(peer.Id, hello.Listen, hello.Height));
        Greet(peer);
    }

    private void Greet(NodePeer peer)
    {
        if (peer.Listen.Length > 0)
        {
            LearnAddresses([peer.Listen], isTold: true);
        }

        Say(peer, NodeMessage.GetPeers.Instance);
        if (peer.Work > Tip.Work)
        {
            AskHeaders(peer);
        }

        foreach (PoolEntry entry in Mempool.Entries)
        {
            Queue(peer, entry.Transaction.Id);
        }
    }

    /// <summary>Two nodes that dial each other at once have two connections. Both keep the one that the node with the
    /// higher number dialled. In every other case the older stays: everybody who is connected knows the number, so a
    /// newcomer that says it again proves nothing. A left-over ends by its silence.</summary>
    /// <returns>Whether this connection is the one that goes.</returns>
    private bool ResolveDouble(NodePeer peer, ulong agent)
    {
        NodePeer? other = _peers.Values.FirstOrDefault(other => other.IsReady && other.Agent == agent);
        if (other is null)
        {
            return false;
        }

        bool isAtOnce = other.IsOutgoing != peer.IsOutgoing && _clockMs - other.ConnectedMs <= OpenLimits.AtOnceMs;
        bool keepsNew = isAtOnce && peer.IsOutgoing == _state.Agent > agent;
        Drop(keepsNew ? other : peer, DropCause.ConnectedTwice, "is connected twice", banMs: 0);
        return !keepsNew;
    }

    private void ServeAddresses(NodePeer peer)
    {
        // Those that are there now first: whoever tells lies about many others does not crowd them out.
        IEnumerable<string> connected = _peers.Values.Where(other => other.IsReady && other.Listen.Length > 0)
            .Select(other => other.Listen);
        string[] addresses =
        [
            .. connected.Concat(_addresses.Items).Distinct().Where(address => address != peer.Listen)
                .Take(OpenLimits.Addresses),
        ];
        if (addresses.Length > 0)
        {
            Say(peer, new NodeMessage.PeersAre(addresses));
        }
    }

    private void LearnAddresses(IReadOnlyList<string> addresses, bool isTold)
    {
        List<string> learned = [];
        foreach (string address in addresses)
        {
            if (address.Length > 0 && address != _state.Listen && _addresses.Add(address))
            {
                learned.Add(address);
            }
        }

        if (isTold && learned.Count > 0)
        {
            Emit(new NodeOutput.PeersLearned(learned));
        }
    }

    /// <summary>Once a tick: whether the peer lives and answers.</summary>
    private void Watch(NodePeer peer)
    {
        long silentMs = _clockMs - peer.HeardMs;
        if (!peer.IsReady && _clockMs - peer.ConnectedMs > OpenLimits.AnswerMs)
        {
            Drop(peer, DropCause.NoHello, "did not say hello", banMs: 0);
        }
        else if (silentMs > 2 * OpenLimits.SilenceMs)
        {
            Drop(peer, DropCause.Silent, "is silent", banMs: 0);
        }
        else if (silentMs > OpenLimits.SilenceMs && !peer.IsPinged && peer.IsReady)
        {
            peer.IsPinged = true;
            Say(peer, new NodeMessage.Ping(++_pings));
        }

        if (_peers.ContainsKey(peer.Id))
        {
            WatchAnswers(peer);
        }
    }

    private void Drop(NodePeer peer, DropCause cause, string reason, int banMs)
    {
        if (_peers.ContainsKey(peer.Id))
        {
            Forget(peer.Id);
            Emit(new NodeOutput.Drop(peer.Id, cause, reason, banMs));
        }
    }

    private void Forget(PeerId id)
    {
        if (_peers.Remove(id, out NodePeer? peer))
        {
            foreach (BlockHash hash in peer.InFlight)
            {
                _inFlight.Remove(hash);
            }

            AskOthers(_requests.TakeFrom(peer));
        }
    }

    private NodePeer? PeerOf(PeerId? id) => id is { } known ? _peers.GetValueOrDefault(known) : null;

    private void Say(NodePeer peer, NodeMessage message) => Emit(new NodeOutput.Send(peer.Id, message));
}
