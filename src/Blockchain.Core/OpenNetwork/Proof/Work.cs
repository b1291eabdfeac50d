using Blockchain.Core.Kernel;

namespace Blockchain.Core.OpenNetwork;

/// <summary>How many hashes it takes on average to find one, or all, of a chain's headers: of two chains the one of
/// more work counts.</summary>
/// <param name="Value">The number of hashes.</param>
public readonly record struct Work(UInt256 Value) : IComparable<Work>
{
    /// <summary>None.</summary>
    public static readonly Work Zero;

    /// <summary>The work of one header: 2^256 / (target + 1), rounded down.</summary>
    /// <param name="target">The target of the header.</param>
    public static Work Of(Target target) =>
        // 2^256 does not fit, so it is taken off beforehand: (2^256 - (t + 1)) / (t + 1) + 1.
        target.Value == UInt256.MaxValue
            ? new Work(UInt256.One)
            : new Work((~target.Value / (target.Value + UInt256.One)) + UInt256.One);

    /// <summary>The work of both.</summary>
    /// <exception cref="InvariantException">More than 2^256 hashes, which nobody has made: a header's work is checked
    /// before it is added.</exception>
    public static Work operator +(Work left, Work right)
    {
        UInt256 sum = left.Value + right.Value;
        Invariant.Holds(sum >= left.Value, "work done is less than 2^256 hashes");
        return new Work(sum);
    }

    /// <summary>What the one has beyond the other.</summary>
    /// <exception cref="InvariantException">It has less.</exception>
    public static Work operator -(Work left, Work right)
    {
        Invariant.Holds(left >= right, "work is taken only off more work");
        return new Work(left.Value - right.Value);
    }

    /// <summary>By size.</summary>
    public static bool operator <(Work left, Work right) => left.Value < right.Value;

    /// <summary>By size.</summary>
    public static bool operator >(Work left, Work right) => left.Value > right.Value;

    /// <summary>By size.</summary>
    public static bool operator <=(Work left, Work right) => left.Value <= right.Value;

    /// <summary>By size.</summary>
    public static bool operator >=(Work left, Work right) => left.Value >= right.Value;

    /// <inheritdoc/>
    public int CompareTo(Work other) => Value.CompareTo(other.Value);

    /// <summary>64 hexadecimal digits, as Bitcoin prints the work of a chain.</summary>
    public override string ToString() => Value.ToString();
}
