using System.Diagnostics;
using Npgsql;

namespace Blockchain.Cli.Bench;

/// <summary>
/// The other way to have one transfer at a time: an advisory lock of PostgreSQL around a transfer, both in one function
/// and so in one round trip and one transaction, asked for by contenders that each have a connection of their own.
/// </summary>
internal sealed class PostgresPeer : IAsyncDisposable
{
    /// <summary>How many contend for the lock.</summary>
    public const int Contenders = 8;

    private const string Setup = """
        CREATE TABLE accounts (id int PRIMARY KEY, balance bigint NOT NULL);
        INSERT INTO accounts SELECT i, 1000000000 FROM generate_series(1, 50) i;
        CREATE TABLE ledger (idx bigserial PRIMARY KEY, source int NOT NULL, target int NOT NULL,
            amount bigint NOT NULL, ok boolean NOT NULL, record bytea NOT NULL);
        CREATE FUNCTION pay(source int, target int, amount bigint, record bytea) RETURNS boolean AS $$
        DECLARE held bigint;
        BEGIN
            PERFORM pg_advisory_xact_lock(1);
            SELECT balance INTO held FROM accounts WHERE id = source;
            IF held >= amount THEN
                UPDATE accounts SET balance = balance - amount WHERE id = source;
                UPDATE accounts SET balance = balance + amount WHERE id = target;
            END IF;
            INSERT INTO ledger (source, target, amount, ok, record)
                VALUES (source, target, amount, held >= amount, record);
            RETURN held >= amount;
        END $$ LANGUAGE plpgsql;
        """;

    private const int RecordBytes = 150;
    private readonly PostgresServer _server;
    private readonly NpgsqlDataSource _source;

    private PostgresPeer(PostgresServer server, NpgsqlDataSource source)
    {
        _server = server;
        _source = source;
    }

    /// <summary>Starts a server and makes the tables.</summary>
    /// <exception cref="CliException">There is none on this machine, or it does not start.</exception>
    public static async Task<PostgresPeer> StartAsync(string folder, CancellationToken cancellation)
    {
        PostgresServer server = await PostgresServer.StartAsync(folder, cancellation);
        NpgsqlDataSource source = NpgsqlDataSource.Create(server.ConnectionString);
        PostgresPeer peer = new(server, source);
        try
        {
            await using NpgsqlCommand setup = source.CreateCommand(Setup);
            await setup.ExecuteNonQueryAsync(cancellation);
            return peer;
        }
        catch
        {
            await peer.DisposeAsync();
            throw;
        }
    }

    /// <summary>Transfers per second of all contenders together.</summary>
    public async Task<double> MeasureAsync(TimeSpan duration, CancellationToken cancellation)
    {
        Stopwatch watch = Stopwatch.StartNew();
        long[] done = await Task.WhenAll(Enumerable.Range(1, Contenders).Select(
            contender => Task.Run(() => ContendAsync(contender, watch, duration, cancellation), cancellation)));
        return done.Sum() / watch.Elapsed.TotalSeconds;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _source.DisposeAsync();
        await _server.DisposeAsync();
    }

    private async Task<long> ContendAsync(
        int contender, Stopwatch watch, TimeSpan duration, CancellationToken cancellation)
    {
        await using NpgsqlConnection connection = await _source.OpenConnectionAsync(cancellation);
        await using NpgsqlCommand pay = new("SELECT pay($1, $2, $3, $4)", connection);
        pay.Parameters.Add(new NpgsqlParameter<int> { TypedValue = contender });
        pay.Parameters.Add(new NpgsqlParameter<int> { TypedValue = contender + 1 });
        pay.Parameters.Add(new NpgsqlParameter<long> { TypedValue = 1 });
        pay.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = new byte[RecordBytes] });
        await pay.PrepareAsync(cancellation);
        long done = 0;
        while (watch.Elapsed < duration)
        {
            await pay.ExecuteScalarAsync(cancellation);
            done++;
        }

        return done;
    }
}
