using Blockchain.Core.OpenNetwork;

namespace Blockchain.Simulator;

/// <summary>
/// What a node has stored, and how much of it would survive: the stores of a step are one transaction of the database,
/// a flush covers all transactions before it, and a crash keeps those that were flushed and by chance some of the
/// next, in order.
/// </summary>
internal sealed class OpenDisk : IBlockReader
{
    private readonly List<IReadOnlyList<NodeOutput>> _waiting = [];
    private readonly Dictionary<BlockHash, NodeOutput.StoreBlock> _blocks = [];
    private readonly HashSet<BlockHash> _invalid = [];
    private readonly Dictionary<TransactionId, (Transaction Transaction, long Order)> _pending = [];
    private readonly HashSet<string> _addresses = [];
    private readonly Dictionary<BlockHash, Block> _written = [];
    private long _order;

    /// <summary>Steps that have not been flushed.</summary>
    public int Waiting => _waiting.Count;

    /// <inheritdoc/>
    public Block Read(BlockHash hash) => _written[hash];

    /// <summary>A step wants these kept.</summary>
    public void Write(IReadOnlyList<NodeOutput> stores)
    {
        foreach (NodeOutput.StoreBlock store in stores.OfType<NodeOutput.StoreBlock>())
        {
            _written[store.Block.Hash] = store.Block;
        }

        _waiting.Add(stores);
    }

    /// <summary>The first so many of the waiting steps are flushed.</summary>
    public void Flush(int steps)
    {
        foreach (NodeOutput store in _waiting.Take(steps).SelectMany(static stores => stores))
        {
            Apply(store);
        }

        _waiting.RemoveRange(0, steps);
    }

    /// <summary>Everything that was not flushed is gone.</summary>
    public void Crash()
    {
        _waiting.Clear();
        _written.Clear();
        foreach (NodeOutput.StoreBlock store in _blocks.Values)
        {
            _written[store.Block.Hash] = store.Block;
        }
    }

    /// <summary>What a start finds.</summary>
    public NodeState Load(long nowUnixMs, ulong agent, string listen) => new()
    {
        NowUnixMs = nowUnixMs,
        Agent = agent,
        Listen = listen,
        Blocks = [.. _blocks.Values.OrderBy(static store => store.Arrival)
            .Select(static store => new StoredBlock(store.Block.Header, store.Arrival, store.IsValidated))],
        Invalid = [.. _invalid],
        Pending = [.. _pending.Values.OrderBy(static each => each.Order).Select(static each => each.Transaction)],
        Addresses = [.. _addresses.Order(StringComparer.Ordinal)],
    };

    private void Apply(NodeOutput store)
    {
        switch (store)
        {
            case NodeOutput.StoreBlock block:
                _blocks[block.Block.Hash] = block;
                break;
            case NodeOutput.MarkValidated validated:
                _blocks[validated.Hash] = _blocks[validated.Hash] with { IsValidated = true };
                break;
            case NodeOutput.MarkInvalid invalid:
                _invalid.Add(invalid.Hash);
                break;
            case NodeOutput.StoreTransaction transaction:
                _pending.TryAdd(transaction.Transaction.Id, (transaction.Transaction, _order++));
                break;
            case NodeOutput.ForgetTransactions forget:
                foreach (TransactionId id in forget.Ids)
                {
                    _pending.Remove(id);
                }

                break;
            case NodeOutput.PeersLearned learned:
                _addresses.UnionWith(learned.Addresses);
                break;
        }
    }
}
