using Blockchain.Core.Kernel;

namespace Blockchain.Core.OpenNetwork;

/// <summary>A transaction that waited and does not any more.</summary>
/// <param name="Transaction">The transaction.</param>
/// <param name="Reason">The rule that it breaks now; <see cref="Refusal.PoolFull"/> when it was displaced,
/// <see cref="Refusal.None"/> when it waited too long.</param>
public readonly record struct PoolDrop(Transaction Transaction, Refusal Reason);

/// <summary>What a change of the chain did to the pool.</summary>
/// <param name="Confirmed">Transactions that are on the chain now.</param>
/// <param name="Dropped">Transactions that cannot come any more.</param>
/// <param name="Returned">Transactions of blocks that were taken off the chain, which wait again.</param>
public sealed record PoolChange(
    IReadOnlyList<TransactionId> Confirmed, IReadOnlyList<PoolDrop> Dropped, IReadOnlyList<Transaction> Returned);

/// <summary>
/// The transactions that wait for a block: each valid behind the chain and those that came before it, and no two in
/// conflict. Bounded: payments displace those with a lower fee rate, free transactions are turned away when their part
/// is full.
/// </summary>
public sealed partial class Mempool
{
    internal const long MsPerHour = 3_600_000;

    private readonly ChainState _chain;
    private readonly NetworkParameters _parameters;
    private readonly Predicate<Transaction> _isSigned;
    private readonly View _view;
    private readonly Dictionary<TransactionId, PoolEntry> _entries = [];
    private readonly SortedDictionary<long, PoolEntry> _inOrder = [];
    private readonly SortedSet<PoolEntry> _byRate = new(HighestRateFirst.Instance);
    private readonly Dictionary<Claim, PoolEntry> _claims = [];
    private readonly Dictionary<Ed25519Key, int> _numbered = [];
    private readonly Dictionary<string, int> _ballots = new(StringComparer.Ordinal);
    private long _sequence;

    /// <summary>Starts empty.</summary>
    /// <param name="chain">What the transactions come behind.</param>
    /// <param name="parameters">The network.</param>
    /// <param name="isSigned">Says whether a transaction's signatures are good.</param>
    public Mempool(ChainState chain, NetworkParameters parameters, Predicate<Transaction> isSigned)
    {
        _chain = chain;
        _parameters = parameters;
        _isSigned = isSigned;
        _view = new View(this);
    }

    /// <summary>How many wait.</summary>
    public int Count => _entries.Count;

    /// <summary>Bytes of the payments that wait.</summary>
    public long PaidBytes { get; private set; }

    /// <summary>Bytes of the transactions without a fee that wait.</summary>
    public long FreeBytes { get; private set; }

    /// <summary>Changes with every change of what waits.</summary>
    public long Version { get; private set; }

    /// <summary>All in the order in which they came: none stands before one that it builds on.</summary>
    public IEnumerable<PoolEntry> Entries => _inOrder.Values;

    /// <summary>What the next transaction is judged by: the chain, and what waits on top of it.</summary>
    public LedgerView Ledger => _view;

    private int FreeCount => _entries.Count - _byRate.Count;

    /// <summary>Whether the transaction waits; then its signatures are good.</summary>
    public bool Contains(TransactionId id) => _entries.ContainsKey(id);

    /// <summary>The transaction of this id, or null.</summary>
    public PoolEntry? Find(TransactionId id) => _entries.GetValueOrDefault(id);

    /// <summary>Whether a transaction that waits spends the output.</summary>
    public bool Spends(OutPoint output) => _claims.ContainsKey(Claim.Output(output));

    /// <summary>Takes a transaction if it breaks no rule. Cheap rules come first, signatures last.</summary>
    /// <param name="transaction">The transaction.</param>
    /// <param name="nowMs">Wall clock in milliseconds since 1970.</param>
    /// <param name="isTrusted">Whether its signatures were checked before.</param>
    /// <param name="displaced">Gets what had to make room.</param>
    /// <returns><see cref="Refusal.None"/>, or why not.</returns>
    public Refusal TryAdd(Transaction transaction, long nowMs, bool isTrusted, List<PoolDrop> displaced)
    {
        Refusal refusal = TransactionForm.Check(transaction);
        if (refusal == Refusal.None)
        {
            refusal = CheckBehindChain(transaction);
        }

        if (refusal == Refusal.None && !isTrusted && !_isSigned(transaction))
        {
            refusal = Refusal.BadSignature;
        }

        if (refusal == Refusal.None)
        {
            refusal = MakeRoom(transaction, displaced);
        }

        if (refusal == Refusal.None)
        {
            Insert(new PoolEntry(transaction, nowMs, ++_sequence));
        }

        return refusal;
    }

