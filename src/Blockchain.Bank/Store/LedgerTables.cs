using Blockchain.Core.BankNetwork;
using Blockchain.Core.Kernel;
using Blockchain.Wire.Files;
using Microsoft.Data.Sqlite;

namespace Blockchain.Bank.Store;

/// <summary>The tables of ledger.db, and how their rows are read. FORMAT.md describes them.</summary>
internal static class LedgerTables
{
    /// <summary>The layout that this program writes.</summary>
    public const long FormatVersion = 1;

    /// <summary>Makes the tables of an empty database.</summary>
    public const string Create = """
        CREATE TABLE ledger (idx INTEGER PRIMARY KEY, block BLOB NOT NULL, hash BLOB NOT NULL);
        CREATE TABLE accounts (
            id INTEGER PRIMARY KEY, name TEXT NOT NULL, public_key BLOB NOT NULL, balance INTEGER NOT NULL);
        CREATE TABLE meta (name TEXT PRIMARY KEY, value NOT NULL);
        INSERT INTO meta VALUES ('format', 1);
        """;

    private const int MinBlockBytes = 20;
    private const string Tables = "SELECT group_concat(sql, ';') || ';' FROM (SELECT sql FROM sqlite_schema "
        + "WHERE sql IS NOT NULL ORDER BY rowid)";

    /// <summary>Reads rows of the ledger.</summary>
    public static List<StoredRow> ReadRows(SqliteConnection connection, LedgerFolder folder, long from, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(from);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        List<StoredRow> rows = [];
        Guard(folder, () => from + rows.Count, () =>
        {
            using SqliteCommand command = connection.CreateCommand();
            command.CommandText = "SELECT idx, block, hash FROM ledger WHERE idx >= $from ORDER BY idx LIMIT $count";
            command.Parameters.AddWithValue("$from", from);
            command.Parameters.AddWithValue("$count", count);
            using SqliteDataReader reader = command.ExecuteReader();
            while (reader.Read())
            {
                long index = reader.GetInt64(0);
                byte[] block = Blob(reader, 1);
                byte[] hash = Blob(reader, 2);
                if (block.Length < MinBlockBytes || hash.Length != Hash.Size)
                {
                    throw new IntegrityException(index, "its row does not hold a block and a hash");
                }

                rows.Add(new StoredRow(index, block, new Hash(hash)));
            }
        });
        return rows;
    }

    /// <summary>Reads the accounts.</summary>
    public static List<StoredAccount> ReadAccounts(SqliteConnection connection, LedgerFolder folder, long count)
    {
        List<StoredAccount> accounts = [];
        Guard(folder, () => count, () =>
        {
            using SqliteCommand command = connection.CreateCommand();
            command.CommandText = "SELECT id, name, public_key, balance FROM accounts ORDER BY id";
            using SqliteDataReader reader = command.ExecuteReader();
            while (reader.Read())
            {
                bool isKey = PublicKey.TryRead(Blob(reader, 2), out PublicKey key);
                long id = reader.GetInt64(0);
                if (!isKey || id is < 1 or > int.MaxValue)
                {
                    throw new IntegrityException(count, $"the row of account {accounts.Count + 1} is no account");
                }

                accounts.Add(new StoredAccount((int)id, reader.GetString(1), key, new Money(reader.GetInt64(3))));
            }
        });
        return accounts;
    }

    /// <summary>Reads what is kept beside the ledger: format, checkpoint, number of blocks.</summary>
    public static (long Count, Checkpoint? Checkpoint) ReadMeta(SqliteConnection connection, LedgerFolder folder)
    {
        long count = 0;
        Checkpoint? checkpoint = null;
        Guard(folder, () => count, () =>
        {
            count = (long)Scalar(connection, "SELECT coalesce(max(idx) + 1, 0) FROM ledger")!;
            object? format = Scalar(connection, "SELECT value FROM meta WHERE name = 'format'");
            if (format is not FormatVersion)
            {
                throw format is > FormatVersion
                    ? new StoreFaultException(
                        $"{folder.Database} has format {format} and this program knows {FormatVersion}. "
                            + "Use the newer program that wrote it.")
                    : new IntegrityException(count, "the format that ledger.db states is none");
            }

            checkpoint = Scalar(connection, "SELECT value FROM meta WHERE name = 'checkpoint'") switch
            {
                null => null,
                byte[] bytes => ReadCheckpoint(bytes, count),
                _ => throw new IntegrityException(count, "the stored checkpoint is none"),
            };
        });
        return (count, checkpoint);
    }

    /// <summary>What is wrong with tables, trees and indexes, beyond what reading the rows shows; null for nothing.
    /// Reads the whole file.</summary>
    public static string? FindStructureFault(SqliteConnection connection, LedgerFolder folder)
    {
        string? fault = null;
        Guard(folder, () => -1, () =>
        {
            bool hasTables = Scalar(connection, Tables) is string tables
                && Create.Split("INSERT")[0].Where(IsInk).SequenceEqual(tables.Where(IsInk));
            string? found = Scalar(connection, "PRAGMA integrity_check(1)") as string;
            fault = !hasTables ? "ledger.db does not have the tables of a ledger"
                : found != "ok" ? $"ledger.db does not hold together: {found?.ReplaceLineEndings(" ")}"
                : null;
        });
        return fault;
    }

    /// <summary>Runs what uses SQLite and says in words what goes wrong.</summary>
    public static void Guard(LedgerFolder folder, Func<long> index, Action use)
    {
        try
        {
            use();
        }
        catch (SqliteException fault)
        {
            throw SqliteFaults.Explain(fault, folder.Database, index());
        }
        catch (Exception fault) when (fault is InvalidCastException or InvalidOperationException
            and not ObjectDisposedException)
        {
            // A value that is not of its column's kind: no program wrote that.
            throw new IntegrityException(index(), $"a value in ledger.db is not of its kind: {fault.Message}");
        }
    }

    private static object? Scalar(SqliteConnection connection, string query)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = query;
        return command.ExecuteScalar();
    }

    private static bool IsInk(char letter) => !char.IsWhiteSpace(letter);

    private static Checkpoint ReadCheckpoint(byte[] bytes, long count)
    {
        try
        {
            CanonicalReader reader = new(bytes);
            Checkpoint checkpoint = Checkpoint.Read(ref reader);
            reader.End();
            return checkpoint;
        }
        catch (FormatFaultException fault)
        {
            throw new IntegrityException(count, $"the stored checkpoint is none: {fault.Message}");
        }
    }

    private static byte[] Blob(SqliteDataReader reader, int column) =>
        reader.IsDBNull(column) ? [] : reader.GetFieldValue<byte[]>(column);
}
