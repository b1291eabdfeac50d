using System.Globalization;

namespace Blockchain.Core.OpenNetwork;

/// <summary>Why the compact form of a target is the form of none.</summary>
public enum CompactFault
{
    /// <summary>It is one.</summary>
    None,

    /// <summary>It says zero, which no hash can meet.</summary>
    Zero,

    /// <summary>Its sign bit is set.</summary>
    Negative,

    /// <summary>It does not fit 256 bits.</summary>
    Overflow,
}

/// <summary>
/// The field "bits" of a header: a target in 4 bytes, as a floating-point number of base 256. The highest byte is the
/// length of the number in bytes, the three others its first digits; bit 23 is a sign, which a target must not have
/// (Bitcoin developer reference, "Target nBits").
/// </summary>
/// <param name="Value">The four bytes as a number.</param>
public readonly record struct CompactTarget(uint Value)
{
    /// <summary>Eight hexadecimal digits, as Bitcoin prints them.</summary>
    public override string ToString() => Value.ToString("x8", CultureInfo.InvariantCulture);
}
