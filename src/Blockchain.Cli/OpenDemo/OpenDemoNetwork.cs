using System.Globalization;
using System.Text.Json;
using Blockchain.Cli.Hosting;
using Blockchain.Cli.Oracle;
using Blockchain.Cli.Wallet;
using Blockchain.Core.OpenNetwork;
using Blockchain.Wire.Http;

namespace Blockchain.Cli.OpenDemo;

/// <summary>A node of the demonstration.</summary>
/// <param name="Number">Its number, from 1.</param>
/// <param name="Url">Where it is.</param>
/// <param name="Api">The same as a typed client.</param>
internal sealed record DemoNode(int Number, Uri Url, NodeApi Api);

/// <summary>A tracker and three nodes that mine, each a process of its own; later an oracle.</summary>
internal sealed class OpenDemoNetwork : IAsyncDisposable
{
    /// <summary>How many nodes there are.</summary>
    public const int NodeCount = 3;

    /// <summary>How many wallets the oracle has; the rewards of each node go to one of them.</summary>
    public const int WalletCount = 4;

    /// <summary>Blocks after which a reward may be spent: fewer than usual, so that there is something to see
    /// soon.</summary>
    public const int Maturity = 5;

    private const string Name = "demo";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(50);
    private readonly OpenDemoOptions _options;
    private readonly List<ChildProcess> _processes = [];
    private readonly List<ChildProcess> _nodeProcesses = [];
    private readonly List<DemoNode> _nodes = [];

    private OpenDemoNetwork(OpenDemoOptions options)
    {
        _options = options;
        KeyFolder folder = new(new Options.DataFolders(options.Data).Oracle, "oracle's wallet");
        Wallets = [.. OracleSession.Wallets(folder, WalletCount).Select(key => key.Address)];
    }

    /// <summary>Where the tracker is.</summary>
    public Uri Tracker { get; private set; } = new("http://127.0.0.1");

    /// <summary>The nodes, by number. The last one is slow.</summary>
    public IReadOnlyList<DemoNode> Nodes => _nodes;

    /// <summary>The addresses of the oracle.</summary>
    public IReadOnlyList<Address> Wallets { get; }

    /// <summary>Starts the tracker and the nodes, and waits until all nodes know each other.</summary>
    /// <param name="options">What to start.</param>
    /// <param name="cancellation">Ends the start; what was started ends as well.</param>
    public static async Task<OpenDemoNetwork> StartAsync(OpenDemoOptions options, CancellationToken cancellation)
    {
        OpenDemoNetwork network = new(options);
        try
        {
            await network.StartAllAsync(cancellation);
            return network;
        }
        catch
        {
            await network.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts the oracle at the last node. It pauses long enough for the node to be cut off between two
    /// payments.</summary>
    public ChildProcess StartOracle() => Start(
        "the oracle", "oracle", "--json", "--with-parent", "--data", _options.Data, "--node", UrlOf(_nodes[^1]),
        "--wallets", Text(WalletCount), "--seed", "1", "--interval", "500ms..1s");

    /// <summary>Cuts the last node off from the others, and is back when it is.</summary>
    public Task CutOffAsync(CancellationToken cancellation) => TellLastAsync("cut", cancellation);

    /// <summary>Lets it join the others again.</summary>
    public Task RejoinAsync(CancellationToken cancellation) => TellLastAsync("join", cancellation);

    /// <summary>Refuses to go on when a process has ended by itself.</summary>
    /// <exception cref="CliException">One has; says which, and what it said.</exception>
    public async Task EnsureRunningAsync()
    {
        foreach (ChildProcess process in _processes)
        {
            await process.EnsureRunningAsync();
        }
    }

    /// <summary>Ends one process.</summary>
    public async Task StopAsync(ChildProcess process)
    {
        _processes.Remove(process);
        await process.DisposeAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _nodes.ForEach(node => node.Api.Dispose());
        await Task.WhenAll(_processes.Select(process => process.DisposeAsync().AsTask()));
        _processes.Clear();
    }

    private async Task StartAllAsync(CancellationToken cancellation)
    {
        ChildProcess tracker = Start(
            "the tracker", "tracker", "--json", "--with-parent", "--data", _options.Data, "--listen", "127.0.0.1:0");
        Tracker = await ReadAddressAsync(tracker, cancellation);

        // The blocks of the slow node mostly come too late, so that those of the others must be enough.
        double hashes = WorkRate.Measure(NodeCount) * (NodeCount - 1) / NodeCount * _options.Spacing.TotalSeconds;
        CompactTarget bits = WorkRate.TargetOf(hashes, NetworkParameters.Open(Name).Limit);
        _nodeProcesses.AddRange(Enumerable.Range(0, NodeCount).Select(index => StartNode(index, bits)));
        foreach (ChildProcess process in _nodeProcesses)
        {
            Uri url = await ReadAddressAsync(process, cancellation);
            _nodes.Add(new DemoNode(_nodes.Count + 1, url, NodeApi.At(url)));
        }

        await MeetAsync(cancellation);
    }

    private async Task TellLastAsync(string command, CancellationToken cancellation)
    {
        await _nodeProcesses[^1].SendAsync(command);
        await _nodeProcesses[^1].ReadAsync(Patience, cancellation);
    }

    private async Task MeetAsync(CancellationToken cancellation)
    {
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(Patience);
        try
        {
            foreach (DemoNode node in _nodes)
            {
                while ((await node.Api.GetInfoAsync(patience.Token)).Peers < NodeCount - 1)
                {
                    await Task.Delay(LookAgain, patience.Token);
                }
            }
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new CliException(
                ExitCode.Unreachable,
                $"the nodes have not found one another within {Patience.TotalSeconds:0} s. Look for a firewall on "
                    + "127.0.0.1.");
        }
    }

    private ChildProcess StartNode(int index, CompactTarget bits)
    {
        TimeSpan slow = index == NodeCount - 1 ? _options.Slow : TimeSpan.Zero;
        return Start(
            $"node {index + 1}", "node", "--json", "--commands", "--listen", "127.0.0.1:0",
            "--data", _options.Data, "--name", $"node-{index + 1}", "--network", Name,
            "--spacing", Text((int)_options.Spacing.TotalSeconds), "--start-bits", bits.ToString(),
            "--maturity", Text(Maturity), "--window", "0",
            "--tracker", Tracker.GetLeftPart(UriPartial.Authority),
            "--mine", "--threads", "1", "--reward", Wallets[index].ToString(), "--slow", Text(slow));
    }

    private ChildProcess Start(string title, params string[] arguments)
    {
        ChildProcess process = ChildProcess.Start(title, arguments);
        _processes.Add(process);
        return process;
    }

    private static async Task<Uri> ReadAddressAsync(ChildProcess process, CancellationToken cancellation)
    {
        using JsonDocument announced = JsonDocument.Parse(await process.ReadAsync(Patience, cancellation));
        return new Uri(announced.RootElement.GetProperty("address").GetString()!);
    }

    private static string UrlOf(DemoNode node) => node.Url.GetLeftPart(UriPartial.Authority);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Text(TimeSpan duration) =>
        string.Create(CultureInfo.InvariantCulture, $"{duration.TotalMilliseconds:0}ms");
}
