using System.Buffers.Binary;
using System.Net.WebSockets;

namespace Blockchain.Wire.Links.Tcp;

/// <summary>What a frame is (RFC 6455, section 5.2).</summary>
internal enum Opcode
{
    /// <summary>Goes on with the message before.</summary>
    Continuation = 0x0,

    /// <summary>Begins a message of UTF-8.</summary>
    Text = 0x1,

    /// <summary>Begins a message of bytes.</summary>
    Binary = 0x2,

    /// <summary>Says goodbye.</summary>
    Close = 0x8,

    /// <summary>Asks whether anybody is there.</summary>
    Ping = 0x9,

    /// <summary>Says so.</summary>
    Pong = 0xA,
}

/// <summary>What stands before the payload of a WebSocket frame (RFC 6455, section 5.2).</summary>
/// <param name="IsFinal">Whether the message ends with this frame.</param>
/// <param name="Opcode">What the frame is.</param>
/// <param name="Key">What the payload is masked with, as it lies in memory; 0 for not at all.</param>
/// <param name="Length">Bytes of payload.</param>
internal readonly record struct FrameHeader(bool IsFinal, Opcode Opcode, uint Key, long Length)
{
    /// <summary>Bytes of the longest header.</summary>
    public const int MaxBytes = 14;

    /// <summary>Bytes that a control frame may carry (section 5.5).</summary>
    public const int MaxControlBytes = 125;

    private const byte FinalBit = 0x80;
    private const byte ReservedBits = 0x70;
    private const byte OpcodeBits = 0x0F;
    private const byte MaskBit = 0x80;
    private const byte LengthBits = 0x7F;
    private const byte LengthOf16Bits = 126;
    private const byte LengthOf64Bits = 127;
    private const int KeyBytes = 4;

    /// <summary>Whether the frame is one of those that may come between the frames of a message.</summary>
    public bool IsControl => Opcode >= Opcode.Close;

    /// <summary>Reads a header.</summary>
    /// <param name="bytes">What has come.</param>
    /// <param name="isMasked">Whether the other side masks, as a client must and a server must not
    /// (section 5.1).</param>
    /// <param name="header">The header.</param>
    /// <returns>Its bytes; 0 when it is not there as a whole.</returns>
    /// <exception cref="WebSocketException">It breaks the protocol; says how.</exception>
    public static int Read(ReadOnlySpan<byte> bytes, bool isMasked, out FrameHeader header)
    {
        header = default;
        if (bytes.Length < 2)
        {
            return 0;
        }

        byte first = bytes[0];
        byte second = bytes[1];
        Opcode opcode = (Opcode)(first & OpcodeBits);
        Check(first, second, opcode, isMasked);
        int size = 2;
        long length = second & LengthBits;
        if (length >= LengthOf16Bits)
        {
            int width = length == LengthOf16Bits ? sizeof(ushort) : sizeof(ulong);
            size += width;
            if (bytes.Length < size)
            {
                return 0;
            }

            length = ReadLength(bytes.Slice(2, width));
        }

        uint key = 0;
        if (isMasked)
        {
            size += KeyBytes;
            if (bytes.Length < size)
            {
                return 0;
            }

            key = BitConverter.ToUInt32(bytes[(size - KeyBytes)..]);
        }

        header = new FrameHeader((first & FinalBit) != 0, opcode, key, length);
        return size;
    }

    /// <summary>Writes the header.</summary>
    /// <param name="bytes">Room for <see cref="MaxBytes"/>.</param>
    /// <param name="masks">Whether the frame is masked with <see cref="Key"/>.</param>
    /// <returns>Its bytes.</returns>
    public int Write(Span<byte> bytes, bool masks)
    {
        int size = 2;
        bytes[0] = (byte)((IsFinal ? FinalBit : 0) | (byte)Opcode);
        if (Length < LengthOf16Bits)
        {
            bytes[1] = (byte)Length;
        }
        else if (Length <= ushort.MaxValue)
        {
            bytes[1] = LengthOf16Bits;
            BinaryPrimitives.WriteUInt16BigEndian(bytes[2..], (ushort)Length);
            size += sizeof(ushort);
        }
        else
        {
            bytes[1] = LengthOf64Bits;
            BinaryPrimitives.WriteInt64BigEndian(bytes[2..], Length);
            size += sizeof(long);
        }

        if (masks)
        {
            bytes[1] |= MaskBit;
            BitConverter.TryWriteBytes(bytes[size..], Key);
            size += KeyBytes;
        }

        return size;
    }

    private static void Check(byte first, byte second, Opcode opcode, bool isMasked)
    {
        if ((first & ReservedBits) != 0)
        {
            throw Broken("a frame has a reserved bit set");
        }

        if (opcode is not (<= Opcode.Binary or (>= Opcode.Close and <= Opcode.Pong)))
        {
            throw Broken($"a frame has the reserved opcode {(int)opcode}");
        }

        if (((second & MaskBit) != 0) != isMasked)
        {
            throw Broken(isMasked ? "a frame of a client is not masked" : "a frame of a server is masked");
        }

        if (opcode >= Opcode.Close && ((first & FinalBit) == 0 || (second & LengthBits) > MaxControlBytes))
        {
            throw Broken($"a control frame is fragmented or longer than {MaxControlBytes} bytes");
        }
    }

    private static long ReadLength(ReadOnlySpan<byte> bytes)
    {
        ulong length = bytes.Length == sizeof(ushort)
            ? BinaryPrimitives.ReadUInt16BigEndian(bytes)
            : BinaryPrimitives.ReadUInt64BigEndian(bytes);
        return length switch
        {
            > long.MaxValue => throw Broken("the length of a frame has its highest bit set"),
            < LengthOf16Bits => throw Broken("the length of a frame is not written in the shortest way"),
            <= ushort.MaxValue when bytes.Length > sizeof(ushort) =>
                throw Broken("the length of a frame is not written in the shortest way"),
            _ => (long)length,
        };
    }

    /// <summary>The exception for a frame that breaks the protocol.</summary>
    public static WebSocketException Broken(string how) => new(WebSocketError.Faulted, how);
}
