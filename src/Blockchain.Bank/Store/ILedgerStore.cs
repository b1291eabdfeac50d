using Blockchain.Core.BankNetwork;
using Blockchain.Core.Kernel;
using Blockchain.Wire.Files;

namespace Blockchain.Bank.Store;

/// <summary>
/// Where the bank's ledger lives. As narrow as it can be: append, read, close, and what a start needs to compare.
/// Safe for one appending thread beside any number of reading ones.
/// </summary>
/// <remarks>
/// A store only keeps; it judges nothing. <see cref="LedgerReplay"/> decides whether what it kept is a ledger.
/// <see cref="IDisposable.Dispose"/> without <see cref="Close"/> leaves what a crash would leave.
/// </remarks>
public interface ILedgerStore : IDisposable
{
    /// <summary>Number of durable blocks.</summary>
    long Count { get; }

    /// <summary>The latest checkpoint stored, null for none.</summary>
    Checkpoint? Checkpoint { get; }

    /// <summary>Blocks from an index on, in order; fewer than asked for at the end.</summary>
    /// <param name="from">Index of the first.</param>
    /// <param name="count">How many at most.</param>
    /// <exception cref="IntegrityException">What is stored there cannot be read as rows.</exception>
    /// <exception cref="StoreFaultException">The store cannot be read.</exception>
    IReadOnlyList<StoredRow> Read(long from, int count);

    /// <summary>The accounts as they are stored beside the blocks, by number.</summary>
    /// <exception cref="IntegrityException">What is stored there cannot be read as accounts.</exception>
    IReadOnlyList<StoredAccount> ReadAccounts();

    /// <summary>Makes a batch durable: all of it or nothing.</summary>
    /// <exception cref="StoreFaultException">It could not be made durable. It is not tried again: after a failed flush
    /// nobody knows what reached the disk. From here on every call fails the same way.</exception>
    void Append(LedgerBatch batch);

    /// <summary>Ends the use of the store cleanly.</summary>
    /// <exception cref="StoreFaultException">The end could not be made durable.</exception>
    void Close();
}

/// <summary>What is made durable together.</summary>
/// <param name="From">Index of the first block: the number of blocks stored so far.</param>
/// <param name="Blocks">The blocks, in order.</param>
/// <param name="Hashes">Their hashes.</param>
/// <param name="Checkpoint">A newer checkpoint, null for none.</param>
public sealed record LedgerBatch(
    long From, IReadOnlyList<Block> Blocks, IReadOnlyList<Hash> Hashes, Checkpoint? Checkpoint);

/// <summary>One block as it is stored.</summary>
/// <param name="Index">The index that it is stored under.</param>
/// <param name="Bytes">Its canonical bytes.</param>
/// <param name="Hash">The hash stored with it.</param>
public readonly record struct StoredRow(long Index, ReadOnlyMemory<byte> Bytes, Hash Hash);

/// <summary>One account as it is stored beside the blocks.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Name">Its name.</param>
/// <param name="PublicKey">Its key.</param>
/// <param name="Balance">Its balance after the stored blocks.</param>
public sealed record StoredAccount(int Id, string Name, PublicKey PublicKey, Money Balance);
