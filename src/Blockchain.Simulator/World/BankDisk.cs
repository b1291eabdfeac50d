using Blockchain.Core.BankNetwork;
using Blockchain.Core.Kernel;

namespace Blockchain.Simulator;

/// <summary>The bank's database: a commit happens whole or not at all. A crash of the process loses none, a loss of
/// power only those since the last flush that did not lie.</summary>
internal sealed class BankDisk
{
    private readonly List<Block> _blocks = [];
    private readonly List<int> _commits = [];

    /// <summary>Blocks committed.</summary>
    public int Count => _blocks.Count;

    /// <summary>Blocks that a loss of power cannot take.</summary>
    public int Safe { get; private set; }

    /// <summary>How long the ledger was after each commit: where a backup may end.</summary>
    public IReadOnlyList<int> Commits => _commits;

    /// <summary>One block.</summary>
    public Block this[long index] => _blocks[(int)index];

    /// <summary>Reads blocks.</summary>
    public IReadOnlyList<Block> Read(long from, int count) =>
        from < 0 || from >= _blocks.Count
            ? []
            : _blocks.GetRange((int)from, Math.Min(count, _blocks.Count - (int)from));

    /// <summary>Members of the view that the first blocks end in.</summary>
    public IReadOnlyList<int> MembersAt(int count)
    {
        for (int i = Math.Min(count, _blocks.Count) - 1; i >= 0; i--)
        {
            if (_blocks[i] is Block.View view)
            {
                return view.Members;
            }
        }

        return [];
    }

    /// <summary>The commits that end in a view without members, but for the first, which has no accounts
    /// either.</summary>
    public IReadOnlyList<int> CommitsWithoutMembers() => [.. _commits.Skip(1).Where(end => MembersAt(end).Count == 0)];

    /// <summary>Whether the first blocks have an account of somebody, who can then come back to a bank that has no
    /// more.</summary>
    public bool KnowsAt(int count, PublicKey key) =>
        _blocks.Take(count).Any(block => block is Block.Open open && open.PublicKey == key);

    /// <summary>One transaction.</summary>
    public void Commit(IReadOnlyList<Block> blocks, bool flushLies)
    {
        _blocks.AddRange(blocks);
        _commits.Add(_blocks.Count);
        Safe = flushLies ? Safe : _blocks.Count;
    }

    /// <summary>Puts an old copy in place of the database.</summary>
    public void FallBackTo(int count)
    {
        _blocks.RemoveRange(count, _blocks.Count - count);
        _commits.RemoveAll(end => end > count);
        Safe = count;
    }

    /// <summary>Replays what is there.</summary>
    public LedgerState Open()
    {
        LedgerState ledger = new();
        foreach (Block block in _blocks)
        {
            LedgerFault fault = ledger.TryAppend(block);
            if (fault != LedgerFault.None)
            {
                throw new ViolationException("bank's store", $"stored block {ledger.Count} does not replay: {fault}");
            }
        }

        return ledger;
    }
}
