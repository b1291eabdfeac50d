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
            validated INTEGER NOT NULL,
            body BLOB NOT NULL);
        CREATE TABLE invalid (number INTEGER PRIMARY KEY AUTOINCREMENT, hash BLOB NOT NULL UNIQUE);
        CREATE TABLE pending (arrival INTEGER PRIMARY KEY AUTOINCREMENT, id BLOB NOT NULL UNIQUE, body BLOB NOT NULL);
        CREATE TABLE peers (address TEXT PRIMARY KEY) WITHOUT ROWID;
        """;

    private readonly SqliteConnection _connection;
    private readonly SqliteCommand _begin;
    private readonly SqliteCommand _commit;
    private readonly SqliteCommand _putBlock;
    private readonly SqliteCommand _markValidated;
    private readonly SqliteCommand _dropBlock;
    private readonly SqliteCommand _markInvalid;
    private readonly SqliteCommand _trimInvalid;
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
        _markValidated = Prepare("UPDATE blocks SET validated = 1 WHERE hash = $a", 1);
        _dropBlock = Prepare("DELETE FROM blocks WHERE hash = $a", 1);
        _markInvalid = Prepare("INSERT OR IGNORE INTO invalid (hash) VALUES ($a)", 1);
        _trimInvalid = Prepare("DELETE FROM invalid WHERE number <= (SELECT max(number) FROM invalid) - $a", 1);
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
            $"SELECT arrival, hash, validated, substr(body, 1, {Header.Size}) FROM blocks ORDER BY arrival", 0);
        using SqliteDataReader reader = command.ExecuteReader();
        List<StoredBlock> blocks = [];
        while (reader.Read())
        {
            long arrival = reader.GetInt64(0);
            byte[] header = reader.GetFieldValue<byte[]>(3);
            if (header.Length != Header.Size || Header.Read(header).ComputeHash() != ReadHash(reader, 1))
            {
                throw new IntegrityException(arrival, "the header of a stored block is not the one of its hash");
            }

            blocks.Add(new StoredBlock(Header.Read(header), arrival, reader.GetInt32(2) == 1));
        }

        return new StoredChain(blocks, ReadInvalid());
    }

    /// <summary>One block.</summary>
    public Block? Find(BlockHash hash)
    {
        _find.Parameters[0].Value = Bytes(hash.Value);
        return _find.ExecuteScalar() is byte[] body ? Decode(body, hash) : null;
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
                throw new IntegrityException(-1, $"a waiting transaction is stored as what is none: {fault.Message}");
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
            _begin, _commit, _putBlock, _markValidated, _dropBlock, _markInvalid, _trimInvalid, _putTransaction,
            _dropTransaction, _clearPeers, _putPeer, _find,
        ])
        {
            command.Dispose();
        }
    }

    private static Block Decode(byte[] body, BlockHash hash)
    {
        try
        {
            Block block = Block.Decode(body);
            return block.Hash == hash && block.ComputeMerkleRoot(out _) == block.Header.MerkleRoot
                ? block
                : throw new IntegrityException(-1, $"block {hash} is stored with what is not its content");
        }
        catch (FormatFaultException fault)
        {
            throw new IntegrityException(-1, $"block {hash} is stored as what is no block: {fault.Message}");
        }
    }

    private static BlockHash ReadHash(SqliteDataReader reader, int column)
    {
        byte[] hash = reader.GetFieldValue<byte[]>(column);
        return hash.Length == Bytes32.Size
            ? new BlockHash(new Bytes32(hash))
            : throw new IntegrityException(-1, "the hash of a stored block does not have its length");
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
                Run(_putBlock, put.Arrival, Bytes(put.Block.Hash.Value), put.IsValidated ? 1 : 0, body);
                break;
            case StoreChange.MarkValidated mark:
                Run(_markValidated, Bytes(mark.Hash.Value));
                break;
            case StoreChange.MarkInvalid mark:
                Run(_dropBlock, Bytes(mark.Hash.Value));
                Run(_markInvalid, Bytes(mark.Hash.Value));
                Run(_trimInvalid, NodeLimits.InvalidBlocks);
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

    private List<BlockHash> ReadInvalid()
    {
        using SqliteCommand command = Prepare("SELECT hash FROM invalid ORDER BY number", 0);
        using SqliteDataReader reader = command.ExecuteReader();
        List<BlockHash> invalid = [];
        while (reader.Read())
        {
            invalid.Add(ReadHash(reader, 0));
        }

        return invalid;
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
