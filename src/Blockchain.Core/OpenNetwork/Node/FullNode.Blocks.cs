using Blockchain.Core.Kernel;

namespace Blockchain.Core.OpenNetwork;

/// <content>Blocks: taking them, and following the most work.</content>
public sealed partial class FullNode
{
    private readonly Dictionary<BlockHash, Block> _fresh = [];
    private readonly Dictionary<BlockHash, BlockUndo> _undo = [];
    private readonly List<(Block Block, PeerId? From)> _orphans = [];
    private BlockNode _candidate;
    private long _arrival;
    private long _progressMs;

    /// <summary>How many blocks wait for a block before them.</summary>
    public int OrphanCount => _orphans.Count;

    private void RestoreBlocks()
    {
        // A block may have come before the one that it stands on.
        Dictionary<BlockHash, List<StoredBlock>> waiting = [];
        foreach (StoredBlock stored in _state.Blocks)
        {
            _arrival = Math.Max(_arrival, stored.Arrival);
            Queue<StoredBlock> ready = new([stored]);
            while (ready.TryDequeue(out StoredBlock? next))
            {
                if (Tree.Find(next.Header.Previous) is null)
                {
                    if (!waiting.TryGetValue(next.Header.Previous, out List<StoredBlock>? list))
                    {
                        waiting.Add(next.Header.Previous, list = []);
                    }

                    list.Add(next);
                    continue;
                }

                Restore(next);
                if (waiting.Remove(next.Header.ComputeHash(), out List<StoredBlock>? children))
                {
                    children.ForEach(ready.Enqueue);
                }
            }
        }

        _candidate = Tree.BestComplete();
        Activate();
    }

    private void Restore(StoredBlock stored)
    {
        // Its time was checked when it came; the clock may have been set back since.
        if (Tree.TryAdd(stored.Header, long.MaxValue, out BlockNode? node) == BlockFault.None && node is not null)
        {
            node.IsValidated = stored.IsValidated;
            Tree.AddBody(node, stored.Arrival);
        }
    }

    /// <summary>Takes a block and all orphans that it lets in.</summary>
    private void AcceptBlock(Block block, PeerId? from)
    {
        Queue<(Block Block, PeerId? From)> left = new([(block, from)]);
        while (left.TryDequeue(out (Block Block, PeerId? From) next))
        {
            AcceptOne(next.Block, next.From);
            for (int i = _orphans.Count - 1; i >= 0; i--)
            {
                if (Tree.Find(_orphans[i].Block.Header.Previous) is not null)
                {
                    left.Enqueue(_orphans[i]);
                    _orphans.RemoveAt(i);
                }
            }
        }
    }

    private void AcceptOne(Block block, PeerId? from)
    {
        if (Tree.Find(block.Hash) is { HasBody: true, IsInvalid: false })
        {
            return;
        }

        BlockFault fault = Tree.TryAdd(block.Header, _nowMs, out BlockNode? node);
        if (fault == BlockFault.UnknownParent)
        {
            KeepOrphan(block, from);
            return;
        }

        BlockRefusal refusal = fault != BlockFault.None
            ? new BlockRefusal(fault)
            : BlockForm.Check(block, _parameters);
        if (node is null || refusal.Fault != BlockFault.None)
        {
            if (node is not null && refusal.Fault.IsFinal())
            {
                MarkInvalid(node);
            }

            RefuseBlock(block.Hash, refusal, from);
            return;
        }

        PeerOf(from)?.SeenTo(node);
        node.Sender = from;
        Store(block, node);
    }

    private void Store(Block block, BlockNode node)
    {
        _fresh[block.Hash] = block;
        _progressMs = _clockMs;
        int place = _outputs.Count;
        Emit(new NodeOutput.StoreBlock(block, ++_arrival, IsValidated: false));
        bool wasComplete = false;
        foreach (BlockNode complete in Tree.AddBody(node, _arrival))
        {
            wasComplete = true;
            if (!complete.IsInvalid && IsBetter(complete, _candidate))
            {
                _candidate = complete;
            }
        }

        Activate();
        if (node.IsInvalid)
        {
            _outputs.RemoveAt(place);
        }
        else if (node.IsValidated)
        {
            _outputs[place] = new NodeOutput.StoreBlock(block, node.Arrival, IsValidated: true);
        }

        if (wasComplete && !node.IsInvalid && !Chain.Contains(node))
        {
            Note(new NodeEvent.ForkSeen(node.Place, Tip.Place));
        }
    }

    private void KeepOrphan(Block block, PeerId? from)
    {
        if (block.Size > _parameters.MaxBlockBytes || _orphans.Any(orphan => orphan.Block.Hash == block.Hash))
        {
            return;
        }

        if (_orphans.Count == OpenLimits.Orphans)
        {
            _orphans.RemoveAt(0);
        }

        _orphans.Add((block, from));
        Note(new NodeEvent.OrphanKept(block.Hash, block.Header.Previous));
        if (PeerOf(from) is { } peer)
        {
            AskHeaders(peer);
        }
    }

