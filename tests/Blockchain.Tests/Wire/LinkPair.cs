using System.Net;
using System.Net.WebSockets;
using Blockchain.Wire.Links;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Blockchain.Tests.Wire;

/// <summary>Both ends of one WebSocket over the loopback, the one that was called hosted by the server that
/// ships.</summary>
internal sealed class LinkPair : IAsyncDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly WebApplication _server;
    private readonly TaskCompletionSource _done;

    private LinkPair(WebApplication server, TaskCompletionSource done, WebSocket caller, WebSocket called)
    {
        (_server, _done, Caller, Called) = (server, done, caller, called);
    }

    public WebSocket Caller { get; }

    public WebSocket Called { get; }

    public static async Task<LinkPair> OpenAsync()
    {
        TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource<WebSocket> called = new(TaskCreationOptions.RunContinuationsAsynchronously);
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        WebApplication server = builder.Build();
        server.UseWebSockets();
        server.Run(async context =>
        {
            called.SetResult(await context.WebSockets.AcceptWebSocketAsync());
            await done.Task;
        });
        await server.StartAsync();
        string address = server.Services.GetRequiredService<IServer>().Features
            .Get<IServerAddressesFeature>()!.Addresses.Single();
        WebSocket caller = await LinkDial.ConnectAsync(
            new Uri(address.Replace("http", "ws", StringComparison.Ordinal)), default);
        return new LinkPair(server, done, caller, await called.Task.WaitAsync(Patience));
    }

    public async ValueTask DisposeAsync()
    {
        Caller.Dispose();
        _done.TrySetResult();
        await _server.StopAsync();
        await _server.DisposeAsync();
    }
}
