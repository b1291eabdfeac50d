using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using Blockchain.Wire.Links.Tcp;

namespace Blockchain.Tests.Wire;

/// <summary>Two connected sockets: the link's own WebSocket on one, what the test wants on the other.</summary>
internal sealed class SocketPair : IDisposable
{
    private SocketPair(Socket own, Socket other, bool isServer)
    {
        Own = new TcpWebSocket(own, isServer);
        Other = other;
        IsServer = isServer;
    }

    public TcpWebSocket Own { get; }

    public Socket Other { get; }

    public bool IsServer { get; }

    public static async Task<SocketPair> OpenAsync(bool isServer)
    {
        using Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        Socket other = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await other.ConnectAsync(listener.LocalEndPoint!);
        return new SocketPair(await listener.AcceptAsync(), other, isServer);
    }

    /// <summary>The platform's WebSocket on the other end.</summary>
    public WebSocket Platform(TimeSpan keepAlive = default) => WebSocket.CreateFromStream(
        new NetworkStream(Other, ownsSocket: true),
        new WebSocketCreationOptions { IsServer = !IsServer, KeepAliveInterval = keepAlive });

    /// <summary>Sends bytes, written in hexadecimal.</summary>
    public void SendRaw(string hex) => Other.Send(Convert.FromHexString(hex.Replace(" ", string.Empty)));

    /// <summary>Reads what the own end has sent, until it ends the connection or so many bytes are there.</summary>
    public byte[] ReadRaw(int count)
    {
        byte[] bytes = new byte[count];
        int at = 0;
        Other.ReceiveTimeout = (int)LinkPair.Patience.TotalMilliseconds;
        while (at < count && Other.Receive(bytes, at, count - at, SocketFlags.None) is var read and > 0)
        {
            at += read;
        }

        return bytes[..at];
    }

    public void Dispose()
    {
        Own.Dispose();
        Other.Dispose();
    }
}
