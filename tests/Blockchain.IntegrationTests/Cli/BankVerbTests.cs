using System.Globalization;
using Blockchain.IntegrationTests.Support;

namespace Blockchain.IntegrationTests.Cli;

public sealed class BankVerbTests : IDisposable
{
    private readonly TempFolder _data = new();

    public void Dispose() => _data.Dispose();

    [Theory]
    [InlineData("--deposit", "-5")]
    [InlineData("--deposit", "1e9")]
    [InlineData("--deposit", "0.001")]
    [InlineData("--lease", "0s")]
    [InlineData("--listen", "127.0.0.1")]
    [InlineData("--listen", "127.0.0.1:65536")]
    [InlineData("--listen", "0.0.0.0:0")]
    public async Task A_wrong_setting_is_one_line_and_exit_2(string option, string value)
    {
        RunResult result = await ProcessRunner.RunAsync(_data, "bank", option, value);

        result.ExitCode.Should().Be(2, result.ToString());
        result.Errors.Split('\n').Should().ContainSingle().Which.Should().StartWith("blockchain: ");
        Directory.Exists(_data.Sub("bank")).Should().BeFalse("nothing is stored when the command line is wrong");
    }

    [Fact]
    public async Task All_wrong_settings_are_named_at_once_wherever_they_stand()
    {
        Dictionary<string, string> environment = new() { ["BLOCKCHAIN__BANK__LEASE"] = "soon" };
        await using ProcessRunner bank = ProcessRunner.Start(_data, environment, "bank", "--deposit", "much");
        RunResult result = await bank.WaitForExitAsync();

        result.ExitCode.Should().Be(2, result.ToString());
        result.Errors.Split('\n').Should().HaveCount(2)
            .And.Contain(line => line.Contains("'much'")).And.Contain(line => line.Contains("'soon'"));
    }

    [Fact]
    public async Task The_environment_sets_options_and_the_command_line_wins()
    {
        Dictionary<string, string> environment = new()
        {
            ["BLOCKCHAIN__BANK__LISTEN"] = "127.0.0.1:0",
            ["BLOCKCHAIN__BANK__DEPOSIT"] = "25",
            ["BLOCKCHAIN__BANK__LEASE"] = "7s",
        };
        await using ProcessRunner bank = ProcessRunner.Start(_data, environment, "bank", "--lease", "3s");

        string line = await bank.WaitForOutputAsync("bank at http://127.0.0.1:");

        line.Should().Contain("deposit 25.00").And.Contain("lease 3 s");
    }

    [Fact]
    public async Task The_folder_of_a_killed_bank_is_good_until_a_byte_of_its_last_commit_is_changed()
    {
        await using (ProcessRunner bank = ProcessRunner.Start(_data, "bank", "--listen", "127.0.0.1:0"))
        {
            string line = await bank.WaitForOutputAsync("bank at http://127.0.0.1:");
            RunResult client = await ProcessRunner.RunAsync(
                _data, "client", "--bank", line.Split(' ')[2], "-c", "balance");
            client.ExitCode.Should().Be(0, client.ToString());
            bank.Kill();
            await bank.WaitForExitAsync();
        }

        RunResult killed = await ProcessRunner.RunAsync(_data, "verify", "bank");
        string log = _data.Sub("bank", "ledger.db-wal");
        byte[] bytes = await File.ReadAllBytesAsync(log);
        bytes[^100] ^= 1;
        await File.WriteAllBytesAsync(log, bytes);
        RunResult damaged = await ProcessRunner.RunAsync(_data, "verify", "bank");
        RunResult export = await ProcessRunner.RunAsync(_data, "export", "bank");
        RunResult start = await ProcessRunner.RunAsync(_data, "bank", "--listen", "127.0.0.1:0");

        killed.ExitCode.Should().Be(0, killed.ToString());
        killed.Output.Should().Contain("not stopped cleanly").And.Contain("ledger.mark");
        damaged.ExitCode.Should().Be(4, damaged.ToString());
        damaged.Output.Should().Contain("BAD at block").And.Contain("ledger.mark");
        export.ExitCode.Should().Be(4, export.ToString());
        start.ExitCode.Should().Be(4, start.ToString());
        start.Errors.Should().StartWith("blockchain: block ").And.Contain("If you have a copy of ");
    }

    [Fact]
    public async Task A_second_bank_in_the_same_folder_or_at_the_same_port_is_refused_in_one_line()
    {
        await using ProcessRunner first = ProcessRunner.Start(_data, "bank", "--listen", "127.0.0.1:0");
        string line = await first.WaitForOutputAsync("bank at http://127.0.0.1:");
        int port = new Uri(line.Split(' ')[2]).Port;
        using TempFolder other = new();

        RunResult folder = await ProcessRunner.RunAsync(_data, "bank", "--listen", "127.0.0.1:0");
        RunResult address = await ProcessRunner.RunAsync(
            other, "bank", "--listen", string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}"));

        folder.ExitCode.Should().Be(1, folder.ToString());
        folder.Errors.Split('\n').Should().ContainSingle().Which.Should().Contain("in use by another process");
        address.ExitCode.Should().Be(1, address.ToString());
        address.Errors.Split('\n').Should().ContainSingle().Which.Should().Contain("--listen");
    }

    [Fact]
    public async Task A_running_bank_is_exported_by_address_and_a_terminated_one_leaves_a_sealed_folder()
    {
        await using ProcessRunner bank = ProcessRunner.Start(_data, "bank", "--listen", "127.0.0.1:0");
        string address = (await bank.WaitForOutputAsync("bank at http://127.0.0.1:")).Split(' ')[2];

        RunResult running = await ProcessRunner.RunAsync(_data, "export", address);
        running.ExitCode.Should().Be(0, running.ToString());
        if (!OperatingSystem.IsWindows())
        {
            bank.Signal(UnixSignal.Terminate);
            (await bank.WaitForExitAsync()).ExitCode.Should().Be(0, "SIGTERM is an ordinary end");
            RunResult stopped = await ProcessRunner.RunAsync(_data, "export", "bank");
            stopped.Output.Should().Be(running.Output);
            File.Exists(_data.Sub("bank", "ledger.seal")).Should().BeTrue();
        }
    }

    [Fact]
    public async Task An_interrupted_bank_ends_with_130()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        await using ProcessRunner bank = ProcessRunner.Start(_data, "bank", "--listen", "127.0.0.1:0");
        await bank.WaitForOutputAsync("bank at ");
        bank.Signal(UnixSignal.Interrupt);

        (await bank.WaitForExitAsync()).ExitCode.Should().Be(130);
    }
}
