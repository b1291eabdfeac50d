using System.Collections.Concurrent;
using Blockchain.Bank.Store;
using Blockchain.Core.BankNetwork;
using Blockchain.Core.Kernel;
using Blockchain.Wire.Hosting;
using Blockchain.Wire.Links;
using Microsoft.Extensions.Logging;

namespace Blockchain.Bank.Service;

/// <summary>
/// The one loop around <see cref="BankProcess"/>. Everything that happens is put into the inbox and done by the loop,
/// one after the other; what the process wants done is handed to links, writer and signer, which answer through the
/// inbox.
/// </summary>
/// <remarks>A fault of the store or a broken invariant ends <see cref="RunAsync"/>, and with it the process.</remarks>
public sealed partial class BankService
{
    /// <summary>Things that wait for the loop. Each link waits for the loop long before its share is used up, so it is
    /// only met by very many requests over HTTP, or when the disk stands still.</summary>
    public const int InboxCapacity = 65_536;

    // More undurable blocks than the members can have open between them: then the loop waits for the disk.
    private const int MaxWaitingBlocks = Limits.ProvisionalBlocks;
    private const double MaxTickStepMs = 1_000;
    private static readonly TimeSpan TickPeriod = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan RoomPeriod = TimeSpan.FromMilliseconds(5);

    private readonly InboxLoop<Action> _inbox = new();

    private readonly HashSet<IBankLink> _unwritten = [];
    private readonly HashSet<IBankLink> _patient = [];
    private readonly CancellationTokenSource _ended = new();
    private readonly BankProcess _process;
    private readonly ILedgerStore _store;
    private readonly Func<Hash, Signature> _sign;
    private readonly Func<string, long, CancellationToken, Task<IReadOnlyList<Block>>> _fetch;
    private readonly TimeProvider _time;
    private readonly ILogger<BankService> _logger;
    private readonly LedgerWriter _writer;
    private readonly AccountHistory _history;
    private readonly ConcurrentDictionary<int, PublicKey> _keys = new();
    private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Dictionary<int, IBankLink> _links = [];
    private readonly Dictionary<long, TaskCompletionSource<JoinResult>> _joins = [];
    private long _undurable;
    private long _ordered;
    private long _lastCall;
    private int _underWay;
    private double _nowMs;
    private long _lastTick;
    private bool _tickWaits;
    private volatile bool _stopping;

    /// <summary>Makes the service of a bank whose ledger was replayed.</summary>
    /// <param name="start">What the bank starts from.</param>
    /// <param name="time">Clocks.</param>
    /// <param name="logger">Log.</param>
    public BankService(BankStart start, TimeProvider time, ILogger<BankService> logger)
    {
        _store = start.Store;
        _sign = start.Sign;
        _fetch = start.Fetch;
        _history = start.History;
        _time = time;
        _logger = logger;
        _writer = new LedgerWriter(_store, OnPersisted, () => Volatile.Read(ref _underWay), LedgerWriter.Moment);
        if (start.Ledger.Count > 0)
        {
            LedgerId = start.Ledger.LedgerId;
            _begun.SetResult();
        }

        foreach (Account account in start.Ledger.Accounts)
        {
            _keys[account.Id] = account.PublicKey;
        }

        _process = new BankProcess(
            new BankState(start.Ledger, start.BankKey, start.Deposit, (int)start.Lease.TotalMilliseconds, ReadBlock),
            new EcdsaP256());
    }

    /// <summary>What happens, for logs and screens.</summary>
    public Broadcast<BankEvent> Events { get; } = new();

    /// <summary>Database transactions so far.</summary>
    public long Commits => _writer.Commits;

    /// <summary>Requests ordered so far.</summary>
    public long Ordered => Volatile.Read(ref _ordered);

    /// <summary>Checks what clients announce.</summary>
    internal SignatureChecker Signatures { get; } = new();

    /// <summary>What is written on the links of the clients.</summary>
    public LinkCounters LinkCounters { get; } = new();

    /// <summary>Names the ledger: the hash of its first block. Known once <see cref="Begun"/> has completed.</summary>
    public Hash LedgerId { get; private set; }

