namespace Blockchain.Core.OpenNetwork;

/// <summary>A stored block, without its transactions.</summary>
/// <param name="Header">Its header.</param>
/// <param name="Arrival">As <see cref="NodeOutput.StoreBlock"/> said.</param>
/// <param name="IsValidated">As <see cref="NodeOutput.StoreBlock"/> or <see cref="NodeOutput.MarkValidated"/> said
/// last.</param>
public sealed record StoredBlock(Header Header, long Arrival, bool IsValidated);

/// <summary>What a node has stored, and what it is given for one run.</summary>
public sealed record NodeState
{
    /// <summary>Wall clock at the start, in milliseconds since 1970.</summary>
    public required long NowUnixMs { get; init; }

    /// <summary>A random number for this run.</summary>
    public required ulong Agent { get; init; }

    /// <summary>Where others reach this node; empty when they cannot.</summary>
    public string Listen { get; init; } = string.Empty;

    /// <summary>The stored blocks by <see cref="StoredBlock.Arrival"/>, without the first block of the
    /// network.</summary>
    public IReadOnlyList<StoredBlock> Blocks { get; init; } = [];

    /// <summary>Blocks that break a rule.</summary>
    public IReadOnlyCollection<BlockHash> Invalid { get; init; } = [];

    /// <summary>The transactions that waited for a block, in the order in which they were stored.</summary>
    public IReadOnlyList<Transaction> Pending { get; init; } = [];

    /// <summary>Addresses of other nodes.</summary>
    public IReadOnlyList<string> Addresses { get; init; } = [];
}
