namespace Blockchain.Node.Peers;

/// <summary>
/// How much of this node's time one peer may use: a token bucket. What a peer asks or tells unasked costs the time that
/// it takes here, and more when it is refused; a peer that has used up its share is read again when it has some. So a
/// peer that floods is slowed down, and cut off by nobody: what it does may be a fault of the moment. Used by the
/// reader of one connection only.
/// </summary>
internal sealed class PeerBudget(TimeProvider time)
{
    private readonly long _startedAt = time.GetTimestamp();
    private TimeSpan _spent = -NodeLimits.PeerBurst;

    /// <summary>Takes the cost of one message.</summary>
    /// <param name="worked">How long this node worked for it.</param>
    /// <param name="refused">How many things in it were refused.</param>
    /// <returns>How long to wait before the next message is read; zero for not at all.</returns>
    public TimeSpan Charge(TimeSpan worked, int refused)
    {
        TimeSpan earned = time.GetElapsedTime(_startedAt) / NodeLimits.PeerShare;

        // What was not used does not pile up.
        TimeSpan saved = earned - NodeLimits.PeerBurst;
        _spent = (_spent > saved ? _spent : saved)
            + NodeLimits.PeerMessageCost + worked + (refused * NodeLimits.PeerRefusalCost);
        TimeSpan owed = _spent - earned;
        return owed > TimeSpan.Zero ? owed * NodeLimits.PeerShare : TimeSpan.Zero;
    }
}
