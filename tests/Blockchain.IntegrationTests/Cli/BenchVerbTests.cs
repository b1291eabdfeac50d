using System.Text.Json;
using Blockchain.IntegrationTests.Support;

namespace Blockchain.IntegrationTests.Cli;

/// <summary>`bench`, run small: what it counts and how it says it. How fast anything is, is not asked.</summary>
public sealed class BenchVerbTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private readonly TempFolder _data = new();

    public void Dispose() => _data.Dispose();

    [Fact]
    public async Task One_object_on_one_line_has_ratios_counts_and_equal_chains()
    {
        await using ProcessRunner bench = ProcessRunner.Start(
            _data, "bench", "--clients", "2", "--seconds", "200ms", "--rounds", "1", "--json", "--data", _data.Path);
        bench.CloseInput();

        RunResult result = await bench.WaitForExitAsync(Patience);

        result.ExitCode.Should().Be(0, result.ToString());
        using JsonDocument document = JsonDocument.Parse(result.Lines.Should().ContainSingle().Which);
        JsonElement root = document.RootElement;
        Names(root).Should().Equal(
            "clients", "unbatched", "batched", "latency", "messagesPerSection", "writesPerSection",
            "commitsPerSection", "chainsEqual");
        Names(root.GetProperty("unbatched")).Should().Equal("tps", "s1", "ratio");
        Names(root.GetProperty("batched")).Should().Equal("tps", "s1000", "ratio");
        Names(root.GetProperty("latency")).Should().Equal("p50_us", "p99_us", "floor_us", "ratio");
        root.GetProperty("clients").GetInt32().Should().Be(2);
        root.GetProperty("chainsEqual").GetBoolean().Should().BeTrue();
        root.GetProperty("unbatched").GetProperty("tps").GetDouble().Should().BePositive();
        root.GetProperty("batched").GetProperty("ratio").GetDouble().Should().BePositive();

        // Three messages at most for the one other member, and one less when both are busy.
        root.GetProperty("messagesPerSection").GetDouble().Should().BeInRange(1.9, 3);
        root.GetProperty("commitsPerSection").GetDouble().Should().BeInRange(0, 1.1);
        Directory.GetFileSystemEntries(_data.Path, "blockchain-bench-*").Should().BeEmpty();
    }

    [Fact]
    public async Task Clients_that_share_a_process_under_load_all_become_members_linked_to_one_another()
    {
        await using ProcessRunner bank = ProcessRunner.Start(
            _data, "bank", "--json", "--with-parent", "--listen", "127.0.0.1:0", "--data", _data.Path);
        string announced = await bank.WaitForOutputAsync("address");
        using JsonDocument document = JsonDocument.Parse(announced);
        string address = document.RootElement.GetProperty("address").GetString()!;
        await using ProcessRunner load = ProcessRunner.Start(
            _data, "bench-load", "--bank", address, "--data", _data.Path, "--names", "ann,ben,cay");

        await load.SendLineAsync("join");
        await load.WaitForOutputAsync("addresses");

        await Conditions.UntilAsync(
            async () =>
            {
                await load.SendLineAsync("members");
                return await load.WaitForOutputAsync("members") == "members 3";
            },
            "all three are members, each linked to the others",
            Patience);
    }

    [Fact]
    public async Task Lengths_of_ledgers_without_growth_are_refused()
    {
        RunResult result = await ProcessRunner.RunAsync(_data, "bench", "--blocks", "5000");

        result.ExitCode.Should().Be(2, result.ToString());
        result.Errors.Should().Be("blockchain: --blocks: lengths of ledgers are measured with --growth only");
    }

    [Fact]
    public async Task Growth_gives_the_costs_of_a_block_in_ledgers_of_each_length_and_leaves_nothing_behind()
    {
        RunResult result = await ProcessRunner.RunAsync(
            _data, "bench", "--growth", "--blocks", "2000,1000", "--rounds", "1", "--json", "--data", _data.Path);

        result.ExitCode.Should().Be(0, result.ToString());
        JsonElement[] rows = [.. result.Lines.Select(line => JsonDocument.Parse(line).RootElement)];
        rows.Select(row => row.GetProperty("blocks").GetInt32()).Should().Equal(1_000, 2_000);
        foreach (JsonElement row in rows)
        {
            Names(row).Should().Equal(
                "blocks", "insert_us", "client_bytes", "client_start_us", "bank_start_us", "verify_client_us",
                "verify_bank_us", "export_us");
            row.EnumerateObject().Should().OnlyContain(cost => cost.Value.GetDouble() > 0);
        }

        Directory.GetFileSystemEntries(_data.Path, "blockchain-bench-*").Should().BeEmpty();
    }

    [Fact]
    public async Task The_miner_is_measured_on_every_path_beside_one_hash_after_another()
    {
        RunResult result = await ProcessRunner.RunAsync(
            _data, "bench", "--pow", "--seconds", "50ms", "--rounds", "1", "--json");

        result.ExitCode.Should().Be(0, result.ToString());
        using JsonDocument document = JsonDocument.Parse(result.Lines.Should().ContainSingle().Which);
        Names(document.RootElement).Should().Equal("paths", "verified");
        JsonElement[] paths = [.. document.RootElement.GetProperty("paths").EnumerateArray()];
        paths.Should().NotBeEmpty();
        paths.Should().AllSatisfy(path =>
        {
            Names(path).Should().Equal("path", "at_once", "mhs", "peer_mhs", "ratio");
            path.GetProperty("mhs").GetDouble().Should().BePositive();
        });
        paths[0].GetProperty("path").GetString().Should().Be("scalar");
        document.RootElement.GetProperty("verified").GetBoolean().Should().BeTrue();
    }

    [Theory]
    [InlineData("--clients", "1", "--clients '1': it is one or more numbers from 2 to 100, separated by commas")]
    [InlineData("--seconds", "0", "--seconds '0': the duration must be above 0")]
    [InlineData("--peers", "oracle", "--peers 'oracle': the only peer beside SQLite is postgres")]
    public async Task A_wrong_option_is_one_line(string option, string value, string expected)
    {
        RunResult result = await ProcessRunner.RunAsync(_data, "bench", option, value);

        result.ExitCode.Should().Be(2, result.ToString());
        result.Errors.Should().Be($"blockchain: {expected}");
    }

    [Fact]
    public async Task A_length_out_of_range_is_one_line()
    {
        RunResult result = await ProcessRunner.RunAsync(_data, "bench", "--growth", "--blocks", "10");

        result.ExitCode.Should().Be(2, result.ToString());
        result.Errors.Should().Be(
            "blockchain: --blocks '10': it is one or more numbers from 1000 to 10000000, separated by commas");
    }

    private static IEnumerable<string> Names(JsonElement element) =>
        element.EnumerateObject().Select(property => property.Name);
}
