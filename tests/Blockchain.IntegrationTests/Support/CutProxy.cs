using System.Net;
using System.Net.Sockets;

namespace Blockchain.IntegrationTests.Support;

/// <summary>Which way bytes go through a proxy.</summary>
[Flags]
public enum Direction
{
    /// <summary>Neither.</summary>
    None = 0,

    /// <summary>From the one who dialled to the one behind the proxy.</summary>
    Forth = 1,

    /// <summary>The other way.</summary>
    Back = 2,

    /// <summary>Both.</summary>
    Both = Forth | Back,
}

/// <summary>
/// A forwarding proxy on loopback that misbehaves when told to: cuts what stands, refuses what comes, holds bytes back
/// and lets them go later, or delays each piece by a time drawn from its seed.
/// </summary>
public sealed class CutProxy : IAsyncDisposable
{
    private const int PieceBytes = 16 * 1024;
    private readonly TcpListener _listener;
    private readonly IPEndPoint _target;
    private readonly Random _random;
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private readonly HashSet<Socket> _sockets = [];
    private readonly Task _accepting;
    private TaskCompletionSource _opened = Opened();
    private Direction _held;
    private bool _refuses;
    private int _maxDelayMs;

    /// <summary>Starts to listen.</summary>
    /// <param name="listen">Where; port 0 for a free one.</param>
    /// <param name="target">Where to.</param>
    /// <param name="seed">Of the delays.</param>
    public CutProxy(IPEndPoint listen, IPEndPoint target, int seed)
    {
        _target = target;
        _random = new Random(seed);
        _listener = new TcpListener(listen);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>Where it listens.</summary>
    public IPEndPoint EndPoint => (IPEndPoint)_listener.LocalEndpoint;

    /// <summary>Connections that stand.</summary>
    public int Connections
    {
        get
        {
            lock (_gate)
            {
                return _sockets.Count / 2;
            }
        }
    }

    /// <summary>Cuts every connection that stands. New ones are taken.</summary>
    public void Cut()
    {
        lock (_gate)
        {
            foreach (Socket socket in _sockets)
            {
                // A reset, as of a machine that has gone: what was on its way is lost.
                socket.LingerState = new LingerOption(true, 0);
                socket.Close();
            }

            _sockets.Clear();
        }
    }

    /// <summary>Whether connections are dropped as soon as they come, from now on.</summary>
    public void Refuse(bool refuses)
    {
        lock (_gate)
        {
            _refuses = refuses;
        }
    }

    /// <summary>Holds back all bytes that go these ways from now on; none lets them go.</summary>
    public void Hold(Direction directions)
    {
        lock (_gate)
        {
            _held = directions;
            _opened.TrySetResult();
            _opened = Opened();
        }
    }

    /// <summary>Delays each piece by up to this time, in the order of the pieces.</summary>
    public void Delay(TimeSpan most)
    {
        lock (_gate)
        {
            _maxDelayMs = (int)most.TotalMilliseconds;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        Cut();
        await _accepting;
        _stop.Dispose();
    }

    private static TaskCompletionSource Opened() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                Socket socket = await _listener.AcceptSocketAsync(_stop.Token);
                _ = ServeAsync(socket);
            }
            catch (Exception fault) when (
                fault is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                // Stopped, or the one who dialled has gone already.
            }
        }
    }

    private async Task ServeAsync(Socket near)
    {
        Socket far = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        near.NoDelay = true;
        try
        {
            if (!Refuses())
            {
                await far.ConnectAsync(_target, _stop.Token);
                if (TryAdd(near, far))
                {
                    Task forth = PumpAsync(near, far, Direction.Forth);
                    Task back = PumpAsync(far, near, Direction.Back);
                    await Task.WhenAny(forth, back);
                }
            }
        }
        catch (Exception fault) when (IsEnd(fault))
        {
            // Nobody listens behind the proxy: the one who dialled sees the end of its connection.
        }
        finally
        {
            lock (_gate)
            {
                _sockets.Remove(near);
                _sockets.Remove(far);
            }

            near.Dispose();
            far.Dispose();
        }
    }

    private async Task PumpAsync(Socket from, Socket to, Direction direction)
    {
        byte[] buffer = new byte[PieceBytes];
        try
        {
            while (await from.ReceiveAsync(buffer, _stop.Token) is > 0 and var count)
            {
                await PassAsync(direction);
                await to.SendAsync(buffer.AsMemory(0, count), _stop.Token);
            }
        }
        catch (Exception fault) when (IsEnd(fault))
        {
            // One of the two ends has gone; the other follows.
        }
    }

    private async Task PassAsync(Direction direction)
    {
        int delayMs;
        lock (_gate)
        {
            delayMs = _maxDelayMs == 0 ? 0 : _random.Next(_maxDelayMs + 1);
        }

        if (delayMs > 0)
        {
            await Task.Delay(delayMs, _stop.Token);
        }

        while (Closed(direction) is { } opened)
        {
            await opened.WaitAsync(_stop.Token);
        }
    }

    private Task? Closed(Direction direction)
    {
        lock (_gate)
        {
            return _held.HasFlag(direction) ? _opened.Task : null;
        }
    }

    private bool Refuses()
    {
        lock (_gate)
        {
            return _refuses;
        }
    }

    private bool TryAdd(Socket near, Socket far)
    {
        lock (_gate)
        {
            return !_stop.IsCancellationRequested && _sockets.Add(near) && _sockets.Add(far);
        }
    }

    private static bool IsEnd(Exception fault) =>
        fault is OperationCanceledException or SocketException or ObjectDisposedException or IOException;
}
