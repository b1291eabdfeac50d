namespace Blockchain.Core.Kernel;

/// <summary>Why a text is no amount.</summary>
public enum AmountFault
{
    /// <summary>It is one.</summary>
    None,

    /// <summary>There is no text.</summary>
    Empty,

    /// <summary>It is not digits with at most one point.</summary>
    NotANumber,

    /// <summary>It has more decimals than the amount has.</summary>
    TooManyDecimals,

    /// <summary>It is 0 or negative.</summary>
    NotPositive,

    /// <summary>It is above the limit.</summary>
    TooLarge,
}

/// <summary>Reads amounts of money that people type: exact, the same in any culture.</summary>
internal static class AmountText
{
    private const int MaxLength = 64;

    /// <summary>Reads digits with decimals behind a point. No sign but for the message it earns, no exponent, no
    /// thousands separators.</summary>
    /// <param name="text">What was typed; blanks around it do not count.</param>
    /// <param name="decimals">The most decimals; so many digits of a unit are one of the last of them.</param>
    /// <param name="most">The highest amount, in units of the last decimal.</param>
    /// <param name="units">The amount when the result is <see cref="AmountFault.None"/>, else 0.</param>
    public static AmountFault Parse(ReadOnlySpan<char> text, int decimals, long most, out long units)
    {
        units = 0;
        text = text.Trim();
        if (text.IsEmpty)
        {
            return AmountFault.Empty;
        }

        bool negative = text[0] == '-';
        ReadOnlySpan<char> digits = negative ? text[1..] : text;
        int point = digits.IndexOf('.');
        ReadOnlySpan<char> whole = point < 0 ? digits : digits[..point];
        ReadOnlySpan<char> rest = point < 0 ? [] : digits[(point + 1)..];
        if (digits.Length > MaxLength || whole.IsEmpty || (point >= 0 && rest.IsEmpty)
            || !AreDigits(whole) || !AreDigits(rest))
        {
            return AmountFault.NotANumber;
        }

        return negative ? AmountFault.NotPositive
            : rest.Length > decimals ? AmountFault.TooManyDecimals
            : Combine(whole, rest, decimals, most, out units);
    }

    private static AmountFault Combine(
        ReadOnlySpan<char> whole, ReadOnlySpan<char> rest, int decimals, long most, out long units)
    {
        // Held at the limit, so that any number of digits fits.
        Int128 sum = 0;
        foreach (char digit in whole)
        {
            sum = Int128.Min((sum * 10) + (digit - '0'), most);
        }

        for (int i = 0; i < decimals; i++)
        {
            sum = (sum * 10) + (i < rest.Length ? rest[i] - '0' : 0);
        }

        units = sum > most ? 0 : (long)sum;
        return sum > most ? AmountFault.TooLarge : sum == 0 ? AmountFault.NotPositive : AmountFault.None;
    }

    private static bool AreDigits(ReadOnlySpan<char> text) => !text.ContainsAnyExceptInRange('0', '9');
}
