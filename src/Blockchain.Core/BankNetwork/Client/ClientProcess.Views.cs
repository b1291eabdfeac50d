using Blockchain.Core.Kernel;

namespace Blockchain.Core.BankNetwork;

/// <content>Joining, views, and the chain that the bank's disk vouches for: rules 9 to 12 and 14.</content>
public sealed partial class ClientProcess
{
    private void OnJoined(JoinAccepted answer)
    {
        _joinInFlight = false;
        if (Phase != ClientPhase.Joining || answer.Incarnation != _state.Incarnation)
        {
            return;
        }

        if (Ledger.Count > 0 && (answer.Ledger != Ledger.LedgerId || answer.BankKey != Ledger.BankKey))
        {
            Alarm(
                0, Ledger.LedgerId, answer.Ledger, null,
                "this client's chain belongs to another bank; use another name or data folder");
            return;
        }

        if (answer.View.Epoch < (_target?.Epoch ?? View?.Epoch ?? 0))
        {
            // Evicted again before the answer came.
            _nextJoinMs = _nowMs + JoinRetryMs;
            return;
        }

        Id = answer.Id;
        _leaseMs = answer.LeaseMs;

        // The link may have come up first, when only the usual lease could be reckoned with.
        _nextHeartbeatMs = Math.Min(_nextHeartbeatMs, _nowMs + (_leaseMs / HeartbeatsPerLease));
        _joinedEpoch = answer.View.Epoch;
        _saidUnreachable = false;
        Phase = ClientPhase.Installing;
        OnView(answer.View, string.Empty);
    }

    private void OnJoinFailed(JoinRefusal? reason)
    {
        _joinInFlight = false;
        _nextJoinMs = _nowMs + JoinRetryMs;
        if (Phase != ClientPhase.Joining)
        {
            return;
        }

        switch (reason)
        {
            case null when !_saidUnreachable:
                _saidUnreachable = true;
                Tell(new ClientEvent.BankUnreachable());
                break;
            case null or JoinRefusal.Recovering or JoinRefusal.Full:
                break;
            default:
                Phase = ClientPhase.Stopped;
                Tell(new ClientEvent.JoinRefused(reason.Value));
                break;
        }
    }

    private void OnBankMessage(FromBank message)
    {
        switch (message)
        {
            case FromBank.NewView view:
                OnView(view.View, view.Cause);
                break;
            case FromBank.Receipt receipt:
                OnReceipt(receipt);
                break;
            case FromBank.Refused refused:
                OnRefused(refused);
                break;
            case FromBank.Durable durable:
                OnDurable(durable.Index, durable.Hash);
                break;
            case FromBank.Signed signed:
                OnCheckpoint(signed.Checkpoint);
                break;
            case FromBank.Relayed relayed:
                OnFrame(relayed.Frame);
                break;
            default:
                throw new InvariantException("the messages of the bank are closed");
        }
    }

    private void OnView(ViewInfo view, string cause)
    {
        if (view.Epoch < _joinedEpoch || view.Epoch < (_target?.Epoch ?? View?.Epoch ?? 0))
        {
            // Rule 11: a view from before this life's join is not for this life.
            return;
        }

        if (IsOfAnotherLife(view))
        {
            if (Phase != ClientPhase.Joining)
            {
                OnEvicted(view);
            }

            return;
        }

        if (view.Epoch == View?.Epoch && Phase != ClientPhase.Installing)
        {
            OnSameView(view);
            return;
        }

        _catchUp.Learn(view.Index, view.Hash);
        if (!view.Members.Any(member => member.Id == Id))
        {
            OnEvicted(view);
            return;
        }

        StopTakingPart();
        _target = view;
        _targetCause = cause;
        Phase = Phase == ClientPhase.Leaving ? ClientPhase.Leaving : ClientPhase.Installing;
    }

    /// <summary>Rule 11: two lives of one client, such as a folder and its copy in use at once, cannot both be in a
    /// view. The earlier one sees the other's address in its place, joins again, and is told that it is
    /// superseded.</summary>
    private bool IsOfAnotherLife(ViewInfo view) => _rules.HasFlag(ProtocolRules.Rejoin) && view.Members.Any(
        member => member.Id == Id && member.Endpoint.Length > 0 && member.Endpoint != _state.Endpoint);

