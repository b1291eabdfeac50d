using System.Net.WebSockets;
using System.Text.Json;
using Blockchain.Wire.Http;
using Blockchain.Wire.Links;

namespace Blockchain.Node.Tracking;

/// <summary>Messages between a node and a tracker over a WebSocket. One reader and one writer at a time.</summary>
internal sealed class TrackerSocket(WebSocket socket) : IDisposable
{
    private const int FirstBytes = 1_024;
    private static readonly TimeSpan WriteTime = TimeSpan.FromSeconds(5);
    private readonly SemaphoreSlim _writing = new(1);
    private byte[] _buffer = new byte[FirstBytes];

    /// <summary>The next message; null when the other side has said goodbye.</summary>
    /// <param name="limit">Bytes that it may have.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="LinkFaultException">What came is no message.</exception>
    public async Task<TrackerMessage?> ReadAsync(int limit, CancellationToken cancel)
    {
        int length = 0;
        while (true)
        {
            if (length == _buffer.Length)
            {
                if (length >= limit)
                {
                    throw new LinkFaultException($"a message has more than {limit} bytes");
                }

                Array.Resize(ref _buffer, Math.Min(limit, 2 * length));
            }

            ValueWebSocketReceiveResult received = await socket.ReceiveAsync(_buffer.AsMemory(length), cancel);
            length += received.Count;
            if (received.MessageType == WebSocketMessageType.Close)
            {
                return null;
            }

            if (received.EndOfMessage)
            {
                return Parse(_buffer.AsSpan(0, length));
            }
        }
    }

    /// <summary>Sends a message. A side that does not read for some seconds is cut off.</summary>
    public async Task SendAsync(TrackerMessage message, CancellationToken cancel)
    {
        byte[] bytes = JsonSerializer.SerializeToUtf8Bytes(message, TrackerJson.Default.TrackerMessage);
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        patience.CancelAfter(WriteTime);
        await _writing.WaitAsync(patience.Token);
        try
        {
            await socket.SendAsync(bytes, WebSocketMessageType.Text, endOfMessage: true, patience.Token);
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>Says goodbye; that the other side is gone already does not matter.</summary>
    public async Task CloseAsync(string reason)
    {
        using CancellationTokenSource patience = new(LinkLimits.CloseTimeout);
        try
        {
            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, reason, patience.Token);
        }
        catch (Exception end) when (end is WebSocketException or OperationCanceledException or IOException
            or InvalidOperationException)
        {
            // It is gone: it need not hear the reason.
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _writing.Dispose();

    private static TrackerMessage Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, TrackerJson.Default.TrackerMessage)
                ?? throw new LinkFaultException("a message is null");
        }
        catch (JsonException fault)
        {
            throw new LinkFaultException("a message is not the JSON wanted here", fault);
        }
    }
}
