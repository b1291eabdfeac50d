using Blockchain.Core.OpenNetwork;

namespace Blockchain.Tests.Proof;

/// <summary>The clock of a chain.</summary>
public sealed class MedianTimeTests
{
    [Theory]
    [InlineData(new uint[] { 7 }, 7)]
    [InlineData(new uint[] { 9, 7 }, 9)]
    [InlineData(new uint[] { 9, 7, 8 }, 8)]
    [InlineData(new uint[] { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 4_000_000_000 }, 6)]
    [InlineData(new uint[] { 11, 1, 10, 2, 9, 3, 8, 4, 7, 5, 6 }, 6)]
    public void The_median_is_the_middle_one_whatever_the_order(uint[] times, uint median) =>
        MedianTime.Of(times).Should().Be(median);

    [Theory]
    [InlineData(0)]
    [InlineData(MedianTime.Span + 1)]
    public void Eleven_blocks_are_looked_at_and_one_at_least(int count)
    {
        Action asking = () => MedianTime.Of(new uint[count]);

        asking.Should().Throw<ArgumentException>();
    }
}
