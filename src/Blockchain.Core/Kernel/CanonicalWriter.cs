using System.Buffers.Binary;
using System.Text;

namespace Blockchain.Core.Kernel;

/// <summary>
/// Writes the one encoding of a value: what is hashed, signed, sent and stored is the same bytes.
/// Integers are big-endian and of fixed width, texts are UTF-8 behind a 2-byte length. See FORMAT.md.
/// </summary>
public sealed class CanonicalWriter
{
    private const int InitialCapacity = 256;

    // Room for the largest frame: what is larger is rare.
    private const int MostSpareBytes = 2 << 20;

    [ThreadStatic]
    private static CanonicalWriter? _spare;

    private byte[] _buffer = new byte[InitialCapacity];

    /// <summary>Bytes written so far.</summary>
    public int Length { get; private set; }

    /// <summary>The bytes written so far; valid until the next write.</summary>
    public ReadOnlySpan<byte> Written => _buffer.AsSpan(0, Length);

    /// <summary>An empty writer, with the memory of the last one that the thread gave back by <see cref="Finish"/>:
    /// most values are encoded, copied and forgotten.</summary>
    public static CanonicalWriter Take()
    {
        CanonicalWriter writer = _spare ?? new CanonicalWriter();
        _spare = null;
        writer.Clear();
        return writer;
    }

    /// <summary>A copy of the bytes written so far.</summary>
    public byte[] ToArray() => Written.ToArray();

    /// <summary>A copy of the bytes; the writer must not be used afterwards.</summary>
    public byte[] Finish()
    {
        byte[] bytes = ToArray();
        GiveBack();
        return bytes;
    }

    /// <summary>SHA-256 of the bytes; the writer must not be used afterwards.</summary>
    public Hash FinishHash()
    {
        Hash hash = Kernel.Hash.Of(Written);
        GiveBack();
        return hash;
    }

    /// <summary>Forgets what was written and keeps the memory.</summary>
    public void Clear() => Length = 0;

    /// <summary>One byte.</summary>
    public void U8(byte value) => Reserve(1)[0] = value;

    /// <summary>Two bytes, big-endian.</summary>
    public void U16(ushort value) => BinaryPrimitives.WriteUInt16BigEndian(Reserve(2), value);

    /// <summary>A number that is never negative, in four bytes, big-endian.</summary>
    public void U32(int value)
    {
        Invariant.Holds(value >= 0, "a U32 field is not negative");
        BinaryPrimitives.WriteInt32BigEndian(Reserve(4), value);
    }

    /// <summary>A number that is never negative, in eight bytes, big-endian.</summary>
    public void U64(long value)
    {
        Invariant.Holds(value >= 0, "a U64 field is not negative");
        BinaryPrimitives.WriteInt64BigEndian(Reserve(8), value);
    }

    /// <summary>Sixteen bytes, big-endian.</summary>
    public void U128(UInt128 value) => BinaryPrimitives.WriteUInt128BigEndian(Reserve(16), value);

    /// <summary>A hash, 32 bytes.</summary>
    public void Hash(Hash value) => value.CopyTo(Reserve(Kernel.Hash.Size));

    /// <summary>A public key in its uncompressed form, 65 bytes.</summary>
    public void Key(PublicKey value) => value.CopyTo(Reserve(PublicKey.Size));

    /// <summary>A signature, 64 bytes.</summary>
    public void Signature(Signature value) => value.CopyTo(Reserve(Kernel.Signature.Size));

    /// <summary>UTF-8 behind its length in bytes (2 bytes).</summary>
    public void Text(string value)
    {
        int length = Encoding.UTF8.GetByteCount(value);
        Invariant.Holds(length <= ushort.MaxValue, "a text has at most 65,535 bytes");
        U16((ushort)length);
        Encoding.UTF8.GetBytes(value, Reserve(length));
    }

    /// <summary>Bytes as they are, without a length.</summary>
    public void Raw(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Reserve(bytes.Length));

    /// <summary>Bytes behind their length (4 bytes).</summary>
    public void Prefixed(ReadOnlySpan<byte> bytes)
    {
        U32(bytes.Length);
        Raw(bytes);
    }

    private void GiveBack()
    {
        if (_buffer.Length <= MostSpareBytes)
        {
            _spare = this;
        }
    }

    private Span<byte> Reserve(int count)
    {
        int needed = Length + count;
        if (needed > _buffer.Length)
        {
            Array.Resize(ref _buffer, Math.Max(needed, 2 * _buffer.Length));
        }

        Span<byte> span = _buffer.AsSpan(Length, count);
        Length = needed;
        return span;
    }
}
