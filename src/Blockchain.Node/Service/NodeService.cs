using System.Security.Cryptography;
using System.Threading.Channels;
using Blockchain.Core.OpenNetwork;
using Blockchain.Node.Mining;
using Blockchain.Node.Peers;
using Blockchain.Node.Store;
using Blockchain.Wire.Files;
using Blockchain.Wire.Hosting;
using Blockchain.Wire.Http;
using Microsoft.Extensions.Logging;

namespace Blockchain.Node.Service;

/// <summary>
/// The one loop around <see cref="FullNode"/>. Everything that happens is put into the inbox and done by the loop, one
/// after the other; what the node wants done is handed to peers, writer and miner, which answer through the inbox.
/// </summary>
/// <remarks><see cref="Restore"/> comes before <see cref="RunAsync"/>. A fault of the store or a broken invariant
/// ends <see cref="RunAsync"/>, and with it the process.</remarks>
public sealed partial class NodeService
{
    private static readonly TimeSpan TickPeriod = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan RoomPeriod = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(1);

    private readonly Channel<Action> _inbox = Channel.CreateUnbounded<Action>();
    private readonly CancellationTokenSource _ended = new();
    private readonly NodeStart _start;
    private readonly Block _genesis;
    private FullNode _node = null!;
    private readonly INodeStore _store;
    private readonly StoreWriter _writer;
    private readonly MinerThreads? _miner;
    private readonly TimeProvider _time;
    private readonly ILogger<NodeService> _logger;
    private readonly Dictionary<PeerId, IPeerLink> _links = [];
    private readonly Dictionary<long, TaskCompletionSource<SubmitResult>> _submits = [];
    private readonly Queue<(long Step, long Id, SubmitResult Result)> _answers = new();
    private long _lastSubmit;
    private long _step;
    private long _persisted;
    private int _tickWaits;
    private int _refused;
    private volatile bool _stopping;

    /// <summary>Makes the service of a node.</summary>
    /// <param name="start">What it starts from.</param>
    /// <param name="time">Clocks.</param>
    /// <param name="logger">Log.</param>
    internal NodeService(NodeStart start, TimeProvider time, ILogger<NodeService> logger)
    {
        _store = start.Store;
        _time = time;
        _logger = logger;
        Parameters = start.Parameters;
        Reward = start.Reward;
        Book = start.Book;
        _writer = new StoreWriter(_store, OnPersisted);
        _miner = start.Threads == 0
            ? null
            : new MinerThreads(start.Threads, start.Slow, OnMined, Counters, time);
        _start = start;
        _genesis = Genesis.Of(start.Parameters);
    }

    /// <summary>What happens, for logs and screens.</summary>
    public Broadcast<NodeEventDto> Events { get; } = new();

    /// <summary>What is counted.</summary>
    public NodeCounters Counters { get; } = new();

    /// <summary>The numbers of the network.</summary>
    public NetworkParameters Parameters { get; }

    /// <summary>Who is paid for blocks that are mined here; null when none are.</summary>
    public Address? Reward { get; }

    /// <summary>The network's id.</summary>
    public BlockHash GenesisHash => _genesis.Hash;

    internal AddressBook Book { get; }

    /// <summary>Runs until told to stop, then makes durable what was taken and closes the store.</summary>
    /// <param name="stop">Says when to stop.</param>
    /// <exception cref="StoreFaultException">The disk failed; the node cannot go on.</exception>
    /// <exception cref="Core.Kernel.InvariantException">The program contradicts itself; it must not go on.</exception>
    public async Task RunAsync(CancellationToken stop)
    {
        Post(Begin);
        Task writing = _writer.RunAsync();
        Task looping = LoopAsync();
        Task ticking = TickAsync(_ended.Token);
        await using CancellationTokenRegistration registration = stop.Register(() => Post(() => _stopping = true));
        try
        {
            await await Task.WhenAny(writing, looping);
            _writer.Complete();
            await writing;

            // The loop has ended, and all that was taken is on disk.
            _persisted = _step;
            ReleaseAnswers();
            _store.Close();
        }
        finally
        {
            _stopping = true;
            await _ended.CancelAsync();
            await looping.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _writer.Abandon();
            await writing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _miner?.Dispose();
            foreach (IPeerLink link in _links.Values)
            {
                link.Close("the node stops", TimeSpan.Zero);
            }

            Events.Complete();
            await ticking;
        }
    }

    /// <summary>Reads the node's state on the loop.</summary>
    /// <param name="read">Takes a snapshot; must not keep what it was given.</param>
    /// <param name="cancel">Gives up waiting.</param>
    /// <exception cref="NodeBusyException">The node stops or is overloaded.</exception>
    public Task<T> ReadAsync<T>(Func<FullNode, T> read, CancellationToken cancel)
    {
        TaskCompletionSource<T> result = new(TaskCreationOptions.RunContinuationsAsynchronously);
        bool taken = TryPost(() =>
        {
            try
            {
                result.TrySetResult(read(_node));
            }
            catch (Exception fault) when (fault is not Core.Kernel.InvariantException)
            {
                result.TrySetException(fault);
            }
        });
        return taken ? UntilEndAsync(result.Task, cancel) : Task.FromException<T>(new NodeBusyException());
    }

