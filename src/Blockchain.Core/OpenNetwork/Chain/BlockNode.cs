namespace Blockchain.Core.OpenNetwork;

/// <summary>A known header and its place in the tree of headers.</summary>
public sealed class BlockNode
{
    private List<BlockNode>? _children;

    internal BlockNode(Header header, BlockHash hash, BlockNode? parent, Work ownWork)
    {
        Header = header;
        Hash = hash;
        Parent = parent;
        Height = parent is null ? 0 : parent.Height + 1;
        Work = parent is null ? ownWork : parent.Work + ownWork;
        parent?.AddChild(this);
    }

    /// <summary>The header.</summary>
    public Header Header { get; }

    /// <summary>Its hash.</summary>
    public BlockHash Hash { get; }

    /// <summary>The header before; null for the first.</summary>
    public BlockNode? Parent { get; }

    /// <summary>Number of headers before.</summary>
    public int Height { get; }

    /// <summary>Work of this header and all before.</summary>
    public Work Work { get; }

    /// <summary>Counts the blocks of this node in the order in which they came; 0 while the block is not
    /// here.</summary>
    public long Arrival { get; internal set; }

    /// <summary>Whether the block is stored, and not only its header.</summary>
    public bool HasBody { get; internal set; }

    /// <summary>Whether all blocks up to here are stored.</summary>
    public bool IsComplete { get; internal set; }

    /// <summary>Whether every rule was checked.</summary>
    public bool IsValidated { get; internal set; }

    /// <summary>Whether it, or one before it, breaks a rule.</summary>
    public bool IsInvalid { get; internal set; }

    /// <summary>Who sent the block; null when it was mined here or read from the store.</summary>
    internal PeerId? Sender { get; set; }

    /// <summary>Name and place.</summary>
    public BlockPlace Place => new(Hash, Height);

    /// <summary>The headers that stand on this one.</summary>
    public IReadOnlyList<BlockNode> Children => _children ?? [];

    /// <summary>The header so many blocks before; the first when there are not so many.</summary>
    public BlockNode Back(int blocks)
    {
        BlockNode node = this;
        for (int i = 0; i < blocks && node.Parent is { } parent; i++)
        {
            node = parent;
        }

        return node;
    }

    private void AddChild(BlockNode child) => (_children ??= new List<BlockNode>(1)).Add(child);
}
