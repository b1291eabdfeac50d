using Blockchain.Core.OpenNetwork;
using Blockchain.Wire.Files;

namespace Blockchain.Node.Store;

/// <summary>
/// Group commit: whatever changed while one commit was on its way to the disk goes into the next. The changes of one
/// step stay together. Blocks that are on their way, and some of the last, are read from memory.
/// </summary>
/// <param name="store">Where to.</param>
/// <param name="persisted">Told the number of the last step that is durable, on the writer's own thread.</param>
internal sealed class StoreWriter(INodeStore store, Action<long> persisted) : IBlockReader
{
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _work = new(0, 1);
    private readonly Queue<(long Step, List<StoreChange> Changes)> _steps = new();
    private readonly Dictionary<BlockHash, LinkedListNode<Cached>> _cache = [];
    private readonly LinkedList<Cached> _recent = new();
    private long _cachedBytes;
    private bool _completed;

    /// <summary>Transactions committed so far.</summary>
    public long Commits { get; private set; }

    /// <summary>Bytes handed over and not durable yet.</summary>
    public long WaitingBytes
    {
        get => Interlocked.Read(ref field);
        private set => Interlocked.Exchange(ref field, value);
    }

    /// <summary>Hands over what one step changed.</summary>
    /// <param name="step">Number of the step, which <c>persisted</c> will be told.</param>
    /// <param name="changes">What changed, in order; must not be changed afterwards.</param>
    public void Add(long step, List<StoreChange> changes)
    {
        lock (_gate)
        {
            _steps.Enqueue((step, changes));
            WaitingBytes += changes.Sum(static change => change.Bytes);
            foreach (StoreChange.PutBlock put in changes.OfType<StoreChange.PutBlock>())
            {
                Remember(put.Block, step);
            }

            Wake();
        }
    }

    /// <inheritdoc/>
    public Block Read(BlockHash hash) => TryRead(hash)
        ?? throw new IntegrityException(-1, $"block {hash} was stored and is not there");

    /// <summary>The same for a block that may not be stored.</summary>
    public Block? TryRead(BlockHash hash)
    {
        lock (_gate)
        {
            if (_cache.TryGetValue(hash, out LinkedListNode<Cached>? known))
            {
                return known.Value.Block;
            }
        }

        return store.Find(hash);
    }

    /// <summary>Says that nothing more comes.</summary>
    public void Complete()
    {
        lock (_gate)
        {
            _completed = true;
            Wake();
        }
    }

    /// <summary>Says that nothing more comes, and that what waits must not be written: the loop has failed.</summary>
    public void Abandon()
    {
        lock (_gate)
        {
            _steps.Clear();
            _completed = true;
            Wake();
        }
    }

    /// <summary>Commits until <see cref="Complete"/> was called and everything is durable. On a thread of its own,
    /// since a flush blocks.</summary>
    /// <exception cref="StoreFaultException">A commit failed; it is not tried again.</exception>
    public Task RunAsync() => Task.Factory.StartNew(
        Run, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private void Run()
    {
        while (true)
        {
            (List<StoreChange> changes, long last, bool ends) = Take();
            if (changes.Count > 0)
            {
                store.Commit(changes);
                Commits++;
                Written(changes, last);
                persisted(last);
            }
            else if (ends)
            {
                return;
            }
            else
            {
                _work.Wait();
            }
        }
    }

    private (List<StoreChange> Changes, long Last, bool Ends) Take()
    {
        lock (_gate)
        {
            List<StoreChange> taken = [];
            long bytes = 0;
            long last = 0;
            while (bytes < NodeLimits.CommitBytes && _steps.TryDequeue(out (long Step, List<StoreChange> Changes) next))
            {
                taken.AddRange(next.Changes);
                bytes += next.Changes.Sum(static change => change.Bytes);
                last = next.Step;
            }

            return (taken, last, _completed);
        }
    }

    private void Written(List<StoreChange> changes, long last)
    {
        lock (_gate)
        {
            WaitingBytes -= changes.Sum(static change => change.Bytes);
            while (_cachedBytes > NodeLimits.CachedBytes && _recent.First is { } oldest && oldest.Value.Step <= last)
            {
                Forget(oldest);
            }
        }
    }

    private void Remember(Block block, long step)
    {
        if (_cache.TryGetValue(block.Hash, out LinkedListNode<Cached>? known))
        {
            Forget(known);
        }

        _cache[block.Hash] = _recent.AddLast(new Cached(block, step));
        _cachedBytes += block.Size;
    }

    private void Forget(LinkedListNode<Cached> node)
    {
        _recent.Remove(node);
        _cache.Remove(node.Value.Block.Hash);
        _cachedBytes -= node.Value.Block.Size;
    }

    private void Wake()
    {
        if (_work.CurrentCount == 0)
        {
            _work.Release();
        }
    }

    private readonly record struct Cached(Block Block, long Step);
}
