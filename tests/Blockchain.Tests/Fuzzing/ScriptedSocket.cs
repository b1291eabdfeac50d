using System.Net.WebSockets;

namespace Blockchain.Tests.Fuzzing;

/// <summary>A socket whose other side says what was written down before, and then closes.</summary>
internal sealed class ScriptedSocket(params byte[][] messages) : WebSocket
{
    private WebSocketState _state = WebSocketState.Open;
    private int _message;
    private int _at;

    public List<byte[]> Sent { get; } = [];

    public override WebSocketCloseStatus? CloseStatus => null;

    public override string? CloseStatusDescription => null;

    public override WebSocketState State => _state;

    public override string? SubProtocol => null;

    public override void Abort() => _state = WebSocketState.Aborted;

    public override Task CloseAsync(
        WebSocketCloseStatus closeStatus, string? statusDescription, CancellationToken cancellationToken) =>
        CloseOutputAsync(closeStatus, statusDescription, cancellationToken);

    public override Task CloseOutputAsync(
        WebSocketCloseStatus closeStatus, string? statusDescription, CancellationToken cancellationToken)
    {
        System.Text.Encoding.UTF8.GetByteCount(statusDescription ?? string.Empty).Should().BeLessThanOrEqualTo(123);
        _state = WebSocketState.CloseSent;
        return Task.CompletedTask;
    }

    public override void Dispose() => _state = WebSocketState.Closed;

    public override Task<WebSocketReceiveResult> ReceiveAsync(
        ArraySegment<byte> buffer, CancellationToken cancellationToken)
    {
        if (_message == messages.Length)
        {
            return Task.FromResult(new WebSocketReceiveResult(0, WebSocketMessageType.Close, true));
        }

        int count = Math.Min(buffer.Count, messages[_message].Length - _at);
        messages[_message].AsSpan(_at, count).CopyTo(buffer);
        _at += count;
        bool isEnd = _at == messages[_message].Length;
        if (isEnd)
        {
            _message++;
            _at = 0;
        }

        return Task.FromResult(new WebSocketReceiveResult(count, WebSocketMessageType.Binary, isEnd));
    }

    public override Task SendAsync(
        ArraySegment<byte> buffer,
        WebSocketMessageType messageType,
        bool endOfMessage,
        CancellationToken cancellationToken)
    {
        Sent.Add([.. buffer]);
        return Task.CompletedTask;
    }
}
