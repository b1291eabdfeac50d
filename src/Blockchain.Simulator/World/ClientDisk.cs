using Blockchain.Core.BankNetwork;

namespace Blockchain.Simulator;

/// <summary>
/// What a client keeps: its chain file, the checkpoint beside it and the log of intents. Each remembers how much of it
/// was flushed; a crash may lose any of the rest. Each crash is one of the machine, so what a flush was told to keep is
/// lost as well when the flush lied.
/// </summary>
internal sealed class ClientDisk
{
    private readonly List<Block> _chain = [];
    private readonly List<IntentRecord> _intents = [];
    private readonly HashSet<TransferId> _kept = [];
    private readonly HashSet<TransferId> _forgotten = [];
    private int _flushedBlocks;
    private int _flushedIntents;
    private long _flushedIncarnation;
    private Checkpoint? _flushedCheckpoint;

    /// <summary>Numbers the lives, each higher than the one before; flushed before a life begins.</summary>
    public long Incarnation { get; private set; }

    /// <summary>The latest checkpoint, flushed.</summary>
    public Checkpoint? Checkpoint { get; private set; }

    /// <summary>Blocks in the file, flushed or not.</summary>
    public int Blocks => _chain.Count;

    /// <summary>Records in the log of intents, flushed or not.</summary>
    public int IntentRecords => _intents.Count;

    /// <summary>Reads stored blocks.</summary>
    public IReadOnlyList<Block> Read(long from, int count) =>
        from < 0 || from >= _chain.Count ? [] : _chain.GetRange((int)from, Math.Min(count, _chain.Count - (int)from));

    /// <summary>Appends blocks without a flush.</summary>
    public void Append(long from, IReadOnlyList<Block> blocks)
    {
        if (from != _chain.Count)
        {
            throw new ViolationException("chain file", $"block {from} was to be stored when {_chain.Count} is next");
        }

        _chain.AddRange(blocks);
    }

    /// <summary>Flushes the chain and replaces the checkpoint.</summary>
    public void Keep(Checkpoint checkpoint, bool flushLies)
    {
        Checkpoint = checkpoint;
        if (!flushLies)
        {
            _flushedBlocks = _chain.Count;
            _flushedCheckpoint = checkpoint;
        }
    }

    /// <summary>Appends an intent without a flush.</summary>
    public void Accept(long number, Transfer transfer) => _intents.Add(new IntentRecord(number, transfer, transfer.Id));

    /// <summary>Appends the note that an intent is settled, without a flush.</summary>
    public void Forget(TransferId id) => _intents.Add(new IntentRecord(0, null, id));

    /// <summary>Flushes the first records of the log of intents.</summary>
    /// <returns>The highest number among them.</returns>
    public long FlushIntents(int records, bool flushLies)
    {
        long number = 0;
        for (int i = 0; i < records; i++)
        {
            number = Math.Max(number, _intents[i].Number);
            _kept.Add(_intents[i].Id);
        }

        _flushedIntents = flushLies ? _flushedIntents : records;
        return number;
    }

    /// <summary>Whether a crash cannot make the client forget that it was to make this transfer, as far as its disk
    /// says.</summary>
    public bool Keeps(TransferId intent) => _kept.Contains(intent);

    /// <summary>Whether the client has forgotten a transfer that its disk had said to be safe.</summary>
    public bool HasForgotten(TransferId intent) => _forgotten.Contains(intent);

    /// <summary>A crash: what was not flushed is lost, or kept up to a record that may be torn.</summary>
    /// <param name="random">All chance.</param>
    /// <param name="torn">Whether records are torn.</param>
    /// <param name="clockMoved">Whether the next life will begin at a later time than this one has.</param>
    /// <param name="coverage">Told what happened.</param>
    public void LoseUnflushed(Prng random, bool torn, bool clockMoved, Coverage coverage)
    {
        bool cut = Cut(_chain, ref _flushedBlocks, random, torn);
        cut |= Cut(_intents, ref _flushedIntents, random, torn);
        coverage.Count(Happening.TornWrite, cut ? 1 : 0);
        Forget(coverage);
        if (Checkpoint != _flushedCheckpoint && random.PerMille(500))
        {
            Checkpoint = _flushedCheckpoint;
        }

        _flushedCheckpoint = Checkpoint;
        if (Incarnation != _flushedIncarnation && clockMoved && random.PerMille(500))
        {
            Incarnation = _flushedIncarnation;
            coverage.Count(Happening.LostIncarnation);
        }

        _flushedIncarnation = Incarnation;
    }

    /// <summary>Begins a life: numbers it and reads everything back.</summary>
    /// <param name="nowMs">The client's clock. A number that was lost is not given again, because time has
    /// passed.</param>
    /// <param name="flushLies">Whether the number only seems to be on the disk.</param>
    /// <param name="coverage">Told what happened.</param>
    public (LedgerState Ledger, IReadOnlyList<Transfer> Intents) Open(long nowMs, bool flushLies, Coverage coverage)
    {
        Incarnation = Math.Max(Incarnation + 1, nowMs);
        _flushedIncarnation = flushLies ? _flushedIncarnation : Incarnation;
        RemoveIfShortened(coverage);
        LedgerState ledger = new();
        foreach (Block block in _chain)
        {
            LedgerFault fault = ledger.TryAppend(block);
            if (fault != LedgerFault.None)
            {
                throw new ViolationException("chain file", $"stored block {ledger.Count} does not replay: {fault}");
            }
        }

        Dictionary<TransferId, Transfer> open = [];
        List<TransferId> order = [];
        foreach (IntentRecord record in _intents)
        {
            if (record.Transfer is { } transfer)
            {
                open[record.Id] = transfer;
                order.Add(record.Id);
            }
            else
            {
                open.Remove(record.Id);
            }
        }

        Transfer[] intents = [.. order.Where(open.ContainsKey).Select(id => open[id])];
        _intents.Clear();
        _intents.AddRange(intents.Select(transfer => new IntentRecord(0, transfer, transfer.Id)));
        _flushedIntents = _intents.Count;
        _kept.Clear();
        _kept.UnionWith(intents.Select(transfer => transfer.Id));
        return (ledger, intents);
    }

    /// <summary>A client whose chain lacks blocks that its checkpoint vouches for does not start. Its owner takes chain
    /// and checkpoint away, and it fetches both again.</summary>
    private void RemoveIfShortened(Coverage coverage)
    {
        if (Checkpoint?.Index >= _chain.Count)
        {
            coverage.Count(Happening.ShortenedChain);
            _chain.Clear();
            _flushedBlocks = 0;
            Checkpoint = null;
            _flushedCheckpoint = null;
        }
    }

    private void Forget(Coverage coverage)
    {
        HashSet<TransferId> left = [.. _intents.Select(record => record.Id)];
        foreach (TransferId id in _kept.Where(id => !left.Contains(id)))
        {
            coverage.Count(Happening.ForgottenTransfer, _forgotten.Add(id) ? 1 : 0);
        }
    }

    private static bool Cut<T>(List<T> records, ref int flushed, Prng random, bool torn)
    {
        int unflushed = records.Count - flushed;
        int kept = unflushed == 0 ? 0 : torn ? random.Between(0, unflushed - 1) : random.PerMille(500) ? unflushed : 0;
        records.RemoveRange(flushed + kept, unflushed - kept);
        flushed = records.Count;
        return torn && unflushed > 0;
    }

    private readonly record struct IntentRecord(long Number, Transfer? Transfer, TransferId Id);
}
