using System.Diagnostics;

namespace Blockchain.IntegrationTests.Support;

/// <summary>Waiting for something that can only be looked at.</summary>
public static class Conditions
{
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(25);

    /// <summary>Looks again and again until a condition holds.</summary>
    /// <param name="holds">The condition.</param>
    /// <param name="what">The condition in words, for the failure.</param>
    /// <param name="deadline">How long to wait.</param>
    /// <returns>How long it took.</returns>
    public static async Task<TimeSpan> UntilAsync(Func<Task<bool>> holds, string what, TimeSpan deadline)
    {
        Stopwatch watch = Stopwatch.StartNew();
        Exception? last = null;
        while (watch.Elapsed < deadline)
        {
            try
            {
                if (await holds())
                {
                    return watch.Elapsed;
                }
            }
            catch (Exception fault) when (fault is HttpRequestException or TaskCanceledException
                or Wire.Http.ApiException or IOException)
            {
                // A process that does not answer now may do so in a moment.
                last = fault;
            }

            await Task.Delay(Between);
        }

        throw new TimeoutException($"{what}: not within {deadline.TotalSeconds:0} s. {last?.Message}", last);
    }

    /// <summary>The pause between two looks.</summary>
    public static Task BreatheAsync() => Task.Delay(Between);

    /// <summary>The same for a condition that needs no waiting to look at.</summary>
    public static Task<TimeSpan> UntilAsync(Func<bool> holds, string what, TimeSpan deadline) =>
        UntilAsync(() => Task.FromResult(holds()), what, deadline);
}
