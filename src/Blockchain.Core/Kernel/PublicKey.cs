namespace Blockchain.Core.Kernel;

/// <summary>A P-256 public key: the two coordinates of its point, 32 bytes each (SEC 1, section 2.3.3).</summary>
/// <param name="X">The x coordinate, big-endian.</param>
/// <param name="Y">The y coordinate, big-endian.</param>
public readonly record struct PublicKey(Bytes32 X, Bytes32 Y)
{
    /// <summary>Length in bytes of the uncompressed form: 04, x, y.</summary>
    public const int Size = 1 + (2 * Bytes32.Size);

    private const byte Uncompressed = 0x04;

    /// <summary>Writes the uncompressed form to the start of <paramref name="destination"/>.</summary>
    public void CopyTo(Span<byte> destination)
    {
        destination[0] = Uncompressed;
        X.CopyTo(destination[1..]);
        Y.CopyTo(destination[(1 + Bytes32.Size)..]);
    }

    /// <summary>Reads the uncompressed form. Says nothing about whether the point is on the curve.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out PublicKey key)
    {
        key = default;
        if (bytes.Length != Size || bytes[0] != Uncompressed)
        {
            return false;
        }

        key = new PublicKey(new Bytes32(bytes.Slice(1, Bytes32.Size)), new Bytes32(bytes[(1 + Bytes32.Size)..]));
        return true;
    }

    /// <summary>Reads 130 hexadecimal digits of either case.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out PublicKey key)
    {
        Span<byte> bytes = stackalloc byte[Size];
        key = default;
        return text.Length == 2 * Size
            && Convert.FromHexString(text, bytes, out _, out _) == System.Buffers.OperationStatus.Done
            && TryRead(bytes, out key);
    }

    /// <summary>130 lower-case hexadecimal digits: 04, x, y.</summary>
    public override string ToString() => $"04{X}{Y}";
}
