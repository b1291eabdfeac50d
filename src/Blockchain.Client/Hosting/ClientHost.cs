using System.Net;
using System.Threading.Channels;
using Blockchain.Client.Storage;
using Blockchain.Core.BankNetwork;
using Blockchain.Wire.Files;
using Blockchain.Wire.Hosting;
using Blockchain.Wire.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Blockchain.Client.Hosting;

/// <summary>A client as a process runs it: its data folder, its HTTP port, and the service behind both.</summary>
public sealed class ClientHost : IAsyncDisposable
{
    // Of peers, monitors and whoever else knows the port: enough for a view of the largest size many times over.
    private const int MaxConnections = 2_048;
    private static readonly TimeSpan NamePatience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(1);
    private readonly WebApplication _web;

    private ClientHost(WebApplication web, Uri address, ClientService service)
    {
        _web = web;
        Address = address;
        Service = service;
    }

    /// <summary>The client.</summary>
    public ClientService Service { get; }

    /// <summary>Where it listens.</summary>
    public Uri Address { get; }

    /// <summary>Completes when the client has stopped; fails with what stopped it, when that was a fault.</summary>
    public Task Completion => Service.Completion;

    /// <summary>Where the log of a client belongs.</summary>
    /// <param name="folder">The client's data folder.</param>
    public static string LogPathOf(string folder) => Path.Combine(folder, "client.log");

    /// <summary>Starts a client. It runs whether or not the bank can be reached, and keeps trying.</summary>
    /// <param name="options">How it is to run.</param>
    /// <param name="logging">Makes the log of a client from its data folder; null for none.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    /// <param name="time">The clock; null for the machine's.</param>
    /// <exception cref="OptionsException">The options are wrong.</exception>
    /// <exception cref="ListenFaultException">The address is in use or not of this machine.</exception>
    /// <exception cref="StoreFaultException">The data folder is in use, or cannot be read or written.</exception>
    /// <exception cref="IntegrityException">What the data folder holds was changed by something else.</exception>
    public static async Task<ClientHost> StartAsync(
        ClientOptions options, Func<string, ILoggerFactory>? logging, CancellationToken cancellationToken,
        TimeProvider? time = null)
    {
        if (options.Faults() is { Count: > 0 } faults)
        {
            throw new OptionsException(faults);
        }

        int above = 0;
        while (true)
        {
            string bank = options.Bank.ToString();
            ClientFolder folder = options.Name is { } name
                ? ClientFolder.Open(options.DataDirectory, name, bank, time)
                : ClientFolder.OpenNew(options.DataDirectory, bank, above, out above, time);
            ClientHost host = await StartAsync(options, folder, logging, time ?? TimeProvider.System, cancellationToken)
                .ConfigureAwait(false);
            if (options.Name is not null || !await host.IsNameTakenAsync(cancellationToken).ConfigureAwait(false))
            {
                return host;
            }

            // The bank knows a client of this name from elsewhere, and this one has no history to lose.
            await host.DisposeAsync().ConfigureAwait(false);
            folder.Discard();
        }
    }

    /// <summary>Stops without leaving the view; <see cref="ClientService.LeaveAsync"/> leaves it.</summary>
    public async ValueTask DisposeAsync()
    {
        await Service.DisposeAsync().ConfigureAwait(false);
        using CancellationTokenSource patience = new(StopPatience);
        await _web.StopAsync(patience.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _web.DisposeAsync().ConfigureAwait(false);
    }

    private static async Task<ClientHost> StartAsync(
        ClientOptions options, ClientFolder folder, Func<string, ILoggerFactory>? logging, TimeProvider time,
        CancellationToken cancellationToken)
    {
        WebApplication? web = null;
        ClientService? service = null;
        try
        {
            ILoggerFactory loggers = logging?.Invoke(folder.Path) ?? NullLoggerFactory.Instance;
            web = Build(options.Listen, loggers);
            ClientEndpoints.Map(web, () => Volatile.Read(ref service));
            Uri address = await WebListening.StartAsync(web, options.Listen.ToString(), cancellationToken)
                .ConfigureAwait(false);
            UriBuilder endpoint = new(address);
            endpoint.Host = options.Advertise ?? endpoint.Host;
            service = new ClientService(
                options, folder, endpoint.Uri.GetLeftPart(UriPartial.Authority), time, loggers.CreateLogger("client"))
            {
                LogPath = logging is null ? string.Empty : LogPathOf(folder.Path),
            };
            service.Start();
            web.ServeLinks(service.Peers.AcceptAsync);
            return new ClientHost(web, address, service);
        }
        catch
        {
            if (web is not null)
            {
                await web.DisposeAsync().ConfigureAwait(false);
            }

            folder.Dispose();
            throw;
        }
    }

    private static WebApplication Build(IPEndPoint listen, ILoggerFactory loggers)
    {
        const long MaxBodyBytes = 1 << 16;
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(
            new WebApplicationOptions { Args = [WebHosts.NoFileWatch] });
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(loggers);
        builder.Services.AddProblemDetails();
        builder.Services.AddOpenApi();
        builder.Services.ConfigureHttpJsonOptions(
            json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, WireJson.Default));
        builder.UseLinks(MaxConnections);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = MaxBodyBytes;
            kestrel.Listen(listen);
        });
        builder.Services.AddSingleton<IHostLifetime, OwnedLifetime>();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = StopPatience);
        return builder.Build();
    }

    /// <summary>Waits a little for the bank's answer to the first join.</summary>
    private async Task<bool> IsNameTakenAsync(CancellationToken cancellationToken)
    {
        ChannelReader<ClientEvent> events = Service.Subscribe();
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(NamePatience);
        try
        {
            if (await Service.ReadAsync(process => process.Phase is ClientPhase.Member).ConfigureAwait(false))
            {
                return false;
            }

            await foreach (ClientEvent happened in events.ReadAllAsync(patience.Token).ConfigureAwait(false))
            {
                switch (happened)
                {
                    case ClientEvent.JoinRefused refused:
                        return refused.Reason == JoinRefusal.NameTaken;
                    case ClientEvent.Installed or ClientEvent.BankUnreachable:
                        return false;
                }
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // No answer yet. Should the name turn out to be taken, the client says so and stops.
        }

        return false;
    }
}
