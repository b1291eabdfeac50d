using System.Diagnostics;
using System.Net;
using System.Net.WebSockets;
using System.Threading.Channels;
using Blockchain.Wire.Hosting;
using Blockchain.Wire.Http;
using Blockchain.Wire.Links;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Blockchain.Cli.Bench;

/// <summary>
/// A link that sends every frame back: the round trip that nothing in the protocol can beat, over the same kind of
/// connection as the links of bank and clients.
/// </summary>
internal sealed class EchoLink : IAsyncDisposable
{
    private const int FrameBytes = 150;
    private readonly WebApplication _web;

    private EchoLink(WebApplication web) => _web = web;

    /// <summary>Where it listens.</summary>
    public Uri Address => new(new Uri(
        _web.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()),
        SharedRoutes.Link);

    /// <summary>Starts one on any free port of this machine.</summary>
    public static async Task<EchoLink> StartAsync(CancellationToken cancellation)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(
            new WebApplicationOptions { Args = [WebHosts.NoFileWatch] });
        builder.Logging.ClearProviders();
        builder.UseLinks();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        WebApplication web = builder.Build();
        web.ServeLinks(SendBackAsync);
        await web.StartAsync(cancellation);
        return new EchoLink(web);
    }

    /// <summary>Sends frames one after another and waits for each to come back.</summary>
    /// <param name="address">Where an <see cref="EchoLink"/> listens.</param>
    /// <param name="count">How many.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>The median round trip in microseconds.</returns>
    public static async Task<double> MeasureAsync(Uri address, int count, CancellationToken cancellation)
    {
        using WebSocket socket = await LinkDial.ConnectAsync(
            new UriBuilder(address) { Scheme = Uri.UriSchemeWs }.Uri, cancellation);
        LinkConnection link = new(socket);
        Channel<long> back = Channel.CreateUnbounded<long>();
        Task running = link.RunAsync(_ => back.Writer.TryWrite(Stopwatch.GetTimestamp()), cancellation);
        byte[] frame = new byte[FrameBytes];
        List<long> trips = [];
        for (int i = 0; i < count; i++)
        {
            long sent = Stopwatch.GetTimestamp();
            link.Send(frame);
            trips.Add(await back.Reader.ReadAsync(cancellation) - sent);
        }

        await link.CloseAsync("measured");
        await running;
        return Stats.Percentile(trips, 0.5);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _web.DisposeAsync();

    private static async Task SendBackAsync(WebSocket socket, CancellationToken stop)
    {
        LinkConnection link = new(socket);
        try
        {
            await link.RunAsync(frame => link.Send(frame.ToArray()), stop);
        }
        catch (LinkFaultException)
        {
            // Whoever measured has enough.
        }
    }
}
