using Blockchain.Core.Kernel;

namespace Blockchain.Core.OpenNetwork;

/// <summary>The double SHA-256 of a transaction's whole encoding, signatures included, so that only who can sign can
/// make another id for the same content. It is also the transaction's leaf in the Merkle tree of its block.</summary>
/// <param name="Value">The digest, in the order in which it was computed.</param>
public readonly record struct TransactionId(Bytes32 Value)
{
    /// <summary>No transaction's id.</summary>
    public static readonly TransactionId Zero;

    /// <summary>The id as a leaf of a <see cref="MerkleTree"/>.</summary>
    public Hash Leaf => new(Value);

    /// <summary>64 lower-case hexadecimal digits, the last byte first, as Bitcoin prints hashes.</summary>
    public override string ToString() => Value.Reversed().ToString();

    /// <summary>Reads 64 hexadecimal digits of either case, the last byte first.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out TransactionId id)
    {
        bool read = Bytes32.TryParse(text, out Bytes32 reversed);
        id = new TransactionId(reversed.Reversed());
        return read;
    }
}
