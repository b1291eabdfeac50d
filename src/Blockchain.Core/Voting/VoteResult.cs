using Blockchain.Core.OpenNetwork;

namespace Blockchain.Core.Voting;

/// <summary>What became of a vote that was handed in.</summary>
public enum VoteResult
{
    /// <summary>It waits for a block, or is in one.</summary>
    Accepted,

    /// <summary>Not now: the same vote may be taken later.</summary>
    Retry,

    /// <summary>Never: the voter has voted, may not vote, or chose what cannot be chosen.</summary>
    Invalid,
}

/// <summary>What a node's answer means for a voter.</summary>
public static class VoteResults
{
    /// <summary>The result for an answer of the node.</summary>
    public static VoteResult Of(Refusal refusal) => refusal switch
    {
        Refusal.None or Refusal.AlreadyPending or Refusal.AlreadyOnChain => VoteResult.Accepted,
        Refusal.PoolFull or Refusal.ConflictsWithPending => VoteResult.Retry,
        _ => VoteResult.Invalid,
    };

    /// <summary>What the voter reads.</summary>
    public static string Describe(this VoteResult result) => result switch
    {
        VoteResult.Accepted => "Vote added",
        VoteResult.Retry => "The vote was not taken for now, try again later",
        _ => "Invalid/duplicate vote",
    };
}
