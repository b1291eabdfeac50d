using Blockchain.IntegrationTests.Faults;
using Blockchain.IntegrationTests.Support;

namespace Blockchain.IntegrationTests.Node;

/// <summary>Nodes in processes of their own that are killed: they come back valid and fetch what they lack.</summary>
[Collection(ProcessFaults.Name)]
public sealed class NodeFaultTests : IDisposable
{
    private readonly TempFolder _data = new();

    public void Dispose() => _data.Dispose();

    [Fact]
    public async Task The_network_outlives_its_tracker_and_the_tracker_forgets_the_dead()
    {
        await using ProcessRunner tracker = ProcessRunner.Start(
            _data, "tracker", "--json", "--with-parent", "--listen", "127.0.0.1:0", "--silence", "500ms");
        string url = (await tracker.WaitForOutputAsync("listening")).Split('"')[7];
        string[] tracked = ["--tracker", url];
        await using NodeProcess first = await NodeProcess.StartAsync(
            _data, "first", [.. tracked, .. NodeProcess.Mining(1, 150)]);
        await using NodeProcess second = await NodeProcess.StartAsync(_data, "second", tracked);
        NodeProcess third = await NodeProcess.StartAsync(_data, "third", tracked);
        string network = (await first.Api.GetInfoAsync(default)).NetworkId;
        using HttpClient http = new() { BaseAddress = new Uri(url) };
        await Conditions.UntilAsync(
            async () => await CountMembersAsync() == 3, "three members", ProcessRunner.Patience);

        third.Process.Kill();
        await third.DisposeAsync();
        await Conditions.UntilAsync(
            async () => await CountMembersAsync() == 2, "the dead is forgotten", ProcessRunner.Patience);

        tracker.Kill();
        await NodeProcess.AgreeAsync(first, second);
        int height = (await first.Api.GetInfoAsync(default)).Height;
        await second.UntilHeightAsync(height + 3);
        await using NodeProcess late = await NodeProcess.StartAsync(_data, "late", "--peer", second.Url);
        await late.UntilHeightAsync(height);
        await Conditions.UntilAsync(
            async () => (await late.Api.GetNodesAsync(default)).Nodes.Contains(first.Url),
            "it learns of the first from the second",
            ProcessRunner.Patience);

        async Task<int> CountMembersAsync()
        {
            string json = await http.GetStringAsync($"/nodes?network={network}");
            return json.Split("http://").Length - 1;
        }
    }

    [Theory]
    [InlineData("--start-bits", "zz", "8 hexadecimal digits")]
    [InlineData("--reward", "0x12", "an address has 50 characters")]
    [InlineData("--tracker", "ftp://x", "http://HOST:PORT")]
    [InlineData("--listen", "0.0.0.0:0", "--allow-remote")]
    [InlineData("--mine", "--json", "--reward")]
    public async Task A_wrong_option_is_told_in_one_line(string option, string value, string says)
    {
        RunResult result = await ProcessRunner.RunAsync(_data, "node", option, value);

        result.ExitCode.Should().Be(2);
        result.Errors.Should().StartWith("blockchain: ").And.Contain(says);
        result.Errors.Trim().Split('\n').Should().ContainSingle();
    }
}
