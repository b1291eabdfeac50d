using System.Diagnostics;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Blockchain.IntegrationTests.Support;

namespace Blockchain.IntegrationTests.Open;

/// <summary>`open-demo` from its first line to its last process.</summary>
public sealed partial class OpenDemoTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);
    private readonly TempFolder _data = new();

    public void Dispose() => _data.Dispose();

    [Fact]
    public async Task A_network_forks_agrees_and_loses_nothing_and_nothing_is_left_behind()
    {
        await using ProcessRunner demo = Start("--blocks", "10");
        demo.CloseInput();

        RunResult result = await demo.WaitForExitAsync(Patience);

        result.ExitCode.Should().Be(0, result.ToString());
        result.Lines.Count(line => line.StartsWith("  ok     ", StringComparison.Ordinal)).Should().Be(5);
        result.Output.Should().NotContain("WRONG").And.Contain("| Valid: True").And.Contain("  reorganization  ")
            .And.Contain("Together.").And.Contain("Apart.").And.Contain("most work: all follow it")
            .And.MatchRegex(@"Payment \w+ \(wallet \d pays [\d.]+ to \d\) was in block \d+ of node 3, went back to the "
                + @"pool, and is in block \d+ of all nodes now\.");
        result.Lines[^1].Should().StartWith("verified: 3 nodes, one chain of ");
        result.Errors.Should().BeEmpty();
        Directory.GetDirectories(_data.Path, "blockchain-open-demo-*").Should().BeEmpty();
    }

    [Fact]
    public async Task Its_processes_end_with_it_even_when_it_is_killed()
    {
        await using ProcessRunner demo = Start();
        await demo.WaitForOutputAsync("Together.", Patience);
        Uri[] processes = [.. Addresses().Matches(demo.Output.Text).Select(match => new Uri(match.Value))];

        demo.Kill();

        processes.Should().HaveCount(4);
        foreach (Uri process in processes)
        {
            await UntilRefusedAsync(process);
        }
    }

    [Fact]
    public async Task A_folder_with_another_network_is_refused()
    {
        Directory.CreateDirectory(Path.Combine(_data.Path, "nodes"));

        RunResult result = await ProcessRunner.RunAsync(_data, "open-demo", "--data", _data.Path);

        result.ExitCode.Should().Be(2, result.ToString());
        result.Errors.Should().Contain("Name an empty folder, or leave --data out");
    }

    [Theory]
    [InlineData("--blocks", "3")]
    [InlineData("--spacing", "100ms")]
    [InlineData("--slow", "2m")]
    public async Task A_wrong_setting_is_one_line_and_exit_2(string option, string value)
    {
        RunResult result = await ProcessRunner.RunAsync(_data, "open-demo", option, value);

        result.ExitCode.Should().Be(2, result.ToString());
        result.Errors.Split('\n').Should().ContainSingle().Which.Should().StartWith($"blockchain: {option}");
    }

    private static async Task UntilRefusedAsync(Uri process)
    {
        Stopwatch watch = Stopwatch.StartNew();
        while (await IsListeningAsync(process))
        {
            watch.Elapsed.Should().BeLessThan(ProcessRunner.Patience, "every process ends with the demonstration");
            await Task.Delay(TimeSpan.FromMilliseconds(50));
        }
    }

    private static async Task<bool> IsListeningAsync(Uri process)
    {
        using TcpClient client = new();
        try
        {
            await client.ConnectAsync(process.Host, process.Port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private ProcessRunner Start(params string[] more)
    {
        // Its temporary folder is made below the test's.
        Dictionary<string, string> environment = new()
        {
            ["TMPDIR"] = _data.Path,
            ["TMP"] = _data.Path,
            ["TEMP"] = _data.Path,
        };
        return ProcessRunner.Start(_data, environment, ["open-demo", .. more]);
    }

    [GeneratedRegex("http://127\\.0\\.0\\.1:\\d+")]
    private static partial Regex Addresses();
}
