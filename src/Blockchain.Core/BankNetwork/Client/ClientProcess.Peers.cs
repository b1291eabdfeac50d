using Blockchain.Core.Kernel;

namespace Blockchain.Core.BankNetwork;

/// <content>What members tell each other: rules 1, 3, 4, 13.</content>
public sealed partial class ClientProcess
{
    private void OnFrame(Frame frame)
    {
        if (frame.To != Id || frame.From == Id)
        {
            return;
        }

        if (frame.Epoch > (_mutex is null ? 0 : View!.Epoch))
        {
            KeepForLater(frame);
            return;
        }

        if (_mutex is null || frame.Epoch < View!.Epoch || !_mutex.Others.Contains(frame.From))
        {
            return;
        }

        if (frame.Clock > Ledger.LastKey.Token.Clock + Limits.ClockAhead)
        {
            Mute(frame.From, $"its clock says {frame.Clock}, impossibly far ahead of {Ledger.LastKey.Token.Clock}");
            return;
        }

        if (frame.Message is PeerMessage.Head head)
        {
            OnHead(frame.From, head.Checkpoint);
            if (_links is null)
            {
                return;
            }
        }

        foreach (Frame delivered in _links!.Receive(frame, _nowMs))
        {
            Deliver(delivered.From, delivered.Clock, delivered.Message);
            if (_links is null)
            {
                return;
            }
        }

        TrySettle();
    }

    /// <summary>Rule 1: a message of a later view waits for that view, and the bank is asked for it.</summary>
    private void KeepForLater(Frame frame)
    {
        int weight = frame.Message.Weight;
        if (_earlyFrames.Count < Limits.EarlyFrames && _earlyBytes + weight <= Limits.WaitingBytes)
        {
            _earlyFrames.Enqueue(frame);
            _earlyBytes += weight;
        }

        if (_bankUp && _target is null)
        {
            SendHeartbeat();
        }
    }

    private void Deliver(int from, long messageClock, PeerMessage message)
    {
        switch (message)
        {
            case PeerMessage.Request request when request.Token.Client != from || request.Token.Clock > messageClock:
            case PeerMessage.Release release when release.Token.Client != from:
                Mute(from, $"it speaks for another: {message.Name}");
                break;
            case PeerMessage.Request request:
                OnRequest(from, messageClock, request);
                break;
            case PeerMessage.Reply:
                Hear(from, messageClock, message);
                break;
            case PeerMessage.Release release:
                Hear(from, messageClock, message);
                OnRelease(from, release);
                break;
            default:
                Mute(from, $"{message.Name} has no place on the link");
                break;
        }
    }

    private void OnRequest(int from, long messageClock, PeerMessage.Request request)
    {
        if (_rules.HasFlag(ProtocolRules.Fifo) && _mutex!.Queue.HasRequestOf(from))
        {
            Mute(from, "it has two open requests");
            return;
        }

        // Without order on the links a simulation replies always, as the paper does: the reply that overtakes its
        // sender's own request is what breaks exclusion, and a member that owes none could not send it.
        Hear(from, messageClock, request);
        if (_mutex!.OnRequest(request.Token, request.Transfers) || !_rules.HasFlag(ProtocolRules.Fifo))
        {
            _links!.Send(from, Clock, new PeerMessage.Reply(request.Token), _nowMs);
        }
    }

    private void OnRelease(int from, PeerMessage.Release release)
    {
        IReadOnlyList<Transfer>? transfers = _mutex!.OnRelease(release.Token);
        if (release.Applied is not { } applied || transfers is null)
        {
            return;
        }

        if (applied.Outcomes.Count != transfers.Count)
        {
            Mute(from, $"its release has {applied.Outcomes.Count} outcomes for {transfers.Count} transfers");
            return;
        }

        Insert(View!.Epoch, release.Token, transfers, applied.FirstIndex, applied.Outcomes, applied.Signature);
    }

    private void Hear(int from, long messageClock, PeerMessage word)
    {
        bool waits = _own is { HasEntered: false };
        int before = waits ? _mutex!.HeardLaterThan(_own!.Token) : 0;
        _mutex!.Hear(from, messageClock);
        if (waits && _mutex.HeardLaterThan(_own!.Token) is var heard && heard > before)
        {
            Tell(new ClientEvent.ReplyHeard(from, messageClock, word.Name, heard, _mutex.Others.Count));
        }
    }

    /// <summary>Rule 13: two different hashes for one index, both signed by the bank, prove that it tells different
    /// ledgers.</summary>
    private void OnHead(int from, Checkpoint checkpoint)
    {
        if (checkpoint == _checkpoint || !checkpoint.IsSignedBy(Ledger.BankKey, Ledger.LedgerId, _signatures))
        {
            return;
        }

        if (checkpoint.Index >= Chain.SettledCount)
        {
            _catchUp.Learn(checkpoint.Index, checkpoint.Hash);
            return;
        }

        Hash own = Ledger.Hashes[checkpoint.Index];
        if (own != checkpoint.Hash)
        {
            Alarm(
                checkpoint.Index, own, checkpoint.Hash, checkpoint,
                $"the bank has signed another ledger for client {from}");
        }
    }

    private void Mute(int peer, string explanation)
    {
        _links!.Mute(peer);
        Tell(new ClientEvent.PeerFault(peer, explanation));
    }
}
