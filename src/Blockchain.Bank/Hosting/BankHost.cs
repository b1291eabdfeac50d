using System.Net;
using Blockchain.Bank.Http;
using Blockchain.Bank.Links;
using Blockchain.Bank.Prompt;
using Blockchain.Bank.Service;
using Blockchain.Bank.Store;
using Blockchain.Core.BankNetwork;
using Blockchain.Wire.Hosting;
using Blockchain.Wire.Http;
using Blockchain.Wire.Keys;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Blockchain.Bank.Hosting;

/// <summary>A bank that can be reached: store, loop and web server, started and stopped in the right order.</summary>
public sealed class BankHost : IAsyncDisposable
{
    private const int MaxBodyBytes = 64 * 1024;
    private const int MaxConnections = 2_048;
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _stop = new();
    private readonly BankOptions _options;
    private readonly WebApplication _app;
    private readonly ILedgerStore _store;
    private readonly KeyPair _keys;
    private Task? _running;
    private bool _disposed;

    private BankHost(BankOptions options, WebApplication app, ILedgerStore store, KeyPair keys, BankService service)
    {
        _options = options;
        _app = app;
        _store = store;
        _keys = keys;
        Service = service;
    }

    /// <summary>The loop.</summary>
    public BankService Service { get; }

    /// <summary>Where the bank listens, once it does: http://127.0.0.1:8000.</summary>
    public Uri Address { get; private set; } = new("http://127.0.0.1");

    /// <summary>Opens and checks the ledger, and prepares everything; nothing listens yet.</summary>
    /// <param name="options">How to run.</param>
    /// <param name="configureLogging">Says where logs go; null for nowhere.</param>
    /// <param name="time">Clocks; null for the system's.</param>
    /// <exception cref="OptionsException">The options are wrong.</exception>
    /// <exception cref="Wire.Files.StoreFaultException">The data folder cannot be used.</exception>
    /// <exception cref="Wire.Files.IntegrityException">The stored ledger contradicts itself.</exception>
    public static BankHost Build(
        BankOptions options, Action<ILoggingBuilder>? configureLogging = null, TimeProvider? time = null)
    {
        string[] faults = [.. options.Faults()];
        if (faults.Length > 0 || !WebListening.TryParse(options.Listen, out IPEndPoint? endPoint))
        {
            throw new OptionsException(faults);
        }

        LedgerFolder folder = new(options.Folder);
        SqliteLedgerStore store = SqliteLedgerStore.Open(folder);
        KeyPair? keys = null;
        try
        {
            keys = BankKeys.LoadOrCreate(folder, store.Count == 0);
            BankStart start = BankStart.From(store, keys.PublicKey, keys.Sign, FetchAsync, options);
            BankKeys.EnsureFits(folder, keys, start.Ledger);
            store.Accept();
            return Build(options, endPoint, start, keys, configureLogging, time ?? TimeProvider.System);
        }
        catch
        {
            keys?.Dispose();
            store.Dispose();
            throw;
        }
    }

    /// <summary>Listens, starts the loop, and waits until the ledger has begun. Nothing is written before the address
    /// is the bank's.</summary>
    /// <exception cref="ListenFaultException">The address cannot be listened on.</exception>
    public async Task StartAsync(CancellationToken cancel)
    {
        try
        {
            Address = await WebListening.StartAsync(_app, _options.Listen, cancel);
        }
        catch (ListenFaultException)
        {
            _store.Close();
            throw;
        }

        _running = Service.RunAsync(_stop.Token);
        await await Task.WhenAny(_running, Service.Begun).WaitAsync(cancel);
    }

    /// <summary>What an operator can ask at the bank's terminal.</summary>
    /// <param name="output">Where answers go.</param>
    public BankPrompt CreatePrompt(TextWriter output) => new(Service, _store, output);

    /// <summary>Runs until told to stop or until the bank cannot go on, then stops.</summary>
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
            await StopListeningAsync();
        }
    }

    /// <summary>Stops: what was ordered becomes durable, links and store are closed.</summary>
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
            await ((Task)_running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await _app.DisposeAsync();
        _store.Dispose();
        _keys.Dispose();
        _stop.Dispose();
    }

    private static BankHost Build(
        BankOptions options,
        IPEndPoint endPoint,
        BankStart start,
        KeyPair keys,
        Action<ILoggingBuilder>? configureLogging,
        TimeProvider time)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(
            new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory, Args = [WebHosts.NoFileWatch] });
        builder.Logging.ClearProviders();
        configureLogging?.Invoke(builder.Logging);
        builder.UseLinks(MaxConnections);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = MaxBodyBytes;
            kestrel.Limits.MaxConcurrentConnections = MaxConnections;
            kestrel.Listen(endPoint);
        });
        builder.Services.AddSingleton<IHostLifetime, OwnedLifetime>();
        builder.Services.Configure<HostOptions>(static host => host.ShutdownTimeout = StopPatience);
        builder.Services.Configure<RouteHandlerOptions>(static routes => routes.ThrowOnBadRequest = true);
        builder.Services.ConfigureHttpJsonOptions(
            static json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, WireJson.Default));
        builder.Services.AddProblemDetails();
        builder.Services.AddOpenApi();
        WebApplication app = builder.Build();

        ILoggerFactory loggers = app.Services.GetRequiredService<ILoggerFactory>();
        BankService service = new(start, time, loggers.CreateLogger<BankService>());
        BankHost host = new(options, app, start.Store, keys, service);
        LinkEndpoint links = new(service, keys, loggers.CreateLogger<LinkEndpoint>());
        app.Use(SocketThread.ServeElsewhereAsync);
        ErrorPages.Use(app, loggers.CreateLogger("Blockchain.Bank.Http"), BankProblems.Of, BankProblems.Expected);
        app.UseWebSockets(new WebSocketOptions { KeepAliveInterval = TimeSpan.Zero });
        app.MapOpenApi();
        new LedgerEndpoints(service, start.Store, keys.PublicKey).Map(app);
        new MembershipEndpoints(service, time).Map(app);
        new OperationEndpoints(service).Map(app);
        app.Map(BankRoutes.Link, context => links.ServeAsync(context, app.Lifetime.ApplicationStopping));
        app.ServeLinks((socket, aborted) => links.ServeAsync(socket, aborted, app.Lifetime.ApplicationStopping));
        return host;
    }

    private static async Task<IReadOnlyList<Block>> FetchAsync(string endpoint, long from, CancellationToken cancel)
    {
        using ClientApi client = ClientApi.At(new Uri(endpoint));
        return await client.GetBlocksAsync(from, Limits.FetchBlocks, cancel);
    }

    private async Task StopListeningAsync()
    {
        using CancellationTokenSource patience = new(StopPatience);
        await _app.StopAsync(patience.Token);
    }
}
