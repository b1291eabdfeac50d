namespace Blockchain.Core.OpenNetwork;

/// <content>Transactions that wait for a block: taking, relaying and giving them up.</content>
public sealed partial class FullNode
{
    private const long ExpireEveryMs = 60_000;
    private const long AskLateEveryMs = 1_000;
    private const long AnnounceAgainMs = 60_000;
    private const int BodiesBytes = 512 * 1024;

    private readonly List<Transaction> _returned = [];
    private readonly LosingTransactions _losing = new();
    private readonly BoundedSet<TransactionId> _refused = new(OpenLimits.RefusedTransactions);
    private readonly TransactionRequests _requests = new();
    private bool _isPoolStale;
    private long _expiredMs;
    private long _askedLateMs;

    /// <summary>Transactions that lost to others on the chain. They are kept for when a reorganization takes that
    /// back.</summary>
    public IReadOnlyCollection<TransactionId> Losing => _losing.Ids;

    private void RestorePool()
    {
        List<PoolDrop> dropped = [];
        RefreshPool(isNeeded: true);

        List<TransactionId> confirmed = [];

        // A child may be stored before its parent: among the losing ones it is tried until nothing else comes in.
        foreach (Transaction transaction in _state.Pending)
        {
            Refusal refusal = Mempool.TryAdd(transaction, _nowMs, isTrusted: true, dropped);
            if (refusal == Refusal.AlreadyOnChain)
            {
                confirmed.Add(transaction.Id);
            }
            else if (refusal is not (Refusal.None or Refusal.AlreadyPending))
            {
                dropped.Add(new PoolDrop(transaction, refusal));
            }
        }

        Forget(confirmed);
        Report(dropped);
        TryLosing();
    }

    private void OnSubmit(NodeInput.Submit submit)
    {
        RefreshPool(isNeeded: true);
        Refusal refusal = Accept(submit.Transaction, null);
        TransactionId id = refusal.IsByForm() && refusal != Refusal.BadSignature
            ? TransactionId.Zero
            : submit.Transaction.Id;
        Emit(new NodeOutput.Answer(submit.Id, id, refusal));
    }

    private Refusal Accept(Transaction transaction, PeerId? from)
    {
        List<PoolDrop> displaced = [];
        Refusal refusal = Mempool.TryAdd(transaction, _nowMs, isTrusted: false, displaced);
        if (refusal == Refusal.None)
        {
            _losing.Remove(transaction.Id);
            Emit(new NodeOutput.StoreTransaction(transaction));
            Note(new NodeEvent.TransactionAccepted(transaction, from));
            Announce(transaction.Id);
        }
        else if (refusal != Refusal.AlreadyPending)
        {
            bool hasId = !refusal.IsByForm() || refusal == Refusal.BadSignature;
            Note(new NodeEvent.TransactionRefused(hasId ? transaction.Id : TransactionId.Zero, refusal, from));
        }

        Report(displaced);
        return refusal;
    }

    private void OnTransactions(NodePeer peer, NodeMessage.TransactionBodies bodies)
    {
        RefreshPool(isNeeded: true);
        foreach (Transaction transaction in bodies.List)
        {
            // Read from bytes, so it has an id whatever is wrong with it.
            _requests.Remove(transaction.Id);
            peer.KnownTransactions.Add(transaction.Id);
            if (_refused.Contains(transaction.Id))
            {
                continue;
            }

            Refusal refusal = Accept(transaction, peer.Id);
            if (refusal is not (Refusal.None or Refusal.AlreadyPending or Refusal.AlreadyOnChain))
            {
                _refused.Add(transaction.Id);
            }

            if (refusal.IsByForm())
            {
                Drop(
                    peer,
                    DropCause.InvalidTransaction,
                    $"transaction {transaction.Id}: {refusal.Describe()}",
                    OpenLimits.BanMs);
                return;
            }
        }
    }

    private void AskTransactions(NodePeer peer, IReadOnlyList<TransactionId> ids)
    {
        List<TransactionId> wanted = [];
        foreach (TransactionId id in ids)
        {
            peer.KnownTransactions.Add(id);
            if (IsNews(id) && _requests.TryAdd(id, peer, _clockMs))
            {
                wanted.Add(id);
            }
        }

        if (wanted.Count > 0)
        {
            Say(peer, new NodeMessage.GetTransactions(wanted));
        }
    }

    private bool IsNews(TransactionId id) =>
        !Mempool.Contains(id) && !_refused.Contains(id) && !Chain.TryFind(id, out _);

    /// <summary>Once a second: asks others for what did not come.</summary>
    private void AskLateTransactions()
    {
        if (_clockMs - _askedLateMs < AskLateEveryMs)
        {
            return;
        }

        _askedLateMs = _clockMs;
        foreach ((NodePeer peer, List<TransactionId> ids) in _requests.TakeLate(_clockMs))
        {
            AskOthers(ids, except: peer);
        }
    }

    /// <summary>Asks others that are known to have what one peer did not send.</summary>
    private void AskOthers(List<TransactionId> ids, NodePeer? except = null)
    {
        if (ids.Count == 0)
        {
            return;
        }

        foreach (NodePeer peer in _peers.Values.Where(peer => peer.IsReady && peer != except))
        {
            TransactionId[] there = [.. ids.Where(peer.KnownTransactions.Contains)];
            foreach (TransactionId[] part in there.Chunk(OpenLimits.Inventory))
            {
                AskTransactions(peer, part);
            }
        }
    }

