using System.Security.Cryptography;
using Blockchain.Bank;
using Blockchain.Bank.Service;
using Blockchain.Bank.Store;
using Blockchain.Core.BankNetwork;
using Blockchain.Core.Kernel;
using Blockchain.Tests.Audit;
using Microsoft.Extensions.Logging.Abstractions;

namespace Blockchain.Tests.Bank;

/// <summary>A bank's loop without sockets: clients with real keys whose links record what they are sent.</summary>
internal sealed class BankWorld : IAsyncDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly CancellationTokenSource _stop = new();
    private readonly ECDsa _bankKey = SampleLedger.NewKey();

    public BankWorld(ILedgerStore store)
    {
        BankOptions options = new() { DataDirectory = "unused" };
        BankStart start = BankStart.From(
            store, SampleLedger.Public(_bankKey), Sign, (_, _, _) => throw new IOException("nobody is there"), options);
        Service = new BankService(start, TimeProvider.System, NullLogger<BankService>.Instance);
        Running = Service.RunAsync(_stop.Token);
    }

    public BankService Service { get; }

    public Task Running { get; }

    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await Running.WaitAsync(Patience);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await ((Task)Running.ContinueWith(static _ => { }, TaskScheduler.Default)).WaitAsync(Patience);
        _stop.Dispose();
        _bankKey.Dispose();
    }

    /// <summary>Makes clients members and waits until one view holds them all.</summary>
    public async Task<BankClient[]> JoinAsync(params string[] names)
    {
        List<BankClient> clients = [];
        foreach (string name in names)
        {
            BankClient client = new(this, name);
            JoinResult result = await Service.JoinAsync(client.Request(1), default).WaitAsync(Patience);
            result.Refusal.Should().BeNull();
            client.Joined = result.Accepted!;
            Service.TryAttach(client.Joined.Id, client).Should().BeTrue();
            clients.Add(client);
        }

        return [.. clients];
    }

    private Signature Sign(Hash digest)
    {
        lock (_bankKey)
        {
            return SampleLedger.Sign(_bankKey, digest);
        }
    }
}

/// <summary>A client as far as the bank can tell.</summary>
internal sealed class BankClient(BankWorld world, string name) : IBankLink
{
    private readonly ECDsa _key = SampleLedger.NewKey();
    private readonly System.Threading.Channels.Channel<FromBank> _received =
        System.Threading.Channels.Channel.CreateUnbounded<FromBank>();
    private int _lastTransfer;

    public JoinAccepted Joined { get; set; } = null!;

    public int Id => Joined.Id;

    public string? CloseReason { get; private set; }

    public PublicKey PublicKey => SampleLedger.Public(_key);

    public JoinRequest Request(long incarnation) => new(name, PublicKey, incarnation, "127.0.0.1:1", 0, null);

    public void Send(FromBank message) => _received.Writer.TryWrite(message);

    public void Flush()
    {
    }

    public void Close(string reason)
    {
        CloseReason = reason;
        _received.Writer.TryComplete();
    }

    public SignedRequest Pay(int epoch, long clock, int to, params long[] amounts)
    {
        Token token = new(clock, Id);
        Transfer[] transfers = [.. amounts.Select(minor => new Transfer(
            new TransferId(((UInt128)(uint)Id << 64) | (uint)++_lastTransfer), Id, to, new Money(minor), "", 0))];
        Hash digest = SignedRequest.Digest(Joined.Ledger, epoch, token, transfers);
        return new SignedRequest(epoch, token, transfers, SampleLedger.Sign(_key, digest));
    }

    public void Apply(SignedRequest request, bool signatureHolds = true) =>
        world.Service.TryReceive(new BankInput.Received(Id, new ToBank.Apply(request), signatureHolds)).Should()
            .BeTrue();

    /// <summary>Waits for a message of one kind, passing over others.</summary>
    public async Task<T> ExpectAsync<T>(Func<T, bool>? matches = null)
        where T : FromBank
    {
        using CancellationTokenSource timeout = new(BankWorld.Patience);
        await foreach (FromBank message in _received.Reader.ReadAllAsync(timeout.Token))
        {
            if (message is T wanted && (matches is null || matches(wanted)))
            {
                return wanted;
            }
        }

        throw new InvalidOperationException($"the link was closed: {CloseReason}");
    }
}
