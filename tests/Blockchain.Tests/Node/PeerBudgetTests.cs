using Blockchain.Node;
using Blockchain.Node.Peers;

namespace Blockchain.Tests.Node;

/// <summary>The share of a node's time that one peer may use.</summary>
public sealed class PeerBudgetTests
{
    private static readonly TimeSpan Much = TimeSpan.FromMilliseconds(100);
    private readonly HandClock _clock = new();

    [Fact]
    public void A_peer_that_uses_less_than_its_share_never_waits()
    {
        PeerBudget budget = new(_clock);
        for (int i = 0; i < 1_000; i++)
        {
            budget.Charge(Much, 0).Should().Be(TimeSpan.Zero);
            _clock.Pass(NodeLimits.PeerShare * (Much + NodeLimits.PeerMessageCost));
        }
    }

    [Fact]
    public void A_peer_that_floods_gets_its_burst_and_then_its_share()
    {
        PeerBudget budget = new(_clock);
        TimeSpan worked = TimeSpan.Zero;
        TimeSpan waited = TimeSpan.Zero;
        for (int i = 0; i < 1_000; i++)
        {
            TimeSpan pause = budget.Charge(Much, 0);
            worked += Much;
            waited += Much + pause;
            _clock.Pass(Much + pause);
        }

        TimeSpan allowed = NodeLimits.PeerBurst + (waited / NodeLimits.PeerShare);
        worked.Should().BeLessThanOrEqualTo(allowed).And.BeCloseTo(allowed, 2 * Much);
    }

    [Fact]
    public void What_is_refused_costs_more_than_the_time_it_takes()
    {
        PeerBudget budget = new(_clock);
        int refused = (int)(NodeLimits.PeerBurst / NodeLimits.PeerRefusalCost);

        budget.Charge(TimeSpan.Zero, refused - 1).Should().Be(TimeSpan.Zero);
        budget.Charge(TimeSpan.Zero, 1).Should().BePositive();
    }

    [Fact]
    public void Messages_that_do_nothing_cost_too()
    {
        PeerBudget budget = new(_clock);
        int messages = (int)(NodeLimits.PeerBurst / NodeLimits.PeerMessageCost);
        for (int i = 0; i < messages; i++)
        {
            budget.Charge(TimeSpan.Zero, 0).Should().Be(TimeSpan.Zero);
        }

        budget.Charge(TimeSpan.Zero, 0).Should().BePositive();
    }

    [Fact]
    public void Idle_time_does_not_pile_up()
    {
        PeerBudget budget = new(_clock);
        _clock.Pass(TimeSpan.FromDays(100));

        budget.Charge(NodeLimits.PeerBurst, 0).Should().BePositive();
    }
}
