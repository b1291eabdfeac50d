using Blockchain.Core.OpenNetwork;

namespace Blockchain.Node.Store;

/// <summary>One change of what a node keeps. Closed.</summary>
public abstract record StoreChange
{
    private StoreChange()
    {
    }

    /// <summary>About how many bytes it takes on its way to the disk.</summary>
    public abstract long Bytes { get; }

    /// <summary>Keep a block, or keep it anew with other values.</summary>
    /// <param name="Block">The block.</param>
    /// <param name="Arrival">Its number in the order in which the blocks came.</param>
    /// <param name="IsValidated">Whether every rule was checked.</param>
    public sealed record PutBlock(Block Block, long Arrival, bool IsValidated) : StoreChange
    {
        /// <inheritdoc/>
        public override long Bytes => Block.Size;
    }

    /// <summary>Every rule was checked of a block that is kept.</summary>
    /// <param name="Hash">The block.</param>
    public sealed record MarkValidated(BlockHash Hash) : StoreChange
    {
        /// <inheritdoc/>
        public override long Bytes => Core.Kernel.Bytes32.Size;
    }

    /// <summary>A block breaks a rule: remember that, and no longer keep it.</summary>
    /// <param name="Hash">The block, kept or not.</param>
    public sealed record MarkInvalid(BlockHash Hash) : StoreChange
    {
        /// <inheritdoc/>
        public override long Bytes => Core.Kernel.Bytes32.Size;
    }

    /// <summary>Keep a transaction that waits.</summary>
    /// <param name="Transaction">The transaction.</param>
    public sealed record PutTransaction(Transaction Transaction) : StoreChange
    {
        /// <inheritdoc/>
        public override long Bytes => Transaction.Size;
    }

    /// <summary>It no longer waits.</summary>
    /// <param name="Id">The transaction.</param>
    public sealed record DropTransaction(TransactionId Id) : StoreChange
    {
        /// <inheritdoc/>
        public override long Bytes => Core.Kernel.Bytes32.Size;
    }

    /// <summary>Remember these addresses of nodes, and no others.</summary>
    /// <param name="Addresses">The addresses.</param>
    public sealed record PutPeers(IReadOnlyList<string> Addresses) : StoreChange
    {
        /// <inheritdoc/>
        public override long Bytes => 64L * Addresses.Count;
    }
}
