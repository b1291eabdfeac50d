namespace Blockchain.Core.BankNetwork;

/// <summary>Words for faults of a ledger.</summary>
public static class LedgerFaults
{
    /// <summary>The fault as part of a sentence.</summary>
    public static string Describe(this LedgerFault fault) => fault switch
    {
        LedgerFault.None => "nothing is wrong",
        LedgerFault.NoGenesis => "a ledger starts with the bank's first view",
        LedgerFault.KeyNotRising => "its key is not after the key of the block before",
        LedgerFault.WrongEpoch => "its epoch is not the one that is due",
        LedgerFault.WrongBankKey => "its bank key is not the one of the first view",
        LedgerFault.WrongMembers => "its members are not ascending, or one has no account",
        LedgerFault.WrongMaker => "only the bank opens accounts and makes views, and only clients make transfers",
        LedgerFault.WrongAccount =>
            "its account number is not the next one, or its name or key is taken or not allowed",
        LedgerFault.WrongDeposit => "its opening deposit is not allowed",
        LedgerFault.NotOwner => "it pays from an account that is not the client's own",
        LedgerFault.NotMember => "the client is no member of the view",
        LedgerFault.WrongSeq => "the places in its request do not count up from 0",
        LedgerFault.DuplicateTransfer => "its transfer id stands in an earlier block",
        LedgerFault.WrongOutcome => "its status is not what the replay of the blocks before it gives",
        LedgerFault.BadSignature => "its signature is not the paying client's",
        _ => throw new Kernel.InvariantException($"{(int)fault} is no fault of a ledger"),
    };
}