    /// <summary>The view announced again: a member may have another address.</summary>
    private void OnSameView(ViewInfo view)
    {
        View = view;
        if (_mutex is not null)
        {
            Connect();
        }
    }

    private void OnEvicted(ViewInfo view)
    {
        StopTakingPart();
        _target = null;
        View = view;
        Emit(new ClientOutput.Connect([]));
        Tell(new ClientEvent.Evicted(view.Epoch));
        if (Phase != ClientPhase.Leaving)
        {
            Phase = ClientPhase.Joining;
            _nextJoinMs = _nowMs;
        }
    }

    /// <summary>A later view exists, so nothing of the old one counts any more.</summary>
    private void StopTakingPart()
    {
        _mutex = null;
        _links = null;
        _own = null;
        _intents.WaitAgain();
    }

    /// <summary>Rule 10: a view is installed once its row is settled here.</summary>
    private void TryInstall()
    {
        if (_target is not { } view || (!HasRow(view) && _rules.HasFlag(ProtocolRules.Catchup)))
        {
            if (_target is not null)
            {
                _catchUp.Hurry();
            }

            return;
        }

        if (Chain.SettledCount > view.Index && Ledger.Hashes[view.Index] != view.Hash)
        {
            Alarm(
                view.Index, Ledger.Hashes[view.Index], view.Hash, _checkpoint,
                $"the bank's view {view.Epoch} stands on another ledger than the one settled here");
            return;
        }

        Install(view);
    }

    private bool HasRow(ViewInfo view) => Chain.SettledCount > view.Index;

    private void Install(ViewInfo view)
    {
        _target = null;
        View = view;
        _clock.Begin(view.Clock);
        Chain.DropBefore(view.Epoch);
        int[] others = [.. view.Members.Select(member => member.Id).Where(id => id != Id)];
        _mutex = new LamportMutex(Id, others, _clock);
        _links = new LinkSet(view.Epoch, Id, others, _connected, _state.DelayMs, Emit, _rules);
        if (Phase != ClientPhase.Leaving)
        {
            Phase = ClientPhase.Member;
        }

        Connect();
        Tell(new ClientEvent.Installed(view, _targetCause));
        for (int i = _earlyFrames.Count; i > 0; i--)
        {
            Frame early = _earlyFrames.Dequeue();
            _earlyBytes -= early.Message.Weight;
            OnFrame(early);
        }
    }

    private void Connect() =>
        Emit(new ClientOutput.Connect([.. View!.Members.Where(member => member.Id != Id)]));

    private void OnDurable(long index, Hash hash)
    {
        _catchUp.Learn(index, hash);
        if (index < Chain.SettledCount && Ledger.Hashes[index] != hash)
        {
            Alarm(
                index, Ledger.Hashes[index], hash, _checkpoint,
                "the bank's ledger differs from what it had on disk before");
            return;
        }

        TrySettle();
    }

    private void TrySettle()
    {
        (long index, Hash hash) = _catchUp.DurableWithin(Chain.SettledCount + Chain.Provisional.Count);
        if (index < Chain.SettledCount || Phase == ClientPhase.Stopped)
        {
            return;
        }

        Settling settling = new(this, index - Chain.SettledCount + 1);
        SettleResult result = Chain.Settle(index, hash, settling.Add);
        settling.Finish();
        switch (result)
        {
            case SettleResult.ProvisionalWrong:
                // A member's release said what the bank's disk does not: only the bank's own blocks will do.
                Chain.DropProvisional();
                _catchUp.Hurry();
                break;
            case SettleResult.Invalid:
                Alarm(
                    Chain.SettledCount, Ledger.Head, hash, null,
                    $"block {Chain.SettledCount} of the bank breaks a rule of the ledger: {Chain.Fault}");
                break;
            case SettleResult.Settled:
                _catchUp.Progressed(Chain.SettledCount);
                AdoptCheckpoint();
                break;
        }
    }

