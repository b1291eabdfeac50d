using Blockchain.Core.BankNetwork;
using Blockchain.Core.Kernel;
using FsCheck.Fluent;

namespace Blockchain.Tests.Ledger;

/// <summary>What is an amount and what is not.</summary>
public sealed class MoneyTests
{
    [Theory]
    [InlineData("1", 100)]
    [InlineData("12.5", 1250)]
    [InlineData("12.50", 1250)]
    [InlineData("0.01", 1)]
    [InlineData("0.1", 10)]
    [InlineData("007", 700)]
    [InlineData("  3 ", 300)]
    [InlineData("10000000000000", 1_000_000_000_000_000)]
    [InlineData("10000000000000.00", 1_000_000_000_000_000)]
    public void An_amount_is_read_to_the_last_hundredth(string text, long minor)
    {
        Money.Parse(text, out Money amount).Should().Be(AmountFault.None);
        amount.Minor.Should().Be(minor);
    }

    [Theory]
    [InlineData("", AmountFault.Empty)]
    [InlineData("   ", AmountFault.Empty)]
    [InlineData("-5", AmountFault.NotPositive)]
    [InlineData("-0.01", AmountFault.NotPositive)]
    [InlineData("0", AmountFault.NotPositive)]
    [InlineData("0.00", AmountFault.NotPositive)]
    [InlineData("-", AmountFault.NotANumber)]
    [InlineData("--5", AmountFault.NotANumber)]
    [InlineData("+5", AmountFault.NotANumber)]
    [InlineData("NaN", AmountFault.NotANumber)]
    [InlineData("Infinity", AmountFault.NotANumber)]
    [InlineData("1e9", AmountFault.NotANumber)]
    [InlineData("0x10", AmountFault.NotANumber)]
    [InlineData("1,000", AmountFault.NotANumber)]
    [InlineData("1 000", AmountFault.NotANumber)]
    [InlineData("1.2.3", AmountFault.NotANumber)]
    [InlineData("1.", AmountFault.NotANumber)]
    [InlineData(".5", AmountFault.NotANumber)]
    [InlineData(".", AmountFault.NotANumber)]
    [InlineData("١٢", AmountFault.NotANumber)]
    [InlineData("0.001", AmountFault.TooManyDecimals)]
    [InlineData("1.000", AmountFault.TooManyDecimals)]
    [InlineData("10000000000000.01", AmountFault.TooLarge)]
    [InlineData("9999999999999999", AmountFault.TooLarge)]
    [InlineData("99999999999999999999999999999999999999", AmountFault.TooLarge)]
    [InlineData("11111111111111111111111111111111111111111111111111111111111111111", AmountFault.NotANumber)]
    public void Text_that_is_no_amount_is_refused_by_a_named_fault(string text, AmountFault fault)
    {
        Money.Parse(text, out _).Should().Be(fault);
        Money.Describe(fault).Should().NotBeEmpty().And.NotContain("fine");
    }

    [Theory]
    [InlineData(0, "0.00")]
    [InlineData(1, "0.01")]
    [InlineData(10, "0.10")]
    [InlineData(1234567, "12345.67")]
    [InlineData(-5, "-0.05")]
    [InlineData(-1200, "-12.00")]
    [InlineData(long.MaxValue, "92233720368547758.07")]
    [InlineData(long.MinValue, "-92233720368547758.08")]
    public void An_amount_prints_with_two_decimals(long minor, string text) =>
        new Money(minor).ToString().Should().Be(text);

    [Fact]
    public void The_largest_amount_is_transferable_and_one_more_is_not()
    {
        new Money(Limits.AmountMinor).IsTransferable.Should().BeTrue();
        new Money(Limits.AmountMinor + 1).IsTransferable.Should().BeFalse();
        new Money(0).IsTransferable.Should().BeFalse();
        new Money(-1).IsTransferable.Should().BeFalse();
        Money.Describe(AmountFault.TooLarge).Should().Contain("10000000000000.00");
    }

    [Fact]
    public void Every_transferable_amount_reads_what_it_prints() =>
        Prop.ForAll<long>(static seed =>
        {
            Money amount = new(1 + (long)((ulong)seed % (ulong)Limits.AmountMinor));
            return Money.Parse(amount.ToString(), out Money read) == AmountFault.None && read == amount;
        }).Holds();

    [Fact]
    public void Any_text_is_either_an_amount_within_the_limit_or_refused() =>
        Prop.ForAll<string>(static text =>
        {
            AmountFault fault = Money.Parse(text, out Money amount);
            return fault == AmountFault.None == amount.IsTransferable;
        }).Holds();
}
