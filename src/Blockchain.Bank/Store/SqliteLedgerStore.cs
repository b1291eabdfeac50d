using Blockchain.Core.BankNetwork;
using Blockchain.Core.Kernel;
using Blockchain.Wire.Files;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Blockchain.Bank.Store;

/// <summary>
/// The ledger in SQLite: write-ahead log, synchronous=FULL (a commit is on disk when it returns), exclusive locking,
/// and a lock file, since two banks on one ledger would be two ledgers (rule 15).
/// </summary>
public sealed class SqliteLedgerStore : ILedgerStore
{
    private const int NoCheckpointOnClose = 1006;
    private readonly Lock _gate = new();
    private readonly LedgerFolder _folder;
    private readonly FolderLock _hold;
    private readonly SqliteConnection _connection;
    private readonly SqliteAppender _appender;
    private readonly LedgerMarkFile _mark;
    private Hash _head;
    private StoreFaultException? _fault;
    private bool _closed;

    private SqliteLedgerStore(LedgerFolder folder, FolderLock hold, SqliteConnection connection)
    {
        (Count, Checkpoint) = LedgerTables.ReadMeta(connection, folder);
        _head = Count == 0 ? Hash.Empty : HashOf(connection, folder, Count - 1);
        _folder = folder;
        _hold = hold;
        _connection = connection;
        _mark = LedgerMarkFile.Open(folder);
        _appender = new SqliteAppender(connection);
    }

    /// <inheritdoc/>
    public long Count { get => Volatile.Read(ref field); private set => Volatile.Write(ref field, value); }

    /// <inheritdoc/>
    public Checkpoint? Checkpoint { get => Volatile.Read(ref field); private set => Volatile.Write(ref field, value); }

