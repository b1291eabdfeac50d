namespace Blockchain.Core.OpenNetwork;

/// <summary>A connected node, as the full node sees it.</summary>
public sealed class NodePeer
{
    internal NodePeer(PeerId id, bool isOutgoing, string address, long nowMs)
    {
        Id = id;
        IsOutgoing = isOutgoing;
        Address = address;
        ConnectedMs = nowMs;
        HeardMs = nowMs;
        ComparedMs = nowMs;
    }

    /// <summary>Names the connection.</summary>
    public PeerId Id { get; }

    /// <summary>Whether this node dialled.</summary>
    public bool IsOutgoing { get; }

    /// <summary>What was dialled, or where the peer came from.</summary>
    public string Address { get; }

    /// <summary>When the connection came up, in milliseconds since 1970.</summary>
    public long ConnectedMs { get; }

    /// <summary>Whether it has said who it is.</summary>
    public bool IsReady { get; internal set; }

    /// <summary>Where it says that it can be reached.</summary>
    public string Listen { get; internal set; } = string.Empty;

    /// <summary>Height of the best block that it is known or says to have.</summary>
    public int Height { get; internal set; }

    /// <summary>Work of the best chain that it is known or says to have.</summary>
    public Work Work { get; internal set; }

    internal ulong Agent { get; set; }

    internal long HeardMs { get; set; }

    internal bool IsPinged { get; set; }

    /// <summary>When headers were asked for; null when no answer is owed.</summary>
    internal long? HeadersAskedMs { get; set; }

    /// <summary>When it was last made sure that both know the better chain of the two.</summary>
    internal long ComparedMs { get; set; }

    internal int Failures { get; set; }

    internal HashSet<BlockHash> InFlight { get; } = [];

    /// <summary>How many transactions it was asked for and has not sent.</summary>
    internal int TransactionsInFlight { get; set; }

    internal BoundedSet<BlockHash> KnownBlocks { get; } = new(OpenLimits.Inventory);

    internal BoundedSet<BlockHash> MissingBlocks { get; } = new(OpenLimits.Inventory);

    internal BoundedSet<TransactionId> KnownTransactions { get; } = new(OpenLimits.KnownThere);

    internal Queue<TransactionId> Announcements { get; } = new();

    internal void SeenTo(BlockNode node)
    {
        if (node.Work > Work)
        {
            Work = node.Work;
            Height = node.Height;
        }
    }
}
