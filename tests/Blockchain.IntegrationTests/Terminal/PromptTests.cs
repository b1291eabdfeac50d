using Blockchain.IntegrationTests.Support;

namespace Blockchain.IntegrationTests.Terminal;

/// <summary>The prompts of the built executable in a pseudo-terminal, as a person uses them.</summary>
public sealed class PromptTests : IAsyncLifetime
{
    private const string Up = "\u001b[A";
    private readonly TempFolder _data = new();
    private readonly string _address = $"127.0.0.1:{Ports.Free()}";
    private ProcessRunner? _bank;

    public async Task InitializeAsync()
    {
        _bank = ProcessRunner.Start(_data, "bank", "--listen", _address, "--json", "--with-parent");
        await _bank.WaitForOutputAsync("listening");
    }

    public async Task DisposeAsync()
    {
        await _bank!.DisposeAsync();
        _data.Dispose();
    }

    [TerminalFact]
    public async Task Two_people_pay_each_other_and_a_half_typed_line_survives_what_appears()
    {
        await using PseudoTerminal alice = await ClientAsync("alice");
        await using PseudoTerminal bob = await ClientAsync("bob");
        await alice.Screen.UntilRowAsync("members 1 2");
        alice.Screen.Rows.Should().ContainMatch($"client 1 · bank {_address} · *help");
        await alice.TypeAsync("b 2 # half");
        await LineAsync(alice, "b 2 # half|");

        await bob.TypeAsync("t 1 2.50 lunch\r");
        await bob.Screen.UntilRowAsync("balance 10.00 -> 7.50");
        await alice.Screen.UntilRowAsync("received 2.50 from 2   lunch");
        await LineAsync(alice, "b 2 # half|");
        alice.Screen.Rows.Count(row => row.Contains("half", StringComparison.Ordinal)).Should().Be(1);
        await alice.TypeAsync("\r");
        await alice.Screen.UntilRowAsync("  2  bob  7.50");

        await alice.TypeAsync("q\r");
        (await alice.WaitForExitAsync()).Should().Be(0);
        await bob.TypeAsync("\u0004");
        (await bob.WaitForExitAsync()).Should().Be(0);
    }

    [TerminalFact]
    public async Task Lines_are_edited_completed_and_found_again()
    {
        await using PseudoTerminal alice = await ClientAsync("alice");
        await alice.TypeAsync("clock");
        await LineAsync(alice, "clock|");
        await alice.TypeAsync("\u0003");
        await alice.Screen.UntilRowAsync("> clock^C");
        await alice.TypeAsync("cloc\u0001\u001b[C\u001b[C\u001b[D\u0005k\r");
        await alice.Screen.UntilRowAsync("  client 1, clock");
        await alice.TypeAsync("bal\ta\t");
        await LineAsync(alice, "balance all |");
        await alice.TypeAsync("\u0015" + Up);
        await LineAsync(alice, "clock|");
        await alice.TypeAsync("\u0015\u0012clo");
        await LineAsync(alice, "(search) 'clo': clock|");
        await alice.TypeAsync("\u0007\u0004");
        (await alice.WaitForExitAsync()).Should().Be(0);

        await using PseudoTerminal again = await ClientAsync("alice");
        await again.TypeAsync(Up);
        await LineAsync(again, "clock|");
        again.Screen.Line.Should().EndWith("> clock|", "the history is kept for the next time");
    }

    [TerminalFact]
    public async Task A_paste_of_several_lines_runs_them_in_turn_and_shows_nothing_twice()
    {
        await using PseudoTerminal alice = await ClientAsync("alice");
        string[] lines = [.. Enumerable.Range(1, 20).Select(number => $"help clock # {number}.")];
        await alice.TypeAsync(string.Concat(lines.Select(line => line + "\r")) + "unfinished");
        await LineAsync(alice, "unfinished|");

        lines.Should().AllSatisfy(line =>
            alice.Screen.Rows.Count(row => row.EndsWith(line, StringComparison.Ordinal)).Should().Be(1, line));
        alice.Screen.Rows.Count(row => row == "    the Lamport clock and the view").Should().Be(lines.Length);
        alice.Screen.Rows.Count(row => row.Contains("unfinished", StringComparison.Ordinal)).Should().Be(1);
    }

