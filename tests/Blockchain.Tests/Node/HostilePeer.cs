using System.Buffers.Binary;
using System.Net.WebSockets;
using Blockchain.Core.OpenNetwork;
using Blockchain.Node.Tracking;

namespace Blockchain.Tests.Node;

/// <summary>Something that speaks the protocol between nodes over a real socket and says what it likes.</summary>
internal sealed class HostilePeer : IDisposable
{
    private const int PrefixBytes = 4;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly ClientWebSocket _socket = new();
    private readonly CancellationTokenSource _late = new(Patience);
    private readonly Queue<NodeMessage> _heard = new();
    private byte[] _buffer = new byte[1 << 16];

    /// <summary>Connects and says hello.</summary>
    public static async Task<HostilePeer> ConnectAsync(TestNode node, Work work = default)
    {
        HostilePeer peer = new();
        await peer._socket.ConnectAsync(NodeAddress.ToWebSocket(node.Url, "/peer"), peer._late.Token);
        await peer.SayAsync(new NodeMessage.Hello(
            FullNode.ProtocolVersion, node.Host.Service.GenesisHash, 99, string.Empty, 0, work));
        await peer.HearAsync<NodeMessage.Hello>();
        return peer;
    }

    /// <summary>Sends messages together, a frame each.</summary>
    public Task SayAsync(params NodeMessage[] messages) => SendAsync([.. messages.SelectMany(static message =>
    {
        byte[] body = NodeMessageCodec.Encode(message);
        byte[] frame = new byte[PrefixBytes + body.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, body.Length);
        body.CopyTo(frame, PrefixBytes);
        return frame;
    })]);

    /// <summary>The next message of a kind; others are passed over.</summary>
    public async Task<T> HearAsync<T>()
        where T : NodeMessage
    {
        while (true)
        {
            while (_heard.TryDequeue(out NodeMessage? message))
            {
                if (message is T wanted)
                {
                    return wanted;
                }
            }

            (await ReadAsync()).Should().BeTrue("the node still talks to this peer");
        }
    }

    /// <summary>Reads until the node hangs up.</summary>
    public async Task UntilEndAsync()
    {
        try
        {
            while (await ReadAsync())
            {
            }
        }
        catch (WebSocketException)
        {
            // Cut off is ended, too.
        }
    }

    public void Dispose()
    {
        _socket.Dispose();
        _late.Dispose();
    }

    private Task SendAsync(byte[] bytes) =>
        _socket.SendAsync(bytes, WebSocketMessageType.Binary, endOfMessage: true, _late.Token);

    private async Task<bool> ReadAsync()
    {
        int length = 0;
        ValueWebSocketReceiveResult received;
        do
        {
            if (length == _buffer.Length)
            {
                Array.Resize(ref _buffer, 2 * length);
            }

            received = await _socket.ReceiveAsync(_buffer.AsMemory(length), _late.Token);
            length += received.Count;
        }
        while (!received.EndOfMessage);
        for (int at = 0; at < length;)
        {
            int size = BinaryPrimitives.ReadInt32BigEndian(_buffer.AsSpan(at));
            _heard.Enqueue(NodeMessageCodec.Decode(_buffer.AsSpan(at + PrefixBytes, size)));
            at += PrefixBytes + size;
        }

        return received.MessageType != WebSocketMessageType.Close;
    }
}
