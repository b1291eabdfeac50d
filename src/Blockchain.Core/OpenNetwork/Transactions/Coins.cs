using System.Globalization;

namespace Blockchain.Core.OpenNetwork;

/// <summary>Why a text is no amount.</summary>
public enum CoinsFault
{
    /// <summary>It is one.</summary>
    None,

    /// <summary>There is no text.</summary>
    Empty,

    /// <summary>It is not digits with at most one point.</summary>
    NotANumber,

    /// <summary>It has more than eight decimals.</summary>
    TooManyDecimals,

    /// <summary>It is 0 or negative.</summary>
    NotPositive,

    /// <summary>It is above <see cref="OpenLimits.AmountUnits"/>.</summary>
    TooLarge,
}

/// <summary>An amount on the open network, in units of 10^-8 coin; never negative, never rounded.</summary>
public readonly record struct Coins : IComparable<Coins>
{
    /// <summary>Units in one coin: 8 decimals, as in Bitcoin.</summary>
    public const long UnitsPerCoin = 100_000_000;

    /// <summary>Nothing.</summary>
    public static readonly Coins Zero;

    private const int Decimals = 8;
    private const int MaxTextLength = 40;

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

    /// <summary>
    /// Reads digits with at most eight decimals behind a point. No sign but for the message it earns, no exponent, no
    /// thousands separators, in any culture.
    /// </summary>
    /// <param name="text">What was typed.</param>
    /// <param name="coins">The amount when the result is <see cref="CoinsFault.None"/>, and also 0 when it is
    /// <see cref="CoinsFault.NotPositive"/>: a fee may be 0 where a payment may not.</param>
    public static CoinsFault Parse(ReadOnlySpan<char> text, out Coins coins)
    {
        coins = default;
        text = text.Trim();
        if (text.IsEmpty)
        {
            return CoinsFault.Empty;
        }

        bool negative = text[0] == '-';
        ReadOnlySpan<char> digits = negative ? text[1..] : text;
        int point = digits.IndexOf('.');
        ReadOnlySpan<char> whole = point < 0 ? digits : digits[..point];
        ReadOnlySpan<char> decimals = point < 0 ? [] : digits[(point + 1)..];
        if (digits.Length > MaxTextLength || whole.IsEmpty || (point >= 0 && decimals.IsEmpty)
            || !AreDigits(whole) || !AreDigits(decimals))
        {
            return CoinsFault.NotANumber;
        }

        return negative ? CoinsFault.NotPositive : Combine(whole, decimals, out coins);
    }

    /// <summary>Whether the text is an amount above 0.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out Coins coins) =>
        Parse(text, out coins) == CoinsFault.None;

    /// <summary>The sentence a person reads when <see cref="Parse"/> refuses.</summary>
    public static string Describe(CoinsFault fault) => fault switch
    {
        CoinsFault.Empty => "an amount is needed, for example 12 or 0.5",
        CoinsFault.NotANumber => "the amount is not a number such as 12 or 0.5",
        CoinsFault.TooManyDecimals => "an amount has at most eight decimals",
        CoinsFault.NotPositive => "an amount must be more than 0",
        CoinsFault.TooLarge => $"an amount is at most {new Coins(OpenLimits.AmountUnits)}",
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

    private static CoinsFault Combine(ReadOnlySpan<char> whole, ReadOnlySpan<char> decimals, out Coins coins)
    {
        coins = default;
        if (decimals.Length > Decimals)
        {
            return CoinsFault.TooManyDecimals;
        }

        Int128 units = 0;
        foreach (char digit in whole)
        {
            units = Int128.Min((units * 10) + (digit - '0'), OpenLimits.AmountUnits);
        }

        for (int i = 0; i < Decimals; i++)
        {
            units = (units * 10) + (i < decimals.Length ? decimals[i] - '0' : 0);
        }

        if (units > OpenLimits.AmountUnits)
        {
            return CoinsFault.TooLarge;
        }

        coins = new Coins((long)units);
        return units == 0 ? CoinsFault.NotPositive : CoinsFault.None;
    }

    private static bool AreDigits(ReadOnlySpan<char> text) => !text.ContainsAnyExceptInRange('0', '9');
}