    private void ServeTransactions(NodePeer peer, IReadOnlyList<TransactionId> ids)
    {
        List<PoolEntry> found = [.. ids.Distinct().Select(Mempool.Find).OfType<PoolEntry>()];
        found.Sort(static (left, right) => left.Sequence.CompareTo(right.Sequence));
        List<Transaction> bodies = [];
        int bytes = 0;
        foreach (PoolEntry entry in found)
        {
            peer.KnownTransactions.Add(entry.Transaction.Id);
            bodies.Add(entry.Transaction);
            bytes += entry.Transaction.Size;
            if (bytes >= BodiesBytes)
            {
                Say(peer, new NodeMessage.TransactionBodies(bodies));
                bodies = [];
                bytes = 0;
            }
        }

        if (bodies.Count > 0)
        {
            Say(peer, new NodeMessage.TransactionBodies(bodies));
        }
    }

    /// <summary>Judges the pool anew after the chain has changed. While many blocks are still to come that can wait,
    /// unless somebody asks the pool, or blocks gave transactions back: those must be stored in the same
    /// step.</summary>
    private void RefreshPool(bool isNeeded)
    {
        if (!_isPoolStale || (!isNeeded && _returned.Count == 0 && IsSyncing))
        {
            return;
        }

        _isPoolStale = false;
        if (Mempool.Count == 0 && _returned.Count == 0 && _losing.Ids.Count == 0)
        {
            return;
        }

        PoolChange change = Mempool.Refresh(_returned, _nowMs);
        _returned.Clear();
        Forget(change.Confirmed);
        Return(change.Returned);
        Report(change.Dropped);
        TryLosing();
    }

    private void Return(IReadOnlyList<Transaction> transactions)
    {
        foreach (Transaction transaction in transactions)
        {
            _losing.Remove(transaction.Id);
            Emit(new NodeOutput.StoreTransaction(transaction));
            Announce(transaction.Id);
        }

        if (transactions.Count > 0)
        {
            Note(new NodeEvent.TransactionsReturned([.. transactions.Select(transaction => transaction.Id)]));
        }
    }

    /// <summary>Takes in what lost before and does not any more.</summary>
    private void TryLosing()
    {
        List<PoolDrop> displaced = [];
        (IReadOnlyList<Transaction> back, IReadOnlyList<TransactionId> confirmed) = _losing.TryAll(
            transaction => Mempool.TryAdd(transaction, _nowMs, isTrusted: true, displaced));
        Return(back);
        Forget(confirmed);
        Report(displaced);
    }

    private void Forget(IReadOnlyList<TransactionId> ids)
    {
        if (ids.Count > 0)
        {
            Emit(new NodeOutput.ForgetTransactions(ids));
        }
    }

    private void ExpireTransactions()
    {
        if (_clockMs - _expiredMs < ExpireEveryMs)
        {
            return;
        }

        _expiredMs = _clockMs;
        RefreshPool(isNeeded: true);
        Report(Mempool.Expire(_nowMs));
        ExpireLosing();

        // A message may have been lost, and a peer may have had no room or have lacked what comes before.
        foreach (PoolEntry entry in Mempool.Entries.Where(entry => _nowMs - entry.ReceivedMs >= AnnounceAgainMs))
        {
            foreach (NodePeer peer in _peers.Values.Where(peer => peer.IsReady))
            {
                Queue(peer, entry.Transaction.Id);
            }
        }
    }

    private void ExpireLosing()
    {
        IReadOnlyList<TransactionId> old = _losing.LostBefore(_nowMs - (OpenLimits.PoolHours * Mempool.MsPerHour));
        foreach (TransactionId id in old)
        {
            _losing.Remove(id);
        }

        Forget(old);
    }

    private void Report(IReadOnlyList<PoolDrop> dropped)
    {
        List<TransactionId> gone = [];
        foreach (PoolDrop drop in dropped)
        {
            if (LosingTransactions.MayComeBack(drop.Reason) && _rules.HasFlag(OpenRules.Losing))
            {
                // Not stored yet when a block that was taken off had it.
                Emit(new NodeOutput.StoreTransaction(drop.Transaction));
                gone.AddRange(_losing.Add(drop.Transaction, _nowMs));
            }
            else
            {
                gone.Add(drop.Transaction.Id);
            }

            Note(new NodeEvent.TransactionDropped(drop.Transaction.Id, drop.Reason));
        }

        Forget(gone);
    }

    private void Announce(TransactionId id)
    {
        foreach (NodePeer peer in _peers.Values)
        {
            if (peer.IsReady && !peer.KnownTransactions.Contains(id))
            {
                Queue(peer, id);
            }
        }
    }

    private static void Queue(NodePeer peer, TransactionId id)
    {
        if (peer.Announcements.Count < OpenLimits.Announcements)
        {
            peer.Announcements.Enqueue(id);
        }
    }

    private void FlushAnnouncements()
    {
        foreach (NodePeer peer in _peers.Values)
        {
            List<TransactionId> ids = [];
            while (ids.Count < OpenLimits.Inventory && peer.Announcements.TryDequeue(out TransactionId id))
            {
                if (Mempool.Contains(id))
                {
                    peer.KnownTransactions.Add(id);
                    ids.Add(id);
                }
            }

            if (ids.Count > 0)
            {
                Say(peer, new NodeMessage.InventoryOf([], ids));
            }
        }
    }
}
