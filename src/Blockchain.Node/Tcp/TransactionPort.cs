using System.Net;
using System.Net.Sockets;
using Blockchain.Core.OpenNetwork;
using Blockchain.Node.Service;
using Blockchain.Wire.Hosting;
using Microsoft.Extensions.Logging;

namespace Blockchain.Node.Tcp;

/// <summary>
/// The port for foreign clients: any number of requests on a connection, each a length of 2 bytes, big-endian, and
/// JSON; each answered in the same form with <c>{"response": true}</c> when the transaction is accepted and on disk,
/// else with false. A frame that is none closes the connection.
/// </summary>
public sealed partial class TransactionPort : IAsyncDisposable
{
    private const int Backlog = 512;
    private static readonly byte[] Yes = "\0\u0012{\"response\": true}"u8.ToArray();
    private static readonly byte[] No = "\0\u0013{\"response\": false}"u8.ToArray();
    private static readonly TimeSpan SweepPeriod = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan AcceptPause = TimeSpan.FromMilliseconds(100);

    private readonly CancellationTokenSource _stop = new();
    private readonly ConnectionTable _connections = new(NodeLimits.TcpConnections);
    private readonly PartialBytes _budget = new(NodeLimits.TcpPartialBytes);
    private readonly Func<Transaction, CancellationToken, Task<Refusal>> _submit;
    private readonly NodeCounters _counters;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Socket _listener;
    private readonly Task _running;
    private int _serving;
    private int _disposed;

    private TransactionPort(
        Socket listener,
        Func<Transaction, CancellationToken, Task<Refusal>> submit,
        NodeCounters counters,
        TimeProvider time,
        ILogger logger)
    {
        _listener = listener;
        _submit = submit;
        _counters = counters;
        _time = time;
        _logger = logger;
        _running = Task.WhenAll(AcceptAsync(), SweepAsync());
    }

    /// <summary>The port that is listened on.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndPoint!).Port;

    /// <summary>Bytes held for requests that are not whole.</summary>
    internal int HeldBytes => _budget.Held;

    /// <summary>Connections now.</summary>
    public int Connections => _connections.Count;

    /// <summary>Begins to listen.</summary>
    /// <param name="endPoint">Where; port 0 takes a free one.</param>
    /// <param name="submit">Hands a transaction to the node and completes when it is on disk or refused.</param>
    /// <param name="counters">Counts refusals by reason.</param>
    /// <param name="time">Clocks.</param>
    /// <param name="logger">Log.</param>
    /// <exception cref="ListenFaultException">The port cannot be listened on.</exception>
    public static TransactionPort Start(
        IPEndPoint endPoint,
        Func<Transaction, CancellationToken, Task<Refusal>> submit,
        NodeCounters counters,
        TimeProvider time,
        ILogger logger)
    {
        Socket listener = new(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            listener.Bind(endPoint);
            listener.Listen(Backlog);
            return new TransactionPort(listener, submit, counters, time, logger);
        }
        catch (SocketException fault)
        {
            listener.Dispose();
            bool isInUse = fault.SocketErrorCode == SocketError.AddressAlreadyInUse;
            throw WebListening.Explain(fault, isInUse, endPoint.ToString(), "--tcp");
        }
    }

    /// <summary>Stops to listen and closes every connection.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 1)
        {
            return;
        }

        await _stop.CancelAsync();
        _listener.Dispose();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (Socket socket in _connections.TakeAll())
        {
            socket.Dispose();
        }

