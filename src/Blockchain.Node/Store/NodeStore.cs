using Blockchain.Core.OpenNetwork;
using Blockchain.Wire.Files;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Blockchain.Node.Store;

/// <summary>A node's store in SQLite: write-ahead log, synchronous=FULL (a commit is on disk when it returns), and a
/// lock file.</summary>
public sealed class NodeStore : INodeStore
{
    /// <summary>Name of the database in the node's folder.</summary>
    public const string FileName = "node.db";

    private const int NoCheckpointOnClose = 1006;
    private readonly Lock _gate = new();
    private readonly string _path;
    private readonly FolderLock _hold;
    private readonly SqliteConnection _connection;
    private readonly NodeTables _tables;
    private StoreFaultException? _fault;
    private bool _closed;

    private NodeStore(string path, FolderLock hold, SqliteConnection connection)
    {
        _path = path;
        _hold = hold;
        _connection = connection;
        _tables = new NodeTables(connection);
    }

    /// <summary>Opens the store of a folder, or makes it.</summary>
    /// <param name="folder">The node's data folder.</param>
    /// <param name="network">Id of the network that the node is on.</param>
    /// <exception cref="StoreFaultException">The folder cannot be used, or belongs to another network.</exception>
    /// <exception cref="IntegrityException">The database is none, or not of this program.</exception>
    public static NodeStore Open(string folder, BlockHash network)
    {
        SqliteLibrary.Initialize();
        FolderLock hold = FolderLock.Take(folder);
        SqliteConnection? connection = null;
        try
        {
            string path = Path.Combine(folder, FileName);
            connection = new SqliteConnection(new SqliteConnectionStringBuilder
            {
                DataSource = path,
                Pooling = false,
            }.ToString());
            Prepare(connection, path);
            NodeStore store = new(path, hold, connection);
            store.Claim(network, folder);
            return store;
        }
        catch
        {
            connection?.Dispose();
            hold.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public StoredChain ReadChain() => Guard(_tables.ReadChain);

    /// <inheritdoc/>
    public IReadOnlyList<Transaction> ReadTransactions() => Guard(_tables.ReadTransactions);

    /// <inheritdoc/>
    public IReadOnlyList<string> ReadPeers() => Guard(_tables.ReadPeers);

    /// <inheritdoc/>
    public Block? Find(BlockHash hash) => Guard(() => _tables.Find(hash));

    /// <inheritdoc/>
    public void Commit(IReadOnlyList<StoreChange> changes)
    {
        lock (_gate)
        {
            ThrowIfUnusable();
            try
            {
                _tables.Commit(changes);
            }
            catch (SqliteException fault)
            {
                Exception explained = Explain(fault, _path);
                _fault = explained as StoreFaultException ?? new StoreFaultException(explained.Message, explained);
                throw _fault;
            }
        }
    }

    /// <inheritdoc/>
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
                Explain(_path, () => Execute(_connection, "PRAGMA wal_checkpoint(TRUNCATE)"));
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

    private static void Prepare(SqliteConnection connection, string path) => Explain(path, () =>
    {
        connection.Open();
        Execute(connection, "PRAGMA locking_mode=EXCLUSIVE");
        Execute(connection, "PRAGMA journal_mode=WAL");
        Execute(connection, "PRAGMA synchronous=FULL");
        Execute(connection, "PRAGMA fullfsync=1");
        Execute(connection, "PRAGMA trusted_schema=0");
        using SqliteCommand count = connection.CreateCommand();
        count.CommandText = "SELECT count(*) FROM sqlite_master";
        if (count.ExecuteScalar() is 0L)
        {
            Execute(connection, $"BEGIN IMMEDIATE; {NodeTables.Create} COMMIT;");
        }

        // A killed node may leave commits that no flush has covered. What is read from here on is told to others, so it
        // is flushed first: moving the log into the database does that.
        Execute(connection, "PRAGMA wal_checkpoint(TRUNCATE)");
    });

    private static void Execute(SqliteConnection connection, string text)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = text;
        command.ExecuteNonQuery();
    }

    private static void Explain(string path, Action access)
    {
        try
        {
            access();
        }
        catch (Exception fault) when (fault is SqliteException or IntegrityException)
        {
            throw Explain(fault, path);
        }
    }

    // Everything but what only this node has seen can be had from other nodes again, so there is a way out.
    private static Exception Explain(Exception fault, string path)
    {
        Exception explained = fault is SqliteException raw ? SqliteFaults.Explain(raw, path, -1) : fault;
        return explained is IntegrityException
            ? new IntegrityException(
                -1,
                $"{path} is damaged: {explained.Message}. Move it away, with {FileName}-wal if that is there, and "
                    + "start again: the node fetches the chain anew. What no other node has is lost.")
            : explained;
    }

    private void Claim(BlockHash network, string folder)
    {
        byte[]? stored = Guard(_tables.ReadNetwork);
        if (stored is null)
        {
            Explain(_path, () => _tables.WriteNetwork(network));
        }
        else if (stored.Length != Core.Kernel.Bytes32.Size
            || new BlockHash(new Core.Kernel.Bytes32(stored)) != network)
        {
            throw new StoreFaultException(
                $"{folder} holds the blocks of another network. Name the network and the numbers that it was made "
                + "with, or another folder with --data.");
        }
    }

    private T Guard<T>(Func<T> read)
    {
        lock (_gate)
        {
            ThrowIfUnusable();
            try
            {
                return read();
            }
            catch (Exception fault) when (fault is SqliteException or IntegrityException)
            {
                throw Explain(fault, _path);
            }
        }
    }

    private void ThrowIfUnusable()
    {
        ObjectDisposedException.ThrowIf(_closed, this);
        if (_fault is not null)
        {
            throw new StoreFaultException(_fault.Message, _fault);
        }
    }

    private void Release()
    {
        _closed = true;
        if (_fault is not null)
        {
            // What failed once is left as it is: closing would try to write the log into the database.
            raw.sqlite3_db_config(_connection.Handle, NoCheckpointOnClose, 1, out _);
        }

        _tables.Dispose();
        _connection.Dispose();
        _hold.Dispose();
    }
}
