using Blockchain.IntegrationTests.Faults;
using Blockchain.IntegrationTests.Support;
using Blockchain.Wire.Http;

namespace Blockchain.IntegrationTests.Node;

/// <summary>A node whose disk fails a flush or fills up while it mines and takes messages, and is mended.</summary>
[Collection(ProcessFaults.Name)]
public sealed class NodeDiskTests : IDisposable
{
    private const int DiskBytes = 4 << 20;
    private readonly TempFolder _data = new();
    private readonly HashSet<string> _taken = [];

    public void Dispose() => _data.Dispose();

    [StraceFact]
    public async Task A_node_whose_disk_fails_a_flush_stops_with_the_cause_and_every_yes_before_it_holds()
    {
        int flushes = new Random(ProcessFaults.Seed + 11).Next(30, 60);
        string[] failing = Strace.FailingFlushes(flushes, _data.Sub("strace.log"));
        await using NodeProcess node = await NodeProcess.StartBehindAsync(
            failing, _data, "a", ["--tcp", "0", .. NodeProcess.Mining(1, 50)]);
        await SendToTheEndAsync(node);
        RunResult ended = await node.Process.WaitForExitAsync();

        ended.ExitCode.Should().Be(1, ended.ToString());
        ended.Errors.Should().Contain("node.db").And.Contain("flush").And.Contain("start again");
        _taken.Should().NotBeEmpty();
        await CheckAsync(NodeProcess.Mining(1, 50));
    }

    [SmallDiskFact]
    public async Task A_node_whose_disk_is_full_stops_with_the_cause_and_goes_on_when_there_is_room()
    {
        using SmallDisk disk = new(DiskBytes);
        string[] options = ["--data", disk.Path, .. NodeProcess.Mining(1, 50)];
        await using NodeProcess node = await NodeProcess.StartAsync(_data, "a", ["--tcp", "0", .. options]);
        await node.UntilHeightAsync(3);
        Task sending = SendToTheEndAsync(node);
        await Conditions.UntilAsync(() => _taken.Count > 20, "some are taken", ProcessRunner.Patience);
        disk.Fill();
        RunResult ended = await node.Process.WaitForExitAsync();
        await sending;

        ended.ExitCode.Should().Be(1, ended.ToString());
        ended.Errors.Should().Contain("the disk is full").And.Contain("Make room");
        disk.Empty();
        await CheckAsync(options);
    }

    private async Task SendToTheEndAsync(NodeProcess node)
    {
        using MessageClient client = await MessageClient.ConnectAsync(node.Tcp, 1);
        for (int i = 0; await client.SendAsync($"message{i}") is { } taken; i++)
        {
            taken.Should().BeTrue();
            _taken.Add($"message{i}");
        }
    }

    private async Task CheckAsync(string[] options)
    {
        await using NodeProcess again = await NodeProcess.StartAsync(_data, "a", options);
        await Conditions.UntilAsync(
            async () => (await again.Api.GetInfoAsync(default)).Pending == 0, "nothing waits", ProcessRunner.Patience);
        Dictionary<string, int> messages = await again.ReadMessagesAsync();
        messages.Values.Should().OnlyContain(static times => times == 1);
        messages.Keys.Select(static key => key.Split('/')[1]).Should().Contain(_taken, "a yes is on disk");
        NodeInfoDto info = await again.Api.GetInfoAsync(default);
        info.Height.Should().BePositive();
    }
}