    /// <summary>Judges everything anew after the chain has changed: what it took is gone, what it contradicts is
    /// dropped, what it gave back comes first.</summary>
    /// <param name="returned">Transactions of blocks taken off the chain, in the order of the chain.</param>
    /// <param name="nowMs">Wall clock in milliseconds since 1970.</param>
    public PoolChange Refresh(IReadOnlyList<Transaction> returned, long nowMs)
    {
        PoolEntry[] before = [.. _inOrder.Values];
        Clear();
        List<TransactionId> confirmed = [];
        List<PoolDrop> dropped = [];
        List<Transaction> back = [];
        foreach (Transaction transaction in returned)
        {
            if (TryAdd(transaction, nowMs, isTrusted: true, dropped) is var refusal && refusal == Refusal.None)
            {
                back.Add(transaction);
            }
            else if (refusal != Refusal.AlreadyOnChain)
            {
                dropped.Add(new PoolDrop(transaction, refusal));
            }
        }

        foreach (PoolEntry entry in before)
        {
            Refusal refusal = TryAdd(entry.Transaction, entry.ReceivedMs, isTrusted: true, dropped);
            if (refusal == Refusal.AlreadyOnChain)
            {
                confirmed.Add(entry.Transaction.Id);
            }
            else if (refusal is not (Refusal.None or Refusal.AlreadyPending))
            {
                dropped.Add(new PoolDrop(entry.Transaction, refusal));
            }
        }

        return new PoolChange(confirmed, dropped, back);
    }

    /// <summary>Gives up what has waited too long, and what builds on it.</summary>
    /// <param name="nowMs">Wall clock in milliseconds since 1970.</param>
    public IReadOnlyList<PoolDrop> Expire(long nowMs)
    {
        List<PoolDrop> dropped = [];
        long oldest = nowMs - (OpenLimits.PoolHours * MsPerHour);
        foreach (PoolEntry entry in _inOrder.Values.Where(entry => entry.ReceivedMs < oldest).ToArray())
        {
            RemoveWithChildren(entry, Refusal.None, dropped);
        }

        return dropped;
    }

    private Refusal CheckBehindChain(Transaction transaction)
    {
        if (transaction is Transaction.Coinbase)
        {
            return Refusal.CoinbaseAlone;
        }

        if (_chain.TryFind(transaction.Id, out _))
        {
            return Refusal.AlreadyOnChain;
        }

        if (_entries.ContainsKey(transaction.Id))
        {
            return Refusal.AlreadyPending;
        }

        Refusal refusal = LedgerRules.Check(transaction, _view, _chain.Maturity);
        return refusal == Refusal.None && IsFullFor(transaction)
            && (transaction.IsFree || PoolEntry.RateOf(transaction) <= _byRate.Max!.FeeRate)
                ? Refusal.PoolFull
                : refusal;
    }

    private bool IsFullFor(Transaction transaction) => transaction.IsFree
        ? FreeCount >= OpenLimits.FreePoolTransactions || FreeBytes + transaction.Size > OpenLimits.FreePoolBytes
        : _byRate.Count >= OpenLimits.PoolTransactions || PaidBytes + transaction.Size > OpenLimits.PoolBytes;

    private Refusal MakeRoom(Transaction transaction, List<PoolDrop> displaced)
    {
        HashSet<PoolEntry> needed = [];
        long rate = PoolEntry.RateOf(transaction);
        while (IsFullFor(transaction))
        {
            if (needed.Count == 0)
            {
                AddAncestors(ParentsOf(transaction), needed);
            }

            PoolEntry cheapest = _byRate.Max!;
            if (cheapest.FeeRate >= rate || needed.Contains(cheapest))
            {
                return Refusal.PoolFull;
            }

            RemoveWithChildren(cheapest, Refusal.PoolFull, displaced);
        }

        return Refusal.None;
    }

