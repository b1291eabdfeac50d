using System.Buffers.Binary;
using System.Net.WebSockets;
using Blockchain.Core.BankNetwork;

namespace Blockchain.Wire.Links;

/// <summary>Puts WebSocket messages together again and cuts them into frames.</summary>
internal sealed class FrameReader(WebSocket socket)
{
    private const int InitialBufferBytes = 16 << 10;

    private byte[] _buffer = new byte[InitialBufferBytes];
    private int _frames;
    private int _bytes;

    /// <summary>Hands out frames until the other side says goodbye.</summary>
    /// <exception cref="LinkFaultException">What came is not frames.</exception>
    public async Task RunAsync(
        Func<ReadOnlyMemory<byte>, ValueTask> onFrame, CancellationToken cancellationToken)
    {
        while (await ReadMessageAsync(cancellationToken) is { } message)
        {
            await HandOutAsync(message, onFrame);
        }
    }

    private async ValueTask HandOutAsync(
        ReadOnlyMemory<byte> message, Func<ReadOnlyMemory<byte>, ValueTask> onFrame)
    {
        while (!message.IsEmpty)
        {
            if (message.Length < LinkLimits.PrefixBytes)
            {
                throw new LinkFaultException("a frame is truncated: its length is not whole");
            }

            int length = BinaryPrimitives.ReadInt32BigEndian(message.Span);
            message = message[LinkLimits.PrefixBytes..];
            if (length is <= 0 or > Limits.FrameBytes)
            {
                throw new LinkFaultException(
                    $"a frame says it has {(uint)length} bytes; 1 to {Limits.FrameBytes} are allowed");
            }

            if (length > message.Length)
            {
                throw new LinkFaultException($"a frame is truncated: {message.Length} of {length} bytes are there");
            }

            await onFrame(message[..length]);
            message = message[length..];
            await GiveWayAsync(length);
        }
    }

    // A link on which there is always something to read would keep the thread of all sockets for itself. Frames are
    // counted, not messages: ten thousand signatures to check fit into one message.
    private async ValueTask GiveWayAsync(int length)
    {
        _frames++;
        _bytes += length;
        if (_frames >= LinkLimits.FramesInOneGo || _bytes >= LinkLimits.BytesInOneGo)
        {
            _frames = 0;
            _bytes = 0;
            await Task.Yield();
        }
    }

    // Null when the other side has closed.
    private async ValueTask<ReadOnlyMemory<byte>?> ReadMessageAsync(CancellationToken cancellationToken)
    {
        int length = 0;
        while (true)
        {
            if (length == _buffer.Length)
            {
                if (length == LinkLimits.MessageBytes)
                {
                    throw new LinkFaultException($"a message has more than {LinkLimits.MessageBytes} bytes");
                }

                Array.Resize(ref _buffer, Math.Min(LinkLimits.MessageBytes, 2 * length));
            }

            ValueWebSocketReceiveResult received =
                await socket.ReceiveAsync(_buffer.AsMemory(length), cancellationToken);
            length += received.Count;
            if (received.MessageType == WebSocketMessageType.Close)
            {
                return null;
            }

            if (received.MessageType != WebSocketMessageType.Binary)
            {
                throw new LinkFaultException("a message is text; frames are binary");
            }

            if (received.EndOfMessage)
            {
                return _buffer.AsMemory(0, length);
            }
        }
    }
}
