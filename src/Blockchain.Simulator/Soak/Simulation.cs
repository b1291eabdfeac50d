using Blockchain.Core.BankNetwork;

namespace Blockchain.Simulator;

/// <summary>One seed's world, run to its end or to the first invariant that does not hold.</summary>
public static class Simulation
{
    private const int LastEvents = 30;

    /// <summary>Runs one seed.</summary>
    /// <param name="seed">Everything follows from it.</param>
    /// <param name="clients">Clients that are there from the start.</param>
    /// <param name="faults">Faults that may happen.</param>
    /// <param name="rules">Rules of the protocol in force; <see cref="ProtocolRules.All"/> but for sabotage.</param>
    /// <param name="trace">Takes every line of the trace; null when nobody reads it, which is much faster.</param>
    public static SeedResult Run(
        ulong seed,
        int clients = 3,
        Fault faults = Fault.All,
        ProtocolRules rules = ProtocolRules.All,
        Action<string>? trace = null)
    {
        World world = new(seed, new WorldOptions(clients, faults, rules), trace is null ? null : new Trace(trace));
        try
        {
            world.Run();
            return new SeedResult(seed, world.Coverage, null, null);
        }
        catch (ViolationException violation)
        {
            trace?.Invoke($"# VIOLATION {violation.Message}");
            return new SeedResult(seed, world.Coverage, violation.Message, violation.InnerException);
        }
    }

    /// <summary>Runs a seed again for the last lines of its trace.</summary>
    public static IReadOnlyList<string> LastEventsOf(
        ulong seed, int clients = 3, Fault faults = Fault.All, ProtocolRules rules = ProtocolRules.All)
    {
        Queue<string> last = new();
        Run(seed, clients, faults, rules, line => Remember(last, line));
        return [.. last];
    }

    /// <summary>Keeps the last lines.</summary>
    internal static void Remember(Queue<string> last, string line)
    {
        last.Enqueue(line);
        if (last.Count > LastEvents + 1)
        {
            last.Dequeue();
        }
    }
}

/// <summary>What became of a seed.</summary>
/// <param name="Seed">The seed.</param>
/// <param name="Coverage">What happened in its world.</param>
/// <param name="Violation">The invariant that does not hold and why; null when all held.</param>
/// <param name="Cause">What a process threw, when that was it.</param>
public sealed record SeedResult(ulong Seed, Coverage Coverage, string? Violation, Exception? Cause);
