using Blockchain.Core.Kernel;

namespace Blockchain.Core.OpenNetwork;

/// <summary>An Ed25519 public key (RFC 8032, section 5.1.5), 32 bytes.</summary>
/// <param name="Value">The bytes.</param>
public readonly record struct Ed25519Key(Bytes32 Value)
{
    /// <summary>Length in bytes.</summary>
    public const int Size = Bytes32.Size;

    /// <summary>Reads 64 hexadecimal digits of either case.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out Ed25519Key key)
    {
        bool read = Bytes32.TryParse(text, out Bytes32 value);
        key = new Ed25519Key(value);
        return read;
    }

    /// <summary>64 lower-case hexadecimal digits.</summary>
    public override string ToString() => Value.ToString();
}

/// <summary>An Ed25519 signature (RFC 8032, section 5.1.6), 64 bytes: R then S.</summary>
/// <param name="R">The first half.</param>
/// <param name="S">The second half.</param>
public readonly record struct Ed25519Signature(Bytes32 R, Bytes32 S)
{
    /// <summary>Length in bytes.</summary>
    public const int Size = 2 * Bytes32.Size;

    /// <summary>Copies exactly 64 bytes.</summary>
    /// <exception cref="ArgumentException">The length is not 64.</exception>
    public Ed25519Signature(ReadOnlySpan<byte> bytes)
        : this(new Bytes32(bytes[..Bytes32.Size]), new Bytes32(bytes[Bytes32.Size..]))
    {
    }

    /// <summary>Writes the 64 bytes to the start of <paramref name="destination"/>.</summary>
    public void CopyTo(Span<byte> destination)
    {
        R.CopyTo(destination);
        S.CopyTo(destination[Bytes32.Size..]);
    }

    /// <summary>Reads 128 hexadecimal digits of either case.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out Ed25519Signature signature)
    {
        signature = default;
        if (text.Length != 2 * Size
            || !Bytes32.TryParse(text[..(2 * Bytes32.Size)], out Bytes32 r)
            || !Bytes32.TryParse(text[(2 * Bytes32.Size)..], out Bytes32 s))
        {
            return false;
        }

        signature = new Ed25519Signature(r, s);
        return true;
    }

    /// <summary>128 lower-case hexadecimal digits.</summary>
    public override string ToString() => $"{R}{S}";
}

/// <summary>Checks Ed25519 signatures. An edge: the platform has no Ed25519, so hosts bring a library, and
/// simulations a cheap stand-in.</summary>
public interface IEd25519
{
    /// <summary>Whether the holder of the key signed the message. A key that is no point of the curve yields
    /// false.</summary>
    bool Verify(Ed25519Key key, ReadOnlySpan<byte> message, Ed25519Signature signature);
}