    [TerminalFact]
    public async Task Wide_and_combining_characters_keep_the_cursor_in_its_place()
    {
        await using PseudoTerminal alice = await ClientAsync("alice");
        await alice.TypeAsync("日本語e\u0301😀x\u0002\u0002");
        await LineAsync(alice, "日本語e\u0301|😀x");
        await alice.TypeAsync("\u007f\u007f");
        await LineAsync(alice, "日本|😀x");
        alice.Screen.Line.Should().EndWith("> 日本|😀x");
    }

    [TerminalFact]
    public async Task Nothing_is_coloured()
    {
        await using PseudoTerminal alice = await ClientAsync("alice");
        await alice.TypeAsync("all; why; verify\r");
        await alice.Screen.UntilRowAsync("blocks verified");
        alice.Screen.Raw.Should().NotMatchRegex("\u001b\\[[0-9;]*m");
    }

    [TerminalFact]
    public async Task A_dumb_terminal_gets_no_control_sequence()
    {
        await using PseudoTerminal alice = PseudoTerminal.Start(
            _data, "dumb", "client", "--bank", $"http://{_address}", "--name", "alice");
        await alice.TypeAsync("b all\n");
        await alice.Screen.UntilRowAsync("total");
        await alice.TypeAsync("q\n");
        (await alice.WaitForExitAsync()).Should().Be(0);
        alice.Screen.Raw.Should().NotContain("\u001b");
    }

    [TerminalFact]
    public async Task The_bank_s_prompt_edits_lines_too_and_tells_who_comes_and_goes()
    {
        string address = $"127.0.0.1:{Ports.Free()}";
        await using PseudoTerminal bank = PseudoTerminal.Start(
            _data, "xterm", "bank", "--listen", address, "--data", _data.Sub("other"));
        await LineAsync(bank, "bank> |");
        await bank.TypeAsync("prnt\r");
        await bank.Screen.UntilRowAsync("no such command: prnt. Did you mean print?");
        await bank.TypeAsync("cl\t\r");
        await bank.Screen.UntilRowAsync("client_id");
        await bank.TypeAsync(Up);
        await LineAsync(bank, "bank> clients |");
        await bank.TypeAsync("\u0003");
        await bank.Screen.UntilRowAsync("bank> clients ^C");

        await bank.TypeAsync("half");
        RunResult guest = await ProcessRunner.RunAsync(
            _data, "client", "--bank", $"http://{address}", "--name", "guest", "-c", "clock");
        guest.ExitCode.Should().Be(0, guest.ToString());
        await bank.Screen.UntilRowAsync("members 1: guest joined");
        await bank.Screen.UntilRowAsync("no members: client 1 left");
        await LineAsync(bank, "bank> half|");
        await bank.TypeAsync("\u0015\u0004");
        (await bank.WaitForExitAsync()).Should().Be(0);
    }

    [Fact]
    public async Task Redirected_output_has_no_control_sequence()
    {
        RunResult result = await ProcessRunner.RunAsync(
            _data, "client", "--bank", $"http://{_address}", "--name", "alice", "-c", "all; why; help; verify");
        result.ExitCode.Should().Be(0, result.ToString());
        (result.Output + result.Errors).Should().NotContain("\u001b");
    }

    private static Task LineAsync(PseudoTerminal terminal, string end) => terminal.Screen.UntilAsync(
        screen => screen.Line.EndsWith(end, StringComparison.Ordinal), $"'{end}'");

    private async Task<PseudoTerminal> ClientAsync(string name)
    {
        PseudoTerminal terminal = PseudoTerminal.Start(
            _data, "xterm-256color", "client", "--bank", $"http://{_address}", "--name", name);
        await LineAsync(terminal, "> |");
        return terminal;
    }
}
