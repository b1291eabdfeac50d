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
        TransferId id = new(reader.U128());
        int from = reader.U32();
        int to = reader.U32();
        Money amount = new(reader.U64());
        long unixMs = reader.U64();
        return new Transfer(id, from, to, amount, reader.Text(Limits.MemoCharacters), unixMs);
    }
}