    /// <summary>Opens the ledger of a folder, or makes it.</summary>
    /// <param name="folder">The bank's data folder.</param>
    /// <exception cref="StoreFaultException">The folder cannot be used.</exception>
    /// <exception cref="IntegrityException">The database was changed since it was closed, or is none.</exception>
    public static SqliteLedgerStore Open(LedgerFolder folder)
    {
        SqliteLibrary.Initialize();
        FolderLock hold = FolderLock.Take(folder.Path);
        SqliteConnection? connection = null;
        try
        {
            bool sealHeld = CheckSeal(folder);
            CheckPresence(folder);
            CheckLog(folder);
            connection = Connect(folder, isProven: sealHeld);
            return new SqliteLedgerStore(folder, hold, connection);
        }
        catch
        {
            connection?.Dispose();
            hold.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<StoredRow> Read(long from, int count)
    {
        lock (_gate)
        {
            ThrowIfUnusable();
            return LedgerTables.ReadRows(_connection, _folder, from, count);
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<StoredAccount> ReadAccounts()
    {
        lock (_gate)
        {
            ThrowIfUnusable();
            return LedgerTables.ReadAccounts(_connection, _folder, Count);
        }
    }

    /// <summary>Notes how far the ledger is on disk, once its replay has found no fault: a note of what is damaged
    /// would stand against the copy that is put in its place.</summary>
    /// <exception cref="StoreFaultException">It cannot be written.</exception>
    public void Accept()
    {
        lock (_gate)
        {
            ThrowIfUnusable();
            WriteMark();
        }
    }

    /// <inheritdoc/>
    public void Append(LedgerBatch batch)
    {
        lock (_gate)
        {
            ThrowIfUnusable();
            Invariant.Holds(batch.From == Count, "a batch starts where the ledger ends");
            Invariant.Holds(batch.Blocks.Count == batch.Hashes.Count, "every block of a batch has a hash");
            try
            {
                _appender.Append(batch);
            }
            catch (SqliteException fault)
            {
                Exception explained = SqliteFaults.Explain(fault, _folder.Database, Count);
                _fault = explained as StoreFaultException ?? new StoreFaultException(
                    $"{explained.Message}. Run verify on the data folder.", explained);
                throw _fault;
            }

            Count += batch.Blocks.Count;
            Checkpoint = batch.Checkpoint ?? Checkpoint;
            _head = batch.Hashes is [.., var head] ? head : _head;
            WriteMark();
        }
    }

    /// <summary>Moves everything from the write-ahead log into the database, closes it and seals it.</summary>
    /// <exception cref="StoreFaultException">The end could not be made durable.</exception>
    public void Close()
    {
        lock (_gate)
        {
            if (_closed)
            {
                return;
            }

            ThrowIfUnusable();
            try
            {
                LedgerTables.Guard(_folder, () => Count, () => Execute(_connection, "PRAGMA wal_checkpoint(TRUNCATE)"));
                CloseConnection();
                LedgerSeal.Write(_folder);
                _mark.Delete();
            }
            finally
            {
                Release();
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            if (!_closed)
            {
                Release();
            }
        }
    }

    /// <summary>For tests: asks the database something, or damages it.</summary>
    internal object? Query(string text)
    {
        using SqliteCommand command = _connection.CreateCommand();
        command.CommandText = text;
        return command.ExecuteScalar();
    }

    /// <summary>For tests: leaves the files as a killed process leaves them.</summary>
    internal void Abandon()
    {
        KeepLog(_connection);
        Dispose();
    }

    // A changed file is not opened for writing: what is found in it stays as it was found.
    private static bool CheckSeal(LedgerFolder folder)
    {
        if (!File.Exists(folder.Seal))
        {
            return false;
        }

        if (!File.Exists(folder.Database))
        {
            throw new IntegrityException(0, "ledger.db is gone and its seal is there");
        }

        if (!LedgerSeal.Holds(folder))
        {
            using LedgerDatabase database = LedgerDatabase.OpenHeld(folder);
            LedgerState ledger = LedgerReplay.Run(database.ReadBlocks());
            LedgerReplay.CheckAccounts(ledger, database.ReadAccounts());
            throw new IntegrityException(-1, LedgerSeal.Broken);
        }

        File.Delete(folder.Seal);
        return true;
    }

    // A new bank makes its database before its key. So a key alone has lost its ledger, and another one under the same
    // key would contradict what the clients hold.
    private static void CheckPresence(LedgerFolder folder)
    {
        if (!File.Exists(folder.Database) && File.Exists(folder.Key))
        {
            throw new StoreFaultException(
                $"ledger.db is gone from {folder.Path}, and the bank.key of its ledger is there. Put a backup of the "
                + "folder in its place and start the bank while its clients run (README.md, \"Backup\"); to begin a "
                + "new ledger, move the whole folder away.");
        }
    }

    // SQLite would take the damage for the end of the log, and the next commit would overwrite what is behind it.
    private static void CheckLog(LedgerFolder folder)
    {
        if (WriteAheadLog.Inspect(folder).Damage is not { } damage)
        {
            return;
        }

        long good = 0;
        try
        {
            using LedgerDatabase database = LedgerDatabase.OpenHeld(folder);
            LedgerReplay.Run(database.ReadBlocks(), (index, _) => good = index + 1);
        }
        catch (IntegrityException)
        {
            // What is left need not be a ledger; how far it is one was counted.
        }

        throw new IntegrityException(good, damage);
    }

    private static SqliteConnection Connect(LedgerFolder folder, bool isProven)
    {
        SqliteConnection connection = new(new SqliteConnectionStringBuilder
        {
            DataSource = folder.Database,
            Pooling = false,
        }.ToString());
        try
        {
            LedgerTables.Guard(folder, () => 0, () =>
            {
                connection.Open();
                Execute(connection, "PRAGMA locking_mode=EXCLUSIVE");
                CheckMark(connection, folder);
                Execute(connection, "PRAGMA journal_mode=WAL");
                Execute(connection, "PRAGMA synchronous=FULL");
                Execute(connection, "PRAGMA fullfsync=1");
                Execute(connection, "PRAGMA trusted_schema=0");
                CreateTables(connection);
                if (!isProven && LedgerTables.FindStructureFault(connection, folder) is { } fault)
                {
                    throw new IntegrityException(LedgerTables.ReadMeta(connection, folder).Count, fault);
                }

                // A killed bank may leave commits that no flush has covered. What is read from here on is told to
                // clients as durable, so it is flushed first: moving the log into the database does that.
                Execute(connection, "PRAGMA wal_checkpoint(TRUNCATE)");
            });
            return connection;
        }
        catch
        {
            // What was found is left as it was found, with its log.
            KeepLog(connection);
            connection.Dispose();
            throw;
        }
    }

    // Before anything is written. What is no mark says nothing, as none does: a power loss can leave that.
    private static void CheckMark(SqliteConnection connection, LedgerFolder folder)
    {
        if (!LedgerMark.TryRead(folder, out LedgerMark mark, out _))
        {
            return;
        }

        (long count, Checkpoint? checkpoint) =
            HasNoTables(connection) ? (0, null) : LedgerTables.ReadMeta(connection, folder);
        if (mark.TryFindLoss(
            count, checkpoint?.Index + 1 ?? 0, index => HashOf(connection, folder, index), out StoredFault? loss))
        {
            throw new IntegrityException(loss.Index, loss.Explanation);
        }
    }

    private static Hash HashOf(SqliteConnection connection, LedgerFolder folder, long index) =>
        LedgerTables.ReadRows(connection, folder, index, 1)[0].Hash;

    private static void CreateTables(SqliteConnection connection)
    {
        if (HasNoTables(connection))
        {
            Execute(connection, $"BEGIN IMMEDIATE; {LedgerTables.Create} COMMIT;");
        }
    }

    private static bool HasNoTables(SqliteConnection connection)
    {
        using SqliteCommand count = connection.CreateCommand();
        count.CommandText = "SELECT count(*) FROM sqlite_schema";
        return count.ExecuteScalar() is 0L;
    }

    private static void KeepLog(SqliteConnection connection)
    {
        if (connection.Handle is { } handle)
        {
            raw.sqlite3_db_config(handle, NoCheckpointOnClose, 1, out _);
        }
    }

    private static void Execute(SqliteConnection connection, string text)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = text;
        command.ExecuteNonQuery();
    }

    private void WriteMark() => _mark.Write(new LedgerMark(Count, _head, Checkpoint?.Index + 1 ?? 0));

    private void ThrowIfUnusable()
    {
        ObjectDisposedException.ThrowIf(_closed, this);
        if (_fault is not null)
        {
            throw new StoreFaultException(_fault.Message, _fault);
        }
    }

    private void CloseConnection()
    {
        _appender.Dispose();
        _connection.Dispose();
    }

    private void Release()
    {
        _closed = true;
        if (_fault is not null)
        {
            // What failed once is left as it is: closing would try to write the log into the database.
            KeepLog(_connection);
        }

        CloseConnection();
        _mark.Dispose();
        _hold.Dispose();
    }
}
