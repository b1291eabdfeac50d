using Blockchain.Bank;
using Blockchain.Bank.Hosting;
using Blockchain.Client;
using Blockchain.Client.Hosting;
using Blockchain.Core.BankNetwork;
using Blockchain.IntegrationTests.Support;

namespace Blockchain.IntegrationTests.Cli;

/// <summary>A data folder in which a bank and three clients have worked: made once, copied per test.</summary>
public sealed class LedgerFixture : IAsyncLifetime
{
    private readonly TempFolder _made = new();

    /// <summary>Blocks that the bank has at least: first view, three accounts, their views, four transfers.</summary>
    public const int LeastBlocks = 11;

    public async Task InitializeAsync()
    {
        using CancellationTokenSource deadline = new(ProcessRunner.Patience);
        await using BankHost bank = BankHost.Build(
            new BankOptions { Listen = "127.0.0.1:0", DataDirectory = _made.Path });
        await bank.StartAsync(deadline.Token);
        List<ClientHost> clients = [];
        try
        {
            for (int i = 1; i <= 3; i++)
            {
                ClientHost client = await ClientHost.StartAsync(
                    new ClientOptions { Bank = bank.Address, Name = $"client-{i}", DataDirectory = _made.Path },
                    null,
                    deadline.Token);
                clients.Add(client);
                await UntilAsync(client, process => process.Phase == ClientPhase.Member, deadline.Token);
            }

            await Task.WhenAll(PayAsync(clients[0], 2), PayAsync(clients[1], 3), PayAsync(clients[2], 1));
            await PayAsync(clients[0], 3);
            long count = await bank.Service.ReadAsync(process => process.Ledger.Count, deadline.Token);
            foreach (ClientHost client in clients)
            {
                await UntilAsync(client, process => process.Ledger.Count >= count, deadline.Token);
            }
        }
        finally
        {
            foreach (ClientHost client in clients)
            {
                await client.DisposeAsync();
            }

            await bank.StopAsync();
        }
    }

    public Task DisposeAsync()
    {
        _made.Dispose();
        return Task.CompletedTask;
    }

    /// <summary>A copy that a test may spoil.</summary>
    public TempFolder Copy()
    {
        TempFolder copy = new();
        foreach (string file in Directory.GetFiles(_made.Path, "*", SearchOption.AllDirectories))
        {
            string to = copy.Sub(Path.GetRelativePath(_made.Path, file));
            Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            File.Copy(file, to);
        }

        return copy;
    }

    private static async Task PayAsync(ClientHost client, int to)
    {
        SubmitResult result = await client.Service.SubmitAsync(to, new Money(1_00), "for the tests");
        result.Fault.Should().BeNull();
        await result.Settled.WaitAsync(ProcessRunner.Patience);
    }

    private static async Task UntilAsync(ClientHost client, Func<ClientProcess, bool> holds, CancellationToken deadline)
    {
        while (!await client.Service.ReadAsync(holds))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), deadline);
        }
    }
}