        // A connection that is answered ends by itself; its wait is cancelled.
        while (Volatile.Read(ref _serving) > 0)
        {
            await Task.Delay(1, CancellationToken.None);
        }

        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                Socket socket = await _listener.AcceptAsync(_stop.Token);
                Interlocked.Increment(ref _serving);
                _ = ServeAsync(socket);
            }
            catch (SocketException fault) when (!_stop.IsCancellationRequested)
            {
                // Too many files are open, or the other side has gone already: neither ends the port.
                LogAcceptFailed(fault.SocketErrorCode);
                await Task.Delay(AcceptPause, _time, CancellationToken.None);
            }
            catch (Exception end) when (end is OperationCanceledException or ObjectDisposedException
                or SocketException)
            {
                return;
            }
        }
    }

    private async Task SweepAsync()
    {
        using PeriodicTimer timer = new(SweepPeriod, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token))
            {
                long since = _time.GetTimestamp()
                    - (long)(NodeLimits.TcpIdleTime.TotalSeconds * _time.TimestampFrequency);
                foreach (Socket socket in _connections.TakeIdleSince(since))
                {
                    Close(socket, "idle");
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The port is closed.
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        ConnectionTable.Entry? entry = _connections.Add(socket, _time.GetTimestamp(), out Socket? displaced);
        try
        {
            if (displaced is not null)
            {
                Close(displaced, "displaced");
            }

            if (entry is null)
            {
                Close(socket, "busy");
                return;
            }

            socket.NoDelay = true;
            using FrameBuffer frames = new(socket, _budget);
            string reason = await ServeAsync(entry, frames);
            if (reason.Length > 0)
            {
                Close(socket, reason);
            }
        }
        catch (Exception end) when (end is SocketException or OperationCanceledException or ObjectDisposedException
            or NodeBusyException)
        {
            // The connection is lost, was displaced, took too long, or the node stops: there is nobody to tell.
        }
        finally
        {
            if (entry is not null)
            {
                _connections.Remove(entry);
            }

            socket.Dispose();
            Interlocked.Decrement(ref _serving);
        }
    }

    // Serves until the connection is to be closed; the reason is empty when the other side has closed it.
    private async Task<string> ServeAsync(ConnectionTable.Entry entry, FrameBuffer frames)
    {
        while (true)
        {
            await frames.WaitAsync(_stop.Token);
            FrameEnd end;
            using (CancellationTokenSource patience = Patience(NodeLimits.TcpFrameTime))
            {
                end = await frames.ReadAsync(patience.Token);
            }

            if (end != FrameEnd.Whole)
            {
                return end == FrameEnd.Closed ? string.Empty : end.ToString();
            }

            // Until its request is whole it can be displaced: else those who never finish one would keep others out.
            if (!_connections.TryBegin(entry))
            {
                return string.Empty;
            }

            bool accepted = await JudgeAsync(frames.Frame);
            entry.IsClient |= accepted;
            using (CancellationTokenSource patience = Patience(NodeLimits.TcpAnswerTime))
            {
                await entry.Socket.SendAsync(accepted ? Yes : No, SocketFlags.None, patience.Token);
            }

            _connections.End(entry, _time.GetTimestamp());
        }
    }

    private CancellationTokenSource Patience(TimeSpan time)
    {
        CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        patience.CancelAfter(time);
        return patience;
    }

    private async Task<bool> JudgeAsync(ReadOnlyMemory<byte> frame)
    {
        MessageFault fault = MessageJson.Read(frame.Span, out Transaction.Message? message);
        if (message is null)
        {
            _counters.Count(NodeCounters.TcpRefused, fault.ToString());
            LogRefused(fault.ToString());
            return false;
        }

        Refusal refusal = await _submit(message, _stop.Token);
        if (refusal != Refusal.None)
        {
            _counters.Count(NodeCounters.TcpRefused, refusal.ToString());
            LogRefused(refusal.ToString());
            return false;
        }

        _counters.Count(NodeCounters.TcpAccepted);
        return true;
    }

    private void Close(Socket socket, string reason)
    {
        _counters.Count(NodeCounters.TcpClosed, reason);
        LogClosed(reason);
        socket.Dispose();
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "A transaction of a TCP client is refused: {Reason}")]
    private partial void LogRefused(string reason);

    [LoggerMessage(Level = LogLevel.Debug, Message = "A TCP connection is closed: {Reason}")]
    private partial void LogClosed(string reason);

    [LoggerMessage(Level = LogLevel.Debug, Message = "A TCP connection could not be accepted: {Error}")]
    private partial void LogAcceptFailed(SocketError error);
}
