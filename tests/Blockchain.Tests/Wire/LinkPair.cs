using System.Net;
using System.Net.WebSockets;
using Blockchain.Wire.Hosting;
using Blockchain.Wire.Http;
using Blockchain.Wire.Links;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Blockchain.Tests.Wire;

/// <summary>Both ends of one link over the loopback, dialled and accepted by what ships.</summary>
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
        builder.UseLinks();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        WebApplication server = builder.Build();
        server.ServeLinks((socket, _) =>
        {
            called.SetResult(socket);
            return done.Task;
        });
        await server.StartAsync();
        UriBuilder address = new(server.Services.GetRequiredService<IServer>().Features
            .Get<IServerAddressesFeature>()!.Addresses.Single())
        {
            Scheme = Uri.UriSchemeWs,
            Path = SharedRoutes.Link,
        };
        WebSocket caller = await LinkDial.ConnectAsync(address.Uri, default).WaitAsync(Patience);
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
