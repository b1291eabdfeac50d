using Blockchain.Core.Kernel;

namespace Blockchain.Core.OpenNetwork;

/// <summary>
/// A node of the open network: block tree, best chain, pool, peers, synchronization, relay, and what is to be mined. A
/// state machine without threads, clocks, sockets or files: one input in, the outputs it causes out.
/// </summary>
/// <remarks>
/// The host owns one loop: <c>foreach (output in node.Step(input)) Dispatch(output)</c>. The state of the chain is not
/// stored: it is derived from the stored blocks at the start, so a reorganization is never half on disk.
/// <para>Invariants: the best chain is the valid chain of most work among the complete ones, and of equal ones the
/// first; every block on it keeps every rule; what waits in the pool is valid behind it; nothing that a peer says
/// breaks these.</para>
/// </remarks>
public sealed partial class FullNode
{
    /// <summary>The version of the protocol between nodes.</summary>
    public const int ProtocolVersion = 1;

    private const int MsPerSecond = 1_000;

    private readonly NetworkParameters _parameters;
    private readonly IEd25519 _signatures;
    private readonly IBlockReader _blocks;
    private readonly NodeState _state;
    private readonly OpenRules _rules;
    private readonly List<NodeOutput> _outputs = [];
    private bool _started;
    private long _nowMs;
    private long _clockMs;

    /// <summary>Starts from what was stored: replays the best chain without checking signatures again. What that
    /// causes is put out by the first step.</summary>
    /// <param name="parameters">The network.</param>
    /// <param name="signatures">Checks signatures.</param>
    /// <param name="blocks">Reads stored blocks.</param>
    /// <param name="state">What was stored.</param>
    /// <param name="rules">All of them, but in a simulation that shows what one is for.</param>
    public FullNode(
        NetworkParameters parameters,
        IEd25519 signatures,
        IBlockReader blocks,
        NodeState state,
        OpenRules rules = OpenRules.All)
    {
        _rules = rules;
        _parameters = parameters;
        _signatures = signatures;
        _blocks = blocks;
        _state = state;
        _nowMs = state.NowUnixMs;
        _clockMs = state.NowUnixMs;
        Chain = new ChainState(parameters, rules);
        Tree = new BlockTree(parameters, state.Invalid, rules);
        Mempool = new Mempool(Chain, parameters, IsSigned);
        Tip = Tree.GenesisNode;
        _candidate = Tip;
        RestoreBlocks();
        RestorePool();
        LearnAddresses(state.Addresses, isTold: false);
    }

    /// <summary>The best chain, and what it amounts to.</summary>
    public ChainState Chain { get; }

    /// <summary>All known headers.</summary>
    public BlockTree Tree { get; }

    /// <summary>The transactions that wait for a block.</summary>
    public Mempool Mempool { get; }

    /// <summary>The last block of the best chain.</summary>
    public BlockNode Tip { get; private set; }

    /// <summary>The network.</summary>
    public NetworkParameters Parameters => _parameters;

    /// <summary>The hash of the first block, which names the network.</summary>
    public BlockHash NetworkId => Chain.GenesisHash;

    /// <summary>Connected nodes.</summary>
    public IReadOnlyCollection<NodePeer> Peers => _peers.Values;

    /// <summary>Addresses of nodes, connected or not.</summary>
    public IReadOnlyCollection<string> KnownAddresses => _addresses.Items;

    /// <summary>Who is paid for the blocks mined here; null when nothing is.</summary>
    public Address? Miner { get; private set; }

    /// <summary>Whether blocks of a better chain are still to come: then the tip is not worth mining on.</summary>
    public bool IsSyncing => Tree.BestHeader.Height - Tip.Height > SyncedWithin
        && _clockMs - _progressMs < OpenLimits.AnswerMs * OpenLimits.Failures;

    /// <summary>Reads the block at a height of the best chain; null beyond its end.</summary>
    public Block? ReadAt(int height) => height < 0 || height > Chain.Height ? null : Read(Chain.Hashes[height]);

    /// <summary>Reads a known block by its hash; null when only its header is known, or nothing.</summary>
    public Block? ReadBlock(BlockHash hash) =>
        Tree.Find(hash) is { HasBody: true, IsInvalid: false } ? Read(hash) : null;

    /// <summary>Handles one input. The list is valid until the next step.</summary>
    public IReadOnlyList<NodeOutput> Step(NodeInput input)
    {
        if (_started)
        {
            _outputs.Clear();
        }

        _started = true;
        _fresh.Clear();
        Handle(input);
        RefreshPool(isNeeded: false);
        RequestBlocks();
        UpdateMining();
        return _outputs;
    }

    private void Handle(NodeInput input)
    {
        switch (input)
        {
            case NodeInput.Tick tick:
                OnTick(tick.NowUnixMs);
                break;
            case NodeInput.PeerConnected connected:
                OnConnected(connected);
                break;
            case NodeInput.PeerDisconnected disconnected:
                Forget(disconnected.Peer);
                break;
            case NodeInput.FromPeer message:
                OnMessage(message);
                break;
            case NodeInput.Submit submit:
                OnSubmit(submit);
                break;
            case NodeInput.BlockMined mined:
                AcceptBlock(mined.Block, null);
                break;
            case NodeInput.MinerAddress miner:
                OnMinerAddress(miner.Address);
                break;
            default:
                throw new InvariantException("the inputs of a node are closed");
        }
    }

    private void OnTick(long nowMs)
    {
        // What is waited for ends although somebody sets the wall clock back.
        _clockMs += Math.Max(0, nowMs - _nowMs);
        _nowMs = nowMs;
        foreach (NodePeer peer in _peers.Values.ToArray())
        {
            Watch(peer);
        }

        FlushAnnouncements();
        AskLateTransactions();
        ExpireTransactions();
    }

    private bool IsSigned(Transaction transaction) =>
        Mempool.Contains(transaction.Id) || TransactionForm.IsSigned(transaction, NetworkId, _signatures)
        || !_rules.HasFlag(OpenRules.Signature);

    private void Note(NodeEvent happened) => Emit(new NodeOutput.Noted(happened));

    private void Emit(NodeOutput output) => _outputs.Add(output);
}
