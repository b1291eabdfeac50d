using Blockchain.Core.BankNetwork;
using Blockchain.Simulator;

namespace Blockchain.Tests.Simulation;

/// <summary>
/// A checker that cannot fail is worth nothing: with one rule of the protocol taken out, the worlds must break.
/// </summary>
public sealed class SabotageTests
{
    private const ulong Seeds = 1_000;
    private const Fault AllButTheLiar = Fault.All & ~Fault.Liar;

    [Theory]
    [InlineData("fifo")]
    [InlineData("epoch")]
    [InlineData("dedup")]
    [InlineData("catchup")]
    [InlineData("rejoin")]
    [InlineData("fence,dedup")]
    [InlineData("catchup,dedup")]
    public void Taking_a_rule_out_is_found(string without)
    {
        SoakOptions.TryParseWithout(without, out ProtocolRules rules).Should().BeTrue();

        SoakReport report = SoakRunner.Run(new SoakOptions { Last = Seeds, Rules = rules, Faults = AllButTheLiar });

        report.Failure.Should().NotBeNull($"without {without} something must break within {Seeds} seeds");
    }

    /// <summary>
    /// The rule that knows applied transfers hides a missing fence: whatever an honest client sends late was either
    /// applied, and is answered from the record, or belongs to a view that is over. Only who lies about its turn needs
    /// the fence.
    /// </summary>
    [Fact]
    public void Without_the_fence_alone_nothing_breaks_among_honest_clients()
    {
        const ProtocolRules NoFence = ProtocolRules.All & ~ProtocolRules.Fence;

        SoakReport honest = SoakRunner.Run(new SoakOptions { Last = 150, Rules = NoFence, Faults = AllButTheLiar });
        SoakReport lying = SoakRunner.Run(new SoakOptions { Last = Seeds, Rules = NoFence, Faults = Fault.Liar });

        honest.Failure.Should().BeNull(honest.ToString());
        lying.Failure.Should().NotBeNull("a client that asks out of turn writes behind what is applied");
    }
}
