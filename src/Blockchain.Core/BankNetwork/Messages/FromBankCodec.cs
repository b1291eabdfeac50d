using Blockchain.Core.Kernel;

namespace Blockchain.Core.BankNetwork;

/// <summary>Messages from the bank to a client, behind the version byte.</summary>
internal static class FromBankCodec
{
    private const byte NewViewKind = 32;
    private const byte ReceiptKind = 33;
    private const byte RefusedKind = 34;
    private const byte DurableKind = 35;
    private const byte SignedKind = 36;
    private const byte RelayedKind = 37;

    public static void Write(CanonicalWriter writer, FromBank message)
    {
        switch (message)
        {
            case FromBank.NewView view:
                writer.U8(NewViewKind);
                MessageFields.WriteView(writer, view.View);
                writer.Text(view.Cause);
                break;
            case FromBank.Receipt receipt:
                writer.U8(ReceiptKind);
                MessageFields.WriteToken(writer, receipt.Token);
                MessageFields.WriteToken(writer, receipt.RecordedToken);
                writer.U64(receipt.FirstIndex);
                MessageFields.WriteOutcomes(writer, receipt.Outcomes);
                writer.Hash(receipt.Head);
                break;
            case FromBank.Refused refused:
                writer.U8(RefusedKind);
                MessageFields.WriteToken(writer, refused.Token);
                writer.U8((byte)refused.Reason);
                break;
            case FromBank.Durable durable:
                writer.U8(DurableKind);
                writer.U64(durable.Index);
                writer.Hash(durable.Hash);
                break;
            case FromBank.Signed signed:
                writer.U8(SignedKind);
                signed.Checkpoint.Write(writer);
                break;
            case FromBank.Relayed relayed:
                writer.U8(RelayedKind);
                PeerCodec.Write(writer, relayed.Frame);
                break;
            default:
                throw new InvariantException($"{message.GetType().Name} has no number");
        }
    }

    public static FromBank Read(ref CanonicalReader reader)
    {
        byte kind = reader.U8();
        return kind switch
        {
            NewViewKind => new FromBank.NewView(
                MessageFields.ReadView(ref reader), reader.Text(Limits.CauseCharacters)),
            ReceiptKind => new FromBank.Receipt(
                MessageFields.ReadToken(ref reader),
                MessageFields.ReadToken(ref reader),
                reader.U64(),
                MessageFields.ReadOutcomes(ref reader),
                reader.Hash()),
            RefusedKind => new FromBank.Refused(MessageFields.ReadToken(ref reader), ReadRefusal(ref reader)),
            DurableKind => new FromBank.Durable(reader.U64(), reader.Hash()),
            SignedKind => new FromBank.Signed(Checkpoint.Read(ref reader)),
            RelayedKind => new FromBank.Relayed(PeerCodec.Read(ref reader)),
            _ => throw new FormatFaultException($"{kind} is no kind of message from the bank"),
        };
    }

    private static Refusal ReadRefusal(ref CanonicalReader reader)
    {
        byte code = reader.U8();
        return code is >= (byte)Refusal.Epoch and <= (byte)Refusal.ClockTooFar
            ? (Refusal)code
            : throw new FormatFaultException($"{code} is no reason to refuse a request");
    }
}
