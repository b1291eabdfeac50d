using System.Text;
using Blockchain.Core.Kernel;

namespace Blockchain.Core.BankNetwork;

/// <summary>
/// Up to 8,190 transfers of one client under one token, signed by the client over the ledger, the epoch, the token and
/// every transfer. It is what the bank applies, all in one database transaction.
/// </summary>
/// <param name="Epoch">The view in which the token was agreed on.</param>
/// <param name="Token">The place in the order that the members granted.</param>
/// <param name="Transfers">What to apply, in this order.</param>
/// <param name="Signature">The client's signature over <see cref="Digest(Hash)"/>.</param>
public sealed record SignedRequest(int Epoch, Token Token, IReadOnlyList<Transfer> Transfers, Signature Signature)
{
    private static readonly byte[] Domain = Encoding.ASCII.GetBytes("blockchain/request/1");

    /// <summary>SHA-256 of what the client signs (FORMAT.md, "Signed request").</summary>
    /// <param name="ledger">Hash of the ledger's first block: a request for one ledger is worthless on another.</param>
    public Hash Digest(Hash ledger) => Digest(ledger, Epoch, Token, Transfers);

    /// <summary>SHA-256 of what a client signs for a request that has no signature yet.</summary>
    public static Hash Digest(Hash ledger, int epoch, Token token, IReadOnlyList<Transfer> transfers)
    {
        CanonicalWriter writer = CanonicalWriter.Take();
        writer.Raw(Domain);
        writer.Hash(ledger);
        writer.U32(epoch);
        writer.U64(token.Clock);
        writer.U32(token.Client);
        WriteTransfers(writer, transfers);
        return writer.FinishHash();
    }

    /// <summary>Appends the count of the transfers (2 bytes) and each of them.</summary>
    public static void WriteTransfers(CanonicalWriter writer, IReadOnlyList<Transfer> transfers)
    {
        Invariant.Holds(transfers.Count is > 0 and <= Limits.RequestTransfers, "a request has 1 to 8,190 transfers");
        writer.U16((ushort)transfers.Count);
        if (transfers is EncodedTransfers encoded)
        {
            encoded.Write(writer);
            return;
        }

        foreach (Transfer transfer in transfers)
        {
            transfer.Write(writer);
        }
    }

    /// <summary>Bytes that the transfers take.</summary>
    public static int BytesOf(IReadOnlyList<Transfer> transfers) =>
        transfers is EncodedTransfers encoded ? encoded.Bytes : transfers.Sum(transfer => transfer.EncodedBytes);

    /// <summary>Reads what <see cref="WriteTransfers"/> wrote.</summary>
    /// <exception cref="FormatFaultException">The bytes are no such list, or the count is 0 or above the
    /// limit.</exception>
    public static IReadOnlyList<Transfer> ReadTransfers(ref CanonicalReader reader)
    {
        int count = reader.U16();
        if (count is 0 or > Limits.RequestTransfers || count * Transfer.FixedBytes > reader.Remaining)
        {
            throw new FormatFaultException(
                $"a request says it has {count} transfers; 1 to {Limits.RequestTransfers}, all there, are allowed");
        }

        if (count >= EncodedTransfers.Fewest)
        {
            return EncodedTransfers.Read(ref reader, count);
        }

        Transfer[] transfers = new Transfer[count];
        for (int i = 0; i < count; i++)
        {
            transfers[i] = Transfer.Read(ref reader);
        }

        return transfers;
    }
}

/// <summary>The bank's word that its ledger reaches a block: it can never sign another hash for the same
/// index.</summary>
/// <param name="Index">Index of the last block, from 0.</param>
/// <param name="Hash">Hash of that block.</param>
/// <param name="Signature">The bank's signature over <see cref="Digest(Hash, long, Hash)"/>.</param>
public sealed record Checkpoint(long Index, Hash Hash, Signature Signature)
{
    private static readonly byte[] Domain = Encoding.ASCII.GetBytes("blockchain/checkpoint/1");

    /// <summary>SHA-256 of what the bank signs (FORMAT.md, "Checkpoint").</summary>
    public static Hash Digest(Hash ledger, long index, Hash hash)
    {
        CanonicalWriter writer = CanonicalWriter.Take();
        writer.Raw(Domain);
        writer.Hash(ledger);
        writer.U64(index);
        writer.Hash(hash);
        return writer.FinishHash();
    }

    /// <summary>Whether the bank of this ledger signed it.</summary>
    public bool IsSignedBy(PublicKey bank, Hash ledger, ISignatureScheme signatures) =>
        signatures.Verify(bank, Digest(ledger, Index, Hash), Signature);

    /// <summary>Appends the canonical form.</summary>
    public void Write(CanonicalWriter writer)
    {
        writer.U64(Index);
        writer.Hash(Hash);
        writer.Signature(Signature);
    }

    /// <summary>Reads the canonical form.</summary>
    /// <exception cref="FormatFaultException">The bytes are no checkpoint.</exception>
    public static Checkpoint Read(ref CanonicalReader reader) => new(reader.U64(), reader.Hash(), reader.Signature());
}
