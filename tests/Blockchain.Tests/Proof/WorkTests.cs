using Blockchain.Core.Kernel;
using Blockchain.Core.OpenNetwork;

namespace Blockchain.Tests.Proof;

/// <summary>How much work a target stands for, and sums of it.</summary>
public sealed class WorkTests
{
    [Theory]
    [InlineData(0x1d00_ffff, 0x1_0001_0001)]
    [InlineData(0x207f_ffff, 2)]
    public void The_work_of_a_header_is_the_mean_number_of_hashes(uint bits, ulong hashes) =>
        WorkOf(bits).Should().Be(new Work(new UInt256(hashes)));

    [Fact]
    public void The_easiest_and_the_hardest_target_have_their_work()
    {
        Work.Of(new Target(UInt256.MaxValue)).Value.Should().Be(UInt256.One);
        Work.Of(new Target(UInt256.Zero)).Value.Should().Be(UInt256.Zero, "2^256 hashes cannot be counted");
        Work.Of(new Target(UInt256.One)).Value.Should().Be(UInt256.One << 255);
    }

    [Fact]
    public void The_first_two_blocks_of_Bitcoin_have_the_work_that_its_nodes_print() =>
        (WorkOf(0x1d00_ffff) + WorkOf(0x1d00_ffff)).ToString().Should().Be(
            new string('0', 55) + "200020002");

    [Fact]
    public void A_short_chain_of_hard_blocks_beats_a_long_one_of_easy_blocks()
    {
        Work hard = WorkOf(0x1c00_ffff);
        Work easy = Enumerable.Repeat(WorkOf(0x1d00_ffff), 255)
            .Aggregate(Work.Zero, static (sum, work) => sum + work);

        (hard > easy).Should().BeTrue();
        (easy < hard).Should().BeTrue();
        (hard - easy + easy).Should().Be(hard);
        (hard >= easy + WorkOf(0x1d00_ffff)).Should().BeTrue();
        (hard <= easy).Should().BeFalse();
    }

    [Fact]
    public void Work_never_wraps_around()
    {
        Work all = new(UInt256.MaxValue);
        Action adding = () => _ = all + WorkOf(0x207f_ffff);
        Action taking = () => _ = Work.Zero - WorkOf(0x207f_ffff);

        adding.Should().Throw<InvariantException>();
        taking.Should().Throw<InvariantException>();
    }

    private static Work WorkOf(uint bits)
    {
        Target.FromCompact(new CompactTarget(bits), out Target target).Should().Be(CompactFault.None);
        return Work.Of(target);
    }
}
