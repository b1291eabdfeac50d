namespace Blockchain.Core.BankNetwork;

/// <summary>
/// The links of one member with every other member of its view, and the way their frames take: directly while a
/// connection is up, through the bank otherwise.
/// </summary>
public sealed class LinkSet
{
    // Well before the peer sends again. Whoever has a turn of its own meanwhile acknowledges with its messages.
    private const long AckAfterMs = 300;

    // Well before the peer's window is full.
    private const long AckAfterFrames = Limits.LinkWindow / 8;
    private const long FirstResendMs = 1_000;
    private const long MaxResendMs = 8_000;
    private const int ResendFrames = 64;

    private readonly Dictionary<int, Peer> _peers = [];
    private readonly Action<ClientOutput> _emit;
    private readonly int _patienceMs;

    /// <summary>Starts with nothing sent and nothing received, as every view does.</summary>
    /// <param name="epoch">The view.</param>
    /// <param name="self">Own number.</param>
    /// <param name="others">The other members.</param>
    /// <param name="connected">Peers with a direct connection now.</param>
    /// <param name="patienceMs">Time for which hosts hold messages on their way.</param>
    /// <param name="emit">Takes what is to be sent.</param>
    /// <param name="rules">The rules in force.</param>
    public LinkSet(
        int epoch, int self, IEnumerable<int> others, IReadOnlySet<int> connected, int patienceMs,
        Action<ClientOutput> emit, ProtocolRules rules)
    {
        _emit = emit;
        _patienceMs = patienceMs;
        foreach (int other in others)
        {
            _peers[other] = new Peer(new PeerLink(epoch, self, other, rules))
            {
                IsConnected = connected.Contains(other),
            };
        }
    }

    /// <summary>Sends to every other member, in the order of their numbers.</summary>
    public void Broadcast(long clock, PeerMessage message, long nowMs)
    {
        foreach (int peer in _peers.Keys)
        {
            Send(peer, clock, message, nowMs);
        }
    }

    /// <summary>Sends to one member. A member that has stopped acknowledging gets no more in this view.</summary>
    public void Send(int to, long clock, PeerMessage message, long nowMs)
    {
        Peer peer = _peers[to];
        if (peer.Link.IsFull || peer.IsMuted)
        {
            return;
        }

        if (peer.Link.Unacknowledged.Count == 0)
        {
            peer.SentMs = nowMs;
        }

        Emit(peer, peer.Link.Send(clock, message));
    }

    /// <summary>Sends to every other member what is no event of the algorithm.</summary>
    public void BroadcastUnsequenced(long clock, PeerMessage message)
    {
        foreach (Peer peer in _peers.Values)
        {
            Emit(peer, peer.Link.SendUnsequenced(clock, message));
        }
    }

    /// <summary>Takes a frame; returns what has become deliverable by it, in order.</summary>
    public IReadOnlyList<Frame> Receive(Frame frame, long nowMs)
    {
        if (!_peers.TryGetValue(frame.From, out Peer? peer) || peer.IsMuted)
        {
            return [];
        }

        int waiting = peer.Link.Unacknowledged.Count;
        bool owedAck = peer.Link.OwesAck;
        IReadOnlyList<Frame> deliverable = peer.Link.Receive(frame);
        if (peer.Link.Unacknowledged.Count < waiting)
        {
            peer.SentMs = nowMs;
            peer.ResendMs = FirstResendMs;
        }

        if (!owedAck && peer.Link.OwesAck)
        {
            peer.AckDueMs = nowMs + AckAfterMs;
        }

        if (peer.Link.OwedFrames >= AckAfterFrames)
        {
            peer.AckDueMs = nowMs;
        }

        return deliverable;
    }

    /// <summary>The direct connection is up: what was not acknowledged is sent again on it.</summary>
    public void Connected(int id, long nowMs)
    {
        if (_peers.TryGetValue(id, out Peer? peer))
        {
            peer.IsConnected = true;
            peer.ResendMs = FirstResendMs;
            Resend(peer, nowMs, int.MaxValue);
        }
    }

    /// <summary>The direct connection is down; what was on its way may be lost, so it goes again through the
    /// bank.</summary>
    public void Disconnected(int id, long nowMs)
    {
        if (_peers.TryGetValue(id, out Peer? peer))
        {
            peer.IsConnected = false;
            Resend(peer, nowMs, int.MaxValue);
        }
    }

    /// <summary>Listens to a member no longer, because it breaks the protocol.</summary>
    public void Mute(int id) => _peers[id].IsMuted = true;

    /// <summary>Sends acknowledgements that no message has carried, and again what has stayed unacknowledged for
    /// long.</summary>
    public void Tick(long clock, long nowMs)
    {
        foreach (Peer peer in _peers.Values)
        {
            if (peer.Link.Unacknowledged.Count > 0 && nowMs - peer.SentMs >= peer.ResendMs + (2L * _patienceMs))
            {
                peer.ResendMs = Math.Min(2 * peer.ResendMs, MaxResendMs);
                Resend(peer, nowMs, ResendFrames);
            }

            if (peer.Link.OwesAck && nowMs >= peer.AckDueMs)
            {
                Emit(peer, peer.Link.SendUnsequenced(clock, PeerMessage.Ack.Instance));
            }
        }
    }

    private void Resend(Peer peer, long nowMs, int limit)
    {
        peer.SentMs = nowMs;
        foreach (Frame frame in peer.Link.Unacknowledged.Take(limit))
        {
            Emit(peer, peer.Link.Stamp(frame));
        }
    }

    private void Emit(Peer peer, Frame frame) => _emit(peer.IsConnected
        ? new ClientOutput.ToPeer(frame)
        : new ClientOutput.ToBank(new ToBank.Relay(frame)));

    private sealed class Peer(PeerLink link)
    {
        public PeerLink Link { get; } = link;

        public bool IsConnected { get; set; }

        public bool IsMuted { get; set; }

        public long SentMs { get; set; }

        public long ResendMs { get; set; } = FirstResendMs;

        public long AckDueMs { get; set; }
    }
}
