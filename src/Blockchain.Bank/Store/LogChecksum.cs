using System.Buffers.Binary;

namespace Blockchain.Bank.Store;

/// <summary>The running checksum of SQLite's write-ahead log. Source: "Database File Format", section 4.2,
/// sqlite.org/fileformat2.html.</summary>
/// <param name="First">The first sum.</param>
/// <param name="Second">The second sum.</param>
internal readonly record struct LogChecksum(uint First, uint Second)
{
    /// <summary>Reads a checksum as it is stored.</summary>
    public static LogChecksum Read(ReadOnlySpan<byte> bytes) =>
        new(BinaryPrimitives.ReadUInt32BigEndian(bytes), BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]));

    /// <summary>The checksum after more bytes.</summary>
    /// <param name="bytes">A multiple of 8 of them.</param>
    /// <param name="bigEndian">How the log counts: its magic number says.</param>
    public LogChecksum Over(ReadOnlySpan<byte> bytes, bool bigEndian)
    {
        (uint first, uint second) = (First, Second);
        for (int i = 0; i < bytes.Length; i += 8)
        {
            first += Word(bytes[i..], bigEndian) + second;
            second += Word(bytes[(i + 4)..], bigEndian) + first;
        }

        return new LogChecksum(first, second);
    }

    private static uint Word(ReadOnlySpan<byte> bytes, bool bigEndian) => bigEndian
        ? BinaryPrimitives.ReadUInt32BigEndian(bytes)
        : BinaryPrimitives.ReadUInt32LittleEndian(bytes);
}
