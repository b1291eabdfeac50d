using Blockchain.Core.Kernel;

namespace Blockchain.Core.BankNetwork;

/// <summary>A logical clock (Lamport 1978, section "Logical Clocks", rules IR1 and IR2).</summary>
public sealed class LamportClock(long time)
{
    /// <summary>The time of the latest event.</summary>
    public long Time { get; private set; } = time;

    /// <summary>IR1: an event of this process.</summary>
    /// <returns>Its time.</returns>
    public long Tick()
    {
        Invariant.Holds(Time < long.MaxValue, "a clock does not overflow");
        return ++Time;
    }

    /// <summary>IR2: a message was received; its time and everything before it are now in the past.</summary>
    public void Receive(long messageTime)
    {
        Time = Math.Max(Time, messageTime);
        Tick();
    }

    /// <summary>A view begins: the clock shows its time at least. Clocks live with a view, so one that a lie has driven
    /// further ahead than any honest work could is set back here, where no message of before counts any more.</summary>
    public void Begin(long viewTime) =>
        Time = Time > viewTime + (Limits.ClockAhead / 2) ? viewTime : Math.Max(Time, viewTime);

    /// <summary>Something is known to have happened by <paramref name="time"/>; no event of its own.</summary>
    public void Witness(long time) => Time = Math.Max(Time, time);
}
