using System.Net.Sockets;
using System.Net.WebSockets;
using System.Threading.Tasks.Sources;

namespace Blockchain.Wire.Links.Tcp;

/// <summary>
/// The sending half of a WebSocket: one write to the socket at a time, in which header and payload go together. A
/// frame of a message, one pong and one goodbye can wait for it, and nothing else, so that no peer can fill the memory.
/// </summary>
internal sealed class FrameSender : IValueTaskSource, IDisposable
{
    private const int InitialBufferBytes = 4 << 10;
    private const int MaxBufferBytes = 64 << 10;
    private readonly Lock _gate = new();
    private readonly Socket _socket;
    private readonly MaskingKeys? _keys;
    private readonly SocketAsyncEventArgs _write = new(unsafeSuppressExecutionContextFlow: true);
    private readonly TaskCompletionSource _saidFarewell = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly byte[] _pong = new byte[FrameHeader.MaxControlBytes];
    private ManualResetValueTaskSourceCore<bool> _sent;

    // Under the gate: what waits, whether somebody writes, and why nobody can any more.
    private Waiting? _message;
    private byte[]? _farewell;
    private int _pongLength = -1;
    private bool _isSending;
    private bool _isBusy;
    private WebSocketException? _lost;

    // Of whoever writes.
    private byte[] _buffer = new byte[InitialBufferBytes];
    private Writing _current;
    private ReadOnlyMemory<byte> _payload;
    private uint _key;
    private int _at;
    private int _left;

    /// <param name="socket">Connected.</param>
    /// <param name="masks">Whether this side is the client, and masks.</param>
    public FrameSender(Socket socket, bool masks)
    {
        _socket = socket;
        _keys = masks ? new MaskingKeys() : null;
        _write.Completed += (_, _) => OnWritten();
    }

    private enum Writing
    {
        Nothing,
        Message,
        Pong,
        Farewell,
    }

    /// <summary>Sends a frame of a message, at once when the socket takes it. One at a time.</summary>
    /// <param name="opcode">What it is.</param>
    /// <param name="isFinal">Whether the message ends with it.</param>
    /// <param name="payload">Must not change before it was sent.</param>
    public ValueTask SendAsync(Opcode opcode, bool isFinal, ReadOnlyMemory<byte> payload)
    {
        bool starts;
        short version;
        lock (_gate)
        {
            if (_lost is not null)
            {
                return ValueTask.FromException(_lost);
            }

            if (_isSending || _farewell is not null)
            {
                return ValueTask.FromException(new WebSocketException(
                    WebSocketError.InvalidState, "one message is sent at a time, and none behind a goodbye"));
            }

            _sent.Reset();
            version = _sent.Version;
            _message = new Waiting(opcode, isFinal, payload);
            _isSending = true;
            starts = Start();
        }

        if (starts)
        {
            Write();
        }

        return new ValueTask(this, version);
    }

    /// <summary>Answers a ping; dropped while the answer to another waits.</summary>
    public void Pong(ReadOnlySpan<byte> payload)
    {
        bool starts;
        lock (_gate)
        {
            if (_pongLength >= 0 || _farewell is not null || _lost is not null)
            {
                return;
            }

            payload.CopyTo(_pong);
            _pongLength = payload.Length;
            starts = Start();
        }

        if (starts)
        {
            Write();
        }
    }

    /// <summary>Says goodbye, after what waits. Nothing is sent behind it.</summary>
    /// <param name="payload">Of the closing frame.</param>
    public Task SayFarewellAsync(byte[] payload)
    {
        bool starts = false;
        lock (_gate)
        {
            if (_lost is not null)
            {
                return Task.FromException(_lost);
            }

            if (_farewell is null)
            {
                _farewell = payload;
                starts = Start();
            }
        }

        if (starts)
        {
            Write();
        }

        return _saidFarewell.Task;
    }

    /// <inheritdoc/>
    public void Dispose() => _write.Dispose();

    void IValueTaskSource.GetResult(short token) => _sent.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _sent.GetStatus(token);

    void IValueTaskSource.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _sent.OnCompleted(continuation, state, token, flags);

