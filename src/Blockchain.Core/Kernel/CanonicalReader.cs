using System.Buffers.Binary;
using System.Text;

namespace Blockchain.Core.Kernel;

/// <summary>Thrown by decoders on bytes that are not the encoding of anything: bad input, named for the sender's
/// sake.</summary>
public sealed class FormatFaultException(string message) : Exception(message);

/// <summary>
/// Reads what <see cref="CanonicalWriter"/> writes. Every value has exactly one encoding, so whatever decodes
/// encodes to the same bytes again.
/// </summary>
public ref struct CanonicalReader(ReadOnlySpan<byte> bytes)
{
    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);
    private readonly ReadOnlySpan<byte> _bytes = bytes;

    /// <summary>Bytes read so far.</summary>
    public int Position { get; private set; }

    /// <summary>Bytes not read yet.</summary>
    public readonly int Remaining => _bytes.Length - Position;

    /// <summary>One byte.</summary>
    public byte U8() => Take(1)[0];

    /// <summary>Two bytes, big-endian.</summary>
    public ushort U16() => BinaryPrimitives.ReadUInt16BigEndian(Take(2));

    /// <summary>Four bytes, big-endian, at most 2^31 - 1.</summary>
    public int U32()
    {
        int value = BinaryPrimitives.ReadInt32BigEndian(Take(4));
        return value >= 0 ? value : throw new FormatFaultException("a 4-byte number is above 2^31 - 1");
    }

    /// <summary>Eight bytes, big-endian, at most 2^63 - 1.</summary>
    public long U64()
    {
        long value = BinaryPrimitives.ReadInt64BigEndian(Take(8));
        return value >= 0 ? value : throw new FormatFaultException("an 8-byte number is above 2^63 - 1");
    }

    /// <summary>Sixteen bytes, big-endian.</summary>
    public UInt128 U128() => BinaryPrimitives.ReadUInt128BigEndian(Take(16));

    /// <summary>A hash, 32 bytes.</summary>
    public Hash Hash() => new(Take(Kernel.Hash.Size));

    /// <summary>A public key, 65 bytes starting with 04.</summary>
    public PublicKey Key() => PublicKey.TryRead(Take(PublicKey.Size), out PublicKey key)
        ? key
        : throw new FormatFaultException("a public key does not start with 04");

    /// <summary>A signature, 64 bytes.</summary>
    public Signature Signature() => new(Take(Kernel.Signature.Size));

    /// <summary>UTF-8 behind its length in bytes (2 bytes).</summary>
    /// <param name="maxLength">The most characters (Unicode scalar values) that the text may have.</param>
    public string Text(int maxLength)
    {
        ReadOnlySpan<byte> utf8 = Take(U16());
        try
        {
            string text = StrictUtf8.GetString(utf8);
            return Characters.Count(text) is var count && count <= maxLength
                ? text
                : throw new FormatFaultException($"a text has {count} characters; {maxLength} is the most");
        }
        catch (ArgumentException)
        {
            throw new FormatFaultException("a text is not UTF-8");
        }
    }

    /// <summary>Bytes as they are.</summary>
    public ReadOnlySpan<byte> Raw(int count) => Take(count);

    /// <summary>The bytes read from a position on.</summary>
    public readonly ReadOnlySpan<byte> Since(int position) => _bytes[position..Position];

    /// <summary>Bytes behind their length (4 bytes).</summary>
    public ReadOnlySpan<byte> Prefixed() => Take(U32());

    /// <summary>Says that nothing may follow.</summary>
    /// <exception cref="FormatFaultException">Something follows.</exception>
    public readonly void End()
    {
        if (Remaining != 0)
        {
            throw new FormatFaultException($"{Remaining} bytes follow where nothing may");
        }
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > Remaining)
        {
            throw new FormatFaultException($"{count} bytes are needed at {Position}, {Remaining} are left");
        }

        ReadOnlySpan<byte> span = _bytes.Slice(Position, count);
        Position += count;
        return span;
    }
}
