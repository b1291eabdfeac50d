using System.Globalization;
using Blockchain.Core.Kernel;

namespace Blockchain.Core.OpenNetwork;

/// <summary>An amount on the open network, in units of 10^-8 coin; never negative, never rounded.</summary>
public readonly record struct Coins : IComparable<Coins>
{
    /// <summary>Units in one coin: 8 decimals, as in Bitcoin.</summary>
    public const long UnitsPerCoin = 100_000_000;

    /// <summary>Nothing.</summary>
    public static readonly Coins Zero;

    private const int Decimals = 8;

    /// <summary>Takes a number of units.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The number is negative.</exception>
    public Coins(long units)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(units);
        Units = units;
    }

    /// <summary>The amount in units of 10^-8 coin.</summary>
    public long Units { get; }

    /// <summary>Whether one transaction may move it: above 0 and within the limit.</summary>
    public bool IsPayable => Units is > 0 and <= OpenLimits.AmountUnits;

    /// <summary>The sum, checked.</summary>
    /// <exception cref="OverflowException">The sum is above 2^63 - 1 units.</exception>
    public static Coins operator +(Coins left, Coins right) => new(checked(left.Units + right.Units));

    /// <summary>The difference.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It would be negative.</exception>
    public static Coins operator -(Coins left, Coins right) => new(left.Units - right.Units);

    /// <summary>By size.</summary>
    public static bool operator <(Coins left, Coins right) => left.Units < right.Units;

    /// <summary>By size.</summary>
    public static bool operator >(Coins left, Coins right) => left.Units > right.Units;

    /// <summary>By size.</summary>
    public static bool operator <=(Coins left, Coins right) => left.Units <= right.Units;

    /// <summary>By size.</summary>
    public static bool operator >=(Coins left, Coins right) => left.Units >= right.Units;

    /// <inheritdoc/>
    public int CompareTo(Coins other) => Units.CompareTo(other.Units);

    /// <summary>Reads digits with at most eight decimals behind a point.</summary>
    /// <param name="text">What was typed.</param>
    /// <param name="coins">The amount when the result is <see cref="AmountFault.None"/>, and also 0 when it is
    /// <see cref="AmountFault.NotPositive"/>: a fee may be 0 where a payment may not.</param>
    public static AmountFault Parse(ReadOnlySpan<char> text, out Coins coins)
    {
        AmountFault fault = AmountText.Parse(text, Decimals, OpenLimits.AmountUnits, out long units);
        coins = new Coins(units);
        return fault;
    }

    /// <summary>Whether the text is an amount above 0.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out Coins coins) =>
        Parse(text, out coins) == AmountFault.None;

    /// <summary>The sentence a person reads when <see cref="Parse"/> refuses.</summary>
    public static string Describe(AmountFault fault) => fault switch
    {
        AmountFault.Empty => "an amount is needed, for example 12 or 0.5",
        AmountFault.NotANumber => "the amount is not a number such as 12 or 0.5",
        AmountFault.TooManyDecimals => "an amount has at most eight decimals",
        AmountFault.NotPositive => "an amount must be more than 0",
        AmountFault.TooLarge => $"an amount is at most {new Coins(OpenLimits.AmountUnits)}",
        _ => "the amount is fine",
    };

    /// <summary>As few decimals as say it, a point, no separators: 12.5. It is also a JSON number.</summary>
    public override string ToString()
    {
        long whole = Units / UnitsPerCoin;
        long rest = Units % UnitsPerCoin;
        return rest == 0
            ? whole.ToString(CultureInfo.InvariantCulture)
            : string.Create(CultureInfo.InvariantCulture, $"{whole}.{rest:00000000}").TrimEnd('0');
    }
}
