using Blockchain.Core.BankNetwork;

namespace Blockchain.Simulator;

/// <summary>One transfer, from the user's request to the outcome the user saw.</summary>
/// <param name="client">Who asked.</param>
/// <param name="to">Whom to pay.</param>
/// <param name="amount">How much.</param>
/// <param name="invoked">When.</param>
internal sealed class TransferOperation(ClientHost client, int to, Money amount, long invoked)
{
    /// <summary>Who asked.</summary>
    public ClientHost Client { get; } = client;

    /// <summary>Whom to pay.</summary>
    public int To { get; } = to;

    /// <summary>How much.</summary>
    public Money Amount { get; } = amount;

    /// <summary>When the user asked.</summary>
    public long Invoked { get; } = invoked;

    /// <summary>The user saw that it was accepted.</summary>
    public bool Accepted { get; set; }

    /// <summary>The user saw that it was refused.</summary>
    public bool Rejected { get; set; }

    /// <summary>When the user first saw the outcome.</summary>
    public long? Returned { get; set; }

    /// <summary>Index of its block, once known.</summary>
    public long? Index { get; set; }
}

/// <summary>One balance that a user saw.</summary>
/// <param name="Invoked">When it was asked for.</param>
/// <param name="Returned">When it was seen.</param>
/// <param name="Blocks">How many blocks it takes into account.</param>
internal readonly record struct ReadOperation(long Invoked, long Returned, long Blocks);

/// <summary>
/// Linearizability with a witness (Herlihy and Wing 1990): the ledger's index is the order, so it is enough that no
/// operation stands before one that had ended before it began. Linear after sorting. That the results are those of a
/// ledger in that order, the replay and the reads' own check have shown.
/// </summary>
internal static class HistoryCheck
{
    private const long Never = long.MaxValue;

    /// <summary>Checks all operations.</summary>
    public static void Check(IEnumerable<TransferOperation> transfers, IEnumerable<ReadOperation> reads)
    {
        List<(long Invoked, long Returned, long Place)> operations =
        [
            .. transfers.Where(one => one.Index is not null)
                .Select(one => (one.Invoked, one.Returned ?? Never, 2 * one.Index!.Value)),
            .. reads.Select(one => (one.Invoked, one.Returned, (2 * one.Blocks) - 1)),
        ];
        var begun = operations.OrderBy(one => one.Invoked).ToArray();
        var ended = operations.OrderBy(one => one.Returned).ToArray();
        int next = 0;
        long latest = -1;
        foreach ((long invoked, long _, long place) in begun)
        {
            while (next < ended.Length && ended[next].Returned < invoked)
            {
                latest = Math.Max(latest, ended[next++].Place);
            }

            if (place < latest)
            {
                throw new ViolationException(
                    "linearizability",
                    $"what began at {invoked} ms stands at place {place}/2, behind {latest}/2 that had ended before");
            }
        }
    }
}
