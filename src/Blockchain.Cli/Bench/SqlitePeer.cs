using System.Diagnostics;
using Blockchain.Core.Kernel;
using Blockchain.Wire.Files;
using Microsoft.Data.Sqlite;

namespace Blockchain.Cli.Bench;

/// <summary>
/// The peer that every figure is a ratio to: SQLite alone, through the same library and settings as the bank's store.
/// One transfer is a check of the balance, two updates and an insert; WAL, synchronous=FULL.
/// </summary>
internal sealed class SqlitePeer : IDisposable
{
    private const int Accounts = 50;
    private const int RecordBytes = 150;

    private readonly SqliteConnection _connection;
    private readonly SqliteCommand _begin;
    private readonly SqliteCommand _commit;
    private readonly SqliteCommand _check;
    private readonly SqliteCommand _move;
    private readonly SqliteCommand _insert;
    private readonly byte[] _record = new byte[RecordBytes];
    private readonly byte[] _hash = new byte[32];
    private long _next;

    /// <summary>Makes a database in a folder.</summary>
    public SqlitePeer(string folder)
    {
        SqliteLibrary.Initialize();
        Directory.CreateDirectory(folder);
        _connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = Path.Combine(folder, "peer.db"),
            Pooling = false,
        }.ToString());
        _connection.Open();
        Execute("PRAGMA locking_mode=EXCLUSIVE");
        Execute("PRAGMA journal_mode=WAL");
        Execute("PRAGMA synchronous=FULL");
        Execute("PRAGMA fullfsync=1");
        Execute("CREATE TABLE accounts (id INTEGER PRIMARY KEY, balance INTEGER NOT NULL)");
        Execute("CREATE TABLE ledger (idx INTEGER PRIMARY KEY, block BLOB NOT NULL, hash BLOB NOT NULL)");
        for (int i = 1; i <= Accounts; i++)
        {
            Execute($"INSERT INTO accounts VALUES ({i}, 1000000000)");
        }

        _begin = Prepare("BEGIN IMMEDIATE");
        _commit = Prepare("COMMIT");
        _check = Prepare("SELECT balance FROM accounts WHERE id = $a", "$a");
        _move = Prepare("UPDATE accounts SET balance = balance + $b WHERE id = $a", "$a", "$b");
        _insert = Prepare("INSERT INTO ledger VALUES ($a, $b, $c)", "$a", "$b", "$c");
        _insert.Parameters[1].Value = _record;
        _insert.Parameters[2].Value = _hash;
    }

    /// <summary>Transfers per second with this many in each commit, and the median time of one commit in
    /// microseconds.</summary>
    public (double Rate, double CommitUs) Measure(int perCommit, TimeSpan duration, CancellationToken cancellation)
    {
        List<long> commits = [];
        Stopwatch watch = Stopwatch.StartNew();
        while (watch.Elapsed < duration)
        {
            cancellation.ThrowIfCancellationRequested();
            long began = Stopwatch.GetTimestamp();
            _begin.ExecuteNonQuery();
            for (int i = 0; i < perCommit; i++)
            {
                Transfer();
            }

            _commit.ExecuteNonQuery();
            commits.Add(Stopwatch.GetTimestamp() - began);
        }

        return (commits.Count * perCommit / watch.Elapsed.TotalSeconds, Stats.Percentile(commits, 0.5));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _begin.Dispose();
        _commit.Dispose();
        _check.Dispose();
        _move.Dispose();
        _insert.Dispose();
        _connection.Dispose();
    }

    private void Transfer()
    {
        long from = 1 + (_next % Accounts);
        long to = 1 + ((_next + 1) % Accounts);
        _check.Parameters[0].Value = from;
        if (_check.ExecuteScalar() is not long and not > 0)
        {
            throw new InvariantException("the peer's accounts have money");
        }

        Move(from, -1);
        Move(to, 1);
        _insert.Parameters[0].Value = _next++;
        _insert.ExecuteNonQuery();
    }

    private void Move(long account, long minor)
    {
        _move.Parameters[0].Value = account;
        _move.Parameters[1].Value = minor;
        _move.ExecuteNonQuery();
    }

    private SqliteCommand Prepare(string text, params ReadOnlySpan<string> parameters)
    {
        SqliteCommand command = _connection.CreateCommand();
        command.CommandText = text;
        foreach (string parameter in parameters)
        {
            command.Parameters.Add(new SqliteParameter { ParameterName = parameter });
        }

        return command;
    }

    private void Execute(string text)
    {
        using SqliteCommand command = _connection.CreateCommand();
        command.CommandText = text;
        command.ExecuteNonQuery();
    }
}
