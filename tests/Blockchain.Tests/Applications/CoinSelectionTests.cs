using Blockchain.Cli.Wallet;
using Blockchain.Core.Kernel;
using Blockchain.Core.OpenNetwork;
using FluentAssertions.Execution;

namespace Blockchain.Tests.Applications;

/// <summary>Which coins a wallet pays with, and that nothing is lost on the way.</summary>
public sealed class CoinSelectionTests
{
    private static readonly FeeRule Usual = new(null);
    private static readonly FeeRule Free = new(Coins.Zero);

    [Fact]
    public void The_smallest_coin_that_is_enough_alone_pays()
    {
        Select(Free, 5, 50, 3, 6, 9).Coins.Should().ContainSingle().Which.Value.Should().Be(new Coins(6));
        Select(Free, 6, 50, 3, 6, 9).Change.Should().Be(Coins.Zero);
    }

    [Fact]
    public void When_none_is_enough_the_largest_pay_together()
    {
        Selection selection = Select(Free, 14, 1, 9, 2, 6, 3);

        selection.Coins.Select(coin => coin.Value.Units).Should().Equal(9, 6);
        selection.Change.Should().Be(new Coins(1));
    }

    [Fact]
    public void Coins_are_amount_fee_and_change_whatever_there_is()
    {
        for (int seed = 1; seed <= 500; seed++)
        {
            using AssertionScope scope = new($"seed {seed}");
            Check(new Random(seed));
        }
    }

    private static void Check(Random random)
    {
        long[] values = [.. Enumerable.Range(0, random.Next(0, 40)).Select(_ => random.NextInt64(1, 1_000_000))];
        Coins amount = new(random.NextInt64(1, 3_000_000));
        FeeRule rule = random.Next(2) == 0 ? Usual : new FeeRule(new Coins(random.NextInt64(0, 10_000)));

        SelectionFault fault = Selection.TryMake(CoinsOf(values), amount, rule, out Selection? selection);

        if (fault == SelectionFault.None)
        {
            Coins[] spent = [.. selection!.Coins.Select(coin => coin.Value)];
            spent.Sum(coin => coin.Units).Should().Be((amount + selection.Fee + selection.Change).Units);
            selection.Coins.Select(coin => coin.Source).Should().OnlyHaveUniqueItems();
            int outputs = selection.Change > Coins.Zero ? 2 : 1;
            selection.Fee.Units.Should().BeGreaterThanOrEqualTo(rule.Of(spent.Length, outputs).Units);
        }
        else
        {
            fault.Should().Be(SelectionFault.Insufficient);
            values.Sum().Should().BeLessThan((amount + rule.Of(values.Length, 1)).Units);
        }
    }

    [Fact]
    public void A_fee_chosen_by_the_user_is_the_fee()
    {
        Select(new FeeRule(new Coins(7)), 10, 100).Fee.Should().Be(new Coins(7));
        Select(Free, 10, 100).Fee.Should().Be(Coins.Zero);
    }

    [Fact]
    public void Change_that_does_not_pay_for_its_own_output_goes_to_the_miner()
    {
        long fee = Usual.Of(1, 1).Units;
        Selection selection = Select(Usual, 1_000, 1_000 + fee + 5);

        selection.Change.Should().Be(Coins.Zero);
        selection.Fee.Should().Be(new Coins(fee + 5));
    }

    [Fact]
    public void More_than_there_is_is_refused_and_so_are_more_coins_than_one_payment_takes()
    {
        Selection.TryMake(CoinsOf(4, 5), new Coins(10), Free, out _).Should().Be(SelectionFault.Insufficient);
        Selection.TryMake(CoinsOf(4, 5), new Coins(9), Usual, out _).Should().Be(
            SelectionFault.Insufficient, "the fee must be paid, too");
        Selection.TryMake([], new Coins(1), Free, out _).Should().Be(SelectionFault.Insufficient);
        long[] dust = [.. Enumerable.Repeat(1L, OpenLimits.Inputs + 1)];
        Selection.TryMake(CoinsOf(dust), new Coins(OpenLimits.Inputs), Free, out _).Should().Be(SelectionFault.None);
        Selection.TryMake(CoinsOf(dust), new Coins(OpenLimits.Inputs + 1), Free, out _)
            .Should().Be(SelectionFault.TooManyCoins);
    }

    [Fact]
    public void A_payment_is_as_long_as_its_fee_is_for_and_pays_the_change_back()
    {
        OwnerKey payer = FakeKeys.Of(1);
        Address to = FakeKeys.Of(2).Address;
        foreach (int coins in (int[])[1, 2, 7])
        {
            long[] values = [.. Enumerable.Repeat(1_000_000L, coins)];
            Selection selection = Select(Usual, (1_000_000L * coins) - 100_000, values);

            Transaction.Payment payment = PaymentMaker.Make(selection, to, new Coins(5), payer, BlockHash.Zero);

            payment.Size.Should().Be(Sizes.Payment(coins, 2));
            payment.Outputs.Should().Equal(
                new TransactionOutput(to, new Coins(5)), new TransactionOutput(payer.Address, selection.Change));
            payment.Fee.Should().Be(selection.Fee);
            TransactionForm.Check(payment).Should().Be(Refusal.None);
            payment.Inputs.Should().AllSatisfy(input => FakeKeys.IsSigned(
                input.Key, payment.SignedBytes(BlockHash.Zero), input.Signature).Should().BeTrue());
        }
    }

    private static Selection Select(FeeRule fee, long amount, params long[] values)
    {
        Selection.TryMake(CoinsOf(values), new Coins(amount), fee, out Selection? selection)
            .Should().Be(SelectionFault.None);
        return selection!;
    }

    private static Coin[] CoinsOf(params long[] values) =>
        [.. values.Select((value, i) => new Coin(new OutPoint(IdOf(i), i), new Coins(value)))];

    private static TransactionId IdOf(int number) => new(Hash256.Of(BitConverter.GetBytes(number)).Value);
}
