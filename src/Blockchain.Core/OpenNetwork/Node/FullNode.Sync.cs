namespace Blockchain.Core.OpenNetwork;

/// <content>Synchronization: headers first, then the blocks that are missing, from several peers at once.</content>
public sealed partial class FullNode
{
    private const int SyncedWithin = 16;
    private const long CompareEveryMs = 30_000;

    private readonly Dictionary<BlockHash, (PeerId Peer, long SinceMs)> _inFlight = [];
    private List<BlockNode> _wanted = [];
    private BlockNode? _wantedFor;
    private int _wantedFrom;

    private void AskHeaders(NodePeer peer, BlockNode? after = null)
    {
        if (peer.HeadersAskedMs is not null)
        {
            return;
        }

        peer.HeadersAskedMs = _clockMs;
        BlockNode at = after ?? Tree.BestHeader;
        IReadOnlyList<BlockHash> locator = BlockLocator.Make(at.Height, HashAt);
        Say(peer, new NodeMessage.GetHeaders(locator, BlockHash.Zero));

        // Walks down header by header only until the best chain is reached, where heights are places in a list.
        BlockHash HashAt(int height)
        {
            if (Chain.Contains(at))
            {
                return Chain.Hashes[height];
            }

            at = at.Back(at.Height - height);
            return at.Hash;
        }
    }

    private void ServeHeaders(NodePeer peer, NodeMessage.GetHeaders get)
    {
        int from = 0;
        foreach (BlockHash hash in get.Locator)
        {
            if (Tree.Find(hash) is { } node && Chain.Contains(node))
            {
                from = node.Height;
                break;
            }
        }

        List<Header> headers = [];
        for (int height = from + 1; height <= Chain.Height && headers.Count < OpenLimits.Headers; height++)
        {
            headers.Add(Tree.Find(Chain.Hashes[height])!.Header);
            if (Chain.Hashes[height] == get.Stop)
            {
                break;
            }
        }

        Say(peer, new NodeMessage.Headers(headers));
    }

    private void OnHeaders(NodePeer peer, IReadOnlyList<Header> headers)
    {
        // Also when nobody waits for them any more: a node that stood still reads answers that it has given up, and
        // would ban all its peers for them. Their work is checked like any other's.
        peer.HeadersAskedMs = null;
        BlockNode? last = null;
        foreach (Header header in headers)
        {
            if (last is not null && header.Previous != last.Hash)
            {
                Drop(peer, DropCause.BrokenHeaders, "sends headers that are no chain", OpenLimits.BanMs);
                return;
            }

            BlockFault fault = Tree.TryAdd(header, _nowMs, out BlockNode? node);
            if (fault != BlockFault.None || node is null)
            {
                RefuseBlock(header.ComputeHash(), new BlockRefusal(fault), peer.Id);
                break;
            }

            last = node;
        }

        if (last is null)
        {
            return;
        }

        peer.SeenTo(last);
        if (headers.Count == OpenLimits.Headers && _peers.ContainsKey(peer.Id))
        {
            AskHeaders(peer, last);
        }

        TakeInOrphans();
    }

    private void TakeInOrphans()
    {
        int ready = _orphans.FindIndex(orphan => Tree.Find(orphan.Block.Header.Previous) is not null);
        if (ready >= 0)
        {
            (Block block, PeerId? from) = _orphans[ready];
            _orphans.RemoveAt(ready);
            AcceptBlock(block, from);
        }
    }

    private void OnInventory(NodePeer peer, NodeMessage.InventoryOf inventory)
    {
        List<BlockHash> unknown = [];
        foreach (BlockHash hash in inventory.Blocks)
        {
            peer.KnownBlocks.Add(hash);
            if (Tree.Find(hash) is { } node)
            {
                peer.SeenTo(node);
            }
            else
            {
                unknown.Add(hash);
            }
        }

        // One new block is most likely the next: fetch it at once. Of more, the headers say how they hang together.
        if (unknown.Count == 1 && !IsSyncing && peer.InFlight.Count < OpenLimits.BlocksInFlight)
        {
            Fetch(peer, unknown);
        }
        else if (unknown.Count > 0)
        {
            AskHeaders(peer);
        }

        AskTransactions(peer, inventory.Transactions);
    }

    private void Fetch(NodePeer peer, IEnumerable<BlockHash> hashes)
    {
        BlockHash[] fresh = [.. hashes.Where(hash => !_inFlight.ContainsKey(hash))];
        if (fresh.Length == 0)
        {
            return;
        }

        foreach (BlockHash hash in fresh)
        {
            _inFlight.Add(hash, (peer.Id, _clockMs));
            peer.InFlight.Add(hash);
        }

        Say(peer, new NodeMessage.GetBlocks(fresh));
    }

    private void OnBlock(NodePeer peer, Block block)
    {
        peer.KnownBlocks.Add(block.Hash);
        Landed(block.Hash);
        peer.Failures = 0;
        AcceptBlock(block, peer.Id);
    }

    private void OnNotFound(NodePeer peer, IReadOnlyList<BlockHash> hashes)
    {
        // A full answer leaves the rest out; an answer with nothing else in it means it.
        bool isMeant = peer.Failures > 0;
        BlockHash[] missing = [.. hashes.Where(peer.InFlight.Contains)];
        foreach (BlockHash hash in missing)
        {
            Landed(hash);
            if (isMeant)
            {
                peer.MissingBlocks.Add(hash);
            }
        }

        peer.Failures += missing.Length > 0 ? 1 : 0;
    }