    private static void AddAncestors(IEnumerable<PoolEntry> parents, HashSet<PoolEntry> ancestors)
    {
        Queue<PoolEntry> left = new(parents);
        while (left.TryDequeue(out PoolEntry? entry))
        {
            if (ancestors.Add(entry))
            {
                foreach (PoolEntry parent in entry.Parents)
                {
                    left.Enqueue(parent);
                }
            }
        }
    }

    private IEnumerable<PoolEntry> ParentsOf(Transaction transaction) => transaction switch
    {
        Transaction.Payment payment => payment.Inputs
            .Select(input => _entries.GetValueOrDefault(input.Source.Transaction))
            .OfType<PoolEntry>(),
        Transaction.Message { Nonce: > 0 and var nonce } message => Holder(Claim.Nonce(message.Sender, nonce - 1)),
        Transaction.Ballot ballot => Holder(Claim.Election(ballot.ElectionName)),
        _ => [],
    };

    private PoolEntry[] Holder(Claim claim) => _claims.TryGetValue(claim, out PoolEntry? entry) ? [entry] : [];

    private void Insert(PoolEntry entry)
    {
        Transaction transaction = entry.Transaction;
        foreach (PoolEntry parent in ParentsOf(transaction))
        {
            entry.Parents.Add(parent);
            parent.Children.Add(entry);
        }

        _entries.Add(transaction.Id, entry);
        _inOrder.Add(entry.Sequence, entry);
        foreach (Claim claim in Claim.Of(transaction))
        {
            _claims.Add(claim, entry);
        }

        Tally(transaction, 1);
        if (!transaction.IsFree)
        {
            _byRate.Add(entry);
        }
    }

    private void RemoveWithChildren(PoolEntry first, Refusal reason, List<PoolDrop> dropped)
    {
        Queue<PoolEntry> left = new([first]);
        while (left.TryDequeue(out PoolEntry? entry))
        {
            if (!_entries.Remove(entry.Transaction.Id))
            {
                continue;
            }

            dropped.Add(new PoolDrop(entry.Transaction, reason));
            _inOrder.Remove(entry.Sequence);
            _byRate.Remove(entry);
            Tally(entry.Transaction, -1);
            foreach (Claim claim in Claim.Of(entry.Transaction))
            {
                _claims.Remove(claim);
            }

            foreach (PoolEntry parent in entry.Parents)
            {
                parent.Children.Remove(entry);
            }

            foreach (PoolEntry child in entry.Children)
            {
                left.Enqueue(child);
            }
        }
    }

    private void Tally(Transaction transaction, int by)
    {
        Version++;
        if (!transaction.IsFree)
        {
            PaidBytes += by * transaction.Size;
            return;
        }

        FreeBytes += by * transaction.Size;
        switch (transaction)
        {
            case Transaction.Message { Nonce: not null } message:
                AddTo(_numbered, message.Sender, by);
                break;
            case Transaction.Ballot ballot:
                AddTo(_ballots, ballot.ElectionName, by);
                break;
        }
    }

    private static void AddTo<TKey>(Dictionary<TKey, int> counts, TKey key, int by)
        where TKey : notnull
    {
        int count = counts.GetValueOrDefault(key) + by;
        if (count == 0)
        {
            counts.Remove(key);
        }
        else
        {
            counts[key] = count;
        }
    }

    private void Clear()
    {
        _entries.Clear();
        _inOrder.Clear();
        _byRate.Clear();
        _claims.Clear();
        _numbered.Clear();
        _ballots.Clear();
        PaidBytes = 0;
        FreeBytes = 0;
        Version++;
    }

    private sealed class HighestRateFirst : IComparer<PoolEntry>
    {
        public static readonly HighestRateFirst Instance = new();

        public int Compare(PoolEntry? x, PoolEntry? y)
        {
            Invariant.Holds(x is not null && y is not null, "no entry is missing");
            int byRate = y.FeeRate.CompareTo(x.FeeRate);
            return byRate != 0 ? byRate : x.Sequence.CompareTo(y.Sequence);
        }
    }
}
