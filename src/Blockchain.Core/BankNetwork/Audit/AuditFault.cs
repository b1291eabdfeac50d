namespace Blockchain.Core.BankNetwork;

/// <summary>What kind of contradiction an audit found.</summary>
public enum AuditFaultKind
{
    /// <summary>The stored bytes cannot be read as records, or a seal over them does not fit.</summary>
    Unreadable,

    /// <summary>The index is not the next one: a block is missing, repeated or out of place.</summary>
    WrongIndex,

    /// <summary>The bytes are no block.</summary>
    NotABlock,

    /// <summary>The stored hash is not SHA-256 of the hash before and the block's bytes.</summary>
    WrongHash,

    /// <summary>The block cannot stand at its place: order, view, account, replay or transfer id.</summary>
    WrongPlace,

    /// <summary>The signature over a request is not that of the client who pays.</summary>
    BadSignature,

    /// <summary>The bank's signed checkpoint names another hash, or a block beyond the end.</summary>
    WrongCheckpoint,

    /// <summary>The checkpoint was not signed by the bank of this ledger.</summary>
    UnsignedCheckpoint,

    /// <summary>Something stored beside the blocks, such as a balance or the ledger's id, is not what they
    /// give.</summary>
    WrongCopy,

    /// <summary>Another ledger of the same bank holds another block at this index.</summary>
    Parted,
}

/// <summary>The first thing that an audit found wrong.</summary>
/// <param name="Index">Index of the first bad block.</param>
/// <param name="Kind">What kind of fault.</param>
/// <param name="Explanation">What contradicts what, in words, for people.</param>
public sealed record AuditFault(long Index, AuditFaultKind Kind, string Explanation);
