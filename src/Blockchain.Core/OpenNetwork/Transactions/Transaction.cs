using Blockchain.Core.Kernel;

namespace Blockchain.Core.OpenNetwork;

/// <summary>
/// What a block of the open network holds. Immutable; its canonical bytes are made once and used for id, wire and
/// file.
/// Closed: <see cref="Coinbase"/>, <see cref="Payment"/>, <see cref="Message"/>, <see cref="Election"/>,
/// <see cref="Ballot"/>. Two transactions are equal when their bytes are.
/// </summary>
/// <remarks>Constructors take anything; <see cref="TransactionForm.Check"/> says what is wrong with it, and only a
/// transaction that it passes has an encoding.</remarks>
public abstract partial class Transaction : IEquatable<Transaction>
{
    private byte[]? _canonical;
    private TransactionId? _id;

    private Transaction()
    {
    }

    /// <summary>coinbase, payment, message, election or ballot.</summary>
    public abstract string Kind { get; }

    /// <summary>Whether it costs its sender nothing, and so has only a bounded share of each block.</summary>
    public abstract bool IsFree { get; }

    /// <summary>The canonical bytes.</summary>
    public ReadOnlyMemory<byte> Canonical => _canonical ??= Encode();

    /// <summary>Bytes of the canonical form.</summary>
    public int Size => Canonical.Length;

    /// <summary>Double SHA-256 of the canonical bytes, signatures included.</summary>
    public TransactionId Id => _id ??= new TransactionId(Hash256.Of(Canonical.Span).Value);

    /// <summary>What it pays to whom; empty when it pays nothing.</summary>
    public virtual IReadOnlyList<TransactionOutput> Outputs => [];

    private protected abstract byte Code { get; }

    /// <summary>Bytes of the signatures, which end the canonical form.</summary>
    private protected abstract int SignatureBytes { get; }

    /// <summary>Reads one transaction and insists that nothing follows. Nothing in it refers to
    /// <paramref name="bytes"/> afterwards.</summary>
    /// <exception cref="FormatFaultException">The bytes are not exactly one transaction.</exception>
    public static Transaction Decode(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > OpenLimits.TransactionBytes)
        {
            throw new FormatFaultException(
                $"a transaction has {bytes.Length} bytes; {OpenLimits.TransactionBytes} is the most");
        }

        CanonicalReader reader = new(bytes);
        byte code = reader.U8();
        Transaction transaction = code switch
        {
            Coinbase.KindCode => Coinbase.Read(ref reader),
            Payment.KindCode => Payment.Read(ref reader),
            Message.KindCode => Message.Read(ref reader),
            Election.KindCode => Election.Read(ref reader),
            Ballot.KindCode => Ballot.Read(ref reader),
            _ => throw new FormatFaultException($"{code} is no kind of transaction"),
        };
        reader.End();
        transaction._canonical = bytes.ToArray();
        return transaction;
    }

    /// <inheritdoc/>
    public bool Equals(Transaction? other) => other is not null && Id == other.Id;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Transaction);

    /// <inheritdoc/>
    public override int GetHashCode() => Id.GetHashCode();

    /// <summary>Kind and id.</summary>
    public override string ToString() => $"{Kind} {Id}";

    /// <summary>What its owners sign: a domain, the network's id and everything but the signatures.</summary>
    private protected byte[] SignedBytes(ReadOnlySpan<byte> domain, BlockHash network)
    {
        ReadOnlySpan<byte> content = Canonical.Span[..^SignatureBytes];
        byte[] signed = new byte[domain.Length + Bytes32.Size + content.Length];
        domain.CopyTo(signed);
        network.Value.CopyTo(signed.AsSpan(domain.Length));
        content.CopyTo(signed.AsSpan(domain.Length + Bytes32.Size));
        return signed;
    }

    private protected abstract void WriteBody(CanonicalWriter writer);

    private byte[] Encode()
    {
        CanonicalWriter writer = new();
        writer.U8(Code);
        WriteBody(writer);
        return writer.ToArray();
    }
}
