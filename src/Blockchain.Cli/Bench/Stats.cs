using System.Diagnostics;

namespace Blockchain.Cli.Bench;

/// <summary>Medians and percentiles of what was measured.</summary>
internal static class Stats
{
    /// <summary>The middle value; the mean of the two middle ones of an even number.</summary>
    public static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        int middle = sorted.Length / 2;
        return sorted.Length == 0 ? double.NaN
            : sorted.Length % 2 == 1 ? sorted[middle]
            : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /// <summary>The value below which a share of the samples lies (nearest rank).</summary>
    public static double Percentile(IEnumerable<long> ticks, double share)
    {
        long[] sorted = [.. ticks.Order()];
        return sorted.Length == 0
            ? double.NaN
            : Microseconds(sorted[Math.Clamp((int)Math.Ceiling(share * sorted.Length) - 1, 0, sorted.Length - 1)]);
    }

    /// <summary>Ticks of <see cref="Stopwatch"/> in microseconds.</summary>
    public static double Microseconds(long ticks) => ticks * 1e6 / Stopwatch.Frequency;
}
