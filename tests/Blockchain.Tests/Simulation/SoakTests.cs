using System.Text;
using Blockchain.Core.BankNetwork;
using Blockchain.Simulator;

namespace Blockchain.Tests.Simulation;

/// <summary>
/// The protocol in simulated worlds. What the worlds do to it and what is checked, the Simulator's own types say; here
/// stands that they hold, that the same seed is the same world, and that everything that should happen does.
/// </summary>
public sealed class SoakTests
{
    private const ulong SeedsForCoverage = 400;

    [Fact]
    public void Every_invariant_holds_in_many_worlds_and_everything_has_happened_in_them()
    {
        SoakReport report = SoakRunner.Run(new SoakOptions { Last = SeedsForCoverage });

        report.Failure.Should().BeNull(report.ToString());
        report.Missing.Should().BeEmpty("a soak in which a fault never happens shows nothing about it");
    }

    [Fact]
    public void Without_faults_every_request_is_served_and_nothing_is_fenced_by_mishap()
    {
        SoakReport report = SoakRunner.Run(new SoakOptions { Last = 50, Faults = Fault.None });

        report.Failure.Should().BeNull(report.ToString());
        report.Coverage[Happening.Success].Should().BePositive();
        report.Coverage[Happening.Eviction].Should().Be(0);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(6)]
    public void Every_invariant_holds_for_other_numbers_of_clients(int clients)
    {
        SoakReport report = SoakRunner.Run(new SoakOptions { First = 5_001, Last = 5_060, Clients = clients });

        report.Failure.Should().BeNull(report.ToString());
    }

    [Theory]
    [MemberData(nameof(EachFault))]
    public void Every_invariant_holds_under_each_fault_alone(string fault)
    {
        Faults.TryParse(fault, out Fault faults, out _).Should().BeTrue();

        SoakReport report = SoakRunner.Run(new SoakOptions { First = 7_001, Last = 7_030, Faults = faults });

        report.Failure.Should().BeNull(report.ToString());
    }

    public static TheoryData<string> EachFault() => new(Faults.Each.Select(fault => fault.Word()));

    [Fact]
    public void The_same_seed_writes_the_same_trace()
    {
        SoakOptions options = new() { First = 11, Last = 14 };

        string first = Trace(options);
        string second = Trace(options);

        first.Should().NotBeEmpty();
        second.Should().Be(first);
        first.Split('\n').Should().OnlyContain(line => line.Length < 4_096, "people read it");
    }

    [Fact]
    public void What_is_reported_does_not_depend_on_how_many_worlds_run_at_once()
    {
        SoakOptions options = new() { Last = 60, Rules = ProtocolRules.All & ~ProtocolRules.Epoch };

        SoakReport alone = SoakRunner.Run(options with { Threads = 1 });
        SoakReport together = SoakRunner.Run(options with { Threads = 4 });

        alone.Failure.Should().NotBeNull();
        together.ToString().Should().Be(alone.ToString());
    }

    [Fact]
    public void A_trace_tells_the_violation_and_the_report_how_to_see_it_again()
    {
        SoakOptions sabotaged = new() { Last = 200, Rules = ProtocolRules.All & ~ProtocolRules.Epoch };
        SoakReport report = SoakRunner.Run(sabotaged);
        report.Failure.Should().NotBeNull();
        ulong seed = report.Failure!.Seed;

        string trace = Trace(sabotaged with { First = seed, Last = seed });

        trace.Should().Contain($"# VIOLATION {report.Failure.Violation}");
        report.LastEvents.Should().HaveCount(31);
        report.ToString().Should()
            .Contain($"soak --seeds {seed} --clients 3 --faults all --without epoch --trace FILE");
    }

    private static string Trace(SoakOptions options)
    {
        StringBuilder text = new();
        using StringWriter writer = new(text);
        SoakRunner.RunTraced(options, writer);
        return text.ToString();
    }
}
