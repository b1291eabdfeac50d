using System.Diagnostics;
using Blockchain.IntegrationTests.Faults;
using Blockchain.IntegrationTests.Support;
using Blockchain.Wire.Http;
using Xunit.Abstractions;

namespace Blockchain.IntegrationTests.Node;

/// <summary>A node that has nothing yet. BLOCKCHAIN_SYNC_BLOCKS makes the chain longer, with as many signed messages in
/// it up to 10,000; the output says how long the fresh node took.</summary>
[Collection(ProcessFaults.Name)]
public sealed class SyncTests(ITestOutputHelper output) : IDisposable
{
    private const int Clients = 10;
    private const int Few = 2_000;
    private static readonly TimeSpan Promised = TimeSpan.FromSeconds(60);
    private readonly TempFolder _data = new();

    public void Dispose() => _data.Dispose();

    [Fact]
    public async Task A_fresh_node_fetches_a_long_chain_with_each_block_asked_for_once()
    {
        int blocks = ProcessFaults.Number("BLOCKCHAIN_SYNC_BLOCKS", 1_000);
        await MakeChainAsync(blocks, Math.Min(blocks, 10_000) / Clients);
        await using NodeProcess source = await NodeProcess.StartAsync(_data, "source");
        NodeInfoDto whole = await source.Api.GetInfoAsync(default);

        Stopwatch watch = Stopwatch.StartNew();
        await using NodeProcess fresh = await NodeProcess.StartAsync(_data, "fresh", "--peer", source.Url);
        await Conditions.UntilAsync(
            async () => (await fresh.Api.GetInfoAsync(default)).Tip == whole.Tip, "the same tip", Promised);
        TimeSpan took = watch.Elapsed;

        (await fresh.CountAsync("blockchain_blocks_requested_total")).Should().Be(whole.Height);
        (await fresh.CountAsync("blockchain_blocks_received_total")).Should().Be(whole.Height);
        (await fresh.Api.GetInfoAsync(default)).TotalTransactions.Should().Be(whole.TotalTransactions);
        watch.Restart();
        fresh.Process.Kill();
        await fresh.Process.WaitForExitAsync();
        await using NodeProcess again = await NodeProcess.StartAsync(_data, "fresh");
        (await again.Api.GetInfoAsync(default)).Tip.Should().Be(whole.Tip, "it replays what it has");
        output.WriteLine(
            $"{whole.Height} blocks with {whole.TotalTransactions - whole.Height - 1} messages fetched in "
            + $"{took.TotalSeconds:0.0} s, start of the process included; killed and started again in "
            + $"{watch.Elapsed.TotalSeconds:0.0} s");
    }

    private async Task MakeChainAsync(int blocks, int messagesEach)
    {
        await using NodeProcess silent = await NodeProcess.StartAsync(_data, "source", "--tcp", "0");
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(async number =>
        {
            using MessageClient client = await MessageClient.ConnectAsync(silent.Tcp, number);
            for (int nonce = 0; nonce < messagesEach; nonce++)
            {
                (await client.SendAsync($"n{nonce}", nonce)).Should().BeTrue();
            }
        }));
        silent.Process.Kill();
        await silent.Process.WaitForExitAsync();

        // Every second hash meets the easiest target: unless held back, thousands of blocks are found in a second.
        int heldBackMs = blocks > Few ? 0 : 1;
        await using NodeProcess miner = await NodeProcess.StartAsync(
            _data, "source", NodeProcess.Mining(1, heldBackMs));
        await miner.UntilHeightAsync(blocks);
        await Conditions.UntilAsync(
            async () => (await miner.Api.GetInfoAsync(default)).Pending == 0, "nothing waits", ProcessRunner.Patience);
    }
}
