using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Blockchain.Core.BankNetwork;

/// <summary>
/// Names a transfer for ever. Made by its sender, 128 bits, the first 48 the time in milliseconds (RFC 9562, section
/// 5.7), so that ids made later sort later. Asking again with the same id never pays twice.
/// </summary>
/// <param name="Value">The 128 bits.</param>
public readonly record struct TransferId(UInt128 Value) : IComparable<TransferId>
{
    private const int Digits = 32;

    /// <summary>By value: nearly by the time of making.</summary>
    public int CompareTo(TransferId other) => Value.CompareTo(other.Value);

    /// <summary>Keyed anew in every process (Marvin, as for strings), since who makes the ids may be an enemy: the
    /// hash of a 128-bit number folds its halves before any key comes in, and billions of ids have the same.</summary>
    public override int GetHashCode()
    {
        UInt128 value = Value;
        return string.GetHashCode(MemoryMarshal.Cast<UInt128, char>(new ReadOnlySpan<UInt128>(in value)));
    }

    /// <summary>Reads 32 hexadecimal digits of either case.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out TransferId id)
    {
        // Not UInt128.TryParse, which overlooks zero characters at the end.
        Span<byte> bytes = stackalloc byte[Digits / 2];
        bool read = text.Length == Digits
            && Convert.FromHexString(text, bytes, out _, out _) == OperationStatus.Done;
        id = read ? new TransferId(BinaryPrimitives.ReadUInt128BigEndian(bytes)) : default;
        return read;
    }

    /// <summary>32 lower-case hexadecimal digits.</summary>
    public override string ToString() => Value.ToString("x32", CultureInfo.InvariantCulture);
}