    private void RefuseBlock(BlockHash hash, BlockRefusal refusal, PeerId? from)
    {
        Note(new NodeEvent.BlockRefused(hash, refusal, from));
        if (refusal.Fault.IsPeersFault() && PeerOf(from) is { } peer)
        {
            Drop(peer, DropCause.InvalidBlock, $"block {hash.Short}: {refusal.Describe()}", OpenLimits.BanMs);
        }
    }

    private void MarkInvalid(BlockNode node)
    {
        Tree.MarkInvalid(node);
        Emit(new NodeOutput.MarkInvalid(node.Hash));
    }

    /// <summary>Follows the most work, until what has most is valid.</summary>
    private void Activate()
    {
        while (IsBetter(_candidate, Tip))
        {
            if (!TryReorganize(_candidate))
            {
                _candidate = Tree.BestComplete();
            }
        }
    }

    private bool IsBetter(BlockNode node, BlockNode than) =>
        !_rules.HasFlag(OpenRules.MostWork) ? node.Arrival > than.Arrival
        : !_rules.HasFlag(OpenRules.FirstSeen) && node.Arrival > than.Arrival ? node.Work >= than.Work
        : node.Work > than.Work;

    private bool TryReorganize(BlockNode target)
    {
        List<BlockNode> path = [];
        for (BlockNode node = target; !Chain.Contains(node); node = node.Parent!)
        {
            path.Add(node);
        }

        path.Reverse();
        BlockNode oldTip = Tip;
        List<Block> disconnected = DisconnectTo(path[0].Height - 1);
        foreach (BlockNode node in path)
        {
            BlockRefusal refusal = TryConnect(node);
            if (refusal.Fault == BlockFault.None)
            {
                continue;
            }

            // Whoever sent this block is to blame, not who sent the one that made it worth checking.
            MarkInvalid(node);
            RefuseBlock(node.Hash, refusal, node.Sender);
            DisconnectTo(path[0].Height - 1);
            Reconnect(disconnected);
            return false;
        }

        Tip = target;
        OnTipChanged(oldTip, disconnected, path);
        return true;
    }

    private BlockRefusal TryConnect(BlockNode node)
    {
        Block block = Read(node.Hash);
        bool wasValidated = node.IsValidated;
        BlockRefusal refusal = Chain.TryConnect(block, wasValidated ? null : IsSigned, out BlockUndo undo);
        if (refusal.Fault != BlockFault.None)
        {
            return refusal;
        }

        KeepUndo(node.Hash, undo);
        if (!wasValidated)
        {
            node.IsValidated = true;
            if (!_fresh.ContainsKey(node.Hash))
            {
                Emit(new NodeOutput.MarkValidated(node.Hash));
            }
        }

        return BlockRefusal.None;
    }

    /// <summary>Takes blocks off the chain down to a height.</summary>
    /// <returns>The blocks, the highest first.</returns>
    private List<Block> DisconnectTo(int height)
    {
        List<Block> disconnected = [];
        while (Chain.Height > height)
        {
            Block block = Read(Chain.Tip);
            if (!_undo.Remove(block.Hash, out BlockUndo? undo))
            {
                undo = Chain.RebuildUndo(block, new Reader(this));
            }

            Chain.Disconnect(block, undo);
            disconnected.Add(block);
        }

        return disconnected;
    }

    private void Reconnect(List<Block> blocks)
    {
        for (int i = blocks.Count - 1; i >= 0; i--)
        {
            BlockRefusal refusal = Chain.TryConnect(blocks[i], null, out BlockUndo undo);
            Invariant.Holds(refusal.Fault == BlockFault.None, "a block that was on the chain can be put back");
            KeepUndo(blocks[i].Hash, undo);
        }
    }

    private void KeepUndo(BlockHash hash, BlockUndo undo)
    {
        _undo[hash] = undo;
        if (Chain.Height > OpenLimits.UndoBlocks)
        {
            _undo.Remove(Chain.Hashes[Chain.Height - OpenLimits.UndoBlocks]);
        }
    }

    private void OnTipChanged(BlockNode oldTip, List<Block> disconnected, List<BlockNode> path)
    {
        int top = oldTip.Height;
        Emit(new NodeOutput.TipChanged(
            oldTip.Place,
            Tip.Place,
            [.. disconnected.Select((block, i) => new BlockPlace(block.Hash, top - i))],
            [.. path.Select(node => node.Place)]));
        for (int i = disconnected.Count - 1; i >= 0; i--)
        {
            _returned.AddRange(disconnected[i].Transactions.Skip(_rules.HasFlag(OpenRules.Return) ? 1 : int.MaxValue));
        }

        _isPoolStale = true;
        _refused.Clear();
        AnnounceTip();
    }

    private Block Read(BlockHash hash)
    {
        if (hash == NetworkId)
        {
            return _genesis ??= Genesis.Of(_parameters);
        }

        return _fresh.TryGetValue(hash, out Block? block) ? block : _blocks.Read(hash);
    }

    private Block? _genesis;

    // What this step puts out to be stored can be read in it, too.
    private sealed class Reader(FullNode node) : IBlockReader
    {
        public Block Read(BlockHash hash) => node.Read(hash);
    }
}
