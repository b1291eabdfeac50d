using System.Collections.Concurrent;

namespace Blockchain.Wire.Hosting;

/// <summary>
/// Does what waits in an inbox, one item after the other, on the thread of whoever adds an item while nothing is being
/// done: waking another thread costs more than most items do. The thread is given back in time, however busy the inbox
/// is.
/// </summary>
/// <remarks>Adding takes no lock, and a step that ends at once leaves nothing behind: this is under every message of a
/// network.</remarks>
/// <typeparam name="T">What waits.</typeparam>
/// <param name="capacity">Items that may wait; who adds by <see cref="AddAsync"/> waits for room.</param>
public sealed class InboxLoop<T>(int capacity = int.MaxValue)
{
    private readonly ConcurrentQueue<T> _items = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private TaskCompletionSource? _room;
    private Func<T, ValueTask>? _step;
    private Func<ValueTask>? _flush;
    private Func<bool>? _isDone;
    private CancellationToken _stop;
    private int _count;

    // Who sets it from 0 to 1 runs the loop. Set until there is a loop, and for good when it has ended.
    private int _running = 1;
    private int _steps;
    private volatile bool _closed;

    /// <summary>Items that wait.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Runs until it is done, is closed and has nothing left, or is told to stop. Called once; what was added
    /// before waits for it.</summary>
    /// <param name="step">Does one item.</param>
    /// <param name="flush">Writes what the steps have sent: before every wait, and before a thread is given
    /// back.</param>
    /// <param name="isDone">Whether the loop ends; asked before every step and before every wait.</param>
    /// <param name="stop">Ends it.</param>
    /// <exception cref="OperationCanceledException">It was told to stop.</exception>
    public async Task RunAsync(
        Func<T, ValueTask> step, Func<ValueTask> flush, Func<bool> isDone, CancellationToken stop)
    {
        (_step, _flush, _isDone, _stop) = (step, flush, isDone, stop);
        _ = DoAsync();
        await using CancellationTokenRegistration registration = stop.UnsafeRegister(_ => Wake(), null);
        await _ended.Task.ConfigureAwait(false);
    }

    /// <summary>Adds an item, and does what waits unless somebody is at it.</summary>
    /// <returns>False when the loop has ended or was closed.</returns>
    public bool TryAdd(T item)
    {
        // Counted first: a loop that is closed meanwhile sees that something is still to come.
        Interlocked.Increment(ref _count);
        if (_closed)
        {
            Interlocked.Decrement(ref _count);
            return false;
        }

        _items.Enqueue(item);
        Wake();
        return true;
    }

    /// <summary>The same, once there is room.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled before there was.</exception>
    public ValueTask<bool> AddAsync(T item, CancellationToken cancel) =>
        Count < capacity || _closed ? ValueTask.FromResult(TryAdd(item)) : AddWithRoomAsync(item, cancel);

    /// <summary>Takes nothing more. A loop does what it has, and ends.</summary>
    public void Close()
    {
        _closed = true;
        MakeRoom();
        Wake();
    }

    private async ValueTask<bool> AddWithRoomAsync(T item, CancellationToken cancel)
    {
        while (Count >= capacity && !_closed)
        {
            Task room;
            lock (_gate)
            {
                _room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                room = _room.Task;
            }

            // There may be room since before anybody could have seen that it is waited for.
            if (Count >= capacity && !_closed)
            {
                await room.WaitAsync(cancel).ConfigureAwait(false);
            }
        }

        return TryAdd(item);
    }

    private void MakeRoom()
    {
        TaskCompletionSource? room;
        lock (_gate)
        {
            (room, _room) = (_room, null);
        }

        room?.TrySetResult();
    }

    private void Wake()
    {
        if (Interlocked.CompareExchange(ref _running, 1, 0) == 0)
        {
            _ = DoAsync();
        }
    }

    // Its thread is the one that has set the flag.
    private async Task DoAsync()
    {
        _steps = 0;
        try
        {
            while (await DoWaitingAsync().ConfigureAwait(false))
            {
                Volatile.Write(ref _running, 0);
                Interlocked.MemoryBarrier();
                bool hasWork = !_items.IsEmpty || _closed || _stop.IsCancellationRequested;
                if (!hasWork || Interlocked.CompareExchange(ref _running, 1, 0) != 0)
                {
                    return;
                }
            }

            End();
            _ended.TrySetResult();
        }
        catch (Exception fault)
        {
            End();
            _ended.TrySetException(fault);
        }
    }

    private void End()
    {
        _closed = true;
        MakeRoom();
    }

    /// <returns>False when the loop has ended.</returns>
    private async ValueTask<bool> DoWaitingAsync()
    {
        while (!_isDone!())
        {
            _stop.ThrowIfCancellationRequested();
            if (!_items.TryDequeue(out T? item))
            {
                await _flush!().ConfigureAwait(false);
                if (!_items.IsEmpty)
                {
                    continue;
                }

                if (_closed && Count > 0)
                {
                    await Task.Yield();
                    continue;
                }

                return !_closed && !_isDone();
            }

            Interlocked.Decrement(ref _count);
            if (_room is not null && Count <= capacity / 2)
            {
                MakeRoom();
            }

            await _step!(item).ConfigureAwait(false);

            // Whoever has woken the loop has other things to do, too, such as to tick.
            if (++_steps >= InboxLoop.MostInOneGo)
            {
                _steps = 0;
                await _flush!().ConfigureAwait(false);
                await Task.Yield();
            }
        }

        await _flush!().ConfigureAwait(false);
        return false;
    }
}

/// <summary>What all loops have in common.</summary>
public static class InboxLoop
{
    /// <summary>Items done on a thread before it is given back.</summary>
    public const int MostInOneGo = 64;
}
