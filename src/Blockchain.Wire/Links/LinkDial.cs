using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using Blockchain.Wire.Links.Tcp;

namespace Blockchain.Wire.Links;

/// <summary>Opens the WebSocket of a link, on the side that calls (RFC 6455, section 4.1).</summary>
public static class LinkDial
{
    /// <summary>Connects to a process, directly: no proxy is asked.</summary>
    /// <param name="address">With scheme ws, or wss when the process is behind one that ends TLS.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="WebSocketException">There is no connection; says why.</exception>
    /// <exception cref="OperationCanceledException">It was given up.</exception>
    public static async Task<WebSocket> ConnectAsync(Uri address, CancellationToken cancellationToken)
    {
        if (address.Scheme == Uri.UriSchemeWss)
        {
            return await ConnectOverTlsAsync(address, cancellationToken).ConfigureAwait(false);
        }

        try
        {
            return await ConnectDirectlyAsync(address, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception fault) when (fault is not (WebSocketException or OperationCanceledException))
        {
            // No descriptor is left, no such name or address: a socket fails in many ways, and all mean the same here.
            throw new WebSocketException(
                WebSocketError.ConnectionClosedPrematurely, $"{address.Authority}: {fault.Message}", fault);
        }
    }

    private static async Task<WebSocket> ConnectDirectlyAsync(Uri address, CancellationToken cancellationToken)
    {
        Socket socket = new(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            TcpWebSocket.SetUp(socket);
            await socket.ConnectAsync(new DnsEndPoint(address.IdnHost, address.Port), cancellationToken)
                .ConfigureAwait(false);
            return await UpgradeAsync(socket, address, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static async Task<WebSocket> UpgradeAsync(
        Socket socket, Uri address, CancellationToken cancellationToken)
    {
        string key = Upgrade.NewKey();
        ReadOnlyMemory<byte> request = Upgrade.Request(address, key);
        while (!request.IsEmpty)
        {
            request = request[await socket.SendAsync(request, cancellationToken).ConfigureAwait(false)..];
        }

        byte[] answer = new byte[Upgrade.MaxHeadBytes];
        int count = 0;
        int head;
        while ((head = Upgrade.LengthOf(answer.AsSpan(0, count))) == 0)
        {
            if (count == answer.Length)
            {
                throw Refused($"the other side's answer has a head of more than {Upgrade.MaxHeadBytes} bytes");
            }

            int read = await socket.ReceiveAsync(answer.AsMemory(count), cancellationToken).ConfigureAwait(false);
            if (read == 0)
            {
                throw Refused("the other side ended the connection before it had answered");
            }

            count += read;
        }

        return Upgrade.FaultOf(answer.AsSpan(0, head), key) is { } fault
            ? throw Refused(fault)
            : new TcpWebSocket(socket, isServer: false, answer.AsSpan(head, count - head));
    }

    private static async Task<WebSocket> ConnectOverTlsAsync(Uri address, CancellationToken cancellationToken)
    {
        ClientWebSocket socket = new();
        try
        {
            socket.Options.Proxy = null;
            await socket.ConnectAsync(address, cancellationToken).ConfigureAwait(false);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static WebSocketException Refused(string cause) => new(WebSocketError.NotAWebSocket, cause);
}
