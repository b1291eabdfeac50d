using System.Diagnostics;
using Blockchain.Core.BankNetwork;

namespace Blockchain.Cli.Bench;

/// <summary>
/// The measurement with one number of clients: peers and network take turns, round by round, so that whatever else the
/// machine does falls on both.
/// </summary>
/// <param name="options">What to run with.</param>
/// <param name="clients">How many clients.</param>
/// <param name="postgres">The other peer; null for none.</param>
/// <param name="tell">Takes what is being done, for people.</param>
internal sealed class BenchRun(BenchOptions options, int clients, PostgresPeer? postgres, Action<string> tell)
{
    private const int PingCount = 400;
    private const int SettledWindows = 10;
    private const int MostWindows = 240;
    private const double SettledWithin = 0.1;
    private const double CompilingAtMost = 0.02;
    private static readonly TimeSpan RampPatience = TimeSpan.FromMinutes(2);

    private readonly List<(double, double)> _unbatched = [];
    private readonly List<(double, double)> _batched = [];
    private readonly List<(double, double)> _postgres = [];
    private readonly List<Latency> _latencies = [];
    private readonly List<SectionCost> _busy = [];
    private readonly List<SectionCost> _alone = [];
    private IReadOnlyList<ProcessUse> _uses = [];
    private bool _areEqual = true;
    private long _blocks;

    /// <summary>Measures everything.</summary>
    public async Task<BenchResult> RunAsync(CancellationToken cancellation)
    {
        using SqlitePeer sqlite = new(Path.Combine(options.Data, $"sqlite-{clients}"));
        await WithNetworkAsync(1, async network =>
        {
            await WarmUpAsync(network, BenchOptions.Unbatched(clients), cancellation);
            await MeasureLatencyAsync(network, sqlite, cancellation);
            _latencies.Clear();
            _alone.Clear();
            for (int round = 1; round <= options.Rounds; round++)
            {
                tell($"{clients} clients, one transfer per critical section, round {round} of {options.Rounds}");
                double s1 = sqlite.Measure(1, options.Seconds, cancellation).Rate;
                double rate = await MeasureUnbatchedAsync(network, cancellation);
                _unbatched.Add((rate, s1));
                await MeasureLatencyAsync(network, sqlite, cancellation);
                if (postgres is not null)
                {
                    _postgres.Add((rate, await postgres.MeasureAsync(options.Seconds, cancellation)));
                }
            }
        }, cancellation);
        await WithNetworkAsync(Limits.RequestTransfers, async network =>
        {
            Load load = BenchOptions.Batched(clients);
            await WarmUpAsync(network, load, cancellation);
            for (int round = 1; round <= options.Rounds; round++)
            {
                tell($"{clients} clients, whole queue per critical section, round {round} of {options.Rounds}");
                double s1000 = sqlite.Measure(1_000, options.Seconds, cancellation).Rate;
                await RampAsync(network, load, load.Depth, cancellation);
                _batched.Add(((await network.MeasureAsync(options.Seconds, cancellation)).Rate, s1000));
                await network.StopAsync(cancellation);
            }
        }, cancellation);
        return Result();
    }

    private async Task WithNetworkAsync(
        int batch, Func<BenchNetwork, Task> measure, CancellationToken cancellation)
    {
        string data = Path.Combine(options.Data, $"batch-{batch}");
        await using BenchNetwork network = await BenchNetwork.StartAsync(
            options with { Data = data }, clients, batch, cancellation);
        await measure(network);
        (bool areEqual, long blocks) = await network.EndAsync(cancellation);
        _areEqual &= areEqual;
        _blocks += blocks;
        Directory.Delete(data, recursive: true);
    }

    /// <summary>Works until the runtime has compiled what is used, and the rate no longer rises: cold processes are
    /// many times slower, and a dozen of them on two cores take half a minute to a minute and a half.</summary>
    private async Task WarmUpAsync(BenchNetwork network, Load load, CancellationToken cancellation)
    {
        tell($"{clients} clients, warming up");
        await network.LoadAsync(load, cancellation);
        List<Pace> paces = [];
        while (paces.Count < MostWindows && !HasSettled(paces.TakeLast(SettledWindows).ToArray()))
        {
            paces.Add(await network.MeasureAsync(options.Seconds / 2, cancellation));
        }

        await network.StopAsync(cancellation);
    }

