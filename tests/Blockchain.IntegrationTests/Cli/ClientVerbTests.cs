using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Blockchain.IntegrationTests.Support;

namespace Blockchain.IntegrationTests.Cli;

/// <summary>`client` of the built executable, with a bank of its own process.</summary>
public sealed class ClientVerbTests : IAsyncLifetime
{
    private readonly TempFolder _data = new();
    private ProcessRunner _bank = null!;
    private string _address = string.Empty;

    public async Task InitializeAsync()
    {
        _bank = ProcessRunner.Start(_data, "bank", "--listen", "127.0.0.1:0");
        _address = (await _bank.WaitForOutputAsync("bank at http://127.0.0.1:")).Split(' ')[2];
    }

    public async Task DisposeAsync()
    {
        await _bank.DisposeAsync();
        _data.Dispose();
    }

    [Fact]
    public async Task A_new_client_has_an_account_and_comes_back_under_its_name_as_the_same_one()
    {
        RunResult first = await RunAsync("a", "balance all");
        RunResult again = await RunAsync("a", "balance");

        first.ExitCode.Should().Be(0, first.ToString());
        first.Output.Should().Contain("10.00");
        again.Output.Should().Be("1  a  10.00");
    }

    [Fact]
    public async Task A_transfer_is_paid_recorded_and_verified()
    {
        await using ProcessRunner other = await StayAsync("b");

        RunResult result = await RunAsync("a", "t 1 4.50 lunch; b all; verify", "--json");

        result.ExitCode.Should().Be(0, result.ToString());
        result.Lines.Should().HaveCount(3, result.ToString());
        JsonElement transfer = Parse(result.Lines[0]);
        transfer.GetProperty("status").GetString().Should().Be("SUCCESS");
        transfer.GetProperty("balanceAfter").GetString().Should().Be("5.50");
        Parse(result.Lines[1]).GetProperty("total").GetString().Should().Be("20.00");
        Parse(result.Lines[2]).GetProperty("valid").GetBoolean().Should().BeTrue();
    }

    [Fact]
    public async Task An_aborted_transfer_is_exit_1_and_stops_the_rest_unless_told_to_keep_going()
    {
        await using ProcessRunner other = await StayAsync("b");

        RunResult stopped = await RunAsync("a", "t 1 99; balance");
        RunResult kept = await RunAsync("a", "t 1 99; balance", "--keep-going");

        stopped.ExitCode.Should().Be(1, stopped.ToString());
        stopped.Output.Should().Contain("ABORT").And.NotContain("2  a  10.00");
        kept.ExitCode.Should().Be(1, kept.ToString());
        kept.Output.Should().Contain("ABORT").And.Contain("2  a  10.00");
    }

    [Fact]
    public async Task A_word_that_is_no_command_is_exit_2_with_the_nearest_one()
    {
        RunResult result = await RunAsync("a", "tranfer 1 2");

        result.ExitCode.Should().Be(2, result.ToString());
        result.Errors.Should().Contain("no such command: tranfer. Did you mean transfer?");
    }

    [Fact]
    public async Task Lines_of_a_pipe_are_commands_and_its_end_leaves()
    {
        await using ProcessRunner client = Start("a");
        await client.SendLineAsync("# only a comment");
        await client.SendLineAsync("B ALL; clock");
        await client.WaitForOutputAsync("10.00");
        client.CloseInput();

        RunResult result = await client.WaitForExitAsync();

        result.ExitCode.Should().Be(0, result.ToString());
    }

    [Fact]
    public async Task A_line_without_end_is_refused_and_not_kept()
    {
        await using ProcessRunner client = Start("a");
        await client.SendAsync(new string('b', 100_000));

        RunResult result = await client.WaitForExitAsync();

        result.ExitCode.Should().Be(2, result.ToString());
        result.Errors.Should().StartWith("blockchain: a line of the input is longer than");
    }

    [Fact]
    public async Task A_client_waits_for_a_bank_that_starts_later()
    {
        using TempFolder data = new();
        string listen = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{Ports.Free()}");
        await using ProcessRunner client = ProcessRunner.Start(
            data, "client", "--name", "a", "--bank", listen, "--stay");
        await client.WaitForErrorAsync("the bank cannot be reached");
        await using ProcessRunner bank = ProcessRunner.Start(data, "bank", "--listen", listen);

        string view = await client.WaitForOutputAsync("view ");

        view.Should().Contain("members 1");
    }

    [Fact]
    public async Task A_second_process_of_the_same_client_is_refused_in_one_line()
    {
        await using ProcessRunner first = await StayAsync("a");

        RunResult second = await RunAsync("a", "b");

        second.ExitCode.Should().Be(1, second.ToString());
        second.Errors.Split('\n').Should().ContainSingle().Which
            .Should().StartWith("blockchain: ").And.Contain("in use by another process");
    }

