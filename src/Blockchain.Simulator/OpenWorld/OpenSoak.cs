using System.Globalization;
using System.Text;
using Blockchain.Core.OpenNetwork;

namespace Blockchain.Simulator;

/// <summary>Which open networks to simulate.</summary>
public sealed record OpenSoakOptions
{
    /// <summary>The first seed.</summary>
    public ulong First { get; init; } = 1;

    /// <summary>The last seed, included.</summary>
    public ulong Last { get; init; } = 1_000;

    /// <summary>Full nodes, 1 to 16.</summary>
    public int Nodes { get; init; } = 4;

    /// <summary>Faults that may happen; those that an open network has none of are ignored.</summary>
    public Fault Faults { get; init; } = Fault.All;

    /// <summary>Rules of the nodes in force.</summary>
    public OpenRules Rules { get; init; } = OpenRules.All;

    /// <summary>Worlds that run at once.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>How many seeds there are.</summary>
    public ulong Count => Last - First + 1;

    /// <summary>The options as the command line takes them, without the seeds.</summary>
    public string Words => new SoakOptions { Clients = Nodes, Faults = Faults }.Words + " --network open"
        + RuleWords.Without(Rules, OpenRules.All);
}

/// <summary>What became of the seed of an open network.</summary>
/// <param name="Seed">The seed.</param>
/// <param name="Coverage">What happened.</param>
/// <param name="Violation">The invariant that does not hold and why; null when all held.</param>
/// <param name="Cause">What a node threw, when that was it.</param>
public sealed record OpenSeedResult(ulong Seed, OpenCoverage Coverage, string? Violation, Exception? Cause);

/// <summary>Runs open networks, each from one seed.</summary>
public static class OpenSoak
{
    /// <summary>Runs one seed.</summary>
    /// <param name="seed">Everything follows from it.</param>
    /// <param name="options">What to simulate.</param>
    /// <param name="trace">Takes every line of the trace; null when nobody reads it.</param>
    public static OpenSeedResult RunSeed(ulong seed, OpenSoakOptions options, Action<string>? trace = null)
    {
        OpenWorld world = new(
            seed, new OpenWorldOptions(options.Nodes, options.Faults, options.Rules), trace);
        try
        {
            world.Run();
            return new OpenSeedResult(seed, world.Coverage, null, null);
        }
        catch (ViolationException violation)
        {
            trace?.Invoke($"# VIOLATION {violation.Message}");
            return new OpenSeedResult(seed, world.Coverage, violation.Message, violation.InnerException);
        }
    }

    /// <summary>Runs until a world breaks an invariant or the seeds are through. The report does not depend on the
    /// number of threads.</summary>
    /// <param name="options">What to simulate.</param>
    /// <param name="trace">Takes every line of the traces, of one world after the other; null when nobody reads
    /// them.</param>
    /// <param name="progress">Told now and then how many worlds are done; from any thread.</param>
    /// <param name="cancel">Stops after the worlds under way.</param>
    public static OpenSoakReport Run(
        OpenSoakOptions options,
        Action<string>? trace = null,
        Action<long>? progress = null,
        CancellationToken cancel = default)
    {
        OpenCoverage coverage = new();
        OpenSeedResult? failure = null;
        Lock gate = new();
        ulong next = options.First;
        long done = 0;
        Parallel.For(0, trace is null ? options.Threads : 1, _ =>
        {
            while (Take() is { } seed)
            {
                OpenSeedResult result = RunSeed(seed, options, trace);
                lock (gate)
                {
                    coverage.Add(result.Coverage);
                    failure = result.Violation is not null && (failure is null || seed < failure.Seed)
                        ? result
                        : failure;
                    progress?.Invoke(++done);
                }
            }
        });
        cancel.ThrowIfCancellationRequested();
        Queue<string> last = new();
        if (failure is not null)
        {
            RunSeed(failure.Seed, options, line => Simulation.Remember(last, line));
        }

        return new OpenSoakReport(options, coverage, failure, [.. last]);

        ulong? Take()
        {
            lock (gate)
            {
                return next > options.Last || failure is not null || cancel.IsCancellationRequested ? null : next++;
            }
        }
    }
}

/// <summary>What came of a soak of open networks. The same seeds give the same text.</summary>
/// <param name="Options">What was simulated.</param>
/// <param name="Coverage">What happened in all worlds; of use when none failed.</param>
/// <param name="Failure">The lowest seed that failed, null when none did.</param>
/// <param name="LastEvents">The last lines of its trace.</param>
public sealed record OpenSoakReport(
    OpenSoakOptions Options, OpenCoverage Coverage, OpenSeedResult? Failure, IReadOnlyList<string> LastEvents)
{
    private const ulong EnoughSeeds = 1_000;

    /// <summary>What never happened although everything could and there were seeds enough: about that the soak shows
    /// nothing.</summary>
    public IReadOnlyList<OpenHappening> Hollow =>
        Failure is null && Options.Faults == Fault.All && Options.Count >= EnoughSeeds ? Coverage.Missing : [];

    /// <summary>The report as text.</summary>
    public override string ToString()
    {
        StringBuilder text = new();
        string seeds = Options.Count == 1 ? $"{Options.First}" : $"{Options.First}..{Options.Last}";
        text.Append(CultureInfo.InvariantCulture, $"soak --seeds {seeds} {Options.Words}\n");
        if (Failure is null)
        {
            text.Append(Coverage).Append(CultureInfo.InvariantCulture,
                $"{Options.Count} {(Options.Count == 1 ? "seed" : "seeds")} passed\n");
            return Hollow.Count == 0
                ? text.ToString()
                : text.Append("never happened: ").AppendJoin(", ", Hollow).Append('\n').ToString();
        }

        text.Append(CultureInfo.InvariantCulture, $"seed {Failure.Seed}: {Failure.Violation}\nthe last events:\n");
        foreach (string line in LastEvents)
        {
            text.Append("  ").Append(line).Append('\n');
        }

        return text.Append(CultureInfo.InvariantCulture,
            $"to see it again: blockchain soak --seeds {Failure.Seed} {Options.Words} --trace FILE\n").ToString();
    }
}
