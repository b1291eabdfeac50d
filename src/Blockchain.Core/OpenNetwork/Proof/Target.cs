namespace Blockchain.Core.OpenNetwork;

/// <summary>The largest number that the hash of a header may be: the smaller, the more work.</summary>
/// <param name="Value">The number.</param>
public readonly record struct Target(UInt256 Value) : IComparable<Target>
{
    private const uint SignBit = 0x0080_0000;
    private const uint Digits = 0x007f_ffff;
    private const int DigitBytes = 3;
    private const int SizeShift = 24;

    /// <summary>
    /// Reads the compact form by Bitcoin's rules of sign and overflow (Bitcoin Core, <c>arith_uint256::SetCompact</c>):
    /// digits that a short length cuts off are dropped, and a number that is zero then has no sign.
    /// </summary>
    /// <param name="compact">The compact form.</param>
    /// <param name="target">The target, when the result is <see cref="CompactFault.None"/>; else what is left of it
    /// without its sign, of no use but to be shown.</param>
    public static CompactFault FromCompact(CompactTarget compact, out Target target)
    {
        int size = (int)(compact.Value >> SizeShift);
        uint digits = compact.Value & Digits;
        if (size <= DigitBytes)
        {
            digits >>= 8 * (DigitBytes - size);
        }

        target = new Target(new UInt256(digits) << (8 * Math.Max(0, size - DigitBytes)));
        bool overflows = size > 34 || (digits > 0xff && size > 33) || (digits > 0xffff && size > 32);
        return digits == 0 ? CompactFault.Zero
            : (compact.Value & SignBit) != 0 ? CompactFault.Negative
            : overflows ? CompactFault.Overflow
            : CompactFault.None;
    }

    /// <summary>The compact form, with the digits behind the first three bytes dropped (Bitcoin Core,
    /// <c>arith_uint256::GetCompact</c>).</summary>
    public CompactTarget ToCompact()
    {
        int size = (Value.BitLength + 7) / 8;
        uint digits = (uint)(size <= DigitBytes
            ? Value.Low << (8 * (DigitBytes - size))
            : (Value >> (8 * (size - DigitBytes))).Low);
        if ((digits & SignBit) != 0)
        {
            // The first digit would be taken for a sign: one digit less, one byte more.
            digits >>= 8;
            size++;
        }

        return new CompactTarget(digits | ((uint)size << SizeShift));
    }

    /// <summary>Whether the hash is small enough to have taken the work.</summary>
    public bool IsMetBy(BlockHash hash) => UInt256.FromLittleEndian(hash.Value) <= Value;

    /// <inheritdoc/>
    public int CompareTo(Target other) => Value.CompareTo(other.Value);

    /// <summary>64 hexadecimal digits, comparable with a printed hash.</summary>
    public override string ToString() => Value.ToString();
}
