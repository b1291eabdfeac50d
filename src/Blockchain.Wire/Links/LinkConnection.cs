using System.Net.WebSockets;
using Blockchain.Core.BankNetwork;
using Blockchain.Core.Kernel;

namespace Blockchain.Wire.Links;

/// <summary>
/// Frames over one WebSocket: one outbox, one write in flight, and everything that waits goes into the next write
/// (`bank-network.md`, "Links"). Sending never blocks; a peer that does not read is cut off rather than waited for.
/// </summary>
/// <param name="socket">An open connection whose ends have proven who they are.</param>
/// <param name="counters">Counts what is written; null for counting this connection alone.</param>
/// <param name="outboxBytes">Bytes that may wait for the other side to read.</param>
public sealed class LinkConnection(
    WebSocket socket, LinkCounters? counters = null, int outboxBytes = LinkLimits.OutboxBytes)
{
    private readonly LinkCounters _counters = counters ?? new LinkCounters();
    private readonly Outbox _outbox = new(outboxBytes);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _written = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _failed = new();
    private Goodbye? _goodbye;
    private string? _fault;
    private int _writing;
    private volatile bool _ending;

    /// <summary>What was written so far, together with the other connections that share the counters.</summary>
    public LinkCounters Counters => _counters;

    /// <summary>Puts a frame into the outbox and writes what waits there.</summary>
    /// <param name="frame">As for <see cref="Post(ReadOnlyMemory{byte})"/>.</param>
    public void Send(ReadOnlyMemory<byte> frame)
    {
        Post(frame);
        Flush();
    }

    /// <summary>Puts a frame into the outbox, for the next write. Any thread may; dropped when the link is
    /// ending.</summary>
    /// <param name="frame">1 to <see cref="Limits.FrameBytes"/> bytes, which the caller must not change
    /// afterwards.</param>
    public void Post(ReadOnlyMemory<byte> frame) => Post(frame, default);

    /// <summary>The same for a frame in two pieces, of which other links may send the second, too. Together they are
    /// as long as a frame may be at most.</summary>
    /// <param name="head">Its first bytes.</param>
    /// <param name="body">The rest, which the caller must not change afterwards either.</param>
    public void Post(ReadOnlyMemory<byte> head, ReadOnlyMemory<byte> body)
    {
        Invariant.Holds(
            head.Length + body.Length is > 0 and <= Limits.FrameBytes, "a frame has 1 to 1,048,576 bytes");
        if (Volatile.Read(ref _goodbye) is null && !_outbox.TryAdd(head, body))
        {
            Fail($"the other side does not read: more than {outboxBytes} bytes wait for it");
        }
    }

    /// <summary>Writes what waits, on this thread: handing it to another costs more than the write. When a write is
    /// under way, that one goes on with it. Any thread may.</summary>
    public void Flush()
    {
        if (Interlocked.CompareExchange(ref _writing, 1, 0) == 0)
        {
            _ = WriteAsync();
        }
    }

    /// <summary>
    /// Reads and writes until the link ends; called once. Completes when either side closed it in good order.
    /// </summary>
    /// <param name="onFrame">Gets each frame, in order; the bytes are valid during the call only. A
    /// <see cref="FormatFaultException"/> that it throws closes the link with that reason.</param>
    /// <param name="cancellationToken">Cuts the link without a goodbye.</param>
    /// <exception cref="LinkFaultException">The link was lost, or one side broke the rules; says which and
    /// why.</exception>
    /// <exception cref="OperationCanceledException">It was cut by <paramref name="cancellationToken"/>.</exception>
    public Task RunAsync(Action<ReadOnlyMemory<byte>> onFrame, CancellationToken cancellationToken) => RunAsync(
        frame =>
        {
            onFrame(frame);
            return ValueTask.CompletedTask;
        },
        cancellationToken);

    /// <summary>The same for a receiver that takes its time: the next frame is read when the one before was dealt with,
    /// so that TCP slows down who sends too fast.</summary>
    /// <param name="onFrame">Gets each frame, in order; the bytes are valid until it completes.</param>
    /// <param name="cancellationToken">Cuts the link without a goodbye.</param>
    /// <exception cref="LinkFaultException">The link was lost, or one side broke the rules; says which and
    /// why.</exception>
    /// <exception cref="OperationCanceledException">It was cut by <paramref name="cancellationToken"/>.</exception>
    public async Task RunAsync(Func<ReadOnlyMemory<byte>, ValueTask> onFrame, CancellationToken cancellationToken)
    {
        using CancellationTokenSource stop =
            CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _failed.Token);
        try
        {
            await ReadAsync(onFrame, stop.Token);
            await SayGoodbyeAsync(new Goodbye(WebSocketCloseStatus.NormalClosure, string.Empty), stop.Token);
        }
        catch (Exception end) when (IsEnd(end))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (Volatile.Read(ref _fault) is not null || Volatile.Read(ref _goodbye) is null)
            {
                throw new LinkFaultException(
                    Volatile.Read(ref _fault) ?? LinkFaultException.Explain(end, "the connection was lost"), end);
            }
        }
        finally
        {
            await stop.CancelAsync();
            if (socket.State != WebSocketState.Closed)
            {
                socket.Abort();
            }

            _ending = true;
            Flush();
            await _written.Task;
            _ended.TrySetResult();
        }
    }

    /// <summary>Writes what waits, says goodbye, and completes when <c>RunAsync</c> has ended, after two seconds
    /// at the latest. Calling it again only waits.</summary>
    /// <param name="reason">For the other side's log.</param>
    public async Task CloseAsync(string reason)
    {
        Interlocked.CompareExchange(
            ref _goodbye, new Goodbye(WebSocketCloseStatus.NormalClosure, reason), null);
        Flush();
        Task timeout = Task.Delay(LinkLimits.CloseTimeout);
        if (await Task.WhenAny(_ended.Task, timeout) == timeout)
        {
            socket.Abort();
        }
    }

    private async Task ReadAsync(Func<ReadOnlyMemory<byte>, ValueTask> onFrame, CancellationToken cancellationToken)
    {
        try
        {
            await new FrameReader(socket).RunAsync(onFrame, cancellationToken);
        }
        catch (Exception fault) when (fault is LinkFaultException or FormatFaultException)
        {
            Volatile.Write(ref _fault, fault.Message);
            await SayGoodbyeAsync(
                new Goodbye(WebSocketCloseStatus.PolicyViolation, fault.Message), cancellationToken);
            await DrainAsync(cancellationToken);
            throw fault as LinkFaultException ?? new LinkFaultException(fault.Message, fault);
        }

        if (socket.CloseStatus is { } status and not WebSocketCloseStatus.NormalClosure
            and not WebSocketCloseStatus.EndpointUnavailable)
        {
            throw new LinkFaultException($"the other side closed the link ({status}): {socket.CloseStatusDescription}");
        }
    }

    // A connection that is cut while bytes of the other side lie unread is reset, and the reason is lost on the way.
    private async Task DrainAsync(CancellationToken cancellationToken)
    {
        using CancellationTokenSource timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(LinkLimits.CloseTimeout);
        byte[] scratch = new byte[LinkLimits.PrefixBytes << 10];
        try
        {
            while ((await socket.ReceiveAsync(scratch.AsMemory(), timeout.Token)).MessageType
                != WebSocketMessageType.Close)
            {
            }
        }
        catch (Exception end) when (IsEnd(end))
        {
            // Long enough: the reason is what matters, and it is known here.
        }
    }

    private static bool IsEnd(Exception end) =>
        end is WebSocketException or OperationCanceledException or ObjectDisposedException;

    // The writer owns the sending half of the socket, so it says goodbye too.
    private async Task SayGoodbyeAsync(Goodbye goodbye, CancellationToken cancellationToken)
    {
        Interlocked.CompareExchange(ref _goodbye, goodbye, null);
        Flush();
        try
        {
            await _written.Task.WaitAsync(LinkLimits.CloseTimeout, cancellationToken);
        }
        catch (TimeoutException)
        {
            // The other side need not hear it: what follows cuts the connection.
        }
    }

    // Whoever has set the flag writes until nothing waits. The socket is not given a token: being cut off ends a write,
    // and without one it writes at once when it can.
    private async Task WriteAsync()
    {
        try
        {
            do
            {
                Goodbye? goodbye = Volatile.Read(ref _goodbye);
                ReadOnlyMemory<byte> message;
                while (!_ending && !(message = _outbox.Take(out int frames)).IsEmpty)
                {
                    await socket.SendAsync(
                        message, WebSocketMessageType.Binary, endOfMessage: true, CancellationToken.None);
                    _counters.Wrote(frames);
                }

                if (_ending || goodbye is not null)
                {
                    await EndAsync(goodbye);
                    return;
                }

                Volatile.Write(ref _writing, 0);
                Interlocked.MemoryBarrier();
            }
            while (HasWork() && Interlocked.CompareExchange(ref _writing, 1, 0) == 0);
        }
        catch (Exception lost) when (IsEnd(lost))
        {
            Fail("the connection was lost: " + lost.Message);
            _written.TrySetResult();
        }
    }

    // The flag stays set: nothing is written behind a goodbye.
    private async Task EndAsync(Goodbye? goodbye)
    {
        if (!_ending && goodbye is not null)
        {
            await socket.CloseOutputAsync(goodbye.Status, LinkLimits.Cut(goodbye.Reason), CancellationToken.None);
        }

        _written.TrySetResult();
    }

    private bool HasWork() => _ending || !_outbox.IsEmpty || Volatile.Read(ref _goodbye) is not null;

    private void Fail(string reason)
    {
        Interlocked.CompareExchange(ref _fault, reason, null);
        _ = _failed.CancelAsync();
    }

    private sealed record Goodbye(WebSocketCloseStatus Status, string Reason);
}
