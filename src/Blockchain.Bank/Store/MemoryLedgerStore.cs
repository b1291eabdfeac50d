using Blockchain.Core.BankNetwork;
using Blockchain.Core.Kernel;

namespace Blockchain.Bank.Store;

/// <summary>A ledger in memory, for tests and for banks that need not outlive their process.</summary>
public sealed class MemoryLedgerStore : ILedgerStore
{
    private readonly Lock _gate = new();
    private readonly List<StoredRow> _rows = [];
    private readonly SortedDictionary<int, StoredAccount> _accounts = [];
    private Checkpoint? _checkpoint;
    private bool _closed;

    /// <inheritdoc/>
    public long Count
    {
        get
        {
            lock (_gate)
            {
                return _rows.Count;
            }
        }
    }

    /// <inheritdoc/>
    public Checkpoint? Checkpoint
    {
        get
        {
            lock (_gate)
            {
                return _checkpoint;
            }
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<StoredRow> Read(long from, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(from);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_closed, this);
            int start = (int)Math.Min(from, _rows.Count);
            return _rows.GetRange(start, Math.Min(count, _rows.Count - start));
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<StoredAccount> ReadAccounts()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_closed, this);
            return [.. _accounts.Values];
        }
    }

    /// <inheritdoc/>
    public void Append(LedgerBatch batch)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_closed, this);
            Invariant.Holds(batch.From == _rows.Count, "a batch starts where the ledger ends");
            Invariant.Holds(batch.Blocks.Count == batch.Hashes.Count, "every block of a batch has a hash");
            for (int i = 0; i < batch.Blocks.Count; i++)
            {
                _rows.Add(new StoredRow(batch.From + i, batch.Blocks[i].Canonical, batch.Hashes[i]));
            }

            BalanceChanges changes = new(batch.Blocks);
            foreach (Block.Open open in changes.Opened)
            {
                _accounts.Add(open.Account, new StoredAccount(open.Account, open.Name, open.PublicKey, open.Deposit));
            }

            foreach ((int account, long minor) in changes.Minor)
            {
                StoredAccount row = _accounts[account];
                _accounts[account] = row with { Balance = new Money(row.Balance.Minor + minor) };
            }

            _checkpoint = batch.Checkpoint ?? _checkpoint;
        }
    }

    /// <inheritdoc/>
    public void Close() => Dispose();

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            _closed = true;
        }
    }
}
