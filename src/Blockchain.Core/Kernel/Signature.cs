namespace Blockchain.Core.Kernel;

/// <summary>An ECDSA signature over P-256 with SHA-256: r then s, 32 bytes each (IEEE P1363 form).</summary>
/// <param name="R">The value r, big-endian.</param>
/// <param name="S">The value s, big-endian.</param>
public readonly record struct Signature(Bytes32 R, Bytes32 S)
{
    /// <summary>Length in bytes.</summary>
    public const int Size = 2 * Bytes32.Size;

    /// <summary>Copies exactly 64 bytes.</summary>
    /// <exception cref="ArgumentException">The length is not 64.</exception>
    public Signature(ReadOnlySpan<byte> bytes)
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
    public static bool TryParse(ReadOnlySpan<char> text, out Signature signature)
    {
        signature = default;
        if (text.Length != 2 * Size
            || !Bytes32.TryParse(text[..(2 * Bytes32.Size)], out Bytes32 r)
            || !Bytes32.TryParse(text[(2 * Bytes32.Size)..], out Bytes32 s))
        {
            return false;
        }

        signature = new Signature(r, s);
        return true;
    }

    /// <summary>128 lower-case hexadecimal digits: r, s.</summary>
    public override string ToString() => $"{R}{S}";
}
