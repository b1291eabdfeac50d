using Blockchain.Core.BankNetwork;
using Blockchain.Core.Kernel;
using Microsoft.Data.Sqlite;

namespace Blockchain.Bank.Store;

/// <summary>Writes batches with statements that are prepared once. One thread at a time.</summary>
internal sealed class SqliteAppender : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly SqliteCommand _begin;
    private readonly SqliteCommand _commit;
    private readonly SqliteCommand _block;
    private readonly SqliteCommand _open;
    private readonly SqliteCommand _balance;
    private readonly SqliteCommand _meta;

    public SqliteAppender(SqliteConnection connection)
    {
        _connection = connection;
        _begin = Prepare("BEGIN IMMEDIATE", 0);
        _commit = Prepare("COMMIT", 0);
        _block = Prepare("INSERT INTO ledger VALUES ($a, $b, $c)", 3);
        _open = Prepare("INSERT INTO accounts VALUES ($a, $b, $c, $d)", 4);
        _balance = Prepare("UPDATE accounts SET balance = balance + $b WHERE id = $a", 2);
        _meta = Prepare("INSERT OR REPLACE INTO meta VALUES ($a, $b)", 2);
    }

    /// <summary>Commits the batch; the commit is on disk when this returns. After a failure nothing more is asked of
    /// the connection than to close: SQLite may have rolled back by itself, and the wrapper's transaction, which would
    /// do so once more, would hide what failed behind the failure of that.</summary>
    /// <exception cref="SqliteException">Nothing of it is in the ledger, or nobody knows.</exception>
    public void Append(LedgerBatch batch)
    {
        Run(_begin);
        byte[] hash = new byte[Hash.Size];
        for (int i = 0; i < batch.Blocks.Count; i++)
        {
            batch.Hashes[i].CopyTo(hash);
            Run(_block, batch.From + i, batch.Blocks[i].Canonical.ToArray(), hash);
        }

        BalanceChanges changes = new(batch.Blocks);
        byte[] key = new byte[PublicKey.Size];
        foreach (Block.Open open in changes.Opened)
        {
            open.PublicKey.CopyTo(key);
            Run(_open, open.Account, open.Name, key, open.Deposit.Minor);
        }

        foreach ((int account, long minor) in changes.Minor)
        {
            int rows = Run(_balance, account, minor);
            Invariant.Holds(rows == 1, $"account {account} has one row");
        }

        if (batch.Checkpoint is { } checkpoint)
        {
            CanonicalWriter writer = new();
            checkpoint.Write(writer);
            Run(_meta, "checkpoint", writer.ToArray());
        }

        Run(_commit);
    }

    public void Dispose()
    {
        _begin.Dispose();
        _commit.Dispose();
        _block.Dispose();
        _open.Dispose();
        _balance.Dispose();
        _meta.Dispose();
    }

    private static int Run(SqliteCommand command, params ReadOnlySpan<object> values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            command.Parameters[i].Value = values[i];
        }

        return command.ExecuteNonQuery();
    }

    private SqliteCommand Prepare(string text, int parameters)
    {
        SqliteCommand command = _connection.CreateCommand();
        command.CommandText = text;
        for (int i = 0; i < parameters; i++)
        {
            command.Parameters.Add(new SqliteParameter { ParameterName = $"${(char)('a' + i)}" });
        }

        return command;
    }
}
