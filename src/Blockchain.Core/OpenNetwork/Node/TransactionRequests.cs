namespace Blockchain.Core.OpenNetwork;

/// <summary>Which transactions were asked of which peer and have not come, so that each is asked of one peer at a time,
/// and of another when that one goes or does not answer.</summary>
internal sealed class TransactionRequests
{
    private readonly Dictionary<TransactionId, (NodePeer Peer, long SinceMs)> _asked = [];

    /// <summary>Notes that a peer is asked.</summary>
    /// <returns>False when somebody is asked already, or too much is under way: then it must not be.</returns>
    public bool TryAdd(TransactionId id, NodePeer peer, long nowMs)
    {
        if (_asked.Count >= OpenLimits.TransactionsInFlight
            || peer.TransactionsInFlight >= OpenLimits.TransactionsInFlightOfPeer
            || !_asked.TryAdd(id, (peer, nowMs)))
        {
            return false;
        }

        peer.TransactionsInFlight++;
        return true;
    }

    /// <summary>It came, from whomever.</summary>
    public void Remove(TransactionId id)
    {
        if (_asked.Remove(id, out (NodePeer Peer, long SinceMs) asked))
        {
            asked.Peer.TransactionsInFlight--;
        }
    }

    /// <summary>Takes back what a peer that has gone was asked.</summary>
    public List<TransactionId> TakeFrom(NodePeer peer)
    {
        List<TransactionId> taken =
            [.. _asked.Where(asked => asked.Value.Peer == peer).Select(static asked => asked.Key)];
        taken.ForEach(Remove);
        return taken;
    }

    /// <summary>Takes back what was asked too long ago, by whom was asked.</summary>
    public List<(NodePeer Peer, List<TransactionId> Ids)> TakeLate(long nowMs)
    {
        List<(NodePeer Peer, List<TransactionId> Ids)> late =
        [
            .. _asked.Where(asked => nowMs - asked.Value.SinceMs >= OpenLimits.AnswerMs)
                .GroupBy(static asked => asked.Value.Peer, static asked => asked.Key)
                .Select(static group => (group.Key, group.ToList())),
        ];
        late.ForEach(each => each.Ids.ForEach(Remove));
        return late;
    }
}
