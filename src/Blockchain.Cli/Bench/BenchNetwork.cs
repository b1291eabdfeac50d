using System.Globalization;
using System.Text.Json;
using Blockchain.Cli.Hosting;
using Blockchain.Cli.Ledgers;
using Blockchain.Cli.Options;
using Blockchain.Wire.Http;

namespace Blockchain.Cli.Bench;

/// <summary>What all processes of a network have counted together.</summary>
/// <param name="Sections">Critical sections left.</param>
/// <param name="Messages">Messages of mutual exclusion sent.</param>
/// <param name="Writes">Writes on links between members.</param>
/// <param name="Commits">Transactions of the bank.</param>
internal readonly record struct Counts(long Sections, long Messages, long Writes, long Commits)
{
    /// <summary>What was counted since.</summary>
    public static Counts operator -(Counts later, Counts earlier) => new(
        later.Sections - earlier.Sections, later.Messages - earlier.Messages, later.Writes - earlier.Writes,
        later.Commits - earlier.Commits);
}

/// <summary>How fast the clients were for a while.</summary>
/// <param name="Rate">Transfers settled in a second, at all clients together.</param>
/// <param name="Compiling">Seconds in a second for which the runtime compiled in the clients' processes.</param>
internal readonly record struct Pace(double Rate, double Compiling);

/// <summary>A bank and its clients under load, each a process of its own; many clients share a few.</summary>
internal sealed class BenchNetwork : IAsyncDisposable
{
    private const string Deposit = "1000000000";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(50);

    private readonly HttpClient _http = new() { Timeout = Patience };
    private readonly List<LoadProcess> _loads = [];
    private readonly string _data;
    private readonly int _clients;
    private readonly string _level;
    private ChildProcess? _bank;
    private Uri _address = new("http://127.0.0.1");

    private BenchNetwork(string data, int clients, string level)
    {
        _data = data;
        _clients = clients;
        _level = level;
    }

    /// <summary>The processes with clients.</summary>
    public IReadOnlyList<LoadProcess> Loads => _loads;

    /// <summary>All processes, the bank's first.</summary>
    public IEnumerable<ChildProcess> Processes => _loads.Select(load => load.Process).Prepend(_bank!);

    /// <summary>Starts everything and waits until all clients are members of one view and linked to one
    /// another.</summary>
    /// <param name="options">What to run with; its folder is this network's own.</param>
    /// <param name="clients">How many clients.</param>
    /// <param name="batch">Most transfers in one request.</param>
    /// <param name="cancellation">Ends the start; what was started ends as well.</param>
    public static async Task<BenchNetwork> StartAsync(
        BenchOptions options, int clients, int batch, CancellationToken cancellation)
    {
        BenchNetwork network = new(options.Data, clients, options.LogLevel.ToString());
        try
        {
            await network.StartBankAsync(cancellation);
            foreach (string[] names in Share(clients))
            {
                network._loads.Add(network.StartLoad(names, batch));
                await network._loads[^1].JoinAsync(cancellation);
            }

            foreach (LoadProcess load in network._loads)
            {
                while (await load.MembersAsync(cancellation) < clients)
                {
                    await Task.Delay(LookAgain, cancellation);
                }
            }

            return network;
        }
        catch
        {
            await network.DisposeAsync();
            throw;
        }
    }

    /// <summary>Has all clients pay.</summary>
    /// <param name="load">What waits at each.</param>
    /// <param name="cancellation">Ends it.</param>
    public Task LoadAsync(Load load, CancellationToken cancellation) =>
        Task.WhenAll(_loads.Select(process => process.LoadAsync(load, cancellation)));

    /// <summary>Has all clients stop paying, and waits until everything has settled.</summary>
    public Task StopAsync(CancellationToken cancellation) =>
        Task.WhenAll(_loads.Select(load => load.StopAsync(cancellation)));

    /// <summary>Transfers settled so far, at all clients together.</summary>
    public async Task<double> SettledAsync(CancellationToken cancellation) =>
        (await MarkAsync(cancellation)).Sum(mark => mark.Settled);

