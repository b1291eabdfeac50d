using System.Text.Json;
using Blockchain.IntegrationTests.Support;

namespace Blockchain.IntegrationTests.Open;

/// <summary>A node that makes a block several times a second, whatever the machine: any hash will do, and each block is
/// held back for a moment. Its rewards go to the wallet "miner".</summary>
public sealed class OpenNodeFixture : IAsyncLifetime
{
    private ProcessRunner? _node;

    /// <summary>The data folder of node and applications.</summary>
    public TempFolder Data { get; } = new();

    /// <summary>Where the node is.</summary>
    public string Url { get; private set; } = string.Empty;

    public async Task InitializeAsync()
    {
        await RunAsync("wallet", "new", "--name", "miner", "--plain");
        string reward = (await RunAsync("wallet", "address", "--name", "miner")).Output;
        _node = ProcessRunner.Start(
            Data, "node", "--json", "--with-parent", "--listen", "127.0.0.1:0", "--network", "test", "--mine",
            "--reward", reward, "--start-bits", "207fffff", "--window", "0", "--maturity", "1", "--slow", "250ms");
        using JsonDocument said = JsonDocument.Parse(await _node.WaitForOutputAsync("listening"));
        Url = said.RootElement.GetProperty("address").GetString()!;
    }

    public async Task DisposeAsync()
    {
        await _node!.DisposeAsync();
        Data.Dispose();
    }

    /// <summary>Runs a verb to its end and insists that it succeeds.</summary>
    public async Task<RunResult> RunAsync(params string[] arguments)
    {
        RunResult result = await ProcessRunner.RunAsync(Data, arguments);
        result.ExitCode.Should().Be(0, result.ToString());
        return result;
    }

    /// <summary>Runs a verb that asks the node.</summary>
    public Task<RunResult> AskAsync(params string[] arguments) =>
        ProcessRunner.RunAsync(Data, [.. arguments, "--node", Url]);

    /// <summary>Waits until the miner can spend.</summary>
    public async Task UntilRichAsync()
    {
        for (int i = 0; i < 100; i++)
        {
            RunResult balance = await AskAsync("wallet", "balance", "--name", "miner", "--json");
            using JsonDocument said = JsonDocument.Parse(balance.Output);
            if (said.RootElement.GetProperty("spendable").GetDecimal() >= 100)
            {
                return;
            }
        }

        throw new InvalidOperationException("The node finds no blocks.");
    }
}
