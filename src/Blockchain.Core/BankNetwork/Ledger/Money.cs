using System.Globalization;
using Blockchain.Core.Kernel;

namespace Blockchain.Core.BankNetwork;

/// <summary>An amount in integer minor units (hundredths). Floating point never touches money.</summary>
/// <param name="Minor">Hundredths.</param>
public readonly record struct Money(long Minor) : IComparable<Money>
{
    private const int MinorPerMajor = 100;
    private const int Decimals = 2;

    /// <summary>Nothing.</summary>
    public static readonly Money Zero;

    /// <summary>Whether a transfer may carry it: above zero and within the limit.</summary>
    public bool IsTransferable => Minor is > 0 and <= Limits.AmountMinor;

    /// <summary>By size.</summary>
    public int CompareTo(Money other) => Minor.CompareTo(other.Minor);

    /// <summary>Reads digits with at most two decimals behind a point: <c>12</c>, <c>12.5</c>, <c>12.50</c>.</summary>
    /// <returns><see cref="AmountFault.None"/> and the amount, or what is wrong with the text.</returns>
    public static AmountFault Parse(ReadOnlySpan<char> text, out Money amount)
    {
        AmountFault fault = AmountText.Parse(text, Decimals, Limits.AmountMinor, out long minor);
        amount = new Money(minor);
        return fault;
    }

    /// <summary>The sentence a person reads when <see cref="Parse"/> refuses.</summary>
    public static string Describe(AmountFault fault) => fault switch
    {
        AmountFault.Empty => "an amount is needed, for example 12 or 12.50",
        AmountFault.NotANumber => "the amount is not a number such as 12 or 12.50",
        AmountFault.TooManyDecimals => "an amount has at most two decimals",
        AmountFault.NotPositive => "an amount must be more than 0",
        AmountFault.TooLarge => $"an amount is at most {new Money(Limits.AmountMinor)}",
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
}
