using Blockchain.Core.Kernel;

namespace Blockchain.Simulator;

/// <summary>Runs the worlds of many seeds, several at once. What it reports does not depend on how many.</summary>
public static class SoakRunner
{
    /// <summary>Runs until a world breaks an invariant or the seeds are through.</summary>
    /// <param name="options">What to simulate.</param>
    /// <param name="progress">Told now and then how many worlds are done; from any thread.</param>
    /// <param name="cancel">Stops after the worlds under way.</param>
    /// <returns>The failure of the lowest seed that fails, or what happened in all worlds together.</returns>
    public static SoakReport Run(SoakOptions options, Action<long>? progress = null, CancellationToken cancel = default)
    {
        Invariant.Holds(options.First <= options.Last, "the first seed is not after the last");
        Shared shared = new(options);
        Parallel.For(
            0,
            options.Threads,
            new ParallelOptions { MaxDegreeOfParallelism = options.Threads },
            _ => shared.Work(progress, cancel));
        cancel.ThrowIfCancellationRequested();
        SeedResult? failure = shared.Failure;
        IReadOnlyList<string> events = failure is null
            ? []
            : Simulation.LastEventsOf(failure.Seed, options.Clients, options.Faults, options.Rules);
        return new SoakReport(options, shared.Coverage, failure, events);
    }

    /// <summary>Runs the seeds one after the other and writes every step.</summary>
    /// <param name="options">What to simulate.</param>
    /// <param name="trace">Takes the lines.</param>
    /// <param name="cancel">Stops after the world under way.</param>
    public static SoakReport RunTraced(SoakOptions options, TextWriter trace, CancellationToken cancel = default)
    {
        Coverage coverage = new();
        for (ulong seed = options.First; seed <= options.Last; seed++)
        {
            cancel.ThrowIfCancellationRequested();
            Queue<string> last = new();
            SeedResult result = Simulation.Run(seed, options.Clients, options.Faults, options.Rules, line =>
            {
                trace.Write(line);
                trace.Write('\n');
                Simulation.Remember(last, line);
            });
            coverage.Add(result.Coverage);
            if (result.Violation is not null)
            {
                return new SoakReport(options, coverage, result, [.. last]);
            }
        }

        return new SoakReport(options, coverage, null, []);
    }

    private sealed class Shared(SoakOptions options)
    {
        private readonly Lock _lock = new();
        private ulong _next = options.First;
        private long _done;

        public Coverage Coverage { get; } = new();

        public SeedResult? Failure { get; private set; }

        public void Work(Action<long>? progress, CancellationToken cancel)
        {
            while (!cancel.IsCancellationRequested && Take() is { } seed)
            {
                SeedResult result = Simulation.Run(seed, options.Clients, options.Faults, options.Rules);
                long done = Finish(result);
                progress?.Invoke(done);
            }
        }

        // A failure ends the run, but a lower seed that is still under way may fail as well, and is the one reported.
        private ulong? Take()
        {
            lock (_lock)
            {
                return _next > options.Last || Failure is not null ? null : _next++;
            }
        }

        private long Finish(SeedResult result)
        {
            lock (_lock)
            {
                Coverage.Add(result.Coverage);
                if (result.Violation is not null && (Failure is null || result.Seed < Failure.Seed))
                {
                    Failure = result;
                }

                return ++_done;
            }
        }
    }
}
