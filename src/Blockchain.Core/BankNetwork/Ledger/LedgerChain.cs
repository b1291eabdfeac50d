using Blockchain.Core.Kernel;

namespace Blockchain.Core.BankNetwork;

/// <summary>A block that is known and not settled.</summary>
/// <param name="Block">The block.</param>
/// <param name="Index">The index that the bank gave it.</param>
/// <param name="Hash">Its hash at its present place in the sorted chain.</param>
public readonly record struct ProvisionalBlock(Block Block, long Index, Hash Hash);

/// <summary>The chain that a client keeps.</summary>
public sealed class LedgerChain
{
    /// <summary>Number of settled blocks.</summary>
    public long SettledCount => 0;

    /// <summary>Blocks above the settled ones, sorted by key.</summary>
    public IReadOnlyList<ProvisionalBlock> Provisional => [];
}
