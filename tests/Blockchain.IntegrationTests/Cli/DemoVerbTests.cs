using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Blockchain.IntegrationTests.Support;

namespace Blockchain.IntegrationTests.Cli;

/// <summary>`demo` from its first line to its last process.</summary>
public sealed class DemoVerbTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly TempFolder _data = new();

    public void Dispose() => _data.Dispose();

    [Fact]
    public async Task The_race_is_played_the_ledgers_are_verified_and_nothing_is_left_behind()
    {
        await using ProcessRunner demo = Start("--port", "0");
        demo.CloseInput();

        RunResult result = await demo.WaitForExitAsync(Patience);

        result.ExitCode.Should().Be(0, result.ToString());
        result.Output.Should().Contain("client 3 pays 12.00 to 1").And.Contain("client 2 pays  5.00 to 3");
        result.Lines.Where(line => line.StartsWith("  (", StringComparison.Ordinal) && line.Contains(" pays "))
            .Select(line => line.IndexOf("client", StringComparison.Ordinal)).Should().HaveCount(3).And
            .OnlyContain(column => column == 10, "the column after the tokens begins at one place");
        result.Lines.Should().ContainSingle(line => line.StartsWith("verified: ", StringComparison.Ordinal)).Which
            .Should().Contain("all 3 clients").And.Contain("30.00");
        Directory.GetDirectories(_data.Path, "blockchain-demo-*").Should().BeEmpty();
    }

    [Fact]
    public async Task A_port_that_was_asked_for_and_is_in_use_is_one_line()
    {
        using TcpListener taken = new(IPAddress.Loopback, 0);
        taken.Start();
        string port = ((IPEndPoint)taken.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);

        RunResult result = await ProcessRunner.RunAsync(_data, "demo", "--port", port);

        result.ExitCode.Should().Be(1, result.ToString());
        result.Errors.Split('\n').Should().ContainSingle().Which.Should().Contain(port).And.Contain("--port");
    }

    [Fact]
    public async Task When_the_usual_port_is_in_use_the_next_one_is_taken_and_named()
    {
        using TcpListener usual = new(IPAddress.Loopback, 8_000);
        try
        {
            usual.Start();
        }
        catch (SocketException)
        {
            // Somebody else has it, which serves as well.
        }

        await using ProcessRunner demo = Start();

        await demo.WaitForOutputAsync("Port 8000 is in use, so the bank takes ", Patience);
        (await demo.WaitForOutputAsync("A bank at ", Patience)).Should().NotContain(":8000 ");
    }

    [Fact]
    public async Task Two_started_at_once_without_a_port_get_one_each()
    {
        await using ProcessRunner one = Start();
        await using ProcessRunner other = Start();

        string[] lines = await Task.WhenAll(
            one.WaitForOutputAsync("A bank at ", Patience), other.WaitForOutputAsync("A bank at ", Patience));

        lines.Select(line => line.Split(' ')[3]).Should().OnlyHaveUniqueItems();
    }

    [Fact]
    public async Task Its_processes_end_with_it_even_when_it_is_killed()
    {
        await using ProcessRunner demo = Start("--port", "0", "--delay", "5s");
        string address = (await demo.WaitForOutputAsync("A bank at ", Patience)).Split(' ')[3];
        Uri bank = new(address);
        await demo.WaitForOutputAsync("The race", Patience);
        await demo.WaitForOutputAsync("held for 5 s", Patience);
        Uri[] clients = await MembersAsync(bank);

        demo.Kill();

        clients.Should().HaveCount(3);
        foreach (Uri process in clients.Append(bank))
        {
            await UntilRefusedAsync(process);
        }
    }

    [Fact]
    public async Task Ctrl_C_stops_everything_and_ends_with_130()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        await using ProcessRunner demo = Start("--port", "0", "--delay", "5s");
        Uri bank = new((await demo.WaitForOutputAsync("A bank at ", Patience)).Split(' ')[3]);
        demo.Signal(UnixSignal.Interrupt);

        (await demo.WaitForExitAsync()).ExitCode.Should().Be(130);
        await UntilRefusedAsync(bank);
        Directory.GetDirectories(_data.Path, "blockchain-demo-*").Should().BeEmpty();
    }

    [Theory]
    [InlineData("--clients", "2")]
    [InlineData("--clients", "17")]
    [InlineData("--deposit", "-1")]
    [InlineData("--delay", "2m")]
    [InlineData("--port", "65536")]
    public async Task A_wrong_setting_is_one_line_and_exit_2(string option, string value)
    {
        RunResult result = await ProcessRunner.RunAsync(_data, "demo", option, value);

        result.ExitCode.Should().Be(2, result.ToString());
        result.Errors.Split('\n').Should().ContainSingle().Which.Should().StartWith($"blockchain: {option}");
    }

    private static async Task<Uri[]> MembersAsync(Uri bank)
    {
        using HttpClient http = new();
        using JsonDocument view = JsonDocument.Parse(await http.GetStringAsync(new Uri(bank, "/members")));
        return
        [
            .. view.RootElement.GetProperty("members").EnumerateArray()
                .Select(member => new Uri(member.GetProperty("endpoint").GetString()!)),
        ];
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
        return ProcessRunner.Start(_data, environment, ["demo", .. more]);
    }
}
