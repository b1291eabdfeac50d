using System.Net;
using System.Net.WebSockets;
using Blockchain.Node.Tracking;
using Blockchain.Wire.Hosting;
using Blockchain.Wire.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Blockchain.Node.Hosting;

/// <summary>A tracker that can be reached. It keeps nothing on disk: nodes join again when it is back.</summary>
public sealed class TrackerHost : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly TrackerOptions _options;
    private readonly WebApplication _app;
    private readonly TrackerService _service;
    private Task _sweeping = Task.CompletedTask;

    private TrackerHost(TrackerOptions options, WebApplication app, TimeProvider time)
    {
        _options = options;
        _app = app;
        ILoggerFactory loggers = app.Services.GetRequiredService<ILoggerFactory>();
        _service = new TrackerService(options.Silence, time, loggers.CreateLogger("Blockchain.Tracker"));
        app.MapGet(SharedRoutes.Live, static () => TypedResults.Text("live"))
            .WithSummary("200 while the process runs.");
        app.MapGet(SharedRoutes.Ready, static () => TypedResults.Text("ready"))
            .WithSummary("200 while the tracker takes members.");
        app.MapGet(TrackerRoutes.Nodes, Nodes).WithSummary("The members of a network.").ProducesProblem(400);
        app.MapGet(SharedRoutes.Metrics, () => TypedResults.Text(
            MetricsText.Write(new Metric("blockchain_tracker_members", "Members now.", _service.Count)),
            MetricsText.ContentType)).WithSummary("Counters in Prometheus' text format.");
        app.Map(TrackerRoutes.Track, ServeAsync).ExcludeFromDescription();
    }

    /// <summary>Where the tracker listens, once it does.</summary>
    public Uri Address { get; private set; } = new("http://127.0.0.1");

    /// <summary>Prepares everything; nothing listens yet.</summary>
    /// <param name="options">How to run.</param>
    /// <param name="configureLogging">Says where logs go; null for nowhere.</param>
    /// <param name="time">Clocks; null for the system's.</param>
    /// <exception cref="OptionsException">The options are wrong.</exception>
    public static TrackerHost Build(
        TrackerOptions options, Action<ILoggingBuilder>? configureLogging = null, TimeProvider? time = null)
    {
        string[] faults = [.. options.Faults()];
        return faults.Length > 0 || !WebListening.TryParse(options.Listen, out IPEndPoint? endPoint)
            ? throw new OptionsException(faults)
            : new TrackerHost(options, NodeWeb.Build(endPoint, configureLogging), time ?? TimeProvider.System);
    }

    /// <summary>Listens.</summary>
    /// <exception cref="ListenFaultException">The address cannot be listened on.</exception>
    public async Task StartAsync(CancellationToken cancel)
    {
        Address = await WebListening.StartAsync(_app, _options.Listen, cancel);
        _sweeping = _service.RunAsync(_stop.Token);
    }

    /// <summary>Runs until told to stop.</summary>
    public Task WaitAsync(CancellationToken stop) =>
        Task.Delay(Timeout.Infinite, stop).ContinueWith(
            static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _sweeping;
        using CancellationTokenSource patience = new(NodeWeb.StopPatience);
        await _app.StopAsync(patience.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _app.DisposeAsync();
        _stop.Dispose();
    }

    private IResult Nodes(HttpRequest request) => request.Query["network"].ToString() is { Length: > 0 } network
        ? TypedResults.Ok(new NodesDto(_service.List(network)))
        : Problems.BadRequest("name a network by its id: /nodes?network=ID.");

    private async Task ServeAsync(HttpContext context)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            await Problems.BadRequest("members are WebSockets; open one here.").ExecuteAsync(context);
            return;
        }

        using CancellationTokenSource ended =
            CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, _stop.Token);
        using WebSocket socket = await context.WebSockets.AcceptWebSocketAsync();
        await _service.ServeAsync(socket, NodeAddress.Plain(context.Connection.RemoteIpAddress), ended.Token);
    }
}