    /// <summary>A stored block, from any thread; null when it is not stored.</summary>
    /// <exception cref="NodeBusyException">The node stops.</exception>
    public Block? FindBlock(BlockHash hash)
    {
        try
        {
            return hash == _genesis.Hash ? _genesis : _writer.TryRead(hash);
        }
        catch (Exception fault) when (fault is ObjectDisposedException or StoreFaultException && _stopping)
        {
            throw new NodeBusyException();
        }
    }

    /// <summary>Makes the node from what is stored: replays the best chain. Before <see cref="RunAsync"/>.</summary>
    /// <param name="listen">Where other nodes reach this one; empty when they cannot.</param>
    /// <exception cref="IntegrityException">What is stored cannot be read as blocks.</exception>
    public void Restore(string listen)
    {
        StoredChain stored = _store.ReadChain();
        Book.Add(_store.ReadPeers());
        NodeState state = new()
        {
            NowUnixMs = _time.GetUtcNow().ToUnixTimeMilliseconds(),
            Agent = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong))),
            Listen = listen,
            Blocks = stored.Blocks,
            Invalid = stored.Invalid,
            Pending = _store.ReadTransactions(),
            Addresses = Book.List(),
        };
        _node = new FullNode(Parameters, _start.Signatures, _writer, state);
        LogRestored(_node.Chain.Height, stored.Blocks.Count);
    }

    /// <summary>Hands a transaction in. Completes when it is on disk, or refused.</summary>
    /// <exception cref="NodeBusyException">The node stops or is overloaded.</exception>
    public async Task<SubmitResult> SubmitAsync(Transaction transaction, CancellationToken cancel)
    {
        TaskCompletionSource<SubmitResult> result = new(TaskCreationOptions.RunContinuationsAsynchronously);
        long id = Interlocked.Increment(ref _lastSubmit);
        bool taken = TryPost(() =>
        {
            _submits[id] = result;
            Step(new NodeInput.Submit(id, transaction));
        });
        return taken ? await UntilEndAsync(result.Task, cancel) : throw new NodeBusyException();
    }

    /// <summary>A connection with another node is up.</summary>
    internal Task AttachAsync(PeerId peer, bool outgoing, string address, IPeerLink link) => DoAsync(() =>
    {
        _links[peer] = link;
        Step(new NodeInput.PeerConnected(peer, outgoing, address));
        return true;
    });

    /// <summary>It is down.</summary>
    internal void Detach(PeerId peer) => Post(() =>
    {
        if (_links.Remove(peer))
        {
            Step(new NodeInput.PeerDisconnected(peer));
        }
    });

    /// <summary>A message came. Completes when it was dealt with, so that one peer has one message in the
    /// inbox.</summary>
    internal Task<MessageCost> ReceiveAsync(PeerId peer, NodeMessage message) => DoAsync(() =>
    {
        if (!_links.ContainsKey(peer))
        {
            return default;
        }

        long startedAt = _time.GetTimestamp();
        _refused = 0;
        Count(message);
        Step(new NodeInput.FromPeer(peer, message));
        return new MessageCost(_time.GetElapsedTime(startedAt), _refused);
    });

    /// <summary>Remembers addresses of nodes across restarts.</summary>
    internal void SavePeers(IReadOnlyList<string> addresses) =>
        Post(() => _writer.Add(++_step, [new StoreChange.PutPeers(addresses)]));

    private Task<T> DoAsync<T>(Func<T> work)
    {
        if (_stopping)
        {
            return Task.FromException<T>(new NodeBusyException());
        }

        TaskCompletionSource<T> done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(() => done.TrySetResult(work()));
        return UntilEndAsync(done.Task, CancellationToken.None);
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
            throw new NodeBusyException();
        }
    }

    private async Task LoopAsync()
    {
        while (!_stopping)
        {
            Action work = await _inbox.Reader.ReadAsync(_ended.Token);
            work();
            while (_writer.WaitingBytes > NodeLimits.UnstoredBytes)
            {
                await Task.Delay(RoomPeriod, _time, _ended.Token);
            }
        }
    }

    private async Task TickAsync(CancellationToken stop)
    {
        using PeriodicTimer timer = new(TickPeriod, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(stop))
            {
                if (Interlocked.Exchange(ref _tickWaits, 1) == 0)
                {
                    Post(Tick);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The service has ended.
        }
    }

    private void Tick()
    {
        Volatile.Write(ref _tickWaits, 0);
        Step(new NodeInput.Tick(_time.GetUtcNow().ToUnixTimeMilliseconds()));
    }

    private void Begin()
    {
        Tick();
        if (_miner is not null)
        {
            Step(new NodeInput.MinerAddress(Reward));
        }
    }

    private bool TryPost(Action work)
    {
        if (_stopping || _inbox.Reader.Count >= NodeLimits.Inbox)
        {
            return false;
        }

        Post(work);
        return true;
    }

    // What peers and the node itself have under way is bounded by their number: it is never refused.
    private void Post(Action work) => _inbox.Writer.TryWrite(work);
}

/// <summary>What became of a transaction that was handed in.</summary>
/// <param name="Id">Its id; zero when it is too malformed to have one.</param>
/// <param name="Refusal"><see cref="Refusal.None"/> when it is on disk and waits for a block, or why not.</param>
public readonly record struct SubmitResult(TransactionId Id, Refusal Refusal);

/// <summary>What a message of a peer cost this node.</summary>
/// <param name="Worked">How long the loop worked for it.</param>
/// <param name="Refused">How many transactions and blocks in it were refused.</param>
internal readonly record struct MessageCost(TimeSpan Worked, int Refused);