    /// <summary>Completes when the ledger has a durable block, and with it a name.</summary>
    public Task Begun => _begun.Task;

    /// <summary>The key of a durable account, null when there is none. From any thread.</summary>
    public PublicKey? FindKey(int account) => _keys.TryGetValue(account, out PublicKey key) ? key : null;

    /// <summary>Runs until told to stop, then makes durable what was ordered and closes the store.</summary>
    /// <param name="stop">Says when to stop.</param>
    /// <exception cref="Wire.Files.StoreFaultException">The disk failed; the bank cannot go on.</exception>
    /// <exception cref="InvariantException">The program contradicts itself; it must not go on.</exception>
    public async Task RunAsync(CancellationToken stop)
    {
        _lastTick = _time.GetTimestamp();
        Tick();
        Task writing = _writer.RunAsync();
        Task looping = LoopAsync();
        Task ticking = TickAsync(_ended.Token);
        await using CancellationTokenRegistration registration = stop.Register(() => Post(() => _stopping = true));
        try
        {
            await await Task.WhenAny(writing, looping);
            _writer.Complete();
            await writing;
            CloseStore();
        }
        finally
        {
            _stopping = true;
            await _ended.CancelAsync();
            await looping.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _writer.Abandon();
            foreach (IBankLink link in _links.Values)
            {
                link.Close("the bank stops");
            }

            Signatures.Dispose();
            Events.Complete();
            await ticking;
        }
    }

    /// <summary>Reads the bank's state on the loop.</summary>
    /// <param name="read">Takes a snapshot; must not keep what it was given.</param>
    /// <param name="cancel">Gives up waiting.</param>
    /// <exception cref="BankBusyException">The bank stops or is overloaded.</exception>
    public Task<T> ReadAsync<T>(Func<BankProcess, T> read, CancellationToken cancel)
    {
        TaskCompletionSource<T> result = new(TaskCreationOptions.RunContinuationsAsynchronously);
        bool taken = TryPost(() =>
        {
            try
            {
                result.TrySetResult(read(_process));
            }
            catch (Exception fault) when (fault is not InvariantException)
            {
                result.TrySetException(fault);
            }
        });
        return taken ? UntilEndAsync(result.Task, cancel) : Task.FromException<T>(new BankBusyException());
    }

    /// <summary>Indexes of the durable blocks that concern an account.</summary>
    /// <returns>Null when there is no such account.</returns>
    public Task<long[]?> FindHistoryAsync(int account, long from, int limit, CancellationToken cancel) =>
        ReadAsync(_ => _history.Find(account, from, limit), cancel);

    /// <summary>Asks to make a client a member; its proof was checked.</summary>
    public async Task<JoinResult> JoinAsync(JoinRequest request, CancellationToken cancel)
    {
        TaskCompletionSource<JoinResult> result = new(TaskCreationOptions.RunContinuationsAsynchronously);
        long call = Interlocked.Increment(ref _lastCall);
        bool taken = TryPost(() =>
        {
            _joins[call] = result;
            Step(new BankInput.Join(call, request));
        });
        if (!taken)
        {
            throw new BankBusyException();
        }

        try
        {
            return await UntilEndAsync(result.Task, cancel);
        }
        finally
        {
            Post(() => _joins.Remove(call));
        }
    }

    /// <summary>A client's connection is up; it replaces an earlier one.</summary>
    /// <returns>False when the bank takes nothing more at present.</returns>
    public bool TryAttach(int client, IBankLink link) => TryPost(() =>
    {
        if (_links.TryGetValue(client, out IBankLink? earlier))
        {
            earlier.Close("replaced by a newer connection of the same client");
        }

        _links[client] = link;
        Step(new BankInput.Connected(client));
    });

    /// <summary>A client's connection is down.</summary>
    public void Detach(int client, IBankLink link) => Post(() =>
    {
        if (_links.TryGetValue(client, out IBankLink? current) && ReferenceEquals(current, link))
        {
            _links.Remove(client);
            Step(new BankInput.Disconnected(client));
        }
    });

    /// <summary>Requests were announced that will be ordered before long; fewer when one has come, or will not
    /// come.</summary>
    internal void Expect(int more) => Interlocked.Add(ref _underWay, more);

