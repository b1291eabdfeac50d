using Blockchain.Core.Kernel;

namespace Blockchain.Core.BankNetwork;

/// <content>
/// A bank that is behind its clients, because its ledger was restored from a backup: rule 14. Writes wait until the
/// missing blocks are back. Up to the highest checkpoint that any client holds, which this bank has signed, its hash
/// vouches for every block, whoever sends them. Then, when the members have been heard, what clients have settled after
/// it is taken as far as it consists of requests signed by their owners, whose tokens fix their place and whose
/// outcomes follow from the replay.
/// </content>
public sealed partial class BankProcess
{
    private const long RetryFetchMs = 500;
    private const int MaxFetchFailures = 4;

    private readonly Dictionary<string, Source> _sources = [];
    private readonly List<Block> _restored = [];
    private Checkpoint? _target;
    private Source? _source;
    private long _retryFetchMs = long.MaxValue;

    /// <summary>Whether blocks are missing that this bank has signed for: those must come back, however long it
    /// takes.</summary>
    private bool IsBehindCheckpoint => _target?.Index >= Ledger.Count;

    private void Compare(int client, string endpoint, long settled, Checkpoint? checkpoint)
    {
        if (Phase == BankPhase.Alarmed || Ledger.Count == 0)
        {
            return;
        }

        if (checkpoint is not null && checkpoint.IsSignedBy(_state.BankKey, Ledger.LedgerId, _signatures))
        {
            if (Contradicts(checkpoint))
            {
                RaiseAlarm(client, checkpoint);
                return;
            }

            _target = checkpoint.Index > (_target?.Index ?? -1) ? checkpoint : _target;
        }

        if (Phase != BankPhase.Serving && settled > Ledger.Count && _sources.Count < Limits.Members)
        {
            _sources[endpoint] = new Source(client, endpoint, settled);
        }

        TryRestore();
    }

    /// <summary>Asks the most promising client for missing blocks, if any are known to be missing.</summary>
    /// <returns>Whether the bank takes blocks back, or waits for a client that has them.</returns>
    private bool TryRestore()
    {
        if (Phase is not (BankPhase.Gathering or BankPhase.Restoring) || _source is not null)
        {
            return _source is not null;
        }

        if (!IsBehindCheckpoint && !HasGathered)
        {
            return false;
        }

        _source = _sources.Values
            .Where(source => source.Settled > Ledger.Count
                && (IsBehindCheckpoint || source.Failures < MaxFetchFailures))
            .OrderBy(source => source.Failures)
            .ThenByDescending(source => source.Settled)
            .ThenBy(source => source.Endpoint, StringComparer.Ordinal)
            .FirstOrDefault();
        if (_source is null && !IsBehindCheckpoint)
        {
            return false;
        }

        Phase = BankPhase.Restoring;
        _restored.Clear();
        if (_source is not null)
        {
            FetchMissing();
        }

        return true;
    }

    /// <summary>A checkpoint of another ledger than this one; or, once the bank has written, of one that was
    /// longer.</summary>
    private bool Contradicts(Checkpoint checkpoint) => checkpoint.Index < Ledger.Count
        ? Ledger.Hashes[checkpoint.Index] != checkpoint.Hash
        : Phase == BankPhase.Serving;

    private void RaiseAlarm(int client, Checkpoint checkpoint)
    {
        Phase = BankPhase.Alarmed;
        Hash own = checkpoint.Index < Ledger.Count ? Ledger.Hashes[checkpoint.Index] : Ledger.Head;
        Tell(new BankEvent.Alarm(client, new Evidence(
            Math.Min(checkpoint.Index, Ledger.Count - 1), own, checkpoint.Hash, checkpoint,
            $"a client holds a checkpoint of this bank for block {checkpoint.Index} that this ledger contradicts")));
        foreach (BankInput.Join join in _waitingJoins)
        {
            Emit(new BankOutput.RefuseJoin(join.Call, JoinRefusal.Forked));
        }

        _waitingJoins.Clear();
    }

    private void FetchMissing()
    {
        _retryFetchMs = long.MaxValue;
        Emit(new BankOutput.Fetch(_source!.Endpoint, Ledger.Count + _restored.Count));
    }

    private void RetryFetch()
    {
        if (Phase == BankPhase.Restoring && _nowMs >= _retryFetchMs)
        {
            RestoreMore();
        }
    }

    private void OnFetchFailed() => TurnAway(1);

    /// <summary>The source does not answer, or not with what is needed: another one, or the same later.</summary>
    private void TurnAway(int failures)
    {
        if (_source is { } source)
        {
            source.Failures += failures;
            _source = null;
            _retryFetchMs = _nowMs + RetryFetchMs;
        }
    }

    private void OnFetched(BankInput.Fetched fetched)
    {
        if (_source is null || fetched.From != Ledger.Count + _restored.Count)
        {
            return;
        }

        _restored.AddRange(fetched.Blocks);
        bool isEnd = fetched.Blocks.Count == 0;
        if (IsBehindCheckpoint)
        {
            RestoreVouched(_target!, isEnd);
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
                TurnAway(1);
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
            TurnAway(1);
            return;
        }

        int taken = TakeBack(count);
        Invariant.Holds(taken == count, "what this bank has signed may stand in its ledger");
        _source = null;
        foreach (Source source in _sources.Values)
        {
            source.Failures = 0;
        }

        HearMembers();
    }

    private void RestoreSigned(bool isEnd)
    {
        // The last request of a page may go on in the next one, but not for longer than a request can be.
        isEnd |= _restored.Count > 2 * Limits.RequestTransfers;
        int whole = isEnd ? _restored.Count : Math.Max(0, _restored.FindLastIndex(block => block.Key.Seq == 0));
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
            TurnAway(MaxFetchFailures);
            RestoreMore();
            return;
        }

        FetchMissing();
    }

    private void RestoreMore()
    {
        _retryFetchMs = long.MaxValue;
        if (!TryRestore())
        {
            Phase = BankPhase.Gathering;
            LeaveGatheringWhenHeard();
        }
    }

    private bool IsSignedRequest(List<Block> blocks)
    {
        if (!blocks.TrueForAll(block => block is Block.Payment)
            || ((Block.Payment)blocks[0]).Signature is not { } signature
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
            Tell(new BankEvent.Restored(_source!.Client, from, blocks.Count));
        }

        return blocks.Count;
    }

    /// <summary>A client that says it has settled more than this ledger holds.</summary>
    private sealed class Source(int client, string endpoint, long settled)
    {
        public int Client { get; } = client;

        public string Endpoint { get; } = endpoint;

        public long Settled { get; } = settled;

        public int Failures { get; set; }
    }
}
