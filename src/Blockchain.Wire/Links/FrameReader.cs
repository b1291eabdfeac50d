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
        // One method, so that whoever completes a read comes here at once.
        int length = 0;
        while (true)
        {
            ValueTask<ValueWebSocketReceiveResult> reading = socket.ReceiveAsync(Room(length), cancellationToken);
            if (!reading.IsCompleted)
            {
                GiveBack();
            }

            ValueWebSocketReceiveResult received = await reading;
            length += received.Count;
            if (received.MessageType == WebSocketMessageType.Close)
            {
                return;
            }

            if (received.MessageType != WebSocketMessageType.Binary)
            {
                throw new LinkFaultException("a message is text; frames are binary");
            }

            if (!received.EndOfMessage)
            {
                continue;
            }

            ReadOnlyMemory<byte> message = _buffer.AsMemory(0, length);
            length = 0;
            while (!message.IsEmpty)
            {
                ReadOnlyMemory<byte> frame = Cut(ref message);
                await onFrame(frame);
                if (MustGiveWay(frame.Length))
                {
                    await Task.Yield();
                }
            }
        }
    }

    private static ReadOnlyMemory<byte> Cut(ref ReadOnlyMemory<byte> message)
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

        ReadOnlyMemory<byte> frame = message[..length];
        message = message[length..];
        return frame;
    }

    // A link on which there is always something to read would keep the thread of all sockets for itself. Frames are
    // counted, not messages: ten thousand signatures to check fit into one message.
    private bool MustGiveWay(int length)
    {
        _frames++;
        _bytes += length;
        if (_frames < LinkLimits.FramesInOneGo && _bytes < LinkLimits.BytesInOneGo)
        {
            return false;
        }

        GiveBack();
        return true;
    }

    // The thread is free for others.
    private void GiveBack()
    {
        _frames = 0;
        _bytes = 0;
    }

    // Behind what has come of a message so far.
    private Memory<byte> Room(int length)
    {
        if (length == _buffer.Length)
        {
            if (length == LinkLimits.MessageBytes)
            {
                throw new LinkFaultException($"a message has more than {LinkLimits.MessageBytes} bytes");
            }

            Array.Resize(ref _buffer, Math.Min(LinkLimits.MessageBytes, 2 * length));
        }

        return _buffer.AsMemory(length);
    }
}
