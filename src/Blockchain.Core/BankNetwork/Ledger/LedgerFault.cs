namespace Blockchain.Core.BankNetwork;

/// <summary>Why a block cannot stand at its place in a ledger. Found by replaying; names what an auditor
/// reports.</summary>
public enum LedgerFault
{
    /// <summary>It can.</summary>
    None,

    /// <summary>The ledger does not start with the bank's first view.</summary>
    NoGenesis,

    /// <summary>The key is not after the key of the block before.</summary>
    KeyNotRising,

    /// <summary>The epoch is not the current one, or a view does not raise it by one.</summary>
    WrongEpoch,

    /// <summary>The bank's key is not the one of the first view.</summary>
    WrongBankKey,

    /// <summary>The members are not ascending, or one has no account.</summary>
    WrongMembers,

    /// <summary>The block of the bank does not carry the bank's number, or a client's block does.</summary>
    WrongMaker,

    /// <summary>The account number is not the next one, or the name or key is taken or not allowed.</summary>
    WrongAccount,

    /// <summary>The opening deposit is negative or above the limit, or makes the sum of all deposits
    /// overflow.</summary>
    WrongDeposit,

    /// <summary>The paying account is not that of the client who asked.</summary>
    NotOwner,

    /// <summary>The client who asked is no member of the view.</summary>
    NotMember,

    /// <summary>The places in a request do not count up from 0.</summary>
    WrongSeq,

    /// <summary>The transfer's id stands in an earlier block.</summary>
    DuplicateTransfer,

    /// <summary>The recorded outcome is not what the replay gives.</summary>
    WrongOutcome,

    /// <summary>The signature is not the paying client's.</summary>
    BadSignature,
}
