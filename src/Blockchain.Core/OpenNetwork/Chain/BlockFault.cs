using Blockchain.Core.Kernel;

namespace Blockchain.Core.OpenNetwork;

/// <summary>Why a header or a block is not taken. The names are the same in logs, metrics and answers.</summary>
public enum BlockFault
{
    /// <summary>It is taken.</summary>
    None,

    /// <summary>The block before it is not known.</summary>
    UnknownParent,

    /// <summary>It stands on a block that breaks a rule.</summary>
    InvalidParent,

    /// <summary>It was found to break a rule before.</summary>
    KnownInvalid,

    /// <summary>Its version is below 1.</summary>
    WrongVersion,

    /// <summary>It does not have the target that its place in the chain has.</summary>
    WrongTarget,

    /// <summary>Its hash does not meet its target: the work was not done.</summary>
    NoWork,

    /// <summary>It is not later than the median of the eleven blocks before it.</summary>
    TimeTooOld,

    /// <summary>It is more than two hours ahead of the clock here; it may be taken later.</summary>
    TimeTooNew,

    /// <summary>Too many headers beside the best chain are known, and it would not make a better one.</summary>
    TooManyForks,

    /// <summary>It has more bytes than the network allows.</summary>
    TooLarge,

    /// <summary>It has no transactions.</summary>
    NoTransactions,

    /// <summary>The header commits to other transactions.</summary>
    WrongMerkleRoot,

    /// <summary>Transactions are repeated so that the Merkle root does not show it (CVE-2012-2459).</summary>
    RepeatedTransactions,

    /// <summary>The first transaction is no coinbase.</summary>
    NoCoinbase,

    /// <summary>Another than the first transaction is a coinbase.</summary>
    SecondCoinbase,

    /// <summary>The coinbase names another height.</summary>
    WrongHeight,

    /// <summary>The coinbase does not pay exactly the reward and the fees.</summary>
    WrongReward,

    /// <summary>Transactions without a fee take more than their share of the bytes.</summary>
    TooManyFree,

    /// <summary>A transaction breaks a rule; <see cref="BlockRefusal.Transaction"/> says which.</summary>
    InvalidTransaction,
}

/// <summary>Why a block is not taken, and whose fault it is.</summary>
/// <param name="Fault">The rule of blocks that is broken.</param>
/// <param name="Transaction">The rule of transactions that is broken, with
/// <see cref="BlockFault.InvalidTransaction"/>.</param>
/// <param name="Index">Place of the transaction in the block.</param>
public readonly record struct BlockRefusal(BlockFault Fault, Refusal Transaction = Refusal.None, int Index = 0)
{
    /// <summary>The block is taken.</summary>
    public static readonly BlockRefusal None;

    /// <summary>The sentence a person reads.</summary>
    public string Describe() => Fault == BlockFault.InvalidTransaction
        ? $"transaction {Index} of the block breaks a rule: {Transaction.Describe()}"
        : Fault.Describe();
}

/// <summary>Words for faults of blocks.</summary>
public static class BlockFaults
{
    /// <summary>The sentence a person reads.</summary>
    public static string Describe(this BlockFault fault) => fault switch
    {
        BlockFault.None => "the block is fine",
        BlockFault.UnknownParent => "the block before it is not known",
        BlockFault.InvalidParent => "it stands on a block that breaks a rule",
        BlockFault.KnownInvalid => "it was found to break a rule before",
        BlockFault.WrongVersion => "its version is below 1",
        BlockFault.WrongTarget => "its target is not the one for its place in the chain",
        BlockFault.NoWork => "its hash does not meet its target",
        BlockFault.TimeTooOld => "its time is not later than the median of the eleven blocks before it",
        BlockFault.TimeTooNew => "its time is more than two hours ahead of the clock here",
        BlockFault.TooManyForks => "too many headers beside the best chain are known",
        BlockFault.TooLarge => "it has more bytes than the network allows",
        BlockFault.NoTransactions => "it has no transactions",
        BlockFault.WrongMerkleRoot => "its header commits to other transactions",
        BlockFault.RepeatedTransactions => "it repeats transactions",
        BlockFault.NoCoinbase => "its first transaction is no coinbase",
        BlockFault.SecondCoinbase => "it has a second coinbase",
        BlockFault.WrongHeight => "its coinbase names another height",
        BlockFault.WrongReward => "its coinbase does not pay exactly the reward and the fees",
        BlockFault.TooManyFree => "transactions without a fee take more than their share of it",
        BlockFault.InvalidTransaction => "one of its transactions breaks a rule",
        _ => throw new InvariantException($"{fault} has no words"),
    };

    /// <summary>Whether the header itself is to blame, or what it commits to: then the block stays invalid for ever.
    /// Otherwise another block with the same header, or the same block later, may be fine.</summary>
    public static bool IsFinal(this BlockFault fault) => fault is BlockFault.NoCoinbase or BlockFault.SecondCoinbase
        or BlockFault.WrongHeight or BlockFault.WrongReward or BlockFault.TooManyFree or BlockFault.InvalidTransaction
        or BlockFault.TooLarge or BlockFault.NoTransactions;

    /// <summary>Whether a peer that sends it breaks the rules, and is not merely ahead or behind.</summary>
    public static bool IsPeersFault(this BlockFault fault) => fault is not (BlockFault.None or BlockFault.UnknownParent
        or BlockFault.TimeTooNew or BlockFault.TooManyForks);
}
