namespace Blockchain.Core.Kernel;

/// <summary>A SHA-256 digest (FIPS 180-4), 32 bytes.</summary>
/// <param name="Value">The digest.</param>
public readonly record struct Hash(Bytes32 Value)
{
    /// <summary>Length in bytes.</summary>
    public const int Size = Bytes32.Size;

    /// <summary>SHA-256 of nothing: what the first block of a chain names as its predecessor.</summary>
    public static readonly Hash Empty = Of([]);

    /// <summary>Copies exactly 32 bytes.</summary>
    /// <exception cref="ArgumentException">The length is not 32.</exception>
    public Hash(ReadOnlySpan<byte> bytes)
        : this(new Bytes32(bytes))
    {
    }

    /// <summary>SHA-256 of <paramref name="data"/>.</summary>
    public static Hash Of(ReadOnlySpan<byte> data)
    {
        Span<byte> digest = stackalloc byte[Size];
        Sha256.HashData(data, digest);
        return new Hash(digest);
    }

    /// <summary>SHA-256 of <paramref name="previous"/> followed by <paramref name="data"/>: one link of a
    /// chain.</summary>
    public static Hash Link(Hash previous, ReadOnlySpan<byte> data)
    {
        const int Inline = 1024;
        int length = Size + data.Length;
        Span<byte> buffer = length <= Inline ? stackalloc byte[Inline] : new byte[length];
        previous.CopyTo(buffer);
        data.CopyTo(buffer[Size..]);
        return Of(buffer[..length]);
    }

    /// <summary>Writes the 32 bytes to the start of <paramref name="destination"/>.</summary>
    public void CopyTo(Span<byte> destination) => Value.CopyTo(destination);

    /// <summary>Reads 64 hexadecimal digits of either case.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out Hash hash)
    {
        bool read = Bytes32.TryParse(text, out Bytes32 value);
        hash = new Hash(value);
        return read;
    }

    /// <summary>64 lower-case hexadecimal digits.</summary>
    public override string ToString() => Value.ToString();

    /// <summary>The first eight digits: enough for people to tell two hashes apart.</summary>
    public string Short => ToString()[..8];

    /// <summary>As much of the hash as tells it from another: short, or whole where both begin alike.</summary>
    public string Beside(Hash other) => Short == other.Short ? ToString() : Short;
}
