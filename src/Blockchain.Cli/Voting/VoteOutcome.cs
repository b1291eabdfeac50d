namespace Blockchain.Cli.Voting;

/// <summary>What became of a vote.</summary>
internal enum VoteResult
{
    /// <summary>It counts, or waits for a block and will.</summary>
    Accepted,

    /// <summary>It was not taken now and may be later.</summary>
    Retry,

    /// <summary>It will never count.</summary>
    Invalid,
}

/// <summary>What became of a vote, and why.</summary>
/// <param name="Result">In a word.</param>
/// <param name="Reason">The cause, in words; empty for an accepted vote.</param>
/// <param name="Txid">The ballot's transaction; null when there is none.</param>
/// <param name="Height">The block that has it; null while it waits.</param>
internal sealed record VoteOutcome(VoteResult Result, string Reason, string? Txid, int? Height)
{
    /// <summary>The vote counts.</summary>
    public static VoteOutcome Counted(string txid, int height) => new(VoteResult.Accepted, string.Empty, txid, height);

    /// <summary>The vote waits for a block.</summary>
    public static VoteOutcome Waiting(string txid) => new(VoteResult.Accepted, string.Empty, txid, null);

    /// <summary>The vote was not taken now.</summary>
    public static VoteOutcome Again(string reason) => new(VoteResult.Retry, reason, null, null);

    /// <summary>The vote will never count.</summary>
    public static VoteOutcome Refused(string reason) => new(VoteResult.Invalid, reason, null, null);
}
