using System.Buffers.Binary;
using Blockchain.Core.Kernel;

namespace Blockchain.Core.OpenNetwork;

/// <summary>Parts of the open network's encodings. Every count is checked before memory is taken for it.</summary>
internal static class TransactionFields
{
    private const int OutputBytes = Address.Size + sizeof(long);

    public static void Write(this CanonicalWriter writer, Bytes32 value) => writer.Hash(new Hash(value));

    public static Bytes32 Bytes(this ref CanonicalReader reader) => reader.Hash().Value;

    public static void Write(this CanonicalWriter writer, Ed25519Key key) => writer.Write(key.Value);

    public static Ed25519Key Ed25519Key(this ref CanonicalReader reader) => new(reader.Bytes());

    public static void Write(this CanonicalWriter writer, Ed25519Signature signature)
    {
        writer.Write(signature.R);
        writer.Write(signature.S);
    }

    public static Ed25519Signature Ed25519Signature(this ref CanonicalReader reader) =>
        new(reader.Bytes(), reader.Bytes());

    /// <summary>Any 64 bits, unlike the encoding's u64, which leaves out the highest.</summary>
    public static void WriteBits(this CanonicalWriter writer, ulong value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, value);
        writer.Raw(bytes);
    }

    public static ulong Bits(this ref CanonicalReader reader) =>
        BinaryPrimitives.ReadUInt64BigEndian(reader.Raw(sizeof(ulong)));

    public static void WriteFlag(this CanonicalWriter writer, bool flag) => writer.U8(flag ? (byte)1 : (byte)0);

    public static bool Flag(this ref CanonicalReader reader) => reader.U8() switch
    {
        0 => false,
        1 => true,
        var other => throw new FormatFaultException($"a flag is {other}; 0 and 1 are allowed"),
    };

    /// <summary>A count of 2 bytes of things that take at least so many bytes each.</summary>
    public static int Count(this ref CanonicalReader reader, int most, int bytesEach, string what)
    {
        int count = reader.U16();
        return count <= most && (long)count * bytesEach <= reader.Remaining
            ? count
            : throw new FormatFaultException(
                $"{count} {what} are said to follow; at most {most}, all there, are allowed");
    }

    public static void Write(this CanonicalWriter writer, IReadOnlyList<TransactionOutput> outputs)
    {
        Span<byte> address = stackalloc byte[Address.Size];
        writer.U16((ushort)outputs.Count);
        foreach (TransactionOutput output in outputs)
        {
            output.To.CopyTo(address);
            writer.Raw(address);
            writer.U64(output.Amount.Units);
        }
    }

    public static TransactionOutput[] Outputs(this ref CanonicalReader reader)
    {
        TransactionOutput[] outputs = new TransactionOutput[reader.Count(OpenLimits.Outputs, OutputBytes, "outputs")];
        for (int i = 0; i < outputs.Length; i++)
        {
            Address to = new(reader.Raw(Address.Size));
            outputs[i] = new TransactionOutput(to, new Coins(reader.U64()));
        }

        return outputs;
    }
}
