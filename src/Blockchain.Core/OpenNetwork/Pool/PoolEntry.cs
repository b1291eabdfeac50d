using Blockchain.Core.Kernel;

namespace Blockchain.Core.OpenNetwork;

/// <summary>A transaction that waits for a block.</summary>
public sealed class PoolEntry
{
    internal PoolEntry(Transaction transaction, long receivedMs, long sequence)
    {
        Transaction = transaction;
        ReceivedMs = receivedMs;
        Sequence = sequence;
    }

    /// <summary>The transaction.</summary>
    public Transaction Transaction { get; }

    /// <summary>When it came, in milliseconds since 1970 of the node's clock.</summary>
    public long ReceivedMs { get; }

    /// <summary>Counts the transactions in the order in which they came.</summary>
    public long Sequence { get; }

    /// <summary>Units of 10^-8 coin for 1,000 bytes: what miners choose by.</summary>
    public long FeeRate => RateOf(Transaction);

    /// <summary>Transactions that wait and must come before it.</summary>
    internal HashSet<PoolEntry> Parents { get; } = [];

    /// <summary>Transactions that wait and can come only behind it.</summary>
    internal HashSet<PoolEntry> Children { get; } = [];

    internal static long RateOf(Transaction transaction) => transaction is Transaction.Payment payment
        ? (long)((Int128)payment.Fee.Units * 1_000 / payment.Size)
        : 0;
}

/// <summary>What only one transaction of a chain can have. Two that claim the same are in conflict.</summary>
internal readonly record struct Claim(ClaimKind Kind, Bytes32 Name, long Number, string? Text, string? More)
{
    public static Claim Output(OutPoint source) =>
        new(ClaimKind.Output, source.Transaction.Value, source.Index, null, null);

    public static Claim Nonce(Ed25519Key sender, long nonce) => new(ClaimKind.Nonce, sender.Value, nonce, null, null);

    public static Claim Said(Ed25519Key sender, string text) => new(ClaimKind.Text, sender.Value, 0, text, null);

    public static Claim Election(string name) => new(ClaimKind.Election, default, 0, name, null);

    public static Claim Vote(string election, string voter) => new(ClaimKind.Vote, default, 0, election, voter);

    public static IEnumerable<Claim> Of(Transaction transaction) => transaction switch
    {
        Transaction.Payment payment => payment.Inputs.Select(input => Output(input.Source)),
        Transaction.Message { Nonce: { } nonce } message => [Nonce(message.Sender, nonce)],
        Transaction.Message message => [Said(message.Sender, message.Text)],
        Transaction.Election election => [Election(election.Name)],
        Transaction.Ballot ballot => [Vote(ballot.ElectionName, ballot.Voter)],
        _ => [],
    };
}

/// <summary>What is claimed.</summary>
internal enum ClaimKind : byte
{
    Output,
    Nonce,
    Text,
    Election,
    Vote,
}
