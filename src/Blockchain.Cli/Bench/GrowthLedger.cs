using Blockchain.Bank.Store;
using Blockchain.Client.Storage;
using Blockchain.Core.BankNetwork;
using Blockchain.Core.Kernel;
using Blockchain.Wire.Keys;

namespace Blockchain.Cli.Bench;

/// <summary>
/// A ledger as long as wanted, made by the bank's own rules: two clients pay one another in signed requests of 1, 10
/// and 100 transfers in turn. It lies in two folders, as the bank keeps it and as a client does.
/// </summary>
internal sealed class GrowthLedger : IDisposable
{
    private const int Clients = 2;
    private const int BatchBlocks = 4_096;
    private const int RandomBits = 80;
    private const string ClientName = "growth";
    private static readonly int[] RequestLengths = [1, 10, 100];
    private static readonly Money Deposit = new(1_000_00);

    private readonly string _data;
    private readonly KeyPair[] _keys = [.. Enumerable.Range(0, 1 + Clients).Select(_ => KeyPair.Create())];
    private readonly Random _random = new(1978);
    private readonly LedgerState _state = new();
    private readonly BankLedger _rules;
    private readonly List<Block> _blocks = [];
    private readonly List<Hash> _hashes = [];
    private long _requests;

    private GrowthLedger(string data)
    {
        _data = data;
        _rules = new BankLedger(_state, _ => throw new InvariantException("no transfer is asked for twice"));
    }

    /// <summary>The bank's folder.</summary>
    public LedgerFolder BankFolder => new(Path.Combine(_data, "bank"));

    /// <summary>The client's folder.</summary>
    public string ClientFolderPath => ClientFolder.PathOf(_data, ClientName);

    /// <summary>The key with which the bank signs.</summary>
    public KeyPair BankKeys => _keys[Limits.Bank];

    /// <summary>Opens the client's folder as a start of the client does.</summary>
    public ClientFolder OpenClient() => ClientFolder.Open(_data, ClientName, "http://127.0.0.1:8000");

    /// <summary>Makes a ledger of so many blocks and stores it in both folders.</summary>
    /// <param name="data">An empty folder.</param>
    /// <param name="count">Number of blocks, those of the accounts and views among them.</param>
    /// <param name="cancellation">Stops the making.</param>
    public static GrowthLedger Create(string data, long count, CancellationToken cancellation)
    {
        GrowthLedger made = new(data);
        try
        {
            made.Store(count, cancellation);
            return made;
        }
        catch
        {
            made.Dispose();
            throw;
        }
    }

    /// <summary>Blocks that follow on the stored ones, one transfer in each request; they are stored nowhere.</summary>
    public IReadOnlyList<Block> MakeTail(int count)
    {
        Invariant.Holds(_blocks.Count == 0, "everything before the tail is stored");
        while (_blocks.Count < count)
        {
            Apply(1);
        }

        return _blocks;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (KeyPair keys in _keys)
        {
            keys.Dispose();
        }
    }

    private void Store(long count, CancellationToken cancellation)
    {
        Directory.CreateDirectory(BankFolder.Path);
        using SqliteLedgerStore store = SqliteLedgerStore.Open(BankFolder);
        using ClientFolder client = OpenClient();
        ChangeView([], []);
        ChangeView([], [.. Enumerable.Range(1, Clients).Select(
            id => new NewAccount($"client-{id}", _keys[id].PublicKey, Deposit))]);
        ChangeView([.. Enumerable.Range(1, Clients)], []);
        while (_state.Count < count)
        {
            cancellation.ThrowIfCancellationRequested();
            int length = RequestLengths[_requests % RequestLengths.Length];
            Apply((int)Math.Min(length, count - _state.Count));
            if (_blocks.Count >= BatchBlocks)
            {
                Flush(store, client, null);
            }
        }

        Hash digest = Checkpoint.Digest(_state.LedgerId, _state.Count - 1, _state.Head);
        Flush(store, client, new Checkpoint(_state.Count - 1, _state.Head, BankKeys.Sign(digest)));
        store.Close();
    }

    private void ChangeView(IReadOnlyList<int> members, IReadOnlyList<NewAccount> joiners)
    {
        (IReadOnlyList<Block> blocks, IReadOnlyList<Hash> hashes) =
            _rules.ChangeView(members, joiners, BankKeys.PublicKey, Now());
        _blocks.AddRange(blocks);
        _hashes.AddRange(hashes);
    }

    private void Apply(int length)
    {
        int client = (int)(_requests++ % Clients) + 1;
        int other = Clients + 1 - client;
        Token token = new(_state.LastKey.Token.Clock + 1, client);
        Transfer[] transfers = new Transfer[length];
        for (int i = 0; i < length; i++)
        {
            transfers[i] = new Transfer(NewId(), client, other, new Money(1), string.Empty, Now());
        }

        Hash digest = SignedRequest.Digest(_state.LedgerId, _state.Epoch, token, transfers);
        SignedRequest request = new(_state.Epoch, token, transfers, _keys[client].Sign(digest));
        ApplyResult result = _rules.Apply(client, request, signatureHolds: true);
        ApplyResult.Applied applied = result as ApplyResult.Applied
            ?? throw new InvariantException($"the bank's rules allow what is generated: {result}");
        _blocks.AddRange(applied.Blocks);
        _hashes.AddRange(applied.Hashes);
    }

    private void Flush(SqliteLedgerStore store, ClientFolder client, Checkpoint? checkpoint)
    {
        long from = _state.Count - _blocks.Count;
        store.Append(new LedgerBatch(from, _blocks, _hashes, checkpoint));
        client.Chain.Append(from, _blocks, _hashes);
        _blocks.Clear();
        _hashes.Clear();
        if (checkpoint is not null)
        {
            client.Chain.Flush();
            client.WriteMark(new StoredMark(_state.Count, _state.Head, checkpoint));
        }
    }

    // As clients make them: the time first, then bits that nobody can guess, here from a fixed seed.
    private TransferId NewId() => new(
        ((UInt128)Now() << RandomBits) | ((UInt128)_random.NextInt64(1 << 16) << 64) | (ulong)_random.NextInt64());

    private static long Now() => TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
}
