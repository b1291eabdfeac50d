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
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _work = new(0, 1);
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
        }

        Wake();
    }

    /// <summary>Hands a checkpoint over; a newer one replaces it while it waits.</summary>
    public void Add(Checkpoint checkpoint)
    {
        lock (_gate)
        {
            _checkpoint = checkpoint;
        }

        Wake();
    }

    /// <summary>Says that nothing more comes.</summary>
    public void Complete()
    {
        lock (_gate)
        {
            _completed = true;
        }

        Wake();
    }

    /// <summary>Says that nothing more comes, and that what waits must not be written: the loop has failed.</summary>
    public void Abandon()
    {
        lock (_gate)
        {
            (_blocks, _hashes, _checkpoint) = ([], [], null);
            _completed = true;
        }

        Wake();
    }

    /// <summary>Commits until <see cref="Complete"/> was called and everything is durable. On a thread of its own,
    /// since a flush blocks.</summary>
    /// <exception cref="Wire.Files.StoreFaultException">A commit failed; it is not tried again.</exception>
    public Task RunAsync() => Task.Factory.StartNew(
        Run, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private void Run()
    {
        while (true)
        {
            _work.Wait();
            if (Take() is { } batch)
            {
                store.Append(batch);
                Commits++;
                persisted(batch);
            }
            else if (IsCompleted())
            {
                return;
            }
        }
    }

    private LedgerBatch? Take()
    {
        lock (_gate)
        {
            if (_blocks.Count == 0 && _checkpoint is null)
            {
                return null;
            }

            LedgerBatch batch = new(store.Count, _blocks, _hashes, _checkpoint);
            _blocks = [];
            _hashes = [];
            _checkpoint = null;
            if (_completed)
            {
                Wake();
            }

            return batch;
        }
    }

    private bool IsCompleted()
    {
        lock (_gate)
        {
            return _completed;
        }
    }

    private void Wake()
    {
        lock (_gate)
        {
            if (_work.CurrentCount == 0)
            {
                _work.Release();
            }
        }
    }
}
