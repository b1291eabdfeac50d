using Blockchain.Core.Kernel;

namespace Blockchain.Core.BankNetwork;

/// <content>From the user's wish to the released critical section: rules 2, 5, 6, 8.</content>
public sealed partial class ClientProcess
{
    private void OnSubmit(ClientInput.Submit submit)
    {
        if (Refuse(submit) is { } fault)
        {
            Tell(new ClientEvent.Rejected(submit.Id, fault));
            return;
        }

        Transfer transfer = new(submit.Id, Id, submit.To, submit.Amount, submit.Memo, submit.UnixMs);
        Emit(new ClientOutput.PersistIntent(_intents.Accept(transfer), transfer));
    }

    private SubmitFault? Refuse(ClientInput.Submit submit)
    {
        if (Id == 0 || Ledger.Find(Id) is null)
        {
            return SubmitFault.NoAccount;
        }

        if (_leaveWanted)
        {
            return SubmitFault.Stopped;
        }

        if (!submit.Amount.IsTransferable)
        {
            return SubmitFault.InvalidAmount;
        }

        if (submit.To == Id)
        {
            return SubmitFault.SelfTransfer;
        }

        if (Ledger.Find(submit.To) is null)
        {
            return SubmitFault.UnknownAccount;
        }

        if (!Characters.AreWellFormed(submit.Memo) || Characters.Count(submit.Memo) > Limits.MemoCharacters
            || submit.UnixMs < 0)
        {
            return SubmitFault.InvalidMemo;
        }

        if (_intents.Contains(submit.Id) || Ledger.TryFind(submit.Id, out _, out _))
        {
            return SubmitFault.DuplicateId;
        }

        return _intents.Count >= Limits.PendingTransfers ? SubmitFault.TooManyPending : null;
    }

    private void OnIntentsPersisted(long upTo)
    {
        foreach (Transfer transfer in _intents.Persisted(upTo))
        {
            Tell(new ClientEvent.Accepted(transfer));
        }
    }

    /// <summary>Rule 2: everything that waits goes into one request. The disk and the signature are worked on
    /// meanwhile.</summary>
    private void TryRequest()
    {
        if (Phase != ClientPhase.Member || _mutex is null || _own is not null || _leaveWanted || !_intents.AnyWaiting)
        {
            return;
        }

        IReadOnlyList<Transfer> transfers = _intents.TakeBatch(Math.Min(_state.MaxBatch, Limits.RequestTransfers));
        Token token = _mutex.Request(transfers);
        Hash digest = SignedRequest.Digest(Ledger.LedgerId, View!.Epoch, token, transfers);
        _own = new OwnRequest(View.Epoch, token, transfers, digest);
        _links!.Broadcast(Clock, new PeerMessage.Request(token, transfers), _nowMs);
        Emit(new ClientOutput.Sign(_own.Epoch, token, digest));
        Tell(new ClientEvent.Requested(token, transfers));
    }

    private void OnSigned(ClientInput.RequestSigned signed)
    {
        if (_own is { } own && own.Token == signed.Token && own.Epoch == signed.Epoch)
        {
            own.Signature = signed.Signature;
            if (!MayEnter(own))
            {
                SendToBank(new ToBank.Announce(own.Digest, signed.Signature));
            }
        }
    }

    /// <summary>Rule 5. The bank may be asked before the intents are on disk here: nobody has been told of them
    /// yet.</summary>
    private bool MayEnter(OwnRequest own) => own is { HasEntered: false, Signature: not null }
        && _mutex is { IsGranted: true } && Phase != ClientPhase.Installing;

    private void TryEnter()
    {
        if (_own is not { } own || !MayEnter(own))
        {
            return;
        }

        own.HasEntered = true;
        Tell(new ClientEvent.Entered(own.Token));
        Ask(own);
    }

    /// <summary>Rule 6: the same request, however often, until it is answered or a new view voids it.</summary>
    private void Ask(OwnRequest own)
    {
        own.AskedMs = _nowMs;
        SendToBank(new ToBank.Apply(own.Signed()));
    }

    private void OnReceipt(FromBank.Receipt receipt)
    {
        if (_own is not { HasEntered: true } own || own.Token != receipt.Token)
        {
            return;
        }

        if (receipt.RecordedToken != own.Token || receipt.Outcomes.Count != own.Transfers.Count)
        {
            // Applied in an earlier view under another token: its blocks come with the catch-up.
            Leave(own, null);
            _catchUp.Hurry();
            return;
        }

        Signature signature = own.Signature!.Value;
        Insert(own.Epoch, own.Token, own.Transfers, receipt.FirstIndex, receipt.Outcomes, signature);
        Leave(own, new Applied(receipt.FirstIndex, receipt.Outcomes, signature, receipt.Head));
    }

    /// <summary>Rule 8: tells every member that the turn is over and what came of it.</summary>
    private void Leave(OwnRequest own, Applied? applied)
    {
        _own = null;
        _mutex!.Release();
        _links!.Broadcast(Clock, new PeerMessage.Release(own.Token, applied), _nowMs);
        Tell(new ClientEvent.Left(own.Token));
        TrySettle();
    }

    private void OnRefused(FromBank.Refused refused)
    {
        if (_own is not { HasEntered: true } own || own.Token != refused.Token)
        {
            return;
        }

        switch (refused.Reason)
        {
            case Refusal.Recovering or Refusal.ClockTooFar:
                // The request is repeated until a new view voids it: the bank makes one when it has recovered, and the
                // operator when a member that drives the clocks ahead is evicted.
                return;
            case Refusal.Epoch or Refusal.NotMember:
                // A new view is on its way; it voids this request and brings its transfers back.
                SendHeartbeat();
                return;
            case Refusal.Stale:
                Tell(new ClientEvent.Refused(own.Token, refused.Reason));
                _intents.WaitAgain(own.Transfers);
                Leave(own, null);
                return;
            default:
                Tell(new ClientEvent.Refused(own.Token, refused.Reason));
                Alarm(
                    Chain.SettledCount, Ledger.Head, default, null,
                    $"the bank refused request {own.Token} for good: {refused.Reason}");
                return;
        }
    }

    private void Insert(
        int epoch, Token token, IReadOnlyList<Transfer> transfers, long firstIndex, IReadOnlyList<Outcome> outcomes,
        Signature signature)
    {
        Chain.Insert(Block.Payment.OfRequest(epoch, token, transfers, outcomes, signature), firstIndex);
    }
}