    /// <summary>How fast all clients together are.</summary>
    public async Task<Pace> MeasureAsync(TimeSpan duration, CancellationToken cancellation)
    {
        Mark[] before = await MarkAsync(cancellation);
        await Task.Delay(duration, cancellation);
        Mark[] after = await MarkAsync(cancellation);
        return new Pace(
            after.Zip(before, (b, a) => (b.Settled - a.Settled) / (b.Seconds - a.Seconds)).Sum(),
            after.Zip(before, (b, a) => (b.Compiled - a.Compiled) / (b.Seconds - a.Seconds)).Sum());
    }

    /// <summary>What has been counted, from the counters that the processes expose.</summary>
    public async Task<Counts> CountAsync(CancellationToken cancellation)
    {
        IReadOnlyDictionary<string, long> bank = await ReadAsync(_address, cancellation);
        Counts sum = new(0, 0, 0, bank["blockchain_commits_total"]);
        foreach (Uri address in _loads.SelectMany(load => load.Addresses))
        {
            IReadOnlyDictionary<string, long> client = await ReadAsync(address, cancellation);
            sum = new Counts(
                sum.Sections + client["blockchain_sections_total"],
                sum.Messages + client
                    .Where(pair => pair.Key.StartsWith("blockchain_messages_sent_total", StringComparison.Ordinal))
                    .Sum(pair => pair.Value),
                sum.Writes + client["blockchain_peer_writes_total"],
                sum.Commits);
        }

        return sum;
    }

    /// <summary>Ends all processes, and then audits the stored ledgers of bank and clients.</summary>
    /// <returns>Whether each is right in itself and all have the same head; and how many blocks they have.</returns>
    public async Task<(bool AreEqual, long Blocks)> EndAsync(CancellationToken cancellation)
    {
        await HaveSettledAsync(cancellation);
        await DisposeAsync();
        SourceResult[] results = await Task.WhenAll(LedgerSources.Find(_data, new DataFolders(_data))
            .Select(source => Task.Run(() => Verification.AuditAsync(source, cancellation), cancellation)));
        long blocks = results.Max(result => result.Hashes.Count);
        bool areEqual = results.Length == _clients + 1 && Verification.FindParting(results) is null
            && results.All(result => result.Failure is null && result.Report?.Fault is null
                && result.Hashes.Count == blocks);
        return (areEqual, blocks);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        foreach (LoadProcess load in _loads)
        {
            await load.DisposeAsync();
        }

        _loads.Clear();
        if (_bank is not null)
        {
            await _bank.DisposeAsync();
            _bank = null;
        }
    }

    private static IEnumerable<string[]> Share(int clients) => Enumerable.Range(1, clients)
        .Select(number => string.Create(CultureInfo.InvariantCulture, $"client-{number}"))
        .Chunk(clients <= BenchOptions.MostAlone ? 1 : BenchOptions.Together);

    private async Task StartBankAsync(CancellationToken cancellation)
    {
        _bank = ChildProcess.Start(
            "the bank", "bank", "--with-parent", "--json", "--data", _data, "--listen", "127.0.0.1:0", "--deposit",
            Deposit, "--log-level", _level);
        using JsonDocument announced = JsonDocument.Parse(await _bank.ReadAsync(Patience, cancellation));
        _address = new Uri(announced.RootElement.GetProperty("address").GetString()!);
    }

    private LoadProcess StartLoad(string[] names, int batch) => new(ChildProcess.Start(
        names[0], "bench-load", "--data", _data, "--bank", _address.GetLeftPart(UriPartial.Authority),
        "--names", string.Join(',', names), "--batch", string.Create(CultureInfo.InvariantCulture, $"{batch}"),
        "--log-level", _level));

    private Task<Mark[]> MarkAsync(CancellationToken cancellation) =>
        Task.WhenAll(_loads.Select(load => load.MarkAsync(cancellation)));

    private async Task<IReadOnlyDictionary<string, long>> ReadAsync(Uri address, CancellationToken cancellation) =>
        MetricsText.Read(await _http.GetStringAsync(new Uri(address, SharedRoutes.Metrics), cancellation));

    /// <summary>Waits until every client has settled what the bank has; only a client that leaves misses the
    /// rest.</summary>
    private async Task HaveSettledAsync(CancellationToken cancellation)
    {
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(Patience);
        while (true)
        {
            HashSet<string> heads = [];
            foreach (LoadProcess load in _loads)
            {
                heads.UnionWith(await load.HeadsAsync(patience.Token));
            }

            if (heads.Count == 1)
            {
                return;
            }

            await Task.Delay(LookAgain, patience.Token);
        }
    }
}