    private void Landed(BlockHash hash)
    {
        if (_inFlight.Remove(hash, out (PeerId Peer, long SinceMs) asked) && PeerOf(asked.Peer) is { } peer)
        {
            peer.InFlight.Remove(hash);
        }
    }

    private void ServeBlocks(NodePeer peer, IReadOnlyList<BlockHash> hashes)
    {
        List<BlockHash> missing = [];
        int bytes = 0;
        foreach (BlockHash hash in hashes)
        {
            if (bytes < OpenLimits.ServedBytes && Tree.Find(hash) is { HasBody: true, IsInvalid: false } node)
            {
                peer.SeenTo(node);
                Block block = Read(hash);
                bytes += block.Size;
                peer.KnownBlocks.Add(hash);
                Say(peer, new NodeMessage.BlockBody(block));
            }
            else
            {
                missing.Add(hash);
            }
        }

        if (missing.Count > 0)
        {
            Say(peer, new NodeMessage.NotFound(missing));
        }
    }

    private void AnnounceTip()
    {
        if (IsSyncing)
        {
            return;
        }

        foreach (NodePeer peer in _peers.Values)
        {
            if (peer.IsReady && peer.KnownBlocks.Add(Tip.Hash))
            {
                Say(peer, new NodeMessage.InventoryOf([Tip.Hash], []));
            }
        }
    }

    /// <summary>Asks for blocks on the way to the best header: those next to the tip first, each of one peer at a
    /// time, so many of each peer at once, and none far ahead of the tip.</summary>
    private void RequestBlocks()
    {
        PlanBlocks();
        while (_wantedFrom < _wanted.Count && _wanted[_wantedFrom].HasBody)
        {
            _wantedFrom++;
        }

        if (_wantedFrom == _wanted.Count || _peers.Count == 0)
        {
            return;
        }

        List<NodePeer> free = [.. _peers.Values.Where(peer => peer.IsReady && HasRoom(peer))];
        Dictionary<NodePeer, List<BlockHash>> requests = [];
        int end = Tip.Height + OpenLimits.BlocksAhead;
        for (int i = _wantedFrom; i < _wanted.Count && _wanted[i].Height <= end && free.Count > 0; i++)
        {
            BlockNode node = _wanted[i];
            if (node.HasBody || _inFlight.ContainsKey(node.Hash)
                || free.Where(peer => Has(peer, node)).MinBy(peer => peer.InFlight.Count) is not { } best)
            {
                continue;
            }

            if (!requests.TryGetValue(best, out List<BlockHash>? list))
            {
                requests.Add(best, list = []);
            }

            list.Add(node.Hash);
            best.InFlight.Add(node.Hash);
            _inFlight.Add(node.Hash, (best.Id, _clockMs));
            free.RemoveAll(peer => !HasRoom(peer));
        }

        foreach ((NodePeer peer, List<BlockHash> hashes) in requests)
        {
            Say(peer, new NodeMessage.GetBlocks(hashes));
        }
    }

    private void PlanBlocks()
    {
        if (_wantedFor == Tree.BestHeader)
        {
            return;
        }

        _wantedFor = Tree.BestHeader;
        _wantedFrom = 0;
        _wanted = [];
        for (BlockNode? node = _wantedFor; node is { IsComplete: false }; node = node.Parent)
        {
            if (!node.HasBody)
            {
                _wanted.Add(node);
            }
        }

        _wanted.Reverse();
    }

    private static bool HasRoom(NodePeer peer) => peer.InFlight.Count < OpenLimits.BlocksInFlight;

    private static bool Has(NodePeer peer, BlockNode node) =>
        peer.Work >= node.Work && !peer.MissingBlocks.Contains(node.Hash);

    /// <summary>Once a tick: takes back what the peer does not answer, and asks again where it is ahead.</summary>
    private void WatchAnswers(NodePeer peer)
    {
        BlockHash[] late = [.. peer.InFlight.Where(hash => _clockMs - _inFlight[hash].SinceMs > OpenLimits.AnswerMs)];
        foreach (BlockHash hash in late)
        {
            Landed(hash);
            peer.MissingBlocks.Add(hash);
        }

        bool owesHeaders = peer.HeadersAskedMs is { } asked && _clockMs - asked > OpenLimits.AnswerMs;
        if (owesHeaders)
        {
            peer.HeadersAskedMs = null;
        }

        if (late.Length > 0 || owesHeaders)
        {
            peer.Failures++;
        }

        if (peer.Failures > OpenLimits.Failures)
        {
            Drop(peer, DropCause.NoAnswer, "does not answer", banMs: 0);
        }
        else if (peer.IsReady && _clockMs - peer.ComparedMs > CompareEveryMs)
        {
            Compare(peer);
        }
    }

    /// <summary>Now and then: makes up for whatever was lost on the way.</summary>
    private void Compare(NodePeer peer)
    {
        peer.ComparedMs = _clockMs;
        peer.MissingBlocks.Clear();
        if (peer.Work > Tree.BestHeader.Work)
        {
            AskHeaders(peer);
        }
        else if (peer.Work < Tip.Work)
        {
            Say(peer, new NodeMessage.InventoryOf([Tip.Hash], []));
        }
    }
}
