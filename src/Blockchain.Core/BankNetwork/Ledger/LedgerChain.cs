using Blockchain.Core.Kernel;

namespace Blockchain.Core.BankNetwork;

/// <summary>A block that is known and not settled.</summary>
/// <param name="Block">The block.</param>
/// <param name="Index">The index that its holder or the bank gave it.</param>
/// <param name="Hash">Its hash at its present place in the sorted chain.</param>
public readonly record struct ProvisionalBlock(Block Block, long Index, Hash Hash);

/// <summary>What came of telling the chain that the bank's disk holds a block.</summary>
public enum SettleResult
{
    /// <summary>Everything up to the block is settled, now or before.</summary>
    Settled,

    /// <summary>Blocks are missing; they are under way, or must be fetched.</summary>
    Incomplete,

    /// <summary>The blocks are all there and their hash is another one: what is provisional is wrong.</summary>
    ProvisionalWrong,

    /// <summary>A settled block has another hash: the ledger was rewritten.</summary>
    Forked,

    /// <summary>The hash is the bank's, yet the block breaks a rule of the ledger: the bank is wrong.</summary>
    Invalid,
}

/// <summary>
/// The chain that a client keeps: blocks sorted by key, each hashed over its predecessor. Releases of different members
/// may come in any order, so a block is inserted at its sorted place and the chain is hashed again from there on.
/// </summary>
/// <remarks>
/// Invariants: keys rise; every provisional hash is right for its present place; the settled prefix, whose head has the
/// hash that the bank has on disk, never changes.
/// </remarks>
public sealed class LedgerChain(LedgerState settled)
{
    private readonly List<ProvisionalBlock> _provisional = [];

    /// <summary>The settled blocks and what they amount to.</summary>
    public LedgerState Settled => settled;

    /// <summary>Number of settled blocks.</summary>
    public long SettledCount => settled.Count;

    /// <summary>Blocks above the settled ones, sorted by key.</summary>
    public IReadOnlyList<ProvisionalBlock> Provisional => _provisional;

    /// <summary>Links hashed so far: one for a block that comes in order, the length of the changed suffix
    /// otherwise.</summary>
    public long LinksHashed { get; private set; }

    /// <summary>Why <see cref="Settle"/> last said <see cref="SettleResult.Invalid"/>.</summary>
    public LedgerFault Fault { get; private set; }

    /// <summary>Inserts a block at its sorted place and hashes what changed by it.</summary>
    /// <param name="block">The block.</param>
    /// <param name="index">The index that its holder or the bank gave it.</param>
    /// <returns>False when it is there already, lies in the settled prefix, or there is no room.</returns>
    public bool Insert(Block block, long index) => Insert([block], index) == 1;

    /// <summary>Inserts the blocks of one request, and hashes once what changed by all of them: one by one, a request
    /// that comes late would have everything behind it hashed again for each of its blocks.</summary>
    /// <param name="blocks">The blocks, sorted by key.</param>
    /// <param name="firstIndex">The index that their holder or the bank gave the first; the others follow.</param>
    /// <returns>How many were inserted; the others are there already, lie in the settled prefix, or find no
    /// room.</returns>
    public int Insert(IReadOnlyList<Block> blocks, long firstIndex)
    {
        int lowest = int.MaxValue;
        int inserted = 0;
        for (int i = 0; i < blocks.Count; i++)
        {
            if (TryPlace(blocks[i], firstIndex + i, out int place))
            {
                lowest = Math.Min(lowest, place);
                inserted++;
            }
        }

        if (inserted > 0)
        {
            HashFrom(lowest);
        }

        return inserted;
    }

    // Without its hash, which is to follow.
    private bool TryPlace(Block block, long index, out int place)
    {
        place = FirstNotBefore(block.Key);
        if ((block.Key <= settled.LastKey && settled.Count > 0) || _provisional.Count >= Limits.ProvisionalBlocks
            || (place < _provisional.Count && _provisional[place].Block.Key == block.Key))
        {
            return false;
        }

        _provisional.Insert(place, new ProvisionalBlock(block, index, default));
        return true;
    }

