using Blockchain.Bank.Store;
using Blockchain.Core.BankNetwork;
using Blockchain.Core.Kernel;

namespace Blockchain.Bank.Service;

/// <summary>
/// Group commit: whatever was ordered while one commit was on its way to the disk goes into the next, all in one
/// transaction. The disk sets the pace, and the loop never waits for it.
/// </summary>
/// <param name="store">Where to.</param>
/// <param name="persisted">Told of every durable batch, on the writer's own thread.</param>
internal sealed class LedgerWriter(ILedgerStore store, Action<LedgerBatch> persisted)
{
    // A monitor, since its wait blocks at once: spinning would take the processor from those who bring the work.
    private readonly object _gate = new();
    private List<Block> _blocks = [];
    private List<Hash> _hashes = [];
    private Checkpoint? _checkpoint;
    private bool _completed;

    /// <summary>Transactions committed so far.</summary>
    public long Commits { get; private set; }

    /// <summary>Blocks handed over and not yet taken up.</summary>
    public int Waiting
    {
        get
        {
            lock (_gate)
            {
                return _blocks.Count;
            }
        }
    }

    /// <summary>Hands blocks over.</summary>
    public void Add(BankOutput.Persist output)
    {
        lock (_gate)
        {
            _blocks.AddRange(output.Blocks);
            _hashes.AddRange(output.Hashes);
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>Hands a checkpoint over; a newer one replaces it while it waits.</summary>
    public void Add(Checkpoint checkpoint)
    {
        lock (_gate)
        {
            _checkpoint = checkpoint;
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>Says that nothing more comes.</summary>
    public void Complete()
    {
        lock (_gate)
        {
            _completed = true;
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>Says that nothing more comes, and that what waits must not be written: the loop has failed.</summary>
    public void Abandon()
    {
        lock (_gate)
        {
            (_blocks, _hashes, _checkpoint) = ([], [], null);
            _completed = true;
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>Commits until <see cref="Complete"/> was called and everything is durable. On a thread of its own,
    /// since a flush blocks.</summary>
    /// <exception cref="Wire.Files.StoreFaultException">A commit failed; it is not tried again.</exception>
    public Task RunAsync() => Task.Factory.StartNew(
        Run, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private void Run()
    {
        while (Take() is { } batch)
        {
            store.Append(batch);
            Commits++;
            persisted(batch);
        }
    }

    /// <summary>Waits for work.</summary>
    /// <returns>Everything that waits; null when nothing does and nothing more comes.</returns>
    private LedgerBatch? Take()
    {
        lock (_gate)
        {
            while (_blocks.Count == 0 && _checkpoint is null)
            {
                if (_completed)
                {
                    return null;
                }

                Monitor.Wait(_gate);
            }

            LedgerBatch batch = new(store.Count, _blocks, _hashes, _checkpoint);
            _blocks = [];
            _hashes = [];
            _checkpoint = null;
            return batch;
        }
    }
}
