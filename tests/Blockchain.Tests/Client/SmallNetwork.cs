using Blockchain.Bank;
using Blockchain.Bank.Hosting;
using Blockchain.Client;
using Blockchain.Client.Hosting;
using Blockchain.Core.BankNetwork;

namespace Blockchain.Tests.Client;

/// <summary>A bank and its clients in one process, each as it ships, over real sockets and files.</summary>
internal sealed class SmallNetwork : IAsyncDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly TemporaryFolder _data = new();
    private readonly List<ClientHost> _clients = [];
    private BankHost? _bank;
    private Uri _address = null!;
    private string _listen = "127.0.0.1:0";

    public BankHost Bank => _bank!;

    public string DataDirectory => _data.Path;

    public static async Task<SmallNetwork> StartAsync()
    {
        SmallNetwork network = new();
        await network.StartBankAsync();
        return network;
    }

    public async Task StartBankAsync()
    {
        BankOptions options = new()
        {
            Listen = _listen, DataDirectory = DataDirectory, Lease = TimeSpan.FromSeconds(2),
        };
        _bank = BankHost.Build(options);
        await Bank.StartAsync(default);
        _address = Bank.Address;
        _listen = _address.Authority;
    }

    public async Task StopBankAsync()
    {
        await Bank.StopAsync();
        await Bank.DisposeAsync();
        _bank = null;
    }

    public ClientOptions Options(string? name) => new() { Bank = _address, Name = name, DataDirectory = DataDirectory };

    public Task<ClientHost> ClientAsync(string? name) => ClientAsync(Options(name));

    public async Task<ClientHost> ClientAsync(ClientOptions options)
    {
        ClientHost client = await ClientHost.StartAsync(options, null, default);
        _clients.Add(client);
        return client;
    }

    public async Task<ClientHost> MemberAsync(string name)
    {
        ClientHost client = await ClientAsync(name);
        await UntilAsync(client, process => process.Phase == ClientPhase.Member);
        return client;
    }

    public static async Task UntilAsync(ClientHost client, Func<ClientProcess, bool> holds)
    {
        using CancellationTokenSource patience = new(Patience);
        using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(20));
        while (!await client.Service.ReadAsync(holds))
        {
            await timer.WaitForNextTickAsync(patience.Token);
        }
    }

    public static async Task<ClientEvent.Settled> PayAsync(ClientHost from, int to, long minor, string memo = "")
    {
        SubmitResult result = await from.Service.SubmitAsync(to, new Money(minor), memo).WaitAsync(Patience);
        result.Fault.Should().BeNull();
        return await result.Settled.WaitAsync(Patience);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (ClientHost client in _clients)
        {
            await client.DisposeAsync();
        }

        if (_bank is not null)
        {
            await _bank.DisposeAsync();
        }

        _data.Dispose();
    }
}
