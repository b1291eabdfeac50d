using Blockchain.Simulator;

namespace Blockchain.Tests.Simulation;

/// <summary>The open network in simulated worlds. Each violation prints its seed and how to see it again.</summary>
public sealed class OpenSoakTests
{
    [Fact]
    public void No_invariant_breaks_in_many_worlds_and_everything_that_can_happen_does()
    {
        OpenSoakReport report = OpenSoak.Run(new OpenSoakOptions { Last = 1_000, Nodes = 3 });

        report.Failure.Should().BeNull(report.ToString());
        report.Coverage.Missing.Should().BeEmpty("a soak in which a fault never happens shows nothing about it");
        report.Coverage[OpenHappening.DeepestReorganization].Should().BeGreaterThan(2);
    }

    [Fact]
    public void A_long_soak_in_which_something_never_happens_says_so()
    {
        OpenSoakReport report = new(new OpenSoakOptions { Last = 1_000 }, new OpenCoverage(), null, []);

        report.Hollow.Should().Contain(OpenHappening.DeepReorganization);
        report.ToString().Should().Contain("never happened: Step, BlockMined");
        (report with { Options = new OpenSoakOptions { Last = 999 } }).Hollow.Should().BeEmpty("that may be chance");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    public void Networks_of_other_sizes_come_to_one_tip_as_well(int nodes)
    {
        OpenSoakReport report = OpenSoak.Run(new OpenSoakOptions { First = 1, Last = 30, Nodes = nodes });

        report.Failure.Should().BeNull(report.ToString());
    }

    // 69 and 894: an output comes back with the second of two reorganizations, and a child was stored before its
    // parent. 314: a node stood still for longer than it waits for an answer. 4473: one step follows two blocks.
    [Theory]
    [InlineData(69)]
    [InlineData(314)]
    [InlineData(725)]
    [InlineData(825)]
    [InlineData(894)]
    [InlineData(4473)]
    public void Worlds_that_once_showed_something_hold(ulong seed) =>
        OpenSoak.RunSeed(seed, new OpenSoakOptions()).Violation.Should().BeNull();

    [Fact]
    public void A_seed_means_the_same_steps_every_time()
    {
        List<string> first = [];
        List<string> second = [];
        OpenSoakOptions options = new() { First = 8, Last = 12 };

        string one = OpenSoak.Run(options, first.Add).ToString();
        string two = OpenSoak.Run(options, second.Add).ToString();

        one.Should().Be(two);
        first.Should().Equal(second);
        OpenSoak.Run(options).ToString().Should().Be(one, "it does not depend on who looks and on how many threads");
    }
}
