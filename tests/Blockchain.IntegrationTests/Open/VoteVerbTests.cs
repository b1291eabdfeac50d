using Blockchain.IntegrationTests.Support;

namespace Blockchain.IntegrationTests.Open;

/// <summary>`vote` at a terminal, from a pipe and with -c.</summary>
public sealed class VoteVerbTests(OpenNodeFixture node) : IClassFixture<OpenNodeFixture>
{
    private const string Option = "Enter option ('a' add record, 'd' display tally, 'q' quit): ";

    [TerminalFact]
    public async Task At_a_terminal_the_dialogue_is_that_of_the_original()
    {
        await using PseudoTerminal vote = PseudoTerminal.Start(
            node.Data, "xterm", "vote", "--node", node.Url, "--election", "board");
        await LineAsync(vote, Option);
        await vote.TypeAsync("a\r");
        await LineAsync(vote, "Enter voter id: ");
        await vote.TypeAsync("17\r");
        await LineAsync(vote, "Enter choice: ");
        await vote.TypeAsync("red\r");
        await vote.Screen.UntilRowAsync("Vote added: block ");
        await vote.TypeAsync("a\r17\rblue\r");
        await vote.Screen.UntilRowAsync("Invalid/duplicate vote");
        await vote.TypeAsync("d\r");
        await vote.Screen.UntilRowAsync("red         1");
        await vote.TypeAsync("q\r");

        (await vote.WaitForExitAsync()).Should().Be(1, "one of the two votes was no vote");
        vote.Screen.Rows.Should().ContainMatch("ballot of 17 for red: block *");
    }

    [Fact]
    public async Task From_a_pipe_the_questions_are_asked_too_and_with_c_they_are_not()
    {
        RunResult piped = await ProcessRunner.RunAsync(
            node.Data, "a\nalice\ngreen\nd\nq\n", ["vote", "--node", node.Url, "--election", "piped"]);
        RunResult commands = await node.AskAsync("vote", "--election", "piped", "-c", "a bob blue; a bob blue; d");

        piped.ExitCode.Should().Be(0, piped.ToString());
        piped.Output.Should().Contain(Option.TrimEnd()).And.Contain("Enter voter id:").And.Contain("Enter choice:")
            .And.Contain("Vote added: block ").And.Contain("green       1");
        commands.ExitCode.Should().Be(1, commands.ToString());
        commands.Output.Should().NotContain("Enter ").And.Contain("Invalid/duplicate vote")
            .And.Contain("blue        1").And.Contain("green       1");
    }

    [Fact]
    public async Task An_election_with_choices_and_a_roll_takes_no_others()
    {
        string roll = Path.Combine(node.Data.Path, "roll.txt");
        RunResult[] keys = [await node.RunAsync("vote", "key", "1"), await node.RunAsync("vote", "key", "2")];
        await File.WriteAllLinesAsync(roll, keys.Select(key => key.Output));
        RunResult opened = await node.AskAsync(
            "vote", "open", "--election", "closed", "--choices", "yes,no", "--roll", roll);
        opened.ExitCode.Should().Be(0, opened.ToString());
        opened.Output.Should().StartWith("election closed is open: block ");

        RunResult votes = await node.AskAsync(
            "vote", "--election", "closed", "-c", "a 1 yes; a 2 maybe; a 3 yes; d");
        RunResult again = await node.AskAsync("vote", "open", "--election", "closed");

        votes.ExitCode.Should().Be(1, votes.ToString());
        votes.Lines[0].Should().StartWith("Vote added: block ");
        votes.Lines[1].Should().Contain("the election does not have this choice");
        votes.Lines[2].Should().Contain("this voter is not on the roll of the election");
        votes.Output.Should().MatchRegex("yes +1\nno +0\n1 ballot of 2 voters up to block ");
        again.ExitCode.Should().Be(1, again.ToString());
        again.Errors.Should().Contain("take another name");
    }

    [TerminalFact]
    public async Task A_passphrase_is_asked_for_and_never_shown()
    {
        await using PseudoTerminal made = PseudoTerminal.Start(node.Data, "xterm", "wallet", "new", "--name", "hidden");
        await LineAsync(made, "New passphrase of wallet hidden: ");
        await made.TypeAsync("swordfish\r");
        await LineAsync(made, "The same again: ");
        await made.TypeAsync("swordfish\r");

        (await made.WaitForExitAsync()).Should().Be(0);
        made.Screen.Raw.Should().NotContain("swordfish").And.Contain("sealed with the passphrase");
    }

    private static Task LineAsync(PseudoTerminal terminal, string end) => terminal.Screen.UntilAsync(
        screen => screen.Line.EndsWith(end + "|", StringComparison.Ordinal), $"'{end}'");
}
