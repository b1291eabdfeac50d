using Blockchain.Core.Kernel;

namespace Blockchain.Core.BankNetwork;

/// <summary>
/// The transfers that a client has accepted from its user and not settled yet. Each waits for a request, is carried by
/// one, and leaves when its block settles; a new view puts what was carried back in front, in the old order.
/// </summary>
/// <remarks>Invariant: a transfer is in exactly one place: waiting, carried, or gone.</remarks>
public sealed class IntentBook
{
    private readonly Dictionary<TransferId, Intent> _intents = [];
    private readonly LinkedList<Intent> _waiting = new();
    private readonly Queue<Intent> _untold = new();
    private long _accepted;
    private long _persisted;
    private long _order;

    /// <summary>Transfers accepted and not settled.</summary>
    public int Count => _intents.Count;

    /// <summary>Whether a transfer waits for a request.</summary>
    public bool AnyWaiting => _waiting.Count > 0;

    /// <summary>All transfers accepted and not settled, in the order of acceptance.</summary>
    public IReadOnlyCollection<Transfer> Transfers =>
        [.. _intents.Values.OrderBy(intent => intent.Order).Select(intent => intent.Transfer)];

    /// <summary>Whether the transfer is here.</summary>
    public bool Contains(TransferId id) => _intents.ContainsKey(id);

    /// <summary>Takes a transfer that an earlier life had on disk.</summary>
    public void Restore(Transfer transfer) => Add(transfer, 0);

    /// <summary>Takes a new transfer. Its user is told so when it is on disk: here, or at the bank, whichever comes
    /// first.</summary>
    /// <returns>Its number in this life, from 1.</returns>
    public long Accept(Transfer transfer)
    {
        _untold.Enqueue(Add(transfer, ++_accepted));
        return _accepted;
    }

    /// <summary>Everything up to this number is on disk.</summary>
    /// <returns>The transfers that their user has not been told of yet, in order.</returns>
    public IReadOnlyList<Transfer> Persisted(long upTo)
    {
        Invariant.Holds(upTo <= _accepted, "no more intents are on disk than were accepted");
        List<Transfer> news = [];
        _persisted = Math.Max(_persisted, upTo);
        while (_untold.TryPeek(out Intent? intent) && (intent.Number <= _persisted || intent.IsSettled))
        {
            if (!_untold.Dequeue().IsSettled)
            {
                news.Add(intent.Transfer);
            }
        }

        return news;
    }

    /// <summary>Takes out of the waiting ones what one request may carry: by count, and by bytes of a frame.</summary>
    /// <param name="maxTransfers">The most that it may carry.</param>
    public IReadOnlyList<Transfer> TakeBatch(int maxTransfers)
    {
        List<Transfer> batch = [];
        int bytes = 0;
        while (_waiting.First is { } node && batch.Count < maxTransfers)
        {
            Intent intent = node.Value;
            bytes += intent.Transfer.EncodedBytes;
            if (bytes > Limits.RequestBytes)
            {
                break;
            }

            _waiting.RemoveFirst();
            intent.Waiting = null;
            batch.Add(intent.Transfer);
        }

        return batch;
    }

    /// <summary>The transfer is settled.</summary>
    /// <param name="id">The transfer.</param>
    /// <param name="isUntold">Whether its user was not told yet that it was taken.</param>
    /// <returns>False when it was not here.</returns>
    public bool Settle(TransferId id, out bool isUntold)
    {
        if (!_intents.Remove(id, out Intent? intent))
        {
            isUntold = false;
            return false;
        }

        if (intent.Waiting is { } node)
        {
            _waiting.Remove(node);
        }

        isUntold = intent.Number > _persisted;
        intent.IsSettled = true;
        while (_untold.TryPeek(out Intent? first) && first.IsSettled)
        {
            _untold.Dequeue();
        }

        return true;
    }

    /// <summary>Puts everything that is carried by a request back among the waiting, in the order of
    /// acceptance.</summary>
    public void WaitAgain()
    {
        if (_waiting.Count == _intents.Count)
        {
            return;
        }

        _waiting.Clear();
        foreach (Intent intent in _intents.Values.OrderBy(intent => intent.Order))
        {
            intent.Waiting = _waiting.AddLast(intent);
        }
    }

    /// <summary>Puts the transfers of one request back in front of the waiting ones.</summary>
    public void WaitAgain(IReadOnlyList<Transfer> transfers)
    {
        for (int i = transfers.Count - 1; i >= 0; i--)
        {
            if (_intents.TryGetValue(transfers[i].Id, out Intent? intent) && intent.Waiting is null)
            {
                intent.Waiting = _waiting.AddFirst(intent);
            }
        }
    }

    private Intent Add(Transfer transfer, long number)
    {
        Intent intent = new(transfer, number, ++_order);
        _intents.Add(transfer.Id, intent);
        intent.Waiting = _waiting.AddLast(intent);
        return intent;
    }

    private sealed class Intent(Transfer transfer, long number, long order)
    {
        public Transfer Transfer { get; } = transfer;

        public long Number { get; } = number;

        public long Order { get; } = order;

        public LinkedListNode<Intent>? Waiting { get; set; }

        public bool IsSettled { get; set; }
    }
}
