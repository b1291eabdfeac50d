using Blockchain.Core.Kernel;

namespace Blockchain.Core.BankNetwork;

/// <content>
/// A bank that is behind its clients, because its ledger was restored from a backup: rule 14. Writes wait until the
/// missing blocks are back. Up to a checkpoint, which this bank has signed, its hash vouches for every block; what a
/// client has settled after it is taken as far as it consists of requests signed by their owners, whose tokens fix their
/// place and whose outcomes follow from the replay.
/// </content>
public sealed partial class BankProcess
{
    private const long RetryFetchMs = 500;

    private readonly List<Block> _restored = [];
    private Restoration? _restoration;
    private long _retryFetchMs = long.MaxValue;

    private void Compare(int client, string endpoint, long settled, Checkpoint? checkpoint)
    {
        if (Phase == BankPhase.Alarmed || Ledger.Count == 0)
        {
            return;
        }

        if (checkpoint is not null && !checkpoint.IsSignedBy(_state.BankKey, Ledger.LedgerId, _signatures))
        {
            checkpoint = null;
        }

        if (checkpoint is not null && Contradicts(checkpoint))
        {
            RaiseAlarm(client, checkpoint);
            return;
        }

        Checkpoint? target = checkpoint?.Index >= Ledger.Count ? checkpoint : null;
        bool isAhead = target is not null || settled > Ledger.Count;
        bool isBetter = _restoration is null || settled > _restoration.Settled || _retryFetchMs != long.MaxValue;
        if (isAhead && isBetter && (Phase is BankPhase.Gathering or BankPhase.Restoring))
        {
            Phase = BankPhase.Restoring;
            _restoration = new Restoration(client, endpoint, settled, target);
            _restored.Clear();
            FetchMissing();
        }
    }

    /// <summary>A checkpoint of another ledger than this one; or, once the bank has written, of one that was longer.</summary>
    private bool Contradicts(Checkpoint checkpoint) => checkpoint.Index < Ledger.Count
        ? Ledger.Hashes[checkpoint.Index] != checkpoint.Hash
        : Phase == BankPhase.Serving;

    private void RaiseAlarm(int client, Checkpoint checkpoint)
    {
        Phase = BankPhase.Alarmed;
        Hash own = checkpoint.Index < Ledger.Count ? Ledger.Hashes[checkpoint.Index] : Ledger.Head;
        Tell(new BankEvent.Alarm(client, new Evidence(
            Math.Min(checkpoint.Index, Ledger.Count - 1), own, checkpoint.Hash, checkpoint,
            $"a client holds a checkpoint of this bank for block {checkpoint.Index} that this ledger does not lead to")));
        foreach (BankInput.Join join in _waitingJoins)
        {
            Emit(new BankOutput.RefuseJoin(join.Call, JoinRefusal.Forked));
        }

        _waitingJoins.Clear();
    }

    private void FetchMissing()
    {
        _retryFetchMs = long.MaxValue;
        Emit(new BankOutput.Fetch(_restoration!.Endpoint, Ledger.Count + _restored.Count));
    }

    private void RetryFetch()
    {
        if (Phase == BankPhase.Restoring && _nowMs >= _retryFetchMs)
        {
            FetchMissing();
        }
    }

    private void OnFetchFailed() => _retryFetchMs = _nowMs + RetryFetchMs;

    private void OnFetched(BankInput.Fetched fetched)
    {
        if (Phase != BankPhase.Restoring || fetched.From != Ledger.Count + _restored.Count)
        {
            return;
        }

        _restored.AddRange(fetched.Blocks);
        bool isEnd = fetched.Blocks.Count == 0;
        if (_restoration!.Target is { } target && Ledger.Count <= target.Index)
        {
            RestoreVouched(target, isEnd);
        }
        else
        {
            RestoreSigned(isEnd);
        }
    }

    private void RestoreVouched(Checkpoint target, bool isEnd)
    {
        int count = (int)(target.Index - Ledger.Count + 1);
        if (_restored.Count < count)
        {
            if (isEnd)
            {
                _restored.Clear();
                OnFetchFailed();
                return;
            }

            FetchMissing();
            return;
        }

        Hash hash = Ledger.Head;
        for (int i = 0; i < count; i++)
        {
            hash = _restored[i].HashAfter(hash);
        }

        if (hash != target.Hash)
        {
            // The client sends something else than what it has a checkpoint for; it, or another, is asked again.
            _restored.Clear();
            OnFetchFailed();
            return;
        }

        int taken = TakeBack(count);
        Invariant.Holds(taken == count, "what this bank has signed may stand in its ledger");
        FetchMissing();
    }

    private void RestoreSigned(bool isEnd)
    {
        // The last request of a page may go on in the next one, but not for longer than a request can be.
        isEnd |= _restored.Count > 2 * Limits.RequestTransfers;
        int whole = isEnd ? _restored.Count : _restored.FindLastIndex(block => block.Key.Seq == 0);
        int taken = 0;
        while (taken < whole)
        {
            int next = _restored.FindIndex(taken + 1, block => block.Key.Seq == 0);
            int end = next < 0 ? whole : next;
            if (!IsSignedRequest(_restored.GetRange(taken, end - taken)))
            {
                isEnd = true;
                break;
            }

            taken = end;
        }

        int stood = TakeBack(taken);
        if (isEnd || stood < taken)
        {
            FinishRestoration();
            return;
        }

        FetchMissing();
    }

    private bool IsSignedRequest(List<Block> blocks)
    {
        if (!blocks.TrueForAll(block => block is Block.Payment) || ((Block.Payment)blocks[0]).Signature is not { } signature
            || Ledger.Find(blocks[0].Key.Token.Client) is not { } owner || blocks[0].Epoch != Ledger.Epoch)
        {
            return false;
        }

        Transfer[] transfers = [.. blocks.Cast<Block.Payment>().Select(payment => payment.Transfer)];
        Hash digest = SignedRequest.Digest(Ledger.LedgerId, blocks[0].Epoch, blocks[0].Key.Token, transfers);
        return _signatures.Verify(owner.PublicKey, digest, signature);
    }

    /// <summary>Appends the first blocks of those fetched, as long as they may stand.</summary>
    /// <returns>How many did.</returns>
    private int TakeBack(int count)
    {
        long from = Ledger.Count;
        List<Block> blocks = [];
        List<Hash> hashes = [];
        while (blocks.Count < count
            && Ledger.TryAppend(_restored[blocks.Count]) == LedgerFault.None)
        {
            blocks.Add(_restored[blocks.Count]);
            hashes.Add(Ledger.Head);
        }

        _restored.RemoveRange(0, count);
        if (blocks.Count > 0)
        {
            Persist(from, blocks, hashes);
            Tell(new BankEvent.Restored(_restoration!.Client, from, blocks.Count));
        }

        return blocks.Count;
    }

    /// <summary>Members of the view that came back are heard as well, for another may hold still more.</summary>
    private void FinishRestoration()
    {
        _restoration = null;
        _restored.Clear();
        Phase = BankPhase.Gathering;
        _gatherUntilMs = _nowMs + _state.LeaseMs;
        foreach (int member in Ledger.Members)
        {
            Of(member).LastHeardMs = _nowMs;
        }

        LeaveGatheringWhenHeard();
    }

    private sealed record Restoration(int Client, string Endpoint, long Settled, Checkpoint? Target);
}