    // Whether the caller is the one to write; under the gate.
    private bool Start()
    {
        bool starts = !_isBusy;
        _isBusy = true;
        return starts;
    }

    private void OnWritten()
    {
        if (Account())
        {
            Write();
        }
    }

    // Until nothing waits, or until the socket takes its time: then its completion goes on here.
    private void Write()
    {
        try
        {
            while (_left > 0 || Fill())
            {
                _write.SetBuffer(_buffer, _at, _left);
                if (_socket.SendAsync(_write) || !Account())
                {
                    return;
                }
            }
        }
        catch (ObjectDisposedException ended)
        {
            Lose(ended);
        }
    }

    private bool Account()
    {
        if (_write.SocketError != SocketError.Success)
        {
            Lose(new SocketException((int)_write.SocketError));
            return false;
        }

        _at += _write.BytesTransferred;
        _left -= _write.BytesTransferred;
        return true;
    }

    // Puts the next piece into the buffer; false when nothing waits any more.
    private bool Fill()
    {
        if (!_payload.IsEmpty)
        {
            Put(0);
            return true;
        }

        Finish();
        lock (_gate)
        {
            if (_current == Writing.Farewell)
            {
                return false;
            }

            return Next() || (_isBusy = false);
        }
    }

    // What waits for a message to be sent goes on here, and may leave the next one.
    private void Finish()
    {
        switch (_current)
        {
            case Writing.Message:
                lock (_gate)
                {
                    _isSending = false;
                }

                _current = Writing.Nothing;
                _sent.SetResult(true);
                break;
            case Writing.Farewell:
                _saidFarewell.TrySetResult();
                break;
        }
    }

    private bool Next()
    {
        // After one pong a message has its turn, so that no peer can keep it waiting by pinging.
        if (_pongLength >= 0 && (_message is null || _current != Writing.Pong))
        {
            Begin(Writing.Pong, new Waiting(Opcode.Pong, true, _pong.AsMemory(0, _pongLength)));
            _pongLength = -1;
        }
        else if (_message is { } message)
        {
            _message = null;
            Begin(Writing.Message, message);
        }
        else if (_farewell is not null)
        {
            Begin(Writing.Farewell, new Waiting(Opcode.Close, true, _farewell));
        }
        else
        {
            _current = Writing.Nothing;
            return false;
        }

        return true;
    }

    private void Begin(Writing what, Waiting frame)
    {
        int wanted = Math.Min(FrameHeader.MaxBytes + frame.Payload.Length, MaxBufferBytes);
        if (wanted > _buffer.Length)
        {
            _buffer = new byte[Math.Min(MaxBufferBytes, Math.Max(wanted, 2 * _buffer.Length))];
        }

        _current = what;
        _payload = frame.Payload;
        _key = _keys?.Next() ?? 0;
        Put(new FrameHeader(frame.IsFinal, frame.Opcode, _key, _payload.Length).Write(_buffer, _keys is not null));
    }

    // Behind what the buffer has already.
    private void Put(int used)
    {
        int count = Math.Min(_payload.Length, _buffer.Length - used);
        ReadOnlySpan<byte> piece = _payload.Span[..count];
        if (_keys is not null)
        {
            _key = Masking.Apply(piece, _buffer.AsSpan(used), _key);
        }
        else
        {
            piece.CopyTo(_buffer.AsSpan(used));
        }

        _payload = _payload[count..];
        _at = 0;
        _left = used + count;
    }

    private void Lose(Exception cause)
    {
        bool wasSending;
        lock (_gate)
        {
            _lost = new WebSocketException(
                WebSocketError.ConnectionClosedPrematurely, "the connection was lost: " + cause.Message, cause);
            wasSending = _isSending;
            _isSending = false;
        }

        if (wasSending)
        {
            _sent.SetException(_lost);
        }

        _saidFarewell.TrySetException(_lost);
        _ = _saidFarewell.Task.Exception;
    }

    private readonly record struct Waiting(Opcode Opcode, bool IsFinal, ReadOnlyMemory<byte> Payload);
}
