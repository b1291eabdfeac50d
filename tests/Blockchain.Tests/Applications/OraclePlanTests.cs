using Blockchain.Cli.Options;
using Blockchain.Cli.Oracle;
using Blockchain.Core.OpenNetwork;

namespace Blockchain.Tests.Applications;

/// <summary>What the oracle decides: payments that can be made, and the same ones from the same seed.</summary>
public sealed class OraclePlanTests
{
    [Fact]
    public void Every_payment_is_from_one_wallet_to_another_and_the_payer_has_it_with_a_fee_to_spare()
    {
        OraclePlan plan = new(7);
        for (int i = 0; i < 1_000; i++)
        {
            Coins[] spendable = [new(0), OraclePlan.Least, new(Coins.UnitsPerCoin * 50), new(1)];
            PlannedPayment payment = plan.Next(spendable)!;

            payment.To.Should().NotBe(payment.From).And.BeInRange(0, 3);
            payment.Amount.Units.Should().BePositive().And.BeLessThan(spendable[payment.From].Units);
        }
    }

    [Fact]
    public void Nobody_is_asked_who_has_nothing()
    {
        OraclePlan plan = new(7);

        plan.Next([Coins.Zero, new Coins(OraclePlan.Least.Units - 1)]).Should().BeNull();
        Enumerable.Range(0, 50).Select(_ => plan.Next([Coins.Zero, OraclePlan.Least])!.From)
            .Should().OnlyContain(from => from == 1);
    }

    [Fact]
    public void A_seed_repeats_payments_and_pauses_and_another_does_not()
    {
        Story(1).Should().Equal(Story(1)).And.NotEqual(Story(2));

        static string[] Story(int seed)
        {
            OraclePlan plan = new(seed);
            Coins[] balances = [new(Coins.UnitsPerCoin), new(Coins.UnitsPerCoin)];
            return
            [
                .. Enumerable.Range(0, 10).Select(_ =>
                    $"{plan.Pause(TimeSpan.Zero, TimeSpan.FromSeconds(1))} {plan.Next(balances)}"),
            ];
        }
    }

    [Fact]
    public void An_interval_is_a_range_or_one_duration()
    {
        OpenSettings.ReadInterval("3s..10s").Should().Be((TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(10)));
        OpenSettings.ReadInterval("250ms").Should().Be(
            (TimeSpan.FromMilliseconds(250), TimeSpan.FromMilliseconds(250)));
        Action backwards = () => OpenSettings.ReadInterval("10s..3s");
        Action nonsense = () => OpenSettings.ReadInterval("3s..");
        backwards.Should().Throw<FormatException>();
        nonsense.Should().Throw<FormatException>();
    }
}
