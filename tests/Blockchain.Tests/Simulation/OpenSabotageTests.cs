using Blockchain.Core.OpenNetwork;
using Blockchain.Simulator;

namespace Blockchain.Tests.Simulation;

/// <summary>With one rule of full nodes taken out, the worlds must break.</summary>
public sealed class OpenSabotageTests
{
    private const ulong Seeds = 1_000;

    [Theory]
    [InlineData("signature", "^invalid block: .* its signature is wrong")]
    [InlineData("work", "^invalid block: .* no work was done")]
    [InlineData("most-work", "^no more work: .* leaves ")]
    [InlineData("first-seen", "^no more work: .* leaves ")]
    [InlineData("reward", "^invalid block: .* pays another sum")]
    [InlineData("maturity", "^invalid block: .* the reward is too young")]
    [InlineData("undo", "^(state|crash|valid block|invalid block): ")]
    [InlineData("return", "^lost transaction: .* is nowhere")]
    [InlineData("losing", "^lost transaction: .* is nowhere", 2_100)]
    public void Taking_a_rule_out_is_found(string without, string violation, ulong first = 1)
    {
        RuleWords.TryParseWithout(without, OpenRules.All, out OpenRules rules).Should().BeTrue();

        OpenSoakReport report = OpenSoak.Run(
            new OpenSoakOptions { First = first, Last = first + Seeds - 1, Rules = rules });

        report.Failure.Should().NotBeNull($"without {without} something must break within {Seeds} seeds");
        report.Failure!.Violation.Should().MatchRegex(violation);
        report.ToString().Should().Contain($"--network open --without {without} --trace FILE");
        report.LastEvents.Should().NotBeEmpty();
    }

    [Fact]
    public void Every_rule_can_be_taken_out_by_name()
    {
        RuleWords.Each(OpenRules.All).Should().BeEquivalentTo(
            ["signature", "work", "most-work", "first-seen", "reward", "maturity", "undo", "return", "losing"]);
        RuleWords.TryParseWithout("work, Most-Work", OpenRules.All, out OpenRules rules).Should().BeTrue();
        rules.Should().Be(OpenRules.All & ~OpenRules.Work & ~OpenRules.MostWork);
        RuleWords.TryParseWithout("fifo", OpenRules.All, out _).Should().BeFalse("it is a rule of the other network");
    }
}
