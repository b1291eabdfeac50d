namespace Blockchain.Wire.Hosting;

/// <summary>How long to wait before dialling again: 100 ms, doubling to 2 s, and from the start after a
/// success.</summary>
public sealed class Backoff(TimeProvider time)
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(2);
    private TimeSpan _next = Shortest;

    /// <summary>It worked.</summary>
    public void Reset() => _next = Shortest;

    /// <summary>Waits.</summary>
    public Task WaitAsync(CancellationToken cancellationToken)
    {
        TimeSpan now = _next;
        _next = now * 2 < Longest ? now * 2 : Longest;
        return Task.Delay(now, time, cancellationToken);
    }
}
