using Blockchain.Core.OpenNetwork;

namespace Blockchain.Tests.Proof;

/// <summary>Retargets, with the published cases of Bitcoin Core's <c>pow_tests</c>.</summary>
public sealed class DifficultyTests
{
    [Theory]
    // A real one: blocks 30,240 to 32,255.
    [InlineData(32_256, 0x1d00_ffff, 1_261_130_161, 1_262_152_739, 0x1d00_d86a)]
    // Blocks 0 to 2,015 were too slow, and the limit holds.
    [InlineData(2_016, 0x1d00_ffff, 1_231_006_505, 1_233_061_996, 0x1d00_ffff)]
    // Blocks 66,528 to 68,543, more than four times too fast.
    [InlineData(68_544, 0x1c05_a3f4, 1_279_008_237, 1_279_297_671, 0x1c01_68fd)]
    // Not real times: more than four times too slow.
    [InlineData(46_368, 0x1c38_7f6f, 1_263_163_443, 1_269_211_443, 0x1d00_e1fd)]
    public void Bitcoin_s_retargets_come_out_as_they_did(int height, uint bits, uint first, uint last, uint next) =>
        Difficulty.NextBits(NetworkParameters.Bitcoin, height, new CompactTarget(bits), first, last)
            .Should().Be(new CompactTarget(next));

    [Fact]
    public void The_real_header_at_the_first_retarget_has_the_target_that_the_headers_before_it_give()
    {
        Header first = RealBlocks.Block30240;
        Header last = RealBlocks.Block32255;
        Header next = RealBlocks.Block32256;

        next.Previous.Should().Be(last.ComputeHash());
        Difficulty.NextBits(NetworkParameters.Bitcoin, 32_256, last.Bits, first.Time, last.Time).Should().Be(next.Bits);
        Target.FromCompact(next.Bits, out Target target).Should().Be(CompactFault.None);
        target.IsMetBy(next.ComputeHash()).Should().BeTrue();
        Difficulty.NextBits(NetworkParameters.Bitcoin, 32_256, last.Bits, first.Time + 60, last.Time)
            .Should().NotBe(next.Bits, "a minute more or less is another target");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2_015)]
    [InlineData(2_017)]
    public void Between_the_windows_the_target_stays(int height) =>
        Difficulty.NextBits(NetworkParameters.Bitcoin, height, new CompactTarget(0x1c05_a3f4), 0, 1)
            .Should().Be(new CompactTarget(0x1c05_a3f4));

    [Fact]
    public void A_window_that_seems_to_go_backwards_counts_as_the_fastest() =>
        Difficulty.NextBits(NetworkParameters.Bitcoin, 2_016, new CompactTarget(0x1c05_a3f4), 2_000_000_000, 5)
            .Should().Be(new CompactTarget(0x1c01_68fd));

    [Fact]
    public void The_easiest_of_targets_is_not_pushed_over_the_end_of_its_256_bits()
    {
        NetworkParameters parameters = NetworkParameters.Test with { Retargets = true };

        Difficulty.NextBits(parameters, 20, parameters.StartBits, 0, 1_000_000).Should().Be(parameters.LimitBits);
        Difficulty.NextBits(parameters, 20, parameters.StartBits, 0, 0).Should().Be(new CompactTarget(0x201f_ffff));
    }

    [Fact]
    public void Without_retargets_every_block_is_as_hard_as_the_first() =>
        Difficulty.NextBits(NetworkParameters.Test, 20, NetworkParameters.Test.StartBits, 0, 0)
            .Should().Be(NetworkParameters.Test.StartBits);

    [Fact]
    public void Ten_seconds_are_kept_by_miners_of_any_power()
    {
        // A thousand times the power that the first target was made for; a block takes its mean time.
        const double HashesPerSecond = 1_000 * 1_677_721.6;
        NetworkParameters parameters = NetworkParameters.Open("pace");
        List<double> times = [0];
        CompactTarget bits = parameters.StartBits;
        for (int height = 1; height <= 400; height++)
        {
            int first = Math.Max(0, height - parameters.RetargetWindow);
            bits = Difficulty.NextBits(parameters, height, bits, (uint)times[first], (uint)times[^1]);
            Target.FromCompact(bits, out Target target).Should().Be(CompactFault.None);
            times.Add(times[^1] + (Work.Of(target).Value.Low / HashesPerSecond));
        }

        // 20 intervals are wanted, 19 are measured.
        ((times[400] - times[200]) / 200).Should().BeApproximately(10.0 * 20 / 19, 1.0);
    }

    [Fact]
    public void Rewards_are_halved_until_nothing_is_left()
    {
        NetworkParameters bitcoin = NetworkParameters.Bitcoin;

        bitcoin.RewardUnitsAt(0).Should().Be(5_000_000_000);
        bitcoin.RewardUnitsAt(209_999).Should().Be(5_000_000_000);
        bitcoin.RewardUnitsAt(210_000).Should().Be(2_500_000_000);
        bitcoin.RewardUnitsAt(33 * 210_000).Should().Be(0);
        bitcoin.RewardUnitsAt(64 * 210_000).Should().Be(0, "a shift by 64 is one by none");
        bitcoin.RewardUnitsAt(int.MaxValue).Should().Be(0);
    }

    [Fact]
    public void Every_preset_has_a_limit_and_starts_within_it() =>
        new[] { NetworkParameters.Open("any"), NetworkParameters.Test, NetworkParameters.Bitcoin }.Should()
            .AllSatisfy(parameters =>
            {
                Target.FromCompact(parameters.StartBits, out Target start).Should().Be(CompactFault.None);
                start.CompareTo(parameters.Limit).Should().BeLessThanOrEqualTo(0);
            });
}