    /// <summary>Number of blocks from index 0 without a gap, as far as their indexes say: what a fetch goes on
    /// from.</summary>
    public long ContiguousCount
    {
        get
        {
            int count = 0;
            while (count < _provisional.Count && _provisional[count].Index == settled.Count + count)
            {
                count++;
            }

            return settled.Count + count;
        }
    }

    /// <summary>Puts fetched blocks in place of whatever is provisional in their range.</summary>
    /// <param name="from">Index of the first.</param>
    /// <param name="blocks">The blocks, in order of the ledger.</param>
    /// <returns>False when they are not sorted or do not follow on what is there.</returns>
    public bool Replace(long from, IReadOnlyList<Block> blocks)
    {
        int skip = (int)Math.Clamp(settled.Count - from, 0, blocks.Count);
        if (from > ContiguousCount || skip == blocks.Count)
        {
            return false;
        }

        int place = (int)(from + skip - settled.Count);
        BlockKey last = place > 0 ? _provisional[place - 1].Block.Key : settled.LastKey;
        ProvisionalBlock[] fetched = new ProvisionalBlock[blocks.Count - skip];
        for (int i = 0; i < fetched.Length; i++)
        {
            Block block = blocks[skip + i];
            if (block.Key <= last && (settled.Count > 0 || place + i > 0))
            {
                return false;
            }

            last = block.Key;
            fetched[i] = new ProvisionalBlock(block, from + skip + i, default);
        }

        int end = place;
        while (end < _provisional.Count && _provisional[end].Block.Key <= last)
        {
            end++;
        }

        _provisional.RemoveRange(place, end - place);
        _provisional.InsertRange(place, fetched);
        HashFrom(place);
        return true;
    }

    /// <summary>Settles everything up to a block that the bank has on disk, if the chain has it with the same
    /// hash.</summary>
    /// <param name="index">Index of the block.</param>
    /// <param name="hash">Its hash.</param>
    /// <param name="onSettled">Called for each block settled now, in order, with its index and hash.</param>
    public SettleResult Settle(long index, Hash hash, Action<Block, long, Hash> onSettled)
    {
        long needed = index - settled.Count + 1;
        if (needed <= 0)
        {
            return settled.Hashes[index] == hash ? SettleResult.Settled : SettleResult.Forked;
        }

        if (needed > _provisional.Count)
        {
            return SettleResult.Incomplete;
        }

        int count = (int)needed;
        if (_provisional[count - 1].Hash != hash)
        {
            return ContiguousCount > index ? SettleResult.ProvisionalWrong : SettleResult.Incomplete;
        }

        return Freeze(count, onSettled);
    }

    /// <summary>Drops the provisional blocks of earlier views: a new view's ledger holds what they came to, or they
    /// are void.</summary>
    public void DropBefore(int epoch)
    {
        if (_provisional.RemoveAll(entry => entry.Block.Epoch < epoch) > 0)
        {
            HashFrom(0);
        }
    }

    /// <summary>Drops everything provisional.</summary>
    public void DropProvisional() => _provisional.Clear();

    private SettleResult Freeze(int count, Action<Block, long, Hash> onSettled)
    {
        for (int i = 0; i < count; i++)
        {
            ProvisionalBlock entry = _provisional[i];
            long index = settled.Count;
            Fault = settled.TryAppend(entry.Block, entry.Hash);
            if (Fault != LedgerFault.None)
            {
                _provisional.RemoveRange(0, i);
                return SettleResult.Invalid;
            }

            onSettled(entry.Block, index, entry.Hash);
        }

        _provisional.RemoveRange(0, count);
        return SettleResult.Settled;
    }

    private void HashFrom(int place)
    {
        Hash previous = place == 0 ? settled.Head : _provisional[place - 1].Hash;
        for (int i = place; i < _provisional.Count; i++)
        {
            previous = _provisional[i].Block.HashAfter(previous);
            LinksHashed++;
            if (_provisional[i].Hash != previous)
            {
                _provisional[i] = _provisional[i] with { Hash = previous };
            }
        }
    }

    private int FirstNotBefore(BlockKey key)
    {
        // Nearly every block comes in order: look at the end first.
        int low = 0;
        int high = _provisional.Count;
        if (high > 0 && _provisional[high - 1].Block.Key < key)
        {
            return high;
        }

        while (low < high)
        {
            int middle = (low + high) / 2;
            if (_provisional[middle].Block.Key < key)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }
}
