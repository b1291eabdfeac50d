using Blockchain.Cli.Voting;
using Blockchain.Tests.Terminal;

namespace Blockchain.Tests.Applications;

/// <summary>The voting machine's terminal: questions, narrow screens, and the end of the input.</summary>
public sealed class TerminalConsoleTests : IDisposable
{
    private readonly CancellationTokenSource _patience = new(TimeSpan.FromSeconds(30));

    public void Dispose() => _patience.Dispose();

    [Fact]
    public async Task After_the_input_has_ended_no_question_waits_for_an_answer()
    {
        using FakeTerminal terminal = new();
        TerminalConsole console = new(terminal, null);
        Task<string?> first = console.AskAsync("Enter choice: ", _patience.Token);
        terminal.Control('D');

        (await first).Should().BeNull();
        (await console.AskAsync("Enter option: ", _patience.Token)).Should().BeNull();
    }

    [Fact]
    public async Task A_question_that_is_wider_than_the_terminal_stands_above_the_line()
    {
        using FakeTerminal terminal = new(columns: 20);
        TerminalConsole console = new(terminal, null);
        Task<string?> answer = console.AskAsync("Enter the id of a voter: ", _patience.Token);
        terminal.Type("17\r");

        (await answer).Should().Be("17");
        terminal.Screen.Raw.Should().Contain("Enter the id of a voter:\r\n").And.Contain("> 17");
    }

    [Fact]
    public async Task Ctrl_C_ends_a_wait_and_not_the_dialogue()
    {
        using FakeTerminal terminal = new();
        TerminalConsole console = new(terminal, null);
        Task<string?> answer = console.AskAsync("? ", _patience.Token);
        terminal.Type("x\r");
        (await answer).Should().Be("x");

        Task<bool> wait = console.WaitAsync(
            async token =>
            {
                terminal.Control('C');
                await Task.Delay(Timeout.Infinite, token);
            },
            _patience.Token);

        (await wait).Should().BeFalse();
    }
}
