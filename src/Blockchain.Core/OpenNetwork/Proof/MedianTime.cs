namespace Blockchain.Core.OpenNetwork;

/// <summary>The clock of a chain. A block must be later than the median of those before it, so that no single miner can
/// set the clock back (Bitcoin Core, <c>GetMedianTimePast</c>).</summary>
public static class MedianTime
{
    /// <summary>How many blocks are looked at.</summary>
    public const int Span = 11;

    /// <summary>The median of the times of the last blocks; of an even number the later of the middle two.</summary>
    /// <param name="times">The times of the last 11 blocks, or of all when there are fewer, in any order.</param>
    /// <exception cref="ArgumentException">None, or more than 11.</exception>
    public static uint Of(ReadOnlySpan<uint> times)
    {
        if (times.Length is 0 or > Span)
        {
            throw new ArgumentException($"1 to {Span} times are needed, not {times.Length}.", nameof(times));
        }

        Span<uint> sorted = stackalloc uint[times.Length];
        times.CopyTo(sorted);
        sorted.Sort();
        return sorted[sorted.Length / 2];
    }
}
