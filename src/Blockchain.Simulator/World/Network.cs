namespace Blockchain.Simulator;

/// <summary>
/// The wires. Places on it are numbered: 0 is the bank, the rest are clients. A connection delivers in order unless the
/// world reorders; it dies on both sides at their own times; calls are answered, refused or time out.
/// </summary>
/// <param name="schedule">Virtual time.</param>
/// <param name="random">All chance.</param>
/// <param name="plan">What goes wrong.</param>
/// <param name="coverage">Counts it.</param>
internal sealed class Network(Schedule schedule, Prng random, FaultPlan plan, Coverage coverage)
{
    private const int CallTimeoutMs = 1_500;
    private readonly HashSet<(int From, int To)> _blocked = [];

    /// <summary>Whether nothing stands between two places, in this direction.</summary>
    public bool Reaches(int from, int to) => !_blocked.Contains((from, to));

    /// <summary>Cuts one direction.</summary>
    public void Block(int from, int to) => _blocked.Add((from, to));

    /// <summary>Mends one direction.</summary>
    public void Unblock(int from, int to) => _blocked.Remove((from, to));

    /// <summary>Mends everything.</summary>
    public void Heal() => _blocked.Clear();

    /// <summary>How long a message takes.</summary>
    public long Latency()
    {
        if (plan.Has(Fault.Delay) && random.PerMille(plan.SlowPerMille))
        {
            coverage.Count(Happening.SlowMessage);
            return random.Between(200, 3_000);
        }

        return random.Between(1, plan.LatencyMs);
    }

    /// <summary>Sends something along a connection.</summary>
    /// <returns>False when it vanishes on its way.</returns>
    public bool Carry(Connection connection, int from, Action deliver)
    {
        int to = connection.Other(from);
        if (Vanishes(from, to))
        {
            return false;
        }

        long arrival = schedule.Now + Latency();
        if (plan.Has(Fault.Reorder) && random.PerMille(plan.ReorderPerMille))
        {
            coverage.Count(Happening.ReorderedMessage);
            arrival += random.Between(1, 150);
        }
        else
        {
            arrival = connection.InOrder(to, arrival);
        }

        Arrive(connection, to, arrival, deliver);
        if (plan.Has(Fault.Duplicate) && random.PerMille(plan.DuplicatePerMille))
        {
            coverage.Count(Happening.DuplicatedMessage);
            Arrive(connection, to, arrival + random.Between(0, 400), deliver);
        }

        return true;
    }

    /// <summary>Calls a place and waits for its answer: HTTP.</summary>
    /// <param name="from">Who calls.</param>
    /// <param name="to">Who is called.</param>
    /// <param name="serve">What the other side does; it is given what sends an answer back, and returns false when
    /// nobody is there.</param>
    /// <param name="failed">What the caller does when no answer comes.</param>
    public void Call(int from, int to, Func<Action<Action>, bool> serve, Action failed)
    {
        bool done = false;
        void Finish(Action action)
        {
            if (!done)
            {
                done = true;
                action();
            }
        }

        void Answer(Action answer)
        {
            if (!Vanishes(to, from))
            {
                schedule.After(Latency(), () => Finish(answer));
            }
        }

        void Serve()
        {
            if (!serve(Answer))
            {
                Answer(failed);
            }
        }

        schedule.After(CallTimeoutMs, () => Finish(failed));
        if (Vanishes(from, to))
        {
            return;
        }

        schedule.After(Latency(), Serve);
        if (plan.Has(Fault.Duplicate) && random.PerMille(plan.DuplicatePerMille))
        {
            coverage.Count(Happening.DuplicatedMessage);
            schedule.After(Latency() + random.Between(0, 300), Serve);
        }
    }

    private void Arrive(Connection connection, int to, long at, Action deliver) => schedule.At(at, () =>
    {
        if (connection.IsUp(to))
        {
            deliver();
        }
    });

    private bool Vanishes(int from, int to)
    {
        if (!Reaches(from, to))
        {
            coverage.Count(Happening.BlockedMessage);
            return true;
        }

        if (plan.Has(Fault.Loss) && random.PerMille(plan.LossPerMille))
        {
            coverage.Count(Happening.LostMessage);
            return true;
        }

        return false;
    }
}

/// <summary>One connection between two places, from its making to its end.</summary>
internal sealed class Connection(int a, int b)
{
    private bool _upAtA;
    private bool _upAtB;
    private long _lastAtA;
    private long _lastAtB;

    /// <summary>The other end.</summary>
    public int Other(int place) => place == a ? b : a;

    /// <summary>Whether this end takes messages.</summary>
    public bool IsUp(int place) => place == a ? _upAtA : _upAtB;

    /// <summary>Opens or closes one end; the other one finds out in its own time.</summary>
    public void Set(int place, bool up)
    {
        if (place == a)
        {
            _upAtA = up;
        }
        else
        {
            _upAtB = up;
        }
    }

    /// <summary>The earliest time from <paramref name="arrival"/> on that keeps the order of what arrives
    /// here.</summary>
    public long InOrder(int place, long arrival)
    {
        ref long last = ref (place == a ? ref _lastAtA : ref _lastAtB);
        last = Math.Max(last, arrival);
        return last;
    }
}