    private static bool HasSettled(Pace[] paces) => paces.Length == SettledWindows
        && Stats.Median(paces.Select(pace => pace.Compiling)) < CompilingAtMost * Environment.ProcessorCount
        && Stats.Median(paces[(SettledWindows / 2)..].Select(pace => pace.Rate))
            < (1 + SettledWithin) * Stats.Median(paces[..(SettledWindows / 2)].Select(pace => pace.Rate));

    /// <summary>Has all clients pay, and waits for as many transfers as a turn for each makes: the first find an empty
    /// pipeline, and everybody's queue goes to everybody at once.</summary>
    private async Task RampAsync(BenchNetwork network, Load load, int turn, CancellationToken cancellation)
    {
        Stopwatch watch = Stopwatch.StartNew();
        double before = await network.SettledAsync(cancellation);
        await network.LoadAsync(load, cancellation);
        while (await network.SettledAsync(cancellation) - before < (double)clients * turn)
        {
            if (watch.Elapsed > RampPatience)
            {
                throw new CliException(
                    ExitCode.Failed,
                    $"in {RampPatience.TotalMinutes:0} minutes {clients} clients under load did not settle "
                        + $"{turn} transfers each. Measure fewer clients, or on a machine with less to do.");
            }

            await Task.Delay(options.Seconds / 10, cancellation);
        }
    }

    private async Task<double> MeasureUnbatchedAsync(BenchNetwork network, CancellationToken cancellation)
    {
        await RampAsync(network, BenchOptions.Unbatched(clients), 1, cancellation);
        Counts counts = await network.CountAsync(cancellation);
        TimeSpan[] before = [.. network.Processes.Select(process => process.Usage().Processor)];
        Stopwatch watch = Stopwatch.StartNew();
        double rate = (await network.MeasureAsync(options.Seconds, cancellation)).Rate;
        double seconds = watch.Elapsed.TotalSeconds;
        _uses =
        [
            .. network.Processes.Zip(before, (process, earlier) => new ProcessUse(
                process.Title, (process.Usage().Processor - earlier).TotalSeconds / seconds,
                process.Usage().MemoryBytes)),
        ];
        _busy.Add(SectionCost.Of(await network.CountAsync(cancellation) - counts));
        await network.StopAsync(cancellation);
        return rate;
    }

    private async Task MeasureLatencyAsync(
        BenchNetwork network, SqlitePeer sqlite, CancellationToken cancellation)
    {
        LoadProcess first = network.Loads[0];
        string echo = await network.Loads[^1].EchoAsync(cancellation);
        double trip = await first.PingAsync(echo, PingCount, cancellation);
        double commit = sqlite.Measure(1, options.Seconds / 5, cancellation).CommitUs;
        Counts counts = await network.CountAsync(cancellation);
        (double p50, double p99) = await first.LatencyAsync(options.LatencySamples, cancellation);
        _alone.Add(SectionCost.Of(await network.CountAsync(cancellation) - counts));
        double floor = (2 * trip) + commit;
        _latencies.Add(new Latency(p50, p99, trip, commit, floor, p50 / floor));
    }

    private BenchResult Result() => new()
    {
        Clients = clients,
        Unbatched = Compared.Of(_unbatched),
        Batched = Compared.Of(_batched),
        Postgres = postgres is null ? null : Compared.Of(_postgres),
        Latency = new Latency(
            Of(latency => latency.P50), Of(latency => latency.P99), Of(latency => latency.TripUs),
            Of(latency => latency.CommitUs), Of(latency => latency.FloorUs), Of(latency => latency.Ratio)),
        Busy = Middle(_busy),
        Alone = Middle(_alone),
        Processes = _uses,
        ChainsEqual = _areEqual,
        Blocks = _blocks,
    };

    private double Of(Func<Latency, double> part) => Stats.Median(_latencies.Select(part));

    private static SectionCost Middle(List<SectionCost> costs) => new(
        Stats.Median(costs.Select(cost => cost.Messages)), Stats.Median(costs.Select(cost => cost.Writes)),
        Stats.Median(costs.Select(cost => cost.Commits)));
}
