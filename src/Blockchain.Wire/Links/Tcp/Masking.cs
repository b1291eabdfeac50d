using System.Numerics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Blockchain.Wire.Links.Tcp;

/// <summary>What a client does to its payload, so that no cache on the way takes it for HTTP (RFC 6455, sections 5.3
/// and 10.3).</summary>
internal static class Masking
{
    /// <summary>Masks, or takes the mask off, which is the same.</summary>
    /// <param name="source">The payload, or a piece of it.</param>
    /// <param name="target">As long; may be the same memory.</param>
    /// <param name="key">The key as it lies in memory, from the byte on that the piece begins with.</param>
    /// <returns>The key from the byte behind the piece on.</returns>
    public static uint Apply(ReadOnlySpan<byte> source, Span<byte> target, uint key)
    {
        target = target[..source.Length];
        int done = 0;
        if (source.Length >= Vector<byte>.Count)
        {
            Vector<byte> keys = Vector.AsVectorByte(new Vector<uint>(key));
            for (; done <= source.Length - Vector<byte>.Count; done += Vector<byte>.Count)
            {
                (new Vector<byte>(source[done..]) ^ keys).CopyTo(target[done..]);
            }
        }

        ReadOnlySpan<byte> bytes = MemoryMarshal.AsBytes(new ReadOnlySpan<uint>(in key));
        for (int i = done; i < source.Length; i++)
        {
            target[i] = (byte)(source[i] ^ bytes[i & (sizeof(uint) - 1)]);
        }

        int turn = 8 * (source.Length & (sizeof(uint) - 1));
        return BitConverter.IsLittleEndian ? BitOperations.RotateRight(key, turn) : BitOperations.RotateLeft(key, turn);
    }
}

/// <summary>Keys that nobody can foresee (RFC 6455, section 5.3), drawn many at a time.</summary>
internal sealed class MaskingKeys
{
    private readonly uint[] _keys = new uint[256];
    private int _next = int.MaxValue;

    /// <summary>The next one.</summary>
    public uint Next()
    {
        if (_next >= _keys.Length)
        {
            RandomNumberGenerator.Fill(MemoryMarshal.AsBytes(_keys.AsSpan()));
            _next = 0;
        }

        return _keys[_next++];
    }
}
