using System.Net.WebSockets;
using Blockchain.Wire.Links.Tcp;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Blockchain.Wire.Hosting;

/// <summary>
/// Links and HTTP on one port. A link that is asked for in the ordinary way has its socket to itself; one that is not
/// goes through the web server and its WebSockets, as does all HTTP.
/// </summary>
public static class LinkListening
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Has the web server listen for links, too.</summary>
    /// <param name="builder">Of a web application.</param>
    /// <param name="maxConnections">Connections of both kinds together at a time; more are closed at once.</param>
    public static void UseLinks(this WebApplicationBuilder builder, int maxConnections = int.MaxValue) =>
        builder.UseLinks(maxConnections, Patience);

    /// <summary>Takes the links from here on. Until then they go to the web server's route.</summary>
    /// <param name="app">Built with <see cref="UseLinks(WebApplicationBuilder, int)"/>.</param>
    /// <param name="serve">Takes a link until it ends; the token cuts it when the server stops.</param>
    public static void ServeLinks(this WebApplication app, Func<WebSocket, CancellationToken, Task> serve) =>
        app.Services.GetRequiredService<LinkPort>().Serve = serve;

    internal static void UseLinks(this WebApplicationBuilder builder, int maxConnections, TimeSpan patience)
    {
        builder.WebHost.UseSockets(static sockets => sockets.UnsafePreferInlineScheduling = true);
        builder.Services.AddSingleton(new LinkPort(maxConnections, patience));
        builder.Services.AddSingleton<IConnectionListenerFactory>(static services => new LinkTransport(
            services.GetRequiredService<LinkPort>(), services.GetRequiredService<ILoggerFactory>()));
    }
}
