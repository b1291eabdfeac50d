using Blockchain.Bank.Store;
using Blockchain.Core.BankNetwork;
using Blockchain.Core.Kernel;

namespace Blockchain.Bank.Service;

/// <summary>
/// Group commit: whatever was ordered while one commit was on its way to the disk goes into the next, all in one
/// transaction. The disk sets the pace, and the loop never waits for it.
/// </summary>
/// <remarks>Behind another commit, a commit waits a moment for company while requests are under way that will be
/// ordered next, as PostgreSQL's commit_delay with commit_siblings does. A request alone is committed at once, and so
/// is the first after a pause.</remarks>
/// <param name="store">Where to.</param>
/// <param name="persisted">Told of every durable batch, on the writer's own thread.</param>
/// <param name="underWay">Requests that were announced and not yet ordered, as far as is known; from any
/// thread.</param>
/// <param name="company">How long a commit waits for them; <see cref="Moment"/> outside of tests.</param>
internal sealed class LedgerWriter(
    ILedgerStore store, Action<LedgerBatch> persisted, Func<int> underWay, TimeSpan company)
{
    /// <summary>What a few critical sections take.</summary>
    public static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(1);

    // Blocks that are worth a commit without any company.
    private const int LongBatch = 64;
    private readonly Lock _gate = new();

    // Rung outside the lock: a monitor's pulse wakes its waiter up to four times, for the lock and for its own.
    private readonly AutoResetEvent _bell = new(false);
    private List<Block> _blocks = [];
    private List<Hash> _hashes = [];
    private Checkpoint? _checkpoint;
    private int _requests;
    private int _enough;
    private bool _completed;

    /// <summary>Transactions committed so far.</summary>
    public long Commits { get; private set; }

    /// <summary>Blocks handed over and not yet taken up.</summary>
    public int Waiting { get => Volatile.Read(ref field); private set => Volatile.Write(ref field, value); }

    /// <summary>Hands the blocks of a request over, to be committed after <see cref="Hurry"/>.</summary>
    public void Add(BankOutput.Persist output)
    {
        lock (_gate)
        {
            _blocks.AddRange(output.Blocks);
            _hashes.AddRange(output.Hashes);
            _requests++;
            Waiting = _blocks.Count;
        }
    }

    /// <summary>Has what was handed over committed. A call of its own, so that the loop can first send what it has to
    /// say: the writer's thread would take its processor.</summary>
    public void Hurry()
    {
        if (Waiting == 0)
        {
            return;
        }

        bool ring;
        lock (_gate)
        {
            ring = _enough > 0 && (_requests >= _enough || _blocks.Count >= LongBatch || underWay() == 0);
            _enough = ring ? 0 : _enough;
        }

        if (ring)
        {
            _bell.Set();
        }
    }

    /// <summary>Hands a checkpoint over; a newer one replaces it while it waits.</summary>
    public void Add(Checkpoint checkpoint)
    {
        lock (_gate)
        {
            _checkpoint = checkpoint;
        }

        _bell.Set();
    }

    /// <summary>Says that nothing more comes.</summary>
    public void Complete()
    {
        lock (_gate)
        {
            _completed = true;
        }

        _bell.Set();
    }

    /// <summary>Says that nothing more comes, and that what waits must not be written: the loop has failed.</summary>
    public void Abandon()
    {
        lock (_gate)
        {
            (_blocks, _hashes, _checkpoint) = ([], [], null);
            _completed = true;
        }

        _bell.Set();
    }

    /// <summary>Commits until <see cref="Complete"/> was called and everything is durable. On a thread of its own,
    /// since a flush blocks.</summary>
    /// <exception cref="Wire.Files.StoreFaultException">A commit failed; it is not tried again.</exception>
    public Task RunAsync() => Task.Factory.StartNew(
        Run, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private void Run()
    {
        while (Wait())
        {
            LedgerBatch batch = Take();
            store.Append(batch);
            Commits++;
            persisted(batch);
        }
    }

    /// <summary>Waits for work: a moment while company is under way, and then until there is some.</summary>
    /// <returns>False when nothing waits and nothing more comes.</returns>
    private bool Wait()
    {
        for (bool isPatient = true; ; isPatient = false)
        {
            int others;
            lock (_gate)
            {
                others = isPatient ? Math.Max(0, underWay()) : 0;
                bool hasWork = _blocks.Count > 0 || _checkpoint is not null;
                if (_completed || (hasWork && (others == 0 || _blocks.Count >= LongBatch)))
                {
                    return hasWork;
                }

                _enough = Math.Max(1, _requests + others);
            }

            _bell.WaitOne(others > 0 ? company : Timeout.InfiniteTimeSpan);
        }
    }

    private LedgerBatch Take()
    {
        lock (_gate)
        {
            LedgerBatch batch = new(store.Count, _blocks, _hashes, _checkpoint);
            (_blocks, _hashes, _checkpoint, _requests, _enough) = ([], [], null, 0, 0);
            Waiting = 0;
            return batch;
        }
    }
}
