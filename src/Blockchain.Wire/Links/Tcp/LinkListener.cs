using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Blockchain.Wire.Hosting;
using Blockchain.Wire.Http;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;

namespace Blockchain.Wire.Links.Tcp;

/// <summary>
/// Accepts connections and looks at what each says first, without taking it from the socket. An ordinary request for a
/// link is answered here, and the link has the socket to itself; everything else, odd requests for links as well, is
/// for the web server, which finds it untouched.
/// </summary>
internal sealed partial class LinkListener : IConnectionListener
{
    private const int MostBytesOfRequest = 2 << 10;
    private static readonly TimeSpan PauseAfterFault = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan AbortPatience = TimeSpan.FromSeconds(5);

    private readonly Channel<Socket> _forHttp = Channel.CreateUnbounded<Socket>();
    private readonly CancellationTokenSource _unbind = new();
    private readonly CancellationTokenSource _abort = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Socket _listening;
    private readonly LinkPort _port;
    private readonly SocketConnectionContextFactory _http;
    private readonly ILogger<LinkListener> _logger;

    // What runs, the loop that accepts included.
    private int _running = 1;

    /// <param name="listening">Listens already.</param>
    /// <param name="port">What is shared with the host.</param>
    /// <param name="http">Makes connections for the web server.</param>
    /// <param name="logger">Hears of links that failed for no reason of theirs.</param>
    public LinkListener(
        Socket listening, LinkPort port, SocketConnectionContextFactory http, ILogger<LinkListener> logger)
    {
        _listening = listening;
        _port = port;
        _http = http;
        _logger = logger;
        EndPoint = listening.LocalEndPoint!;
        _ = ListenAsync();
    }

    /// <inheritdoc/>
    public EndPoint EndPoint { get; }

    /// <summary>The next connection for the web server; null when nothing listens any more.</summary>
    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        while (await _forHttp.Reader.WaitToReadAsync(cancellationToken))
        {
            if (_forHttp.Reader.TryRead(out Socket? socket) && Open(socket) is { } connection)
            {
                return connection;
            }
        }

        return null;
    }

    /// <summary>Listens no more, and waits until the links have ended or the stop has no more time for that.</summary>
    public async ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        await _unbind.CancelAsync();
        _listening.Dispose();
        await _ended.Task.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Cuts the links that are left.</summary>
    public async ValueTask DisposeAsync()
    {
        await UnbindAsync(new CancellationToken(canceled: true));
        await _abort.CancelAsync();
        await ((Task)_ended.Task.WaitAsync(AbortPatience)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _http.Dispose();
    }

    private ConnectionContext? Open(Socket socket)
    {
        try
        {
            ConnectionContext connection = _http.Create(socket);
            connection.ConnectionClosed.UnsafeRegister(static port => ((LinkPort)port!).Leave(), _port);
            return connection;
        }
        catch (Exception gone) when (gone is SocketException or ObjectDisposedException)
        {
            socket.Dispose();
            _port.Leave();
            return null;
        }
    }

    private async Task ListenAsync()
    {
        while (!_unbind.IsCancellationRequested)
        {
            try
            {
                _ = SortAsync(await _listening.AcceptAsync(_unbind.Token));
            }
            catch (Exception end) when (end is OperationCanceledException or ObjectDisposedException)
            {
                break;
            }
            catch (SocketException fault) when (fault.SocketErrorCode
                is SocketError.ConnectionReset or SocketError.ConnectionAborted)
            {
                // It was gone before it was accepted.
            }
            catch (SocketException fault)
            {
                // Such as too many open files: others end sooner or later, and until then asking again is no use.
                LogNotAccepted(fault.Message);
                await Task.Delay(PauseAfterFault, _unbind.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        _forHttp.Writer.Complete();
        End();
    }

    private async Task SortAsync(Socket socket)
    {
        if (!_port.TryEnter())
        {
            socket.Dispose();
            return;
        }

        Interlocked.Increment(ref _running);
        bool isForHttp = false;
        try
        {
            TcpWebSocket.SetUp(socket);
            isForHttp = !await HasSpokenAsync(socket) || ReadRequest(socket) is not { } key
                ? _forHttp.Writer.TryWrite(socket)
                : await ServeAsync(socket, key);
        }
        catch (Exception gone) when (gone is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // Before it was a link; or everything ends.
        }
        finally
        {
            if (!isForHttp)
            {
                socket.Dispose();
                _port.Leave();
            }

            End();
        }
    }

    private async Task<bool> HasSpokenAsync(Socket socket)
    {
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(_unbind.Token);
        patience.CancelAfter(_port.Patience);
        try
        {
            // Of no bytes: it completes when there are some, and leaves them.
            await socket.ReceiveAsync(Memory<byte>.Empty, SocketFlags.None, patience.Token);
            return true;
        }
        catch (OperationCanceledException) when (!_unbind.IsCancellationRequested)
        {
            return false;
        }
    }

    // The key of an ordinary request for a link, which is then taken from the socket; null for everything else.
    private string? ReadRequest(Socket socket)
    {
        // This is the thread of all sockets: it must not wait, not even for who has ended the connection.
        if (_port.Serve is null || socket.Available == 0)
        {
            return null;
        }

        Span<byte> bytes = stackalloc byte[MostBytesOfRequest];
        int count = socket.Receive(bytes, SocketFlags.Peek);
        if (!Upgrade.TryRead(bytes[..count], SharedRoutes.Link, out string? key, out int length))
        {
            return null;
        }

        for (int at = 0; at < length;)
        {
            at += socket.Receive(bytes[at..length], SocketFlags.None);
        }

        return key;
    }

    private async Task<bool> ServeAsync(Socket socket, string key)
    {
        using TcpWebSocket link = new(socket, isServer: true);
        using CancellationTokenRegistration aborting =
            _abort.Token.UnsafeRegister(static link => ((TcpWebSocket)link!).Abort(), link);
        try
        {
            await SocketThread.LeaveAsync();
            await socket.SendAsync(Upgrade.Answer(key), _abort.Token);
            await _port.Serve!(link, _abort.Token);
        }
        catch (Exception fault) when (fault is not (SocketException or ObjectDisposedException
            or OperationCanceledException))
        {
            LogFailed(fault);
        }

        return false;
    }

    private void End()
    {
        if (Interlocked.Decrement(ref _running) == 0)
        {
            _ended.TrySetResult();
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "A connection was not accepted: {Reason}")]
    private partial void LogNotAccepted(string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "A link failed")]
    private partial void LogFailed(Exception fault);
}