    /// <summary>Something that came from outside.</summary>
    /// <returns>False when the bank takes nothing more at present.</returns>
    public bool TryReceive(BankInput input) => TryPost(() => Step(input));

    /// <summary>Completes when the loop has come to here, or has ended.</summary>
    internal async Task CatchUpAsync()
    {
        TaskCompletionSource here = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(here.SetResult);
        await here.Task.WaitAsync(_ended.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    // What still waits when the loop has ended is never done.
    private async Task<T> UntilEndAsync<T>(Task<T> task, CancellationToken cancel)
    {
        using CancellationTokenSource ended = CancellationTokenSource.CreateLinkedTokenSource(cancel, _ended.Token);
        try
        {
            return await task.WaitAsync(ended.Token);
        }
        catch (OperationCanceledException) when (_ended.IsCancellationRequested)
        {
            throw new BankBusyException();
        }
    }

    private Task LoopAsync() =>
        _inbox.RunAsync(DoAsync, FlushAsync, () => _stopping && _undurable == 0, _ended.Token);

    private ValueTask DoAsync(Action work)
    {
        work();
        return _writer.Waiting > MaxWaitingBlocks ? new ValueTask(WaitForRoomAsync()) : ValueTask.CompletedTask;
    }

    private async Task WaitForRoomAsync()
    {
        while (_writer.Waiting > MaxWaitingBlocks)
        {
            Flush();
            await Task.Delay(RoomPeriod, _time, _ended.Token);
        }
    }

    private ValueTask FlushAsync()
    {
        Flush();
        return ValueTask.CompletedTask;
    }

    /// <summary>Writes what was sent since the last time, one write for each client, with what can wait; and has what
    /// was ordered committed: at last, since the writer's thread would take the processor from the answer that lets the
    /// next one in; and at first when nobody is next, since then the disk is all that is waited for.</summary>
    private void Flush()
    {
        if (Volatile.Read(ref _underWay) <= 0)
        {
            _writer.Hurry();
        }

        foreach (IBankLink link in _unwritten)
        {
            _patient.Remove(link);
            link.Flush();
        }

        _unwritten.Clear();
        _writer.Hurry();
    }

    private Block ReadBlock(long index) => _store.Read(index, 1) is [var row]
        ? Block.Decode(row.Bytes.Span)
        : throw new InvariantException($"block {index} is durable");

    // The last checkpoint covers everything, so that a stopped bank's folder proves its own end.
    private void CloseStore()
    {
        if (_store.Count > 0 && _store.Checkpoint?.Index != _store.Count - 1)
        {
            long index = _store.Count - 1;
            Hash hash = _process.Ledger.Hashes[index];
            Signature signature = _sign(Checkpoint.Digest(_process.Ledger.LedgerId, index, hash));
            _store.Append(new LedgerBatch(_store.Count, [], [], new Checkpoint(index, hash, signature)));
        }

        _store.Close();
    }

    private async Task TickAsync(CancellationToken stop)
    {
        using PeriodicTimer timer = new(TickPeriod, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(stop))
            {
                if (!Volatile.Read(ref _tickWaits))
                {
                    Volatile.Write(ref _tickWaits, true);
                    Post(Tick);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The service has ended.
        }
    }

    // While this process was stopped it heard nobody, so that time must not count against anybody's lease.
    private void Tick()
    {
        Volatile.Write(ref _tickWaits, false);
        _unwritten.UnionWith(_patient);
        _patient.Clear();
        long timestamp = _time.GetTimestamp();
        _nowMs += Math.Min(_time.GetElapsedTime(_lastTick, timestamp).TotalMilliseconds, MaxTickStepMs);
        _lastTick = timestamp;
        Step(new BankInput.Tick((long)_nowMs, _time.GetUtcNow().ToUnixTimeMilliseconds()));
    }

    private bool TryPost(Action work)
    {
        if (_stopping || _inbox.Count >= InboxCapacity)
        {
            return false;
        }

        Post(work);
        return true;
    }

    // What the bank itself has under way is bounded by what it began: it is never refused.
    private void Post(Action work) => _inbox.TryAdd(work);
}
