namespace Blockchain.Simulator;

/// <summary>Virtual time: what is to happen, by time and then by the order in which it was asked for.</summary>
internal sealed class Schedule
{
    private readonly PriorityQueue<Action, (long Time, long Order)> _queue = new();
    private long _order;

    /// <summary>Virtual milliseconds since the world began.</summary>
    public long Now { get; private set; }

    /// <summary>Lets something happen at a time; at once when that is past.</summary>
    public void At(long time, Action action) => _queue.Enqueue(action, (Math.Max(time, Now), _order++));

    /// <summary>Lets something happen so many milliseconds from now.</summary>
    public void After(long delayMs, Action action) => At(Now + delayMs, action);

    /// <summary>Moves to the next thing and lets it happen. False when nothing is left.</summary>
    public bool RunNext()
    {
        if (!_queue.TryDequeue(out Action? action, out (long Time, long Order) at))
        {
            return false;
        }

        Now = at.Time;
        action();
        return true;
    }
}