    private void OnSettled(Block block, long index, Hash hash)
    {
        // Who asks pays: the others' transfers need not be looked at.
        if (block is not Block.Payment payment || payment.Key.Token.Client != Id)
        {
            return;
        }

        Transfer transfer = payment.Transfer;
        if (_intents.Settle(transfer.Id, out bool isUntold))
        {
            if (isUntold)
            {
                Tell(new ClientEvent.Accepted(transfer));
            }

            Emit(new ClientOutput.ForgetIntent(transfer.Id));
            Tell(new ClientEvent.Settled(index, hash, payment, Ledger.Find(Id)!.Balance));
        }
    }

    private void TryFetch()
    {
        if (Id > 0 && _catchUp.IsDue(Chain.SettledCount, _nowMs))
        {
            int[] members = [.. (_target ?? View)?.Members.Select(member => member.Id).Where(id => id != Id) ?? []];
            Emit(new ClientOutput.Fetch(_catchUp.Start(members), Chain.ContiguousCount));
        }
    }

    private void OnFetched(ClientInput.Fetched fetched)
    {
        // A page of a long ledger ends below the durable block whose hash settles it: the next page goes on from it.
        bool helped = Chain.Replace(fetched.From, fetched.Blocks);
        if (!helped && fetched.Blocks.Count > 0 && fetched.From > Chain.SettledCount)
        {
            // They do not follow on what is provisional here, so that may be wrong: ask again from what is settled.
            Chain.DropProvisional();
        }

        TrySettle();
        _catchUp.Finished(helped && Phase != ClientPhase.Stopped && Chain.ContiguousCount > fetched.From, _nowMs);
        if (helped)
        {
            _catchUp.Hurry();
        }
    }

    private void OnCheckpoint(Checkpoint checkpoint)
    {
        if (Ledger.Count > 0 && checkpoint.IsSignedBy(Ledger.BankKey, Ledger.LedgerId, _signatures))
        {
            _checkpointAhead = checkpoint;
            OnDurable(checkpoint.Index, checkpoint.Hash);
            AdoptCheckpoint();
        }
    }

    /// <summary>A checkpoint becomes ours when the settled blocks reach it.</summary>
    private void AdoptCheckpoint()
    {
        if (_checkpointAhead is { } ahead && ahead.Index < Chain.SettledCount && Phase != ClientPhase.Stopped
            && ahead.Index > (_checkpoint?.Index ?? -1))
        {
            _checkpoint = ahead;
            StoreCheckpoint();
        }
    }

    private void StoreCheckpoint()
    {
        if (_checkpoint is { } checkpoint && checkpoint.Index > _checkpointStored
            && (_nowMs >= _nextCheckpointMs || _leaveWanted))
        {
            _nextCheckpointMs = _nowMs + CheckpointEveryMs;
            _checkpointStored = checkpoint.Index;
            Emit(new ClientOutput.StoreCheckpoint(checkpoint));
        }
    }

    /// <summary>Collects what settles in one go, so that it is stored in one go; in pieces, when it is much, since
    /// the collector takes long arrays for old ones.</summary>
    private sealed class Settling(ClientProcess process, long expected)
    {
        private const int Piece = 2_048;
        private readonly int _piece = (int)Math.Clamp(expected, 0, Piece);
        private List<Block> _blocks = [];
        private List<Hash> _hashes = [];
        private long _next = -1;

        public void Add(Block block, long index, Hash hash)
        {
            if (_blocks.Count == 0)
            {
                _blocks = new List<Block>(_piece);
                _hashes = new List<Hash>(_piece);
            }

            _blocks.Add(block);
            _hashes.Add(hash);
            _next = index + 1;
            process.OnSettled(block, index, hash);
            if (_blocks.Count == Piece)
            {
                Store();
            }
        }

        public void Finish()
        {
            if (_next < 0)
            {
                return;
            }

            Store();
            process._mutex?.Settle(process.Ledger.LastKey.Token);
            process._clock.Witness(process.Ledger.LastKey.Token.Clock);
        }

        private void Store()
        {
            if (_blocks.Count > 0)
            {
                process.Emit(new ClientOutput.Store(_next - _blocks.Count, _blocks, _hashes));
                _blocks = [];
            }
        }
    }
}
