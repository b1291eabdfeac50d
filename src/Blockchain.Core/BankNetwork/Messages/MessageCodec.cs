using Blockchain.Core.Kernel;

namespace Blockchain.Core.BankNetwork;

/// <summary>
/// Every message as bytes and back: a byte with the format's version, a byte with the kind, then the fields in the
/// canonical encoding. Whatever decodes encodes to the same bytes again. The kinds of the three hierarchies do not
/// overlap, so that a message on the wrong link is refused instead of misread.
/// </summary>
public static class MessageCodec
{
    /// <summary>The first byte of every message.</summary>
    public const byte FormatVersion = 1;

    /// <summary>A frame of a link between two members.</summary>
    public static byte[] Encode(Frame frame)
    {
        CanonicalWriter writer = Start();
        PeerCodec.Write(writer, frame);
        return Finish(writer);
    }

    /// <summary>The first bytes of a frame, which are another to every receiver.</summary>
    public static byte[] EncodeHead(Frame frame)
    {
        CanonicalWriter writer = Start();
        PeerCodec.WriteHead(writer, frame);
        return Finish(writer);
    }

    /// <summary>The rest of a frame behind <see cref="EncodeHead"/>: the same bytes for all who get the
    /// message.</summary>
    public static byte[] EncodeBody(PeerMessage message)
    {
        CanonicalWriter writer = CanonicalWriter.Take();
        PeerCodec.WriteBody(writer, message);
        return Finish(writer);
    }

    /// <summary>A message from a client to the bank.</summary>
    public static byte[] Encode(ToBank message)
    {
        CanonicalWriter writer = Start();
        ToBankCodec.Write(writer, message);
        return Finish(writer);
    }

    /// <summary>A message from the bank to a client.</summary>
    public static byte[] Encode(FromBank message)
    {
        CanonicalWriter writer = Start();
        FromBankCodec.Write(writer, message);
        return Finish(writer);
    }

    /// <summary>Reads a frame. Nothing in it refers to <paramref name="bytes"/> afterwards.</summary>
    /// <exception cref="FormatFaultException">The bytes are not exactly one frame.</exception>
    public static Frame DecodeFrame(ReadOnlySpan<byte> bytes)
    {
        CanonicalReader reader = Open(bytes);
        Frame frame = PeerCodec.Read(ref reader);
        reader.End();
        return frame;
    }

    /// <summary>Reads a message to the bank. Nothing in it refers to <paramref name="bytes"/> afterwards.</summary>
    /// <exception cref="FormatFaultException">The bytes are not exactly one message to the bank.</exception>
    public static ToBank DecodeToBank(ReadOnlySpan<byte> bytes)
    {
        CanonicalReader reader = Open(bytes);
        ToBank message = ToBankCodec.Read(ref reader);
        reader.End();
        return message;
    }

    /// <summary>Reads a message from the bank. Nothing in it refers to <paramref name="bytes"/> afterwards.</summary>
    /// <exception cref="FormatFaultException">The bytes are not exactly one message from the bank.</exception>
    public static FromBank DecodeFromBank(ReadOnlySpan<byte> bytes)
    {
        CanonicalReader reader = Open(bytes);
        FromBank message = FromBankCodec.Read(ref reader);
        reader.End();
        return message;
    }

    private static CanonicalWriter Start()
    {
        CanonicalWriter writer = CanonicalWriter.Take();
        writer.U8(FormatVersion);
        return writer;
    }

    private static byte[] Finish(CanonicalWriter writer)
    {
        Invariant.Holds(writer.Length <= Limits.FrameBytes, "a message fits a frame");
        return writer.Finish();
    }

    private static CanonicalReader Open(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > Limits.FrameBytes)
        {
            throw new FormatFaultException($"a message has {bytes.Length} bytes; {Limits.FrameBytes} is the most");
        }

        CanonicalReader reader = new(bytes);
        byte version = reader.U8();
        return version == FormatVersion
            ? reader
            : throw new FormatFaultException($"a message has format {version}; this program reads {FormatVersion}");
    }
}
