using System.Buffers.Binary;
using System.Numerics;
using System.Text;
using Blockchain.Core.BankNetwork;
using Blockchain.Core.Kernel;

namespace Blockchain.Client.Storage;

/// <summary>The bytes of chain.log (FORMAT.md, "Files of a client"): a header, then one record per settled
/// block.</summary>
public static class ChainFormat
{
    /// <summary>Bytes of the header: magic 8, version 4, ledger 32, checksum 4.</summary>
    public const int HeaderBytes = 8 + 4 + Hash.Size + 4;

    /// <summary>Bytes before a block: its length and the length's checksum.</summary>
    public const int PrefixBytes = 4 + 4;

    /// <summary>The longest block that a record may hold. The longest there is, a view of 256 members, has 1,125
    /// bytes.</summary>
    public const int MaxBlockBytes = 4_096;

    private const int Version = 1;
    private static readonly byte[] Magic = Encoding.ASCII.GetBytes("bankchn\n");

    /// <summary>The header of the file of one ledger.</summary>
    public static byte[] Header(Hash ledger)
    {
        CanonicalWriter writer = new();
        writer.Raw(Magic);
        writer.U32(Version);
        writer.Hash(ledger);
        AppendChecksum(writer);
        return writer.ToArray();
    }

    /// <summary>Reads a header.</summary>
    /// <returns>What is wrong with it, in words; null for nothing.</returns>
    public static string? TryReadHeader(ReadOnlySpan<byte> header, out Hash ledger)
    {
        ledger = default;
        if (!header[..Magic.Length].SequenceEqual(Magic))
        {
            return "its header does not say that it is a chain";
        }

        int version = BinaryPrimitives.ReadInt32BigEndian(header[Magic.Length..]);
        if (!ChecksumHolds(header))
        {
            return "its header is damaged";
        }

        ledger = new Hash(header.Slice(Magic.Length + 4, Hash.Size));
        return version == Version ? null : $"it has format {version}; this program reads {Version}";
    }

    /// <summary>Appends the record of a block.</summary>
    public static void WriteRecord(CanonicalWriter writer, Block block, Hash hash)
    {
        ReadOnlySpan<byte> canonical = block.Canonical.Span;
        Invariant.Holds(canonical.Length <= MaxBlockBytes, "a block fits a record");
        Span<byte> prefix = stackalloc byte[PrefixBytes];
        BinaryPrimitives.WriteInt32BigEndian(prefix, canonical.Length);
        BinaryPrimitives.WriteUInt32BigEndian(prefix[4..], Checksum(prefix[..4]));
        writer.Raw(prefix);
        writer.Raw(canonical);
        writer.Hash(hash);
    }

    /// <summary>Reads the length of a block from the bytes before it.</summary>
    /// <returns>False when they are damaged.</returns>
    public static bool TryReadPrefix(ReadOnlySpan<byte> prefix, out int length)
    {
        length = BinaryPrimitives.ReadInt32BigEndian(prefix);
        return Checksum(prefix[..4]) == BinaryPrimitives.ReadUInt32BigEndian(prefix[4..])
            && length is > 0 and <= MaxBlockBytes;
    }

    /// <summary>CRC-32C (RFC 3720, appendix B.4).</summary>
    internal static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        }

        foreach (byte value in bytes)
        {
            crc = BitOperations.Crc32C(crc, value);
        }

        return ~crc;
    }

    /// <summary>Appends the checksum of everything written so far.</summary>
    internal static void AppendChecksum(CanonicalWriter writer)
    {
        Span<byte> checksum = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(checksum, Checksum(writer.Written));
        writer.Raw(checksum);
    }

    /// <summary>Whether the last four bytes are the checksum of those before.</summary>
    internal static bool ChecksumHolds(ReadOnlySpan<byte> bytes) =>
        Checksum(bytes[..^4]) == BinaryPrimitives.ReadUInt32BigEndian(bytes[^4..]);
}
