using System.Net.WebSockets;
using Blockchain.Bank.Http;
using Blockchain.Bank.Service;
using Blockchain.Core.BankNetwork;
using Blockchain.Core.Kernel;
using Blockchain.Wire.Keys;
using Blockchain.Wire.Links;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Blockchain.Bank.Links;

/// <summary>Takes the clients' links: who is there proves it, and is served until the connection ends.</summary>
internal sealed partial class LinkEndpoint(BankService service, KeyPair keys, TimeProvider time, ILogger<LinkEndpoint> logger)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private readonly MessageCache _cache = new();

    /// <summary>Serves one connection.</summary>
    public async Task ServeAsync(HttpContext context, CancellationToken stop)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            await Problems.BadRequest("links are WebSockets; open one here.").ExecuteAsync(context);
            return;
        }

        using WebSocket socket = await context.WebSockets.AcceptWebSocketAsync();
        using CancellationTokenSource ended =
            CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stop);
        int client = 0;
        try
        {
            client = await ProveAsync(socket, ended.Token);
            PublicKey key = service.FindKey(client)
                ?? throw new LinkFaultException($"client {client} has no account here");
            LogUp(client);
            ClientLink link = new(client, key, new LinkConnection(socket), _cache, service);
            await link.RunAsync(ended.Token);
            LogDown(client, "closed");
        }
        catch (Exception fault) when (fault is LinkFaultException or WebSocketException or IOException
            or OperationCanceledException or FormatFaultException)
        {
            LogDown(client, fault.Message);
        }
    }

    private async Task<int> ProveAsync(WebSocket socket, CancellationToken ended)
    {
        using CancellationTokenSource patience = new(Patience, time);
        using CancellationTokenSource both = CancellationTokenSource.CreateLinkedTokenSource(ended, patience.Token);
        return await Handshake.AcceptAsync(
            socket, service.LedgerId, Limits.Bank, keys, service.FindKey, both.Token);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Client {Client} is connected")]
    private partial void LogUp(int client);

    [LoggerMessage(Level = LogLevel.Information, Message = "The link of client {Client} ended: {Reason}")]
    private partial void LogDown(int client, string reason);
}
