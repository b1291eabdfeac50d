using System.Net.WebSockets;
using Blockchain.Bank.Service;
using Blockchain.Core.BankNetwork;
using Blockchain.Core.Kernel;
using Blockchain.Wire.Http;
using Blockchain.Wire.Keys;
using Blockchain.Wire.Links;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Blockchain.Bank.Links;

/// <summary>Takes the clients' links: who is there proves it, and is served until the connection ends.</summary>
internal sealed partial class LinkEndpoint(BankService service, KeyPair keys, ILogger<LinkEndpoint> logger)
{
    private readonly MessageCache _cache = new();

    /// <summary>Serves a connection that came over HTTP.</summary>
    public async Task ServeAsync(HttpContext context, CancellationToken stop)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            await Problems.BadRequest("links are WebSockets; open one here.").ExecuteAsync(context);
            return;
        }

        using WebSocket socket = await context.WebSockets.AcceptWebSocketAsync();
        await ServeAsync(socket, context.RequestAborted, stop);
    }

    /// <summary>Serves one connection.</summary>
    /// <param name="socket">Stands, and its other side has proven nothing yet.</param>
    /// <param name="aborted">Cuts it.</param>
    /// <param name="stop">The bank stops; a link that is proven ends in good order.</param>
    public async Task ServeAsync(WebSocket socket, CancellationToken aborted, CancellationToken stop)
    {
        int client = 0;
        try
        {
            client = await ProveAsync(socket, aborted, stop);
            PublicKey key = service.FindKey(client)
                ?? throw new LinkFaultException($"client {client} has no account here");
            LogUp(client);
            ClientLink link = new(client, key, new LinkConnection(socket, service.LinkCounters), _cache, service);

            // When the bank stops, its loop closes the links, so that what it said last is still sent.
            await link.RunAsync(aborted);
            LogDown(client, "closed");
        }
        catch (Exception fault) when (fault is LinkFaultException or WebSocketException or IOException
            or OperationCanceledException)
        {
            LogDown(client, fault.Message);
        }
    }

    private async Task<int> ProveAsync(WebSocket socket, CancellationToken aborted, CancellationToken stop)
    {
        using CancellationTokenSource ended = CancellationTokenSource.CreateLinkedTokenSource(aborted, stop);
        await service.Begun.WaitAsync(ended.Token);
        return await Handshake.AcceptAsync(
            socket, service.LedgerId, Limits.Bank, keys, service.FindKey, ended.Token);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Client {Client} is connected")]
    private partial void LogUp(int client);

    [LoggerMessage(Level = LogLevel.Information, Message = "The link of client {Client} ended: {Reason}")]
    private partial void LogDown(int client, string reason);
}
