using Blockchain.Core.Kernel;
using Blockchain.Core.OpenNetwork;
using Blockchain.Wire.Files;
using Microsoft.Data.Sqlite;

namespace Blockchain.Node.Store;

/// <summary>The tables of a node's database and the statements on them, prepared once. One thread at a time.</summary>
internal sealed class NodeTables : IDisposable
{
    /// <summary>Makes the tables of a new database.</summary>
    public const string Create =
        """
        CREATE TABLE meta (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
        CREATE TABLE blocks (
            arrival INTEGER PRIMARY KEY,
            hash BLOB NOT NULL UNIQUE,
            status INTEGER NOT NULL,
            body BLOB NOT NULL);
        CREATE TABLE pending (arrival INTEGER PRIMARY KEY AUTOINCREMENT, id BLOB NOT NULL UNIQUE, body BLOB NOT NULL);
        CREATE TABLE peers (address TEXT PRIMARY KEY) WITHOUT ROWID;
        """;

    private readonly SqliteConnection _connection;
    private readonly SqliteCommand _begin;
    private readonly SqliteCommand _commit;
    private readonly SqliteCommand _putBlock;
    private readonly SqliteCommand _mark;
    private readonly SqliteCommand _putTransaction;
    private readonly SqliteCommand _dropTransaction;
    private readonly SqliteCommand _clearPeers;
    private readonly SqliteCommand _putPeer;
    private readonly SqliteCommand _find;

    public NodeTables(SqliteConnection connection)
    {
        _connection = connection;
        _begin = Prepare("BEGIN IMMEDIATE", 0);
        _commit = Prepare("COMMIT", 0);
        _putBlock = Prepare("INSERT OR REPLACE INTO blocks VALUES ($a, $b, $c, $d)", 4);
        _mark = Prepare("UPDATE blocks SET status = $b WHERE hash = $a", 2);
        _putTransaction = Prepare("INSERT OR IGNORE INTO pending (id, body) VALUES ($a, $b)", 2);
        _dropTransaction = Prepare("DELETE FROM pending WHERE id = $a", 1);
        _clearPeers = Prepare("DELETE FROM peers", 0);
        _putPeer = Prepare("INSERT OR IGNORE INTO peers VALUES ($a)", 1);
        _find = Prepare("SELECT body FROM blocks WHERE hash = $a", 1);
    }

    /// <summary>Commits the changes; they are on disk when this returns.</summary>
    /// <exception cref="SqliteException">None of them is stored, or nobody knows.</exception>
    public void Commit(IReadOnlyList<StoreChange> changes)
    {
        Run(_begin);
        foreach (StoreChange change in changes)
        {
            Apply(change);
        }

        Run(_commit);
    }

    /// <summary>The headers of every block.</summary>
    public StoredChain ReadChain()
    {
        using SqliteCommand command = Prepare(
            $"SELECT arrival, hash, status, substr(body, 1, {Header.Size}) FROM blocks ORDER BY arrival", 0);
        using SqliteDataReader reader = command.ExecuteReader();
        List<StoredBlock> blocks = [];
        List<BlockHash> invalid = [];
        while (reader.Read())
        {
            long arrival = reader.GetInt64(0);
            byte[] hash = reader.GetFieldValue<byte[]>(1);
            BlockStatus status = (BlockStatus)reader.GetInt32(2);
            byte[] header = reader.GetFieldValue<byte[]>(3);
            if (header.Length != Header.Size || hash.Length != Bytes32.Size
                || Header.Read(header).ComputeHash() != new BlockHash(new Bytes32(hash)))
            {
                throw new IntegrityException(arrival, "the header of a stored block is not the one of its hash");
            }

            blocks.Add(new StoredBlock(Header.Read(header), arrival, status == BlockStatus.Validated));
            if (status == BlockStatus.Invalid)
            {
                invalid.Add(new BlockHash(new Bytes32(hash)));
            }
        }

        return new StoredChain(blocks, invalid);
    }

    /// <summary>One block.</summary>
    public Block? Find(BlockHash hash)
    {
        _find.Parameters[0].Value = Bytes(hash.Value);
        return _find.ExecuteScalar() is byte[] body ? Decode(body) : null;
    }

    /// <summary>The transactions that wait.</summary>
    public List<Transaction> ReadTransactions()
    {
        using SqliteCommand command = Prepare("SELECT body FROM pending ORDER BY arrival", 0);
        using SqliteDataReader reader = command.ExecuteReader();
        List<Transaction> transactions = [];
        while (reader.Read())
        {
            try
            {
                transactions.Add(Transaction.Decode(reader.GetFieldValue<byte[]>(0)));
            }
            catch (FormatFaultException fault)
            {
                throw new IntegrityException(-1, $"a stored transaction cannot be read: {fault.Message}");
            }
        }

        return transactions;
    }

    /// <summary>Addresses of nodes.</summary>
    public List<string> ReadPeers()
    {
        using SqliteCommand command = Prepare("SELECT address FROM peers", 0);
        using SqliteDataReader reader = command.ExecuteReader();
        List<string> peers = [];
        while (reader.Read())
        {
            peers.Add(reader.GetString(0));
        }

        return peers;
    }

    /// <summary>The id of the network that the database belongs to; null in a new one.</summary>
    public byte[]? ReadNetwork()
    {
        using SqliteCommand command = Prepare("SELECT value FROM meta WHERE name = 'network'", 0);
        return command.ExecuteScalar() as byte[];
    }

    /// <summary>Says which network the database belongs to.</summary>
    public void WriteNetwork(BlockHash network)
    {
        using SqliteCommand command = Prepare("INSERT INTO meta VALUES ('network', $a)", 1);
        Run(command, Bytes(network.Value));
    }

    public void Dispose()
    {
        foreach (SqliteCommand command in (SqliteCommand[])
        [
            _begin, _commit, _putBlock, _mark, _putTransaction, _dropTransaction, _clearPeers, _putPeer, _find,
        ])
        {
            command.Dispose();
        }
    }

    private static Block Decode(byte[] body)
    {
        try
        {
            return Block.Decode(body);
        }
        catch (FormatFaultException fault)
        {
            throw new IntegrityException(-1, $"a stored block cannot be read: {fault.Message}");
        }
    }

    private static byte[] Bytes(Bytes32 value)
    {
        byte[] bytes = new byte[Bytes32.Size];
        value.CopyTo(bytes);
        return bytes;
    }

    private static void Run(SqliteCommand command, params ReadOnlySpan<object> values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            command.Parameters[i].Value = values[i];
        }

        command.ExecuteNonQuery();
    }

    private void Apply(StoreChange change)
    {
        switch (change)
        {
            case StoreChange.PutBlock put:
                byte[] body = put.Block.Canonical.ToArray();
                Run(_putBlock, put.Arrival, Bytes(put.Block.Hash.Value), (int)put.Status, body);
                break;
            case StoreChange.Mark mark:
                Run(_mark, Bytes(mark.Hash.Value), (int)mark.Status);
                break;
            case StoreChange.PutTransaction put:
                Run(_putTransaction, Bytes(put.Transaction.Id.Value), put.Transaction.Canonical.ToArray());
                break;
            case StoreChange.DropTransaction drop:
                Run(_dropTransaction, Bytes(drop.Id.Value));
                break;
            case StoreChange.PutPeers peers:
                Run(_clearPeers);
                foreach (string address in peers.Addresses)
                {
                    Run(_putPeer, address);
                }

                break;
            default:
                throw new InvariantException("the changes of a store are closed");
        }
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
