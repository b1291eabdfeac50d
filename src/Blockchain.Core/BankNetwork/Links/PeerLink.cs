using Blockchain.Core.Kernel;

namespace Blockchain.Core.BankNetwork;

/// <summary>
/// One member's end of the link with one peer in one view: delivers each message once and in order over connections
/// that may break, repeat, lose and reorder (rule 1). It sends nothing itself: it makes frames and sorts them.
/// </summary>
/// <remarks>Invariant: the frames kept are exactly those sent and not acknowledged, in order.</remarks>
public sealed class PeerLink(int epoch, int self, int peer, ProtocolRules rules = ProtocolRules.All)
{
    private readonly Queue<Frame> _unacknowledged = new();
    private readonly Dictionary<long, Frame> _early = [];
    private readonly HashSet<long> _seenOutOfOrder = [];
    private long _earlyBytes;
    private long _sent;
    private long _received;
    private long _acknowledged;

    /// <summary>The member at the other end.</summary>
    public int Peer => peer;

    /// <summary>Frames sent and not acknowledged, earliest first.</summary>
    public IReadOnlyCollection<Frame> Unacknowledged => _unacknowledged;

    /// <summary>Whether something was received that no frame sent since has acknowledged.</summary>
    public bool OwesAck { get; private set; }

    /// <summary>Frames received that no frame sent since has acknowledged.</summary>
    public long OwedFrames => _received - _acknowledged;

    /// <summary>Whether the peer has stopped acknowledging and no more may be sent to it in this view.</summary>
    public bool IsFull => _unacknowledged.Count >= Limits.LinkWindow;

    /// <summary>Makes the next frame, and keeps it until it is acknowledged.</summary>
    public Frame Send(long clock, PeerMessage message)
    {
        Invariant.Holds(!IsFull, "a full link takes no more");
        Frame frame = Stamp(new Frame(epoch, self, peer, ++_sent, 0, clock, message));
        _unacknowledged.Enqueue(frame);
        return frame;
    }

    /// <summary>Makes a frame without a place: sent once, kept by nobody.</summary>
    public Frame SendUnsequenced(long clock, PeerMessage message) =>
        Stamp(new Frame(epoch, self, peer, 0, 0, clock, message));

    /// <summary>A frame with the present acknowledgement.</summary>
    public Frame Stamp(Frame frame)
    {
        OwesAck = false;
        _acknowledged = _received;
        return frame.Ack == _received ? frame : frame with { Ack = _received };
    }

    /// <summary>
    /// Takes a frame of the peer. What has become deliverable by it comes out in order; what was delivered before is
    /// dropped and acknowledged again; what is early waits.
    /// </summary>
    public IReadOnlyList<Frame> Receive(Frame frame)
    {
        Acknowledge(frame.Ack);
        if (frame.Seq == 0)
        {
            return [];
        }

        OwesAck = true;
        return rules.HasFlag(ProtocolRules.Fifo) ? ReceiveInOrder(frame) : ReceiveAnyOrder(frame);
    }

    private IReadOnlyList<Frame> ReceiveInOrder(Frame frame)
    {
        if (frame.Seq <= _received || frame.Seq > _received + Limits.LinkWindow)
        {
            return [];
        }

        if (frame.Seq > _received + 1)
        {
            KeepEarly(frame);
            return [];
        }

        _received++;
        if (_early.Count == 0)
        {
            return [frame];
        }

        List<Frame> deliverable = [frame];
        while (_early.Remove(_received + 1, out Frame? next))
        {
            _received++;
            _earlyBytes -= next.Message.Weight;
            deliverable.Add(next);
        }

        return deliverable;
    }

    private void KeepEarly(Frame frame)
    {
        int weight = frame.Message.Weight;
        if (_earlyBytes + weight <= Limits.WaitingBytes && _early.TryAdd(frame.Seq, frame))
        {
            _earlyBytes += weight;
        }
    }

    // Only a simulation takes this path: each frame once, in whatever order it comes.
    private IReadOnlyList<Frame> ReceiveAnyOrder(Frame frame)
    {
        if (frame.Seq <= _received || frame.Seq > _received + Limits.LinkWindow || !_seenOutOfOrder.Add(frame.Seq))
        {
            return [];
        }

        while (_seenOutOfOrder.Remove(_received + 1))
        {
            _received++;
        }

        return [frame];
    }

    private void Acknowledge(long upTo)
    {
        while (_unacknowledged.TryPeek(out Frame? frame) && frame.Seq <= upTo)
        {
            _unacknowledged.Dequeue();
        }
    }
}