    [Fact]
    public async Task A_name_that_the_bank_knows_from_elsewhere_is_refused()
    {
        await RunAsync("a", "b");
        using TempFolder elsewhere = new();

        RunResult commands = await ProcessRunner.RunAsync(
            elsewhere, "client", "--bank", _address, "--name", "a", "-c", "b");
        RunResult service = await ProcessRunner.RunAsync(
            elsewhere, "client", "--bank", _address, "--name", "a", "--stay");

        commands.ExitCode.Should().Be(1, commands.ToString());
        commands.Errors.Should().Contain("belongs to another key");
        service.ExitCode.Should().Be(1, service.ToString());
        service.Errors.Should().Contain("another client has this name");
    }

    [Fact]
    public async Task A_port_in_use_is_one_line()
    {
        using TcpListener taken = new(IPAddress.Loopback, 0);
        taken.Start();

        RunResult result = await RunAsync("a", "b", "--listen", taken.LocalEndpoint.ToString()!);

        result.ExitCode.Should().Be(1, result.ToString());
        result.Errors.Split('\n').Should().ContainSingle().Which.Should().Contain("in use by another process");
    }

    [Fact]
    public async Task A_data_folder_that_cannot_be_made_is_one_line()
    {
        string file = _data.Sub("a-file");
        await File.WriteAllTextAsync(file, "not a folder");

        RunResult client = await RunAsync("a", "b", "--data", file);
        RunResult bank = await ProcessRunner.RunAsync(_data, "bank", "--listen", "127.0.0.1:0", "--data", file);

        foreach (RunResult result in (RunResult[])[client, bank])
        {
            result.ExitCode.Should().Be(1, result.ToString());
            result.Errors.Split('\n').Should().ContainSingle().Which
                .Should().StartWith("blockchain: ").And.Contain(file);
        }
    }

    [Fact]
    public async Task Operations_are_appended_to_the_history_file()
    {
        await using ProcessRunner other = await StayAsync("b");
        string history = _data.Sub("history.jsonl");

        await RunAsync("a", "t 1 1; b", "--history", history);

        JsonElement[] lines = [.. (await File.ReadAllLinesAsync(history)).Select(Parse)];
        lines.Should().Contain(line => line.GetProperty("op").GetString() == "transfer");
        lines.Should().Contain(line => line.GetProperty("op").GetString() == "balance");
    }

    [Theory]
    [InlineData("--name", "a/b")]
    [InlineData("--delay", "-1s")]
    [InlineData("--delay", "2m")]
    [InlineData("--bank", "ftp://127.0.0.1")]
    [InlineData("--listen", "0.0.0.0:0")]
    [InlineData("--advertise", "two words")]
    public async Task A_wrong_setting_is_one_line_and_exit_2(string option, string value)
    {
        RunResult result = await ProcessRunner.RunAsync(_data, "client", option, value, "-c", "b");

        result.ExitCode.Should().Be(2, result.ToString());
        result.Errors.Split('\n').Should().ContainSingle().Which.Should().StartWith("blockchain: ");
        Directory.Exists(_data.Sub("clients")).Should().BeFalse("nothing is stored when the command line is wrong");
    }

    [Fact]
    public async Task A_service_that_is_terminated_leaves_its_view_and_an_interrupted_one_ends_with_130()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        await using ProcessRunner first = await StayAsync("a");
        await using ProcessRunner second = await StayAsync("b");
        await first.WaitForOutputAsync("members 1 2");
        second.Signal(UnixSignal.Terminate);

        // Far below the lease of ten seconds: it said that it leaves.
        await first.WaitForOutputAsync(
            line => line.EndsWith("members 1", StringComparison.Ordinal), TimeSpan.FromSeconds(8));
        (await second.WaitForExitAsync()).ExitCode.Should().Be(0);
        first.Signal(UnixSignal.Interrupt);
        (await first.WaitForExitAsync()).ExitCode.Should().Be(130);
    }

    [Fact]
    public async Task A_service_with_json_says_in_json_where_it_listens_and_who_is_a_member()
    {
        await using ProcessRunner service = Start("a", "--stay", "--json");

        JsonElement listening = Parse(await service.WaitForOutputAsync("listening"));
        JsonElement view = Parse(await service.WaitForOutputAsync("epoch"));

        listening.GetProperty("name").GetString().Should().Be("a");
        listening.GetProperty("address").GetString().Should().StartWith("http://127.0.0.1:");
        view.GetProperty("event").GetString().Should().Be("view");
        view.GetProperty("members").EnumerateArray().Select(id => id.GetInt32()).Should().Equal(1);
    }

    private static JsonElement Parse(string line) => JsonDocument.Parse(line).RootElement;

    private async Task<ProcessRunner> StayAsync(string name)
    {
        ProcessRunner client = Start(name, "--stay");
        await client.WaitForOutputAsync("view ");
        return client;
    }

    private ProcessRunner Start(string name, params string[] more) =>
        ProcessRunner.Start(_data, ["client", "--bank", _address, "--name", name, .. more]);

    private Task<RunResult> RunAsync(string name, string commands, params string[] more) =>
        ProcessRunner.RunAsync(_data, ["client", "--bank", _address, "--name", name, "-c", commands, .. more]);
}
