namespace Blockchain.Core.OpenNetwork;

/// <summary>
/// Transactions that waited for a block and lost to others on the chain. What they lost to may be taken off again, so
/// the latest of them are kept, stored like those that wait, and tried whenever the chain changes.
/// </summary>
internal sealed class LosingTransactions
{
    // In the order in which they lost.
    private readonly OrderedDictionary<TransactionId, (Transaction Transaction, long LostMs)> _lost = [];
    private int _bytes;

    /// <summary>The transactions.</summary>
    public IReadOnlyCollection<TransactionId> Ids => _lost.Keys;

    /// <summary>Whether a change of the chain can take back the reason for which it was dropped.</summary>
    public static bool MayComeBack(Refusal reason) => !reason.IsByForm() && reason is not (Refusal.None
        or Refusal.PoolFull or Refusal.AlreadyPending or Refusal.AlreadyOnChain);

    /// <summary>Keeps a transaction.</summary>
    /// <param name="transaction">The transaction.</param>
    /// <param name="nowMs">Wall clock in milliseconds since 1970.</param>
    /// <returns>Those that make room for it.</returns>
    public IReadOnlyList<TransactionId> Add(Transaction transaction, long nowMs)
    {
        _bytes += _lost.TryAdd(transaction.Id, (transaction, nowMs)) ? transaction.Size : 0;
        List<TransactionId> gone = [];
        while (_lost.Count > OpenLimits.LosingTransactions || _bytes > OpenLimits.LosingBytes)
        {
            gone.Add(_lost.GetAt(0).Key);
            Remove(gone[^1]);
        }

        return gone;
    }

    /// <summary>No longer keeps it.</summary>
    public void Remove(TransactionId id)
    {
        if (_lost.Remove(id, out (Transaction Transaction, long LostMs) lost))
        {
            _bytes -= lost.Transaction.Size;
        }
    }

    /// <summary>Those that lost before a time.</summary>
    public IReadOnlyList<TransactionId> LostBefore(long timeMs) =>
        [.. _lost.TakeWhile(lost => lost.Value.LostMs < timeMs).Select(lost => lost.Key)];

    /// <summary>Tries all of them, and again as long as one lets others in. What is taken, or is on the chain, is no
    /// longer kept.</summary>
    /// <param name="take">Takes one, or says why not.</param>
    /// <returns>Those that were taken, and those on the chain.</returns>
    public (IReadOnlyList<Transaction> Back, IReadOnlyList<TransactionId> Confirmed) TryAll(
        Func<Transaction, Refusal> take)
    {
        List<Transaction> back = [];
        List<TransactionId> confirmed = [];
        int before;
        do
        {
            before = _lost.Count;
            foreach ((Transaction transaction, _) in _lost.Values.ToArray())
            {
                Refusal refusal = take(transaction);
                if (refusal == Refusal.None)
                {
                    back.Add(transaction);
                    Remove(transaction.Id);
                }
                else if (refusal == Refusal.AlreadyOnChain)
                {
                    confirmed.Add(transaction.Id);
                    Remove(transaction.Id);
                }
            }
        }
        while (_lost.Count > 0 && _lost.Count < before);
        return (back, confirmed);
    }
}
