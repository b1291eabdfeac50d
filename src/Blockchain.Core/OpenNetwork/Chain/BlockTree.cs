using Blockchain.Core.Kernel;

namespace Blockchain.Core.OpenNetwork;

/// <summary>All known headers. Which chain counts is decided here: the most work, and of equal work the one that was
/// complete first.</summary>
public sealed class BlockTree
{
    private readonly NetworkParameters _parameters;
    private readonly OpenRules _rules;
    private readonly Dictionary<BlockHash, BlockNode> _nodes = [];
    private readonly HashSet<BlockHash> _invalid;

    /// <summary>Starts with the network's first block.</summary>
    /// <param name="parameters">The network.</param>
    /// <param name="invalid">Blocks that were found to break a rule in earlier runs.</param>
    /// <param name="rules">All of them, but in a simulation that shows what one is for.</param>
    public BlockTree(
        NetworkParameters parameters, IEnumerable<BlockHash>? invalid = null, OpenRules rules = OpenRules.All)
    {
        _parameters = parameters;
        _rules = rules;
        _invalid = [.. invalid ?? []];
        Block genesis = Genesis.Of(parameters);
        GenesisNode = new BlockNode(genesis.Header, genesis.Hash, null, WorkOf(genesis.Header.Bits))
        {
            HasBody = true,
            IsComplete = true,
            IsValidated = true,
        };
        _nodes.Add(genesis.Hash, GenesisNode);
        BestHeader = GenesisNode;
    }

    /// <summary>The first block.</summary>
    public BlockNode GenesisNode { get; }

    /// <summary>The header of most work that is not known to be invalid; of equal ones the first known.</summary>
    public BlockNode BestHeader { get; private set; }

    /// <summary>Number of headers known.</summary>
    public int Count => _nodes.Count;

    /// <summary>The header of this hash, or null.</summary>
    public BlockNode? Find(BlockHash hash) => _nodes.GetValueOrDefault(hash);

    /// <summary>Checks a header in its context and if it is good adds it. Knowing it already is good, too.</summary>
    /// <param name="header">The header.</param>
    /// <param name="nowUnixMs">Wall clock.</param>
    /// <param name="node">Where it stands, when it is good.</param>
    public BlockFault TryAdd(Header header, long nowUnixMs, out BlockNode? node)
    {
        BlockHash hash = header.ComputeHash();
        node = Find(hash);
        if (node is not null)
        {
            return node.IsInvalid ? BlockFault.KnownInvalid : BlockFault.None;
        }

        if (_invalid.Contains(hash))
        {
            return BlockFault.KnownInvalid;
        }

        // Work first: without it nothing is worth looking up.
        if (!HasWork(header, hash))
        {
            return BlockFault.NoWork;
        }

        BlockNode? parent = Find(header.Previous);
        BlockFault fault = parent is null ? BlockFault.UnknownParent : Check(header, parent, nowUnixMs);
        if (fault != BlockFault.None)
        {
            return fault;
        }

        node = new BlockNode(header, hash, parent, WorkOf(header.Bits));
        _nodes.Add(hash, node);
        if (node.Work > BestHeader.Work)
        {
            BestHeader = node;
        }

        return BlockFault.None;
    }

    /// <summary>The target of the block that stands on this one.</summary>
    public CompactTarget NextBits(BlockNode parent)
    {
        int height = parent.Height + 1;
        uint first = _parameters.SetsTargetAt(height)
            ? parent.Back(_parameters.RetargetWindow - 1).Header.Time
            : 0;
        return Difficulty.NextBits(_parameters, height, parent.Header.Bits, first, parent.Header.Time);
    }

    /// <summary>The time that the block on this one must exceed, in seconds since 1970.</summary>
    public static uint MedianTimeOf(BlockNode parent)
    {
        Span<uint> times = stackalloc uint[MedianTime.Span];
        int count = 0;
        for (BlockNode? node = parent; node is not null && count < times.Length; node = node.Parent)
        {
            times[count++] = node.Header.Time;
        }

        return MedianTime.Of(times[..count]);
    }

    /// <summary>The block is stored.</summary>
    /// <returns>The blocks that are complete now and were not before, each behind the one that it stands on.</returns>
    internal List<BlockNode> AddBody(BlockNode node, long arrival)
    {
        node.HasBody = true;
        node.Arrival = arrival;
        List<BlockNode> completed = [];
        if (node.Parent is { IsComplete: true })
        {
            node.IsComplete = true;
            completed.Add(node);
            for (int i = 0; i < completed.Count; i++)
            {
                foreach (BlockNode child in completed[i].Children.Where(child => child.HasBody))
                {
                    child.IsComplete = true;
                    completed.Add(child);
                }
            }
        }

        return completed;
    }

    /// <summary>The block breaks a rule, and so does whatever stands on it.</summary>
    internal void MarkInvalid(BlockNode node)
    {
        Queue<BlockNode> left = new([node]);
        while (left.TryDequeue(out BlockNode? next))
        {
            next.IsInvalid = true;
            foreach (BlockNode child in next.Children)
            {
                left.Enqueue(child);
            }
        }

        if (BestHeader.IsInvalid)
        {
            BestHeader = _nodes.Values.Where(other => !other.IsInvalid).Aggregate(
                GenesisNode, static (best, other) => other.Work > best.Work ? other : best);
        }
    }

    /// <summary>The complete block that counts: most work, then validated before not, then the first seen.</summary>
    internal BlockNode BestComplete() => _nodes.Values
        .Where(node => node.IsComplete && !node.IsInvalid)
        .Aggregate(GenesisNode, static (best, node) => CountsBefore(node, best) ? node : best);

    private static bool CountsBefore(BlockNode node, BlockNode other) =>
        node.Work != other.Work ? node.Work > other.Work
        : node.IsValidated != other.IsValidated ? node.IsValidated
        : node.Arrival < other.Arrival;

    private BlockFault Check(Header header, BlockNode parent, long nowUnixMs)
    {
        if (parent.IsInvalid)
        {
            return BlockFault.InvalidParent;
        }

        if (header.Version < 1)
        {
            return BlockFault.WrongVersion;
        }

        if (header.Bits != NextBits(parent))
        {
            return BlockFault.WrongTarget;
        }

        if (header.Time <= MedianTimeOf(parent))
        {
            return BlockFault.TimeTooOld;
        }

        if (header.Time > (nowUnixMs / 1_000) + OpenLimits.FutureSeconds)
        {
            return BlockFault.TimeTooNew;
        }

        bool isFork = _nodes.Count - BestHeader.Height > OpenLimits.ForkHeaders
            && parent.Work + WorkOf(header.Bits) <= BestHeader.Work;
        return isFork ? BlockFault.TooManyForks : BlockFault.None;
    }

    private bool HasWork(Header header, BlockHash hash) =>
        Target.FromCompact(header.Bits, out Target target) == CompactFault.None
        && target.CompareTo(_parameters.Limit) <= 0
        && (target.IsMetBy(hash) || !_rules.HasFlag(OpenRules.Work));

    private static Work WorkOf(CompactTarget bits)
    {
        CompactFault fault = Target.FromCompact(bits, out Target target);
        Invariant.Holds(fault == CompactFault.None, "the target of a header in the tree was checked");
        return Work.Of(target);
    }
}
