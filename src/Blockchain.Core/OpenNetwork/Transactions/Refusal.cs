namespace Blockchain.Core.OpenNetwork;

/// <summary>Why a transaction is not taken. The names are the same in logs, metrics and answers.</summary>
public enum Refusal
{
    /// <summary>It is taken.</summary>
    None,

    /// <summary>It has more bytes than a transaction may have.</summary>
    TooLarge,

    /// <summary>It has exactly 64 bytes, as two hashes have: its id could be taken for a node of a Merkle tree, and a
    /// node for a transaction (CVE-2017-12842).</summary>
    SizeOfNode,

    /// <summary>A coinbase stands only at the start of a block.</summary>
    CoinbaseAlone,

    /// <summary>It spends nothing.</summary>
    NoInputs,

    /// <summary>It pays nothing.</summary>
    NoOutputs,

    /// <summary>It has more inputs or outputs than allowed, or a place below 0.</summary>
    MalformedPayment,

    /// <summary>An output is 0 or above the limit.</summary>
    WrongAmount,

    /// <summary>It spends the same output twice.</summary>
    DuplicateInput,

    /// <summary>The text is not 1 to 70 letters and digits.</summary>
    InvalidText,

    /// <summary>The nonce is below 0, or the case of the sender's digits makes no sense.</summary>
    MalformedMessage,

    /// <summary>A name, choice or voter is empty, too long or has control characters; or choices or voters
    /// repeat.</summary>
    MalformedElection,

    /// <summary>A signature is not by the key over this content.</summary>
    BadSignature,

    /// <summary>No output of this name is known.</summary>
    UnknownOutput,

    /// <summary>The output was spent on this chain.</summary>
    AlreadySpent,

    /// <summary>The key is not that of the output's address.</summary>
    NotOwner,

    /// <summary>A reward is spent before it is deep enough in the chain.</summary>
    ImmatureReward,

    /// <summary>Inputs are not outputs and fee.</summary>
    Unbalanced,

    /// <summary>The nonce was used already.</summary>
    NonceUsed,

    /// <summary>A nonce before it is missing.</summary>
    NonceTooHigh,

    /// <summary>The sender has said this without a nonce already.</summary>
    DuplicateMessage,

    /// <summary>An election of this name, or a ballot of it, is there already.</summary>
    ElectionExists,

    /// <summary>The voter has voted already.</summary>
    DuplicateVote,

    /// <summary>The voter is not on the roll.</summary>
    NotOnRoll,

    /// <summary>The key is not the one that stands on the roll for this voter.</summary>
    WrongVoterKey,

    /// <summary>The election does not have this choice.</summary>
    UnknownChoice,

    /// <summary>The same transaction waits already.</summary>
    AlreadyPending,

    /// <summary>The same transaction is on the chain already.</summary>
    AlreadyOnChain,

    /// <summary>Another transaction that waits spends the same output.</summary>
    ConflictsWithPending,

    /// <summary>Too many transactions wait, and this one pays no more than they do.</summary>
    PoolFull,
}

/// <summary>Words for refusals.</summary>
public static class Refusals
{
    /// <summary>The sentence a person reads: cause and remedy.</summary>
    public static string Describe(this Refusal refusal) => refusal switch
    {
        Refusal.None => "the transaction is fine",
        Refusal.TooLarge =>
            $"a transaction has at most {OpenLimits.TransactionBytes} bytes; spend fewer outputs at once",
        Refusal.SizeOfNode => "a transaction must not have exactly 64 bytes, as a node of a Merkle tree has",
        Refusal.CoinbaseAlone => "a coinbase stands only at the start of a block; nobody can send one",
        Refusal.NoInputs => "a payment must spend at least one output",
        Refusal.NoOutputs => "a payment must have at least one output",
        Refusal.MalformedPayment =>
            $"a payment has at most {OpenLimits.Inputs} inputs and {OpenLimits.Outputs} outputs, with places from 0",
        Refusal.WrongAmount => $"an output is more than 0 and at most {new Coins(OpenLimits.AmountUnits)}",
        Refusal.DuplicateInput => "the payment spends the same output twice",
        Refusal.InvalidText => $"a message is 1 to {OpenLimits.MessageCharacters} letters and digits",
        Refusal.MalformedMessage => "the nonce is below 0, or a digit of the sender is said to be in upper case",
        Refusal.MalformedElection =>
            $"names, choices and voters are 1 to {OpenLimits.BallotCharacters} characters without control characters, "
            + "and none stands twice",
        Refusal.BadSignature => "a signature is not by its key over this content for this network",
        Refusal.UnknownOutput => "an output that it spends is not known here; ask for the outputs anew",
        Refusal.AlreadySpent => "an output that it spends was spent already; ask for the outputs anew",
        Refusal.NotOwner => "the key is not that of the address that owns the output",
        Refusal.ImmatureReward => "a reward can be spent only some blocks after it was mined; wait",
        Refusal.Unbalanced => "the inputs must be worth exactly the outputs and the fee",
        Refusal.NonceUsed => "the sender has used this nonce already",
        Refusal.NonceTooHigh => "an earlier nonce of this sender is missing",
        Refusal.DuplicateMessage => "the sender has sent this text without a nonce already; give it a nonce",
        Refusal.ElectionExists => "an election of this name, or a ballot of it, is there already; take another name",
        Refusal.DuplicateVote => "this voter has voted already",
        Refusal.NotOnRoll => "this voter is not on the roll of the election",
        Refusal.WrongVoterKey => "the roll of the election has another key for this voter",
        Refusal.UnknownChoice => "the election does not have this choice",
        Refusal.AlreadyPending => "the transaction waits for a block already",
        Refusal.AlreadyOnChain => "the transaction is on the chain already",
        Refusal.ConflictsWithPending => "a transaction that waits for a block spends the same output",
        Refusal.PoolFull => "too many transactions wait; try later or pay a higher fee",
        _ => throw new Kernel.InvariantException($"{refusal} has no words"),
    };

    /// <summary>Whether only the bytes decide, so that every honest node refuses it too and who sent it is to
    /// blame.</summary>
    public static bool IsByForm(this Refusal refusal) => refusal is > Refusal.None and <= Refusal.BadSignature;
}
