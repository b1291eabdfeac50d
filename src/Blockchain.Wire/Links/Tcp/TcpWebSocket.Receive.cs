using System.Net.Sockets;
using System.Net.WebSockets;
using System.Threading.Tasks.Sources;

namespace Blockchain.Wire.Links.Tcp;

/// <summary>The receiving half.</summary>
internal sealed partial class TcpWebSocket : IValueTaskSource<ValueWebSocketReceiveResult>
{
    private const int ReadsInOneGo = 16;
    private readonly FrameDecoder _decoder;
    private readonly SocketAsyncEventArgs _read = new(unsafeSuppressExecutionContextFlow: true);
    private ManualResetValueTaskSourceCore<ValueWebSocketReceiveResult> _received;
    private CancellationToken _watched;
    private CancellationTokenRegistration _watching;
    private Memory<byte> _target;
    private bool _isDirect;
    private int _readsInOneGo;
    private int _isReceiving;
    private volatile Farewell? _theirs;
    private volatile bool _isBroken;

    /// <inheritdoc/>
    /// <remarks>Cancelling aborts the connection, as with the platform's WebSockets. The token is registered with once,
    /// not for each message.</remarks>
    public override ValueTask<ValueWebSocketReceiveResult> ReceiveAsync(
        Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (_isAborted || _isBroken || _theirs is not null)
        {
            return ValueTask.FromException<ValueWebSocketReceiveResult>(Misused());
        }

        if (Interlocked.Exchange(ref _isReceiving, 1) != 0)
        {
            throw new InvalidOperationException("one receives at a time");
        }

        _received.Reset();
        short version = _received.Version;
        _target = buffer;
        Watch(cancellationToken);
        if (cancellationToken.IsCancellationRequested)
        {
            Lose(null);
        }
        else if (!TryTake())
        {
            Read();
        }

        return new ValueTask<ValueWebSocketReceiveResult>(this, version);
    }

    /// <inheritdoc/>
    public override async Task<WebSocketReceiveResult> ReceiveAsync(
        ArraySegment<byte> buffer, CancellationToken cancellationToken)
    {
        ValueWebSocketReceiveResult result = await ReceiveAsync(buffer.AsMemory(), cancellationToken)
            .ConfigureAwait(false);
        return new WebSocketReceiveResult(
            result.Count, result.MessageType, result.EndOfMessage, CloseStatus, CloseStatusDescription);
    }

    ValueWebSocketReceiveResult IValueTaskSource<ValueWebSocketReceiveResult>.GetResult(short token) =>
        _received.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<ValueWebSocketReceiveResult>.GetStatus(short token) =>
        _received.GetStatus(token);

    void IValueTaskSource<ValueWebSocketReceiveResult>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _received.OnCompleted(continuation, state, token, flags);

    private void Watch(CancellationToken cancellationToken)
    {
        if (cancellationToken == _watched)
        {
            return;
        }

        _watching.Dispose();
        _watched = cancellationToken;
        _watching = cancellationToken.UnsafeRegister(static self => ((TcpWebSocket)self!).OnCancelled(), this);
    }

    private void OnCancelled()
    {
        if (Volatile.Read(ref _isReceiving) != 0)
        {
            Abort();
        }
    }

    // Until something is there for the receiver, or until the socket takes its time: then its completion goes on. A
    // peer that never lets the socket run dry must not keep the thread of all sockets, whatever it sends.
    private void Read()
    {
        try
        {
            do
            {
                if (++_readsInOneGo > ReadsInOneGo)
                {
                    _readsInOneGo = 0;
                    ThreadPool.UnsafeQueueUserWorkItem(static self => self.Read(), this, preferLocal: false);
                    return;
                }

                _read.SetBuffer(_decoder.Room(_target, out _isDirect));
                if (_socket.ReceiveAsync(_read))
                {
                    return;
                }
            }
            while (!TryAdd());
        }
        catch (ObjectDisposedException ended)
        {
            Lose(ended);
        }
    }

    private void OnRead()
    {
        _readsInOneGo = 0;
        if (!TryAdd())
        {
            Read();
        }
    }

    // True when the receive has ended, with a result or a fault; so too below.
    private bool TryAdd()
    {
        int count = _read.BytesTransferred;
        if (_read.SocketError != SocketError.Success || count == 0)
        {
            Lose(_read.SocketError == SocketError.Success ? null : new SocketException((int)_read.SocketError));
            return true;
        }

        if (_isDirect)
        {
            End(_decoder.AddDirect(_target.Span[..count]));
            return true;
        }

        _decoder.Add(count);
        return TryTake();
    }

    private bool TryTake()
    {
        try
        {
            while (true)
            {
                switch (_decoder.Take(_target.Span, out ValueWebSocketReceiveResult result))
                {
                    case Decoded.NeedsMore:
                        return false;
                    case Decoded.Ping:
                        _sender.Pong(_decoder.Control);
                        break;
                    case Decoded.Close:
                        _theirs = Farewell.Read(_decoder.Control);
                        End(new ValueWebSocketReceiveResult(0, WebSocketMessageType.Close, endOfMessage: true));
                        return true;
                    default:
                        End(result);
                        return true;
                }
            }
        }
        catch (WebSocketException broken)
        {
            _isBroken = true;
            _ = RefuseAsync(broken.Message);
            Fail(broken);
            return true;
        }
    }

    private void Lose(Exception? cause)
    {
        Abort();
        Fail(_watched.IsCancellationRequested
            ? new OperationCanceledException(_watched)
            : new WebSocketException(
                WebSocketError.ConnectionClosedPrematurely,
                "the connection was lost: " + (cause?.Message ?? "the other side ended it without a goodbye"),
                cause));
    }

    private void End(ValueWebSocketReceiveResult result)
    {
        _target = default;
        Volatile.Write(ref _isReceiving, 0);
        _received.SetResult(result);
    }

    private void Fail(Exception fault)
    {
        _target = default;
        Volatile.Write(ref _isReceiving, 0);
        _received.SetException(fault);
    }
}
