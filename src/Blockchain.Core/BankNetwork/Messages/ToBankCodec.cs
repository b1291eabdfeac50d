using Blockchain.Core.Kernel;

namespace Blockchain.Core.BankNetwork;

/// <summary>Messages from a client to the bank, behind the version byte.</summary>
internal static class ToBankCodec
{
    private const byte HelloKind = 16;
    private const byte HeartbeatKind = 17;
    private const byte ApplyKind = 18;
    private const byte RelayKind = 19;
    private const byte LeaveKind = 20;
    private const byte AnnounceKind = 21;

    public static void Write(CanonicalWriter writer, ToBank message)
    {
        switch (message)
        {
            case ToBank.Hello hello:
                writer.U8(HelloKind);
                writer.U64(hello.Incarnation);
                writer.Text(hello.Endpoint);
                writer.U64(hello.Settled);
                MessageFields.WriteFlag(writer, hello.Checkpoint is not null);
                hello.Checkpoint?.Write(writer);
                break;
            case ToBank.Heartbeat heartbeat:
                writer.U8(HeartbeatKind);
                writer.U32(heartbeat.Epoch);
                writer.U64(heartbeat.Settled);
                break;
            case ToBank.Apply apply:
                writer.U8(ApplyKind);
                writer.U32(apply.Request.Epoch);
                MessageFields.WriteToken(writer, apply.Request.Token);
                SignedRequest.WriteTransfers(writer, apply.Request.Transfers);
                writer.Signature(apply.Request.Signature);
                break;
            case ToBank.Relay relay:
                writer.U8(RelayKind);
                PeerCodec.Write(writer, relay.Frame);
                break;
            case ToBank.Leave:
                writer.U8(LeaveKind);
                break;
            case ToBank.Announce announce:
                writer.U8(AnnounceKind);
                writer.Hash(announce.Digest);
                writer.Signature(announce.Signature);
                break;
            default:
                throw new InvariantException($"{message.GetType().Name} has no number");
        }
    }

    public static ToBank Read(ref CanonicalReader reader)
    {
        byte kind = reader.U8();
        return kind switch
        {
            HelloKind => new ToBank.Hello(
                reader.U64(), reader.Text(Limits.EndpointCharacters), reader.U64(), ReadCheckpoint(ref reader)),
            HeartbeatKind => new ToBank.Heartbeat(reader.U32(), reader.U64()),
            ApplyKind => new ToBank.Apply(new SignedRequest(
                reader.U32(),
                MessageFields.ReadToken(ref reader),
                SignedRequest.ReadTransfers(ref reader),
                reader.Signature())),
            RelayKind => new ToBank.Relay(PeerCodec.Read(ref reader)),
            LeaveKind => new ToBank.Leave(),
            AnnounceKind => new ToBank.Announce(reader.Hash(), reader.Signature()),
            _ => throw new FormatFaultException($"{kind} is no kind of message to the bank"),
        };
    }

    private static Checkpoint? ReadCheckpoint(ref CanonicalReader reader) =>
        MessageFields.ReadFlag(ref reader) ? Checkpoint.Read(ref reader) : null;
}
