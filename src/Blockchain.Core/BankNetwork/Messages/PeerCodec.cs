using Blockchain.Core.Kernel;

namespace Blockchain.Core.BankNetwork;

/// <summary>Frames between members, behind the version byte.</summary>
internal static class PeerCodec
{
    private const byte RequestKind = 1;
    private const byte ReplyKind = 2;
    private const byte ReleaseKind = 3;
    private const byte HeadKind = 4;
    private const byte AckKind = 5;

    public static void Write(CanonicalWriter writer, Frame frame)
    {
        WriteHead(writer, frame);
        WriteBody(writer, frame.Message);
    }

    public static void WriteHead(CanonicalWriter writer, Frame frame)
    {
        writer.U8(KindOf(frame.Message));
        writer.U32(frame.Epoch);
        writer.U32(frame.From);
        writer.U32(frame.To);
        writer.U64(frame.Seq);
        writer.U64(frame.Ack);
        writer.U64(frame.Clock);
    }

    public static void WriteBody(CanonicalWriter writer, PeerMessage message)
    {
        switch (message)
        {
            case PeerMessage.Request request:
                MessageFields.WriteToken(writer, request.Token);
                SignedRequest.WriteTransfers(writer, request.Transfers);
                break;
            case PeerMessage.Reply reply:
                MessageFields.WriteToken(writer, reply.Token);
                break;
            case PeerMessage.Release release:
                MessageFields.WriteToken(writer, release.Token);
                WriteApplied(writer, release.Applied);
                break;
            case PeerMessage.Head head:
                head.Checkpoint.Write(writer);
                break;
        }
    }

    public static Frame Read(ref CanonicalReader reader)
    {
        byte kind = reader.U8();
        int epoch = reader.U32();
        int from = reader.U32();
        int to = reader.U32();
        long seq = reader.U64();
        long ack = reader.U64();
        long clock = reader.U64();
        return new Frame(epoch, from, to, seq, ack, clock, ReadMessage(ref reader, kind));
    }

    private static byte KindOf(PeerMessage message) => message switch
    {
        PeerMessage.Request => RequestKind,
        PeerMessage.Reply => ReplyKind,
        PeerMessage.Release => ReleaseKind,
        PeerMessage.Head => HeadKind,
        PeerMessage.Ack => AckKind,
        _ => throw new InvariantException($"{message.Name} has no number"),
    };

    private static PeerMessage ReadMessage(ref CanonicalReader reader, byte kind) => kind switch
    {
        RequestKind => new PeerMessage.Request(
            MessageFields.ReadToken(ref reader), SignedRequest.ReadTransfers(ref reader)),
        ReplyKind => new PeerMessage.Reply(MessageFields.ReadToken(ref reader)),
        ReleaseKind => new PeerMessage.Release(MessageFields.ReadToken(ref reader), ReadApplied(ref reader)),
        HeadKind => new PeerMessage.Head(Checkpoint.Read(ref reader)),
        AckKind => PeerMessage.Ack.Instance,
        _ => throw new FormatFaultException($"{kind} is no kind of message between members"),
    };

    private static void WriteApplied(CanonicalWriter writer, Applied? applied)
    {
        MessageFields.WriteFlag(writer, applied is not null);
        if (applied is not null)
        {
            writer.U64(applied.FirstIndex);
            MessageFields.WriteOutcomes(writer, applied.Outcomes);
            writer.Signature(applied.Signature);
            writer.Hash(applied.Head);
        }
    }

    private static Applied? ReadApplied(ref CanonicalReader reader) => MessageFields.ReadFlag(ref reader)
        ? new Applied(reader.U64(), MessageFields.ReadOutcomes(ref reader), reader.Signature(), reader.Hash())
        : null;
}
