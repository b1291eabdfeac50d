using System.Globalization;

namespace Blockchain.Core.BankNetwork;

/// <summary>Why a text is no amount.</summary>
public enum MoneyFault
{
    /// <summary>It is one.</summary>
    None,

    /// <summary>Nothing was given.</summary>
    Empty,

    /// <summary>Not digits with at most one point.</summary>
    NotANumber,

    /// <summary>More than two decimals.</summary>
    TooManyDecimals,

    /// <summary>Zero or below.</summary>
    NotPositive,

    /// <summary>Above 10^15 minor units.</summary>
    TooLarge,
}

/// <summary>An amount in integer minor units (hundredths). Floating point never touches money.</summary>
/// <param name="Minor">Hundredths.</param>
public readonly record struct Money(long Minor) : IComparable<Money>
{
    private const int MinorPerMajor = 100;
    private const int MaxTextLength = 64;

    /// <summary>Nothing.</summary>
    public static readonly Money Zero;

    /// <summary>Whether a transfer may carry it: above zero and within the limit.</summary>
    public bool IsTransferable => Minor is > 0 and <= Limits.AmountMinor;

    /// <summary>By size.</summary>
    public int CompareTo(Money other) => Minor.CompareTo(other.Minor);

    /// <summary>
    /// Reads digits with at most two decimals behind a point: <c>12</c>, <c>12.5</c>, <c>12.50</c>. No sign but for the
    /// message it earns, no exponent, no thousands separators, in any culture.
    /// </summary>
    /// <returns><see cref="MoneyFault.None"/> and the amount, or what is wrong with the text.</returns>
    public static MoneyFault Parse(ReadOnlySpan<char> text, out Money amount)
    {
        amount = default;
        text = text.Trim();
        if (text.IsEmpty)
        {
            return MoneyFault.Empty;
        }

        bool negative = text[0] == '-';
        ReadOnlySpan<char> digits = negative ? text[1..] : text;
        int point = digits.IndexOf('.');
        ReadOnlySpan<char> major = point < 0 ? digits : digits[..point];
        ReadOnlySpan<char> decimals = point < 0 ? [] : digits[(point + 1)..];
        if (digits.Length > MaxTextLength || major.IsEmpty || (point >= 0 && decimals.IsEmpty)
            || !AreDigits(major) || !AreDigits(decimals))
        {
            return MoneyFault.NotANumber;
        }

        return negative ? MoneyFault.NotPositive : Combine(major, decimals, out amount);
    }

    /// <summary>The sentence a person reads when <see cref="Parse"/> refuses.</summary>
    public static string Describe(MoneyFault fault) => fault switch
    {
        MoneyFault.Empty => "an amount is needed, for example 12 or 12.50",
        MoneyFault.NotANumber => "the amount is not a number such as 12 or 12.50",
        MoneyFault.TooManyDecimals => "an amount has at most two decimals",
        MoneyFault.NotPositive => "an amount must be more than 0",
        MoneyFault.TooLarge => $"an amount is at most {new Money(Limits.AmountMinor)}",
        _ => "the amount is fine",
    };

    /// <summary>Always two decimals, a point, no separators: 12.50.</summary>
    public override string ToString()
    {
        string sign = Minor < 0 ? "-" : string.Empty;
        UInt128 size = (UInt128)Int128.Abs(Minor);
        return string.Create(
            CultureInfo.InvariantCulture, $"{sign}{size / MinorPerMajor}.{(int)(size % MinorPerMajor):00}");
    }

    private static MoneyFault Combine(ReadOnlySpan<char> major, ReadOnlySpan<char> decimals, out Money amount)
    {
        amount = default;
        if (decimals.Length > 2)
        {
            return MoneyFault.TooManyDecimals;
        }

        Int128 minor = 0;
        foreach (char digit in major)
        {
            minor = Int128.Min((minor * 10) + (digit - '0'), Limits.AmountMinor);
        }

        minor = (minor * MinorPerMajor) + (decimals.Length > 0 ? (decimals[0] - '0') * 10 : 0)
            + (decimals.Length > 1 ? decimals[1] - '0' : 0);
        if (minor > Limits.AmountMinor)
        {
            return MoneyFault.TooLarge;
        }

        amount = new Money((long)minor);
        return minor == 0 ? MoneyFault.NotPositive : MoneyFault.None;
    }

    private static bool AreDigits(ReadOnlySpan<char> text) => !text.ContainsAnyExceptInRange('0', '9');
}
