using Blockchain.Core.OpenNetwork;
using Blockchain.Wire.Files;

namespace Blockchain.Node.Store;

/// <summary>
/// What a node keeps: blocks with the order in which they came, transactions that wait, addresses of nodes. The state
/// of the chain is not among it: it is made from the blocks at every start. Safe for one writing thread beside any
/// number of reading ones.
/// </summary>
/// <remarks><see cref="IDisposable.Dispose"/> without <see cref="Close"/> leaves what a crash would leave.</remarks>
public interface INodeStore : IDisposable
{
    /// <summary>The headers of every block, in the order in which the blocks came.</summary>
    /// <exception cref="IntegrityException">What is stored cannot be read as blocks.</exception>
    StoredChain ReadChain();

    /// <summary>The transactions that wait, in the order in which they came.</summary>
    IReadOnlyList<Transaction> ReadTransactions();

    /// <summary>Addresses of nodes.</summary>
    IReadOnlyList<string> ReadPeers();

    /// <summary>One block; null when it is not stored.</summary>
    Block? Find(BlockHash hash);

    /// <summary>Makes changes durable: all of them or none.</summary>
    /// <exception cref="StoreFaultException">They could not be made durable. It is not tried again: after a failed
    /// flush nobody knows what reached the disk. From here on every call fails the same way.</exception>
    void Commit(IReadOnlyList<StoreChange> changes);

    /// <summary>Ends the use of the store cleanly.</summary>
    /// <exception cref="StoreFaultException">The end could not be made durable.</exception>
    void Close();
}

/// <summary>The blocks that are stored, by their headers.</summary>
/// <param name="Blocks">In the order in which they came.</param>
/// <param name="Invalid">Blocks that break a rule, and are not stored.</param>
public sealed record StoredChain(IReadOnlyList<StoredBlock> Blocks, IReadOnlyCollection<BlockHash> Invalid);
