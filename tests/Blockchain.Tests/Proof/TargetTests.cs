using Blockchain.Core.OpenNetwork;

namespace Blockchain.Tests.Proof;

/// <summary>The compact form, with the published cases of Bitcoin Core's <c>arith_uint256_tests</c>.</summary>
public sealed class TargetTests
{
    [Theory]
    [InlineData(0x1d00_ffff, "00000000ffff0000000000000000000000000000000000000000000000000000")]
    [InlineData(0x1b04_04cb, "00000000000404cb000000000000000000000000000000000000000000000000")]
    [InlineData(0x207f_ffff, "7fffff0000000000000000000000000000000000000000000000000000000000")]
    [InlineData(0x2012_3456, "1234560000000000000000000000000000000000000000000000000000000000")]
    [InlineData(0x0500_9234, "0000000000000000000000000000000000000000000000000000000092340000")]
    [InlineData(0x0412_3456, "0000000000000000000000000000000000000000000000000000000012345600")]
    [InlineData(0x0312_3456, "0000000000000000000000000000000000000000000000000000000000123456")]
    public void A_compact_form_means_one_target_and_comes_back(uint compact, string expected)
    {
        Target.FromCompact(new CompactTarget(compact), out Target target).Should().Be(CompactFault.None);

        target.ToString().Should().Be(expected);
        target.ToCompact().Should().Be(new CompactTarget(compact));
    }

    [Theory]
    [InlineData(0x0112_3456, 0x12, 0x0112_0000)]
    [InlineData(0x0212_3456, 0x1234, 0x0212_3400)]
    public void Digits_beyond_a_short_length_are_dropped(uint compact, ulong value, uint again)
    {
        Target.FromCompact(new CompactTarget(compact), out Target target).Should().Be(CompactFault.None);

        target.Value.Should().Be(new UInt256(value));
        target.ToCompact().Should().Be(new CompactTarget(again));
    }

    [Theory]
    [InlineData(0x0000_0000)]
    [InlineData(0x0012_3456)]
    [InlineData(0x0100_3456)]
    [InlineData(0x0200_0056)]
    [InlineData(0x0300_0000)]
    [InlineData(0x0400_0000)]
    [InlineData(0x0092_3456)]
    [InlineData(0x0180_3456)]
    [InlineData(0x0280_0056)]
    [InlineData(0x0380_0000)]
    [InlineData(0x0480_0000)]
    public void Zero_is_no_target_whatever_its_length_and_sign(uint compact)
    {
        Target.FromCompact(new CompactTarget(compact), out Target target).Should().Be(CompactFault.Zero);

        target.Value.Should().Be(UInt256.Zero);
        target.ToCompact().Should().Be(new CompactTarget(0));
    }

    [Theory]
    [InlineData(0x01fe_dcba)]
    [InlineData(0x0492_3456)]
    [InlineData(0x1d80_ffff)]
    public void A_negative_number_is_no_target(uint compact) =>
        Target.FromCompact(new CompactTarget(compact), out _).Should().Be(CompactFault.Negative);

    [Theory]
    [InlineData(0xff12_3456, CompactFault.Overflow)]
    [InlineData(0x2300_0001, CompactFault.Overflow)]
    [InlineData(0x2200_0100, CompactFault.Overflow)]
    [InlineData(0x2101_0000, CompactFault.Overflow)]
    [InlineData(0x2200_0001, CompactFault.None)]
    [InlineData(0x2100_0100, CompactFault.None)]
    [InlineData(0x2001_0000, CompactFault.None)]
    public void A_number_beyond_256_bits_is_no_target(uint compact, CompactFault fault) =>
        Target.FromCompact(new CompactTarget(compact), out _).Should().Be(fault);

    [Fact]
    public void The_digit_that_would_be_taken_for_a_sign_moves_down()
    {
        new Target(new UInt256(0x80)).ToCompact().Should().Be(new CompactTarget(0x0200_8000));
        new Target(UInt256.MaxValue).ToCompact().Should().Be(new CompactTarget(0x2100_ffff));
    }

    [Fact]
    public void Every_compact_form_that_is_a_target_is_rounded_once_and_for_all()
    {
        for (uint size = 0; size <= 34; size++)
        {
            foreach (uint digits in (uint[])[0x1, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x01_0000, 0x7f_ffff])
            {
                CompactTarget compact = new((size << 24) | digits);
                if (Target.FromCompact(compact, out Target target) != CompactFault.None)
                {
                    continue;
                }

                Target.FromCompact(target.ToCompact(), out Target again).Should().Be(CompactFault.None);
                again.Should().Be(target, "of size {0} and digits {1}", size, digits);
            }
        }
    }

    [Fact]
    public void A_target_is_met_by_its_own_value_and_by_nothing_above_it()
    {
        Target.FromCompact(new CompactTarget(0x1d00_ffff), out Target target);
        BlockHash same = HashOf(target.Value);
        BlockHash above = HashOf(target.Value + UInt256.One);

        target.IsMetBy(same).Should().BeTrue();
        target.IsMetBy(above).Should().BeFalse();
        target.IsMetBy(BlockHash.Zero).Should().BeTrue();
        target.IsMetBy(HashOf(UInt256.MaxValue)).Should().BeFalse();
    }

    private static BlockHash HashOf(UInt256 value) => new(value.ToBigEndian().Reversed());
}
