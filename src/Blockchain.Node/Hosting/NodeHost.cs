using System.Net;
using Blockchain.Core.OpenNetwork;
using Blockchain.Node.Http;
using Blockchain.Node.Peers;
using Blockchain.Node.Service;
using Blockchain.Node.Store;
using Blockchain.Node.Tcp;
using Blockchain.Node.Tracking;
using Blockchain.Wire.Hosting;
using Blockchain.Wire.Keys;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Blockchain.Node.Hosting;

/// <summary>A node that can be reached: store, loop, miner, web server, transaction port, connections with other nodes
/// and trackers, started and stopped in the right order.</summary>
public sealed class NodeHost : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly NodeOptions _options;
    private readonly NodeStore _store;
    private readonly TimeProvider _time;
    private readonly WebApplication _app;
    private readonly ILoggerFactory _loggers;
    private readonly PeerNetwork _peers;
    private TransactionPort? _port;
    private Task? _running;
    private Task _networking = Task.CompletedTask;
    private bool _disposed;

    private NodeHost(NodeOptions options, NodeStore store, WebApplication app, TimeProvider time)
    {
        _options = options;
        _store = store;
        _app = app;
        _time = time;
        _loggers = app.Services.GetRequiredService<ILoggerFactory>();
        NodeStart start = new()
        {
            Parameters = options.Parameters,
            Store = store,
            Signatures = Ed25519.Platform,
            Reward = options.Mines ? options.Reward : null,
            Threads = options.Mines ? options.Threads : 0,
            Slow = options.Slow,
            Book = new AddressBook(NodeLimits.KnownAddresses, time),
        };
        Service = new NodeService(start, time, _loggers.CreateLogger<NodeService>());
        _peers = new PeerNetwork(Service, Service.Book, time, _loggers.CreateLogger<PeerNetwork>());
        new BlockEndpoints(Service).Map(app);
        new LedgerEndpoints(Service).Map(app);
        new OperationEndpoints(Service, _peers).Map(app);
    }

    /// <summary>The loop.</summary>
    public NodeService Service { get; }

    /// <summary>Where the node listens, once it does.</summary>
    public Uri Address { get; private set; } = new("http://127.0.0.1");

    /// <summary>The port for foreign clients; null when there is none.</summary>
    public int? TcpPort => _port?.Port;

    /// <summary>Opens the store and prepares everything; nothing listens yet.</summary>
    /// <param name="options">How to run.</param>
    /// <param name="configureLogging">Says where logs go; null for nowhere.</param>
    /// <param name="time">Clocks; null for the system's.</param>
    /// <exception cref="OptionsException">The options are wrong.</exception>
    /// <exception cref="Wire.Files.StoreFaultException">The data folder cannot be used.</exception>
    /// <exception cref="Wire.Files.IntegrityException">The stored blocks cannot be read.</exception>
    /// <exception cref="MissingLibraryException">There is no library for signatures.</exception>
    public static NodeHost Build(
        NodeOptions options, Action<ILoggingBuilder>? configureLogging = null, TimeProvider? time = null)
    {
        string[] faults = [.. options.Faults()];
        if (faults.Length > 0 || !WebListening.TryParse(options.Listen, out IPEndPoint? endPoint))
        {
            throw new OptionsException(faults);
        }

        _ = Ed25519.Platform;
        NodeStore store = NodeStore.Open(options.Folder, Genesis.Of(options.Parameters).Hash);
        try
        {
            return new NodeHost(
                options, store, NodeWeb.Build(endPoint, configureLogging), time ?? TimeProvider.System);
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }

    /// <summary>Listens, replays the stored chain, and joins the network. What is asked meanwhile waits.</summary>
    /// <exception cref="ListenFaultException">An address cannot be listened on.</exception>
    /// <exception cref="Wire.Files.IntegrityException">The stored blocks contradict themselves.</exception>
    public async Task StartAsync(CancellationToken cancel)
    {
        Address = await WebListening.StartAsync(_app, _options.Listen, cancel);
        string reached = ReachedAt();
        if (_options.TcpPort is not null)
        {
            _port = TransactionPort.Start(
                _options.TcpEndPoint(), SubmitAsync, Service.Counters, _time, _loggers.CreateLogger<TransactionPort>());
        }

        if (reached.Length > 0)
        {
            Service.Book.AddOwn(reached);
        }

        Service.Book.Add(_options.Peers.Select(static peer => peer.GetLeftPart(UriPartial.Authority)), isPinned: true);
        await Task.Run(() => Service.Restore(reached), cancel);
        _running = Service.RunAsync(_stop.Token);
        _networking = Task.WhenAll(
            [_peers.RunAsync(_stop.Token), .. _options.Trackers.Select(tracker => TrackAsync(tracker, reached))]);
    }

    /// <summary>Runs until told to stop or until the node cannot go on, then stops.</summary>
    /// <exception cref="Wire.Files.StoreFaultException">The disk failed.</exception>
    /// <exception cref="Core.Kernel.InvariantException">The program contradicts itself.</exception>
    public async Task WaitAsync(CancellationToken stop)
    {
        await using CancellationTokenRegistration registration = stop.Register(_stop.Cancel);
        try
        {
            await _running!;
        }
        finally
        {
            await StopServingAsync();
        }
    }

    /// <summary>Leaves all other nodes and talks with none until <see cref="Rejoin"/>, to show what a broken network
    /// does. Everything else goes on.</summary>
    public void CutOff() => _peers.CutOff();

    /// <summary>Ends what <see cref="CutOff"/> began.</summary>
    public void Rejoin() => _peers.Rejoin();

    /// <summary>Stops: what was taken becomes durable, connections and store are closed.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        if (_running is not null)
        {
            await WaitAsync(CancellationToken.None);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        await _stop.CancelAsync();
        if (_running is not null)
        {
            // Its fault, if any, was for the one who waited for it.
            await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await StopServingAsync();
        await _app.DisposeAsync();
        _store.Dispose();
        _stop.Dispose();
    }

    private async Task StopServingAsync()
    {
        await _stop.CancelAsync();
        if (_port is not null)
        {
            await _port.DisposeAsync();
        }

        await _networking.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        using CancellationTokenSource patience = new(NodeWeb.StopPatience);
        await _app.StopAsync(patience.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    // Empty when nobody else can reach it by what is known.
    private string ReachedAt()
    {
        bool isAnywhere = IPAddress.TryParse(Address.Host.Trim('[', ']'), out IPAddress? address)
            && (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any));
        if (isAnywhere && _options.Advertise is null)
        {
            return string.Empty;
        }

        UriBuilder reached = new(Address);
        reached.Host = _options.Advertise ?? reached.Host;
        return reached.Uri.GetLeftPart(UriPartial.Authority);
    }

    private Task TrackAsync(Uri tracker, string reached) => new TrackerClient(
        tracker,
        Service.GenesisHash.ToString(),
        reached,
        addresses => Service.Book.Add(addresses),
        _time,
        _loggers.CreateLogger<TrackerClient>()).RunAsync(_stop.Token);

    private async Task<Refusal> SubmitAsync(Transaction transaction, CancellationToken cancel) =>
        (await Service.SubmitAsync(transaction, cancel)).Refusal;
}
