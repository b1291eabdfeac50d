using System.Net.Sockets;
using System.Net.WebSockets;

namespace Blockchain.Wire.Links.Tcp;

/// <summary>
/// A WebSocket (RFC 6455) with nothing between it and the socket: what a message costs on a busy link is the code that
/// it runs through. Between the completion of a read and the reader of frames there is one source of value tasks, no
/// stream, no pipe and no task, and nothing is allocated for a message. Text is handed on without a look at its UTF-8,
/// and there are no extensions.
/// </summary>
internal sealed partial class TcpWebSocket : WebSocket
{
    private static readonly TimeSpan KeepAliveTime = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan KeepAliveInterval = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private readonly Socket _socket;
    private readonly FrameSender _sender;
    private bool _isContinued;
    private bool _beganFarewell;
    private bool _saidFarewell;
    private volatile bool _isAborted;

    /// <param name="socket">Connected, and upgraded. It is this object's from here on.</param>
    /// <param name="isServer">Whether the other side is the client, and masks.</param>
    /// <param name="ahead">What has come of the other side's frames already.</param>
    public TcpWebSocket(Socket socket, bool isServer, ReadOnlySpan<byte> ahead = default)
    {
        _socket = socket;
        _decoder = new FrameDecoder(isMasked: isServer);
        _decoder.Prime(ahead);
        _sender = new FrameSender(socket, masks: !isServer);
        _read.Completed += (_, _) => OnRead();
    }

    /// <inheritdoc/>
    public override WebSocketCloseStatus? CloseStatus => _theirs?.Status;

    /// <inheritdoc/>
    public override string? CloseStatusDescription => _theirs?.Reason;

    /// <inheritdoc/>
    public override string? SubProtocol => null;

    /// <inheritdoc/>
    public override WebSocketState State
    {
        get
        {
            lock (_gate)
            {
                return (_saidFarewell, _theirs is not null, _isAborted) switch
                {
                    (true, true, _) => WebSocketState.Closed,
                    (_, _, true) => WebSocketState.Aborted,
                    (true, _, _) => WebSocketState.CloseSent,
                    (_, true, _) => WebSocketState.CloseReceived,
                    _ => WebSocketState.Open,
                };
            }
        }
    }

    /// <summary>Sets a socket up for links: small messages go at once, and TCP finds out whether the other side is
    /// still there.</summary>
    public static void SetUp(Socket socket)
    {
        socket.NoDelay = true;
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        socket.SetSocketOption(
            SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, (int)KeepAliveTime.TotalSeconds);
        socket.SetSocketOption(
            SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, (int)KeepAliveInterval.TotalSeconds);
    }

    /// <inheritdoc/>
    public override ValueTask SendAsync(
        ReadOnlyMemory<byte> buffer, WebSocketMessageType messageType, bool endOfMessage,
        CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled(cancellationToken);
        }

        Opcode opcode = (_isContinued, messageType) switch
        {
            (true, _) => Opcode.Continuation,
            (_, WebSocketMessageType.Text) => Opcode.Text,
            (_, WebSocketMessageType.Binary) => Opcode.Binary,
            _ => throw new ArgumentException("a goodbye is said with CloseOutputAsync", nameof(messageType)),
        };
        _isContinued = !endOfMessage;
        ValueTask sending = _sender.SendAsync(opcode, endOfMessage, buffer);
        return sending.IsCompleted || !cancellationToken.CanBeCanceled
            ? sending
            : new ValueTask(EndAsync(sending.AsTask(), cancellationToken));
    }

    /// <inheritdoc/>
    public override Task SendAsync(
        ArraySegment<byte> buffer, WebSocketMessageType messageType, bool endOfMessage,
        CancellationToken cancellationToken) =>
        SendAsync(buffer.AsMemory(), messageType, endOfMessage, cancellationToken).AsTask();

    /// <inheritdoc/>
    public override async Task CloseOutputAsync(
        WebSocketCloseStatus closeStatus, string? statusDescription, CancellationToken cancellationToken)
    {
        byte[] payload = new Farewell(closeStatus, statusDescription ?? string.Empty).ToBytes();
        lock (_gate)
        {
            if (_isAborted || _beganFarewell)
            {
                throw Misused();
            }

            _beganFarewell = true;
        }

        await EndAsync(_sender.SayFarewellAsync(payload), cancellationToken).ConfigureAwait(false);
        lock (_gate)
        {
            _saidFarewell = true;
        }
    }

    /// <inheritdoc/>
    public override async Task CloseAsync(
        WebSocketCloseStatus closeStatus, string? statusDescription, CancellationToken cancellationToken)
    {
        if (State is WebSocketState.Open or WebSocketState.CloseReceived)
        {
            await CloseOutputAsync(closeStatus, statusDescription, cancellationToken).ConfigureAwait(false);
        }

        byte[] unread = new byte[FrameHeader.MaxControlBytes];
        while (State == WebSocketState.CloseSent)
        {
            await ReceiveAsync(unread.AsMemory(), cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public override void Abort()
    {
        _isAborted = true;
        _socket.Dispose();
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        Abort();
        _watching.Dispose();
        _read.Dispose();
        _sender.Dispose();
    }

    private async Task RefuseAsync(string reason)
    {
        try
        {
            await CloseOutputAsync(WebSocketCloseStatus.ProtocolError, LinkLimits.Cut(reason), CancellationToken.None)
                .ConfigureAwait(false);
        }
        catch (WebSocketException)
        {
            // It is gone, or was told goodbye before.
        }
    }

    private async Task EndAsync(Task sending, CancellationToken cancellationToken)
    {
        await using CancellationTokenRegistration cancelling =
            cancellationToken.UnsafeRegister(static self => ((TcpWebSocket)self!).Abort(), this);
        try
        {
            await sending.ConfigureAwait(false);
        }
        catch (WebSocketException) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
    }

    private static WebSocketException Misused() => new(
        WebSocketError.InvalidState, "the connection is closed, or is being closed");
}
