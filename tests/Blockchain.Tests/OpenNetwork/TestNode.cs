using Blockchain.Core.OpenNetwork;

namespace Blockchain.Tests.OpenNetwork;

/// <summary>A full node with a store in memory. It can be killed and started again from what it stored.</summary>
internal sealed class TestNode : IBlockReader
{
    private readonly Dictionary<BlockHash, (Block Block, long Arrival, bool IsValidated)> _stored = [];
    private readonly HashSet<BlockHash> _invalid = [];
    private readonly Dictionary<TransactionId, Transaction> _pending = [];
    private readonly NetworkParameters _parameters;
    private long _answers;

    public TestNode(int number, long nowMs, NetworkParameters? parameters = null)
    {
        Number = number;
        NowMs = nowMs;
        _parameters = parameters ?? NetworkParameters.Test;
        Node = Start();
    }

    public int Number { get; }

    public FullNode Node { get; private set; }

    public FakeEd25519 Signatures { get; } = new();

    public long NowMs { get; set; }

    /// <summary>Everything put out and not yet taken by the network.</summary>
    public Queue<NodeOutput> Outputs { get; } = new();

    public List<NodeEvent> Events { get; } = [];

    public List<NodeOutput.TipChanged> TipChanges { get; } = [];

    public List<NodeOutput.Drop> Drops { get; } = [];

    public BlockTemplate? Template { get; private set; }

    public IReadOnlyCollection<TransactionId> StoredPending => _pending.Keys;

    public IReadOnlyCollection<BlockHash> StoredBlocks => _stored.Keys;

    public int Reads { get; private set; }

    public Block Read(BlockHash hash)
    {
        Reads++;
        return _stored[hash].Block;
    }

    public IReadOnlyList<NodeOutput> Step(NodeInput input)
    {
        NodeOutput[] outputs = [.. Node.Step(input)];
        foreach (NodeOutput output in outputs)
        {
            Keep(output);
        }

        return outputs;
    }

    public Refusal Submit(Transaction transaction)
    {
        long id = ++_answers;
        return Step(new NodeInput.Submit(id, transaction)).OfType<NodeOutput.Answer>()
            .Single(answer => answer.Id == id).Refusal;
    }

    public void Tick(long ms)
    {
        NowMs += ms;
        Step(new NodeInput.Tick(NowMs));
    }

    /// <summary>Mines one block for this person and takes it.</summary>
    public Block Mine(string payee = "miner", ulong extraNonce = 0)
    {
        Tick(6_000);
        Step(new NodeInput.MinerAddress(FakeEd25519.AddressOf(payee)));
        BlockTemplate template = Template!;
        Block block = template.ToBlock(Make.Solve(template.HeaderWith(extraNonce)), extraNonce);
        Step(new NodeInput.BlockMined(block));
        Step(new NodeInput.MinerAddress(null));
        return block;
    }

    /// <summary>Kills the node and starts it from its store.</summary>
    public void Restart()
    {
        Outputs.Clear();
        Node = Start();
    }

    /// <summary>The balance of a person on the best chain.</summary>
    public Coins BalanceOf(string name) => Node.Chain.BalanceOf(FakeEd25519.AddressOf(name));

    private FullNode Start() => new(_parameters, Signatures, this, new NodeState
    {
        NowUnixMs = NowMs,
        Agent = (ulong)Number,
        Listen = $"node{Number}",
        Blocks = [.. _stored.Values.OrderBy(stored => stored.Arrival).Select(
            stored => new StoredBlock(stored.Block.Header, stored.Arrival, stored.IsValidated))],
        Invalid = _invalid,
        Pending = [.. _pending.Values],
    });

    private void Keep(NodeOutput output)
    {
        switch (output)
        {
            case NodeOutput.StoreBlock store:
                // As on disk: the bytes, not the object.
                _stored[store.Block.Hash] =
                    (Block.Decode(store.Block.Canonical.Span), store.Arrival, store.IsValidated);
                break;
            case NodeOutput.MarkValidated mark:
                _stored[mark.Hash] = _stored[mark.Hash] with { IsValidated = true };
                break;
            case NodeOutput.MarkInvalid mark:
                _invalid.Add(mark.Hash);
                _stored.Remove(mark.Hash);
                break;
            case NodeOutput.StoreTransaction store:
                _pending[store.Transaction.Id] = Transaction.Decode(store.Transaction.Canonical.Span);
                break;
            case NodeOutput.ForgetTransactions forget:
                forget.Ids.ToList().ForEach(id => _pending.Remove(id));
                break;
            case NodeOutput.Mine mine:
                Template = mine.Template;
                break;
            case NodeOutput.StopMining:
                Template = null;
                break;
            case NodeOutput.TipChanged changed:
                TipChanges.Add(changed);
                break;
            case NodeOutput.Noted noted:
                Events.Add(noted.Event);
                break;
            case NodeOutput.Drop drop:
                Drops.Add(drop);
                Outputs.Enqueue(output);
                break;
            case NodeOutput.Send:
                Outputs.Enqueue(output);
                break;
        }
    }
}
