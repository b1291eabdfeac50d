using Blockchain.Core.Kernel;

namespace Blockchain.Core.BankNetwork;

/// <summary>What a user asked for: one payment from the sender's own account.</summary>
/// <param name="Id">Names it for ever, chosen by the sender.</param>
/// <param name="From">The paying account; the client that signs.</param>
/// <param name="To">The account paid.</param>
/// <param name="Amount">How much.</param>
/// <param name="Memo">A note for people, at most 70 characters.</param>
/// <param name="UnixMs">The sender's wall clock in milliseconds since 1970; information only, nothing is decided by
/// it.</param>
public sealed record Transfer(TransferId Id, int From, int To, Money Amount, string Memo, long UnixMs)
{
    /// <summary>Bytes that a transfer takes without its memo.</summary>
    public const int FixedBytes = 16 + 4 + 4 + 8 + 8 + 2;

    /// <summary>Bytes that this transfer takes.</summary>
    public int EncodedBytes => FixedBytes + System.Text.Encoding.UTF8.GetByteCount(Memo);

    /// <summary>Appends the canonical form (FORMAT.md, "Transfer").</summary>
    public void Write(CanonicalWriter writer)
    {
        writer.U128(Id.Value);
        writer.U32(From);
        writer.U32(To);
        writer.U64(Amount.Minor);
        writer.U64(UnixMs);
        writer.Text(Memo);
    }

    /// <summary>Reads the canonical form. The amount's limits are not checked here: the bank records such a transfer
    /// as aborted, so that even a dishonest request leaves its trace.</summary>
    /// <exception cref="FormatFaultException">The bytes are no transfer.</exception>
    public static Transfer Read(ref CanonicalReader reader)
    {
        TransferTerms terms = TransferTerms.Read(ref reader);
        long unixMs = reader.U64();
        return new Transfer(
            terms.Id, terms.From, terms.To, terms.Amount, reader.Text(Limits.MemoCharacters), unixMs);
    }

    /// <summary>What a ledger needs of it.</summary>
    public TransferTerms Terms => new(Id, From, To, Amount);

    /// <summary>Reads the canonical form and keeps nothing of it.</summary>
    /// <exception cref="FormatFaultException">The bytes are no transfer.</exception>
    internal static void Skip(ref CanonicalReader reader)
    {
        TransferTerms.Read(ref reader);
        reader.U64();
        reader.Text(Limits.MemoCharacters);
    }
}

/// <summary>What decides about a transfer: all of it but what is for people.</summary>
/// <param name="Id">Names it for ever.</param>
/// <param name="From">The paying account.</param>
/// <param name="To">The account paid.</param>
/// <param name="Amount">How much.</param>
public readonly record struct TransferTerms(TransferId Id, int From, int To, Money Amount)
{
    /// <summary>Reads the beginning of a transfer's canonical form.</summary>
    /// <exception cref="FormatFaultException">The bytes are no transfer.</exception>
    internal static TransferTerms Read(ref CanonicalReader reader) =>
        new(new TransferId(reader.U128()), reader.U32(), reader.U32(), new Money(reader.U64()));
}
