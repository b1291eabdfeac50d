using Blockchain.Core.OpenNetwork;
using Blockchain.Node.Service;

namespace Blockchain.Node.Mining;

/// <summary>
/// Looks for blocks on threads of low priority, a range of nonces at a time. A new template counts from the next range
/// on, that is within a fraction of a second. Each thread has extra nonces of its own.
/// </summary>
/// <param name="threads">How many.</param>
/// <param name="slow">How long a block that was found is held back, to show forks.</param>
/// <param name="found">Gets every block and what it was found on, on any thread.</param>
/// <param name="counters">Counts hashes.</param>
/// <param name="time">Clocks.</param>
internal sealed class MinerThreads(
    int threads, TimeSpan slow, Action<BlockTemplate, Block> found, NodeCounters counters, TimeProvider time)
    : IDisposable
{
    private const uint Range = 1 << 18;
    private const uint FirstRange = 1 << 10;
    // A monitor and no Lock: threads wait on it.
    private readonly object _gate = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Thread> _threads = [];
    private Job? _job;
    private BlockTemplate? _last;

    /// <summary>Mines on this instead of what was mined before.</summary>
    public void Mine(BlockTemplate template)
    {
        lock (_gate)
        {
            _job = new Job(template);
            _last = template;
            Monitor.PulseAll(_gate);
            while (_threads.Count < threads && !_stop.IsCancellationRequested)
            {
                int index = _threads.Count;
                Thread thread = new(() => Run((ulong)index))
                {
                    IsBackground = true,
                    Name = $"miner {index}",
                    Priority = ThreadPriority.BelowNormal,
                };
                _threads.Add(thread);
                thread.Start();
            }
        }
    }

    /// <summary>Looks for another block on the last template, unless there is a newer one: the one that was found was
    /// not taken.</summary>
    /// <param name="template">The template that it was found on.</param>
    public void Retry(BlockTemplate template)
    {
        lock (_gate)
        {
            if (_job is null && ReferenceEquals(_last, template))
            {
                _job = new Job(template);
                Monitor.PulseAll(_gate);
            }
        }
    }

    /// <summary>Mines nothing until the next template.</summary>
    public void Pause()
    {
        lock (_gate)
        {
            _job = null;
            _last = null;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            _stop.Cancel();
            _job = null;
            Monitor.PulseAll(_gate);
        }

        _threads.ForEach(static thread => thread.Join());
        _stop.Dispose();
    }

    private void Run(ulong index)
    {
        MinerPath path = MinerPaths.Fastest;
        while (WaitForJob() is { } job)
        {
            for (ulong extra = index; ReferenceEquals(Volatile.Read(ref _job), job); extra += (ulong)threads)
            {
                if (Search(job, extra, path) is { } header)
                {
                    Found(job, header, extra);
                }
            }
        }
    }

    private Job? WaitForJob()
    {
        lock (_gate)
        {
            while (_job is null && !_stop.IsCancellationRequested)
            {
                Monitor.Wait(_gate);
            }

            return _stop.IsCancellationRequested ? null : _job;
        }
    }

    private Header? Search(Job job, ulong extra, MinerPath path)
    {
        Header header = job.Template.HeaderWith(extra);
        uint range = FirstRange;
        for (ulong nonce = 0; nonce <= uint.MaxValue; nonce += range)
        {
            if (!ReferenceEquals(Volatile.Read(ref _job), job))
            {
                return null;
            }

            range = nonce == 0 ? FirstRange : Range;
            range = (uint)Math.Min(range, (ulong)uint.MaxValue - nonce + 1);
            uint? hit = Miner.Search(header, (uint)nonce, range, path);
            counters.Count(NodeCounters.Hashes, string.Empty, hit is { } at ? at - (uint)nonce + 1 : range);
            if (hit is { } value)
            {
                return header with { Nonce = value };
            }
        }

        return null;
    }

    // One block a template: the threads wait for the next one while it is held back and judged.
    private void Found(Job job, Header header, ulong extra)
    {
        lock (_gate)
        {
            if (!ReferenceEquals(_job, job))
            {
                return;
            }

            _job = null;
        }

        counters.Count(NodeCounters.BlocksMined);
        Block block = job.Template.ToBlock(header, extra);
        if (slow == TimeSpan.Zero)
        {
            found(job.Template, block);
        }
        else
        {
            _ = HoldBackAsync(job.Template, block);
        }
    }

    private async Task HoldBackAsync(BlockTemplate template, Block block)
    {
        await Task.Delay(slow, time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!_stop.IsCancellationRequested)
        {
            found(template, block);
        }
    }

    private sealed record Job(BlockTemplate Template);
}
