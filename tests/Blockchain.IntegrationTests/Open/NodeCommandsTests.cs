using Blockchain.IntegrationTests.Node;
using Blockchain.IntegrationTests.Support;

namespace Blockchain.IntegrationTests.Open;

/// <summary>`node --commands`: a node that is cut off on demand, forks, and comes back.</summary>
public sealed class NodeCommandsTests : IDisposable
{
    private readonly TempFolder _data = new();

    public void Dispose() => _data.Dispose();

    [Fact]
    public async Task A_node_that_is_cut_off_has_no_peers_until_it_joins_again()
    {
        await using NodeProcess first = await NodeProcess.StartAsync(_data, "first");
        await using NodeProcess second = await NodeProcess.StartAsync(
            _data, "second", "--commands", "--peer", first.Url);
        await UntilPeersAsync(first, second, 1);

        await second.Process.SendLineAsync("cut");
        await second.Process.WaitForOutputAsync("{\"event\":\"cut\"}");
        await UntilPeersAsync(first, second, 0);
        await second.Process.SendLineAsync("frob");
        await second.Process.SendLineAsync("join");
        await UntilPeersAsync(first, second, 1);
        await second.Process.SendLineAsync("quit");
        RunResult result = await second.Process.WaitForExitAsync();

        result.ExitCode.Should().Be(0, result.ToString());
        result.Errors.Should().Be("no such command: frob. There are cut, join and quit.");
    }

    private static async Task UntilPeersAsync(NodeProcess first, NodeProcess second, int count)
    {
        using CancellationTokenSource patience = new(ProcessRunner.Patience);
        foreach (NodeProcess node in (NodeProcess[])[first, second])
        {
            while ((await node.Api.GetInfoAsync(patience.Token)).Peers != count)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(20), patience.Token);
            }
        }
    }
}
