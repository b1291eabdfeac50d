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

    [Fact]
    public async Task What_keeps_a_node_from_starting_is_told_with_its_cause_and_remedy()
    {
        await using NodeProcess node = await NodeProcess.StartAsync(_data, "first", "--tcp", "0");
        string damaged = _data.Sub("nodes", "damaged");
        Directory.CreateDirectory(damaged);
        await File.WriteAllBytesAsync(Path.Combine(damaged, "node.db"), [.. Enumerable.Repeat((byte)'x', 9_000)]);
        string[] free = ["--listen", "127.0.0.1:0"];
        (string[] Options, int ExitCode, string[] Says)[] starts =
        [
            ([.. free, "--name", "first"], 1, ["in use by another process", "name another folder"]),
            (["--name", "second", "--listen", $"127.0.0.1:{node.Address.Port}"], 1,
                ["in use by another process", "--listen"]),
            ([.. free, "--name", "third", "--tcp", $"{node.Tcp}"], 1, ["in use by another process", "--tcp"]),
            ([.. free, "--name", "damaged"], 4, [damaged, "node.db is damaged", "Move it away"]),
            ([.. free, "--network", "\u0001"], 2, ["--network"]),
            ([.. free, "--treads", "1"], 2, ["no such option: --treads", "--threads"]),
        ];
        RunResult[] ends = await Task.WhenAll(starts.Select(
            start => ProcessRunner.RunAsync(_data, ["node", .. start.Options])));

        foreach ((RunResult end, (string[] options, int exitCode, string[] says)) in ends.Zip(starts))
        {
            end.ExitCode.Should().Be(exitCode, string.Join(' ', options));
            end.Errors.Should().StartWith("blockchain: ").And.ContainAll(says);
            end.Errors.Trim().Split('\n').Should().ContainSingle();
        }

        (await node.Api.GetInfoAsync(default)).Height.Should().Be(0, "it was not disturbed");
    }

    [Fact]
    public async Task A_folder_of_another_network_is_refused_and_left_as_it_is()
    {
        NodeProcess node = await NodeProcess.StartAsync(_data, "first", NodeProcess.Mining(1, 10));
        await node.UntilHeightAsync(3);
        node.Process.Kill();
        await node.DisposeAsync();

        RunResult other = await ProcessRunner.RunAsync(
            _data, "node", "--name", "first", "--network", "other", "--listen", "127.0.0.1:0");

        other.ExitCode.Should().Be(1);
        other.Errors.Should().Contain("holds the blocks of another network").And.Contain("--data");
        await using NodeProcess again = await NodeProcess.StartAsync(_data, "first");
        (await again.Api.GetInfoAsync(default)).Height.Should().BeGreaterThanOrEqualTo(3);
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
