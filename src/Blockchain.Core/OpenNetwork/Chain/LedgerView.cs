namespace Blockchain.Core.OpenNetwork;

/// <summary>An output that can be spent.</summary>
/// <param name="Owner">Who can spend it.</param>
/// <param name="Amount">What it is worth.</param>
/// <param name="Height">Height of the block that made it.</param>
/// <param name="IsReward">Whether a coinbase made it.</param>
public readonly record struct UnspentOutput(Address Owner, Coins Amount, int Height, bool IsReward);

/// <summary>What is known of an output.</summary>
public enum OutputStatus
{
    /// <summary>It can be spent.</summary>
    Unspent,

    /// <summary>It was spent on this chain.</summary>
    Spent,

    /// <summary>A transaction that waits for a block spends it.</summary>
    SpentByPending,

    /// <summary>There is none.</summary>
    Unknown,
}

/// <summary>What the rules of transactions ask about whatever comes before: the chain, or the chain and what waits
/// for a block.</summary>
public abstract class LedgerView
{
    /// <summary>The height of the block that a transaction checked now would stand in.</summary>
    public abstract int NextHeight { get; }

    /// <summary>Finds an output.</summary>
    /// <param name="source">Its name.</param>
    /// <param name="output">What it holds, when it is <see cref="OutputStatus.Unspent"/>.</param>
    public abstract OutputStatus Find(OutPoint source, out UnspentOutput output);

    /// <summary>The nonce that the sender's next message must have.</summary>
    public abstract long NextNonce(Ed25519Key sender);

    /// <summary>Whether the sender has said this without a nonce.</summary>
    public abstract bool HasMessage(Ed25519Key sender, string text);

    /// <summary>Whether there is an election of this name, or a ballot for it.</summary>
    /// <param name="name">The name.</param>
    /// <param name="definition">The election; null when nobody defined it and ballots are free.</param>
    public abstract bool TryFindElection(string name, out Transaction.Election? definition);

    /// <summary>Whether the voter has voted.</summary>
    public abstract bool HasBallot(string election, string voter);
}
