using Blockchain.Cli;
using Blockchain.Cli.Voting;
using Blockchain.Cli.Wallet;
using Blockchain.Core.OpenNetwork;
using Blockchain.Tests.Client;

namespace Blockchain.Tests.Applications;

/// <summary>The voting machine: its dialogue word for word, and what becomes of votes.</summary>
public sealed class VoteDialogueTests : IDisposable
{
    private readonly TemporaryFolder _data = new();
    private readonly FakeNode _node = new();
    private readonly StringWriter _output = new();
    private readonly TextWriter _shared;
    private readonly StringWriter _errors = new();
    private readonly CancellationTokenSource _end = new();

    public VoteDialogueTests()
    {
        _shared = TextWriter.Synchronized(_output);
        _ = MineAsync();
    }

    public void Dispose()
    {
        _end.Cancel();
        _end.Dispose();
        _data.Dispose();
        _output.Dispose();
        _errors.Dispose();
    }

    [Fact]
    public async Task The_dialogue_is_that_of_the_original()
    {
        int exitCode = await RunAsync("a\n17\nred\nd\nq\n", showsPrompts: true);

        exitCode.Should().Be(0);
        _output.ToString().ReplaceLineEndings("\n").Should().MatchRegex(
            "^Enter option \\('a' add record, 'd' display tally, 'q' quit\\): \n"
            + "Enter voter id: \nEnter choice: \nVote added: block \\d+\n"
            + "Enter option \\('a' add record, 'd' display tally, 'q' quit\\): \n"
            + "choice  votes\nred         1\n1 ballot up to block \\d+\n"
            + "Enter option \\('a' add record, 'd' display tally, 'q' quit\\): \n"
            + "ballot of 17 for red: block \\d+, \\d+ deep\n$");
        _errors.ToString().Should().BeEmpty();
    }

    [Fact]
    public async Task A_second_vote_of_a_voter_is_invalid_and_the_dialogue_goes_on()
    {
        int exitCode = await RunAsync("a 17 red\na 17 blue\na 18 blue\nd\n");

        exitCode.Should().Be(1);
        string[] lines = _output.ToString().ReplaceLineEndings("\n").Split('\n');
        lines[0].Should().StartWith("Vote added: block ");
        lines[1].Should().StartWith("Invalid/duplicate vote").And.EndWith("this voter has voted already");
        lines[2].Should().StartWith("Vote added: block ");
        lines.Should().Contain("red         1").And.Contain("blue        1");
    }

    [Fact]
    public async Task A_vote_with_words_of_several_parts_keeps_them()
    {
        await RunAsync("a\nJoan of Arc\nthe red ones\nA 18 the red ones\nD\n");

        _output.ToString().Should().Contain("the red ones      2")
            .And.Contain("ballot of Joan of Arc for the red ones");
    }

    [Theory]
    [InlineData("x\n", "no such option: x. Enter a, d or q.")]
    [InlineData("d now\n", "no such option: d now. Enter a, d or q.")]
    [InlineData("a\n17\n", "the input ended before the vote was complete.")]
    public async Task What_is_not_understood_is_said_and_ends_with_2(string input, string expected)
    {
        (await RunAsync(input)).Should().Be(2);
        _errors.ToString().TrimEnd().Should().Be(expected);
    }

    [Theory]
    [InlineData("a\n\n")]
    [InlineData("a\n17\n\n")]
    [InlineData("a \"\" red\n")]
    public async Task An_empty_voter_or_choice_casts_nothing(string input)
    {
        (await RunAsync(input)).Should().Be(2);
        _errors.ToString().TrimEnd().Should().Be("nothing was entered, so no vote was cast.");
        _node.Ballots().Should().BeEmpty();
    }

    [Fact]
    public async Task Quotes_keep_an_id_together_and_a_semicolon_separates()
    {
        (await RunAsync("a \"Joan of Arc\" red; a '1;7' light blue # a comment\nd")).Should().Be(0);

        _node.Ballots().Select(ballot => (ballot.Voter, ballot.Choice)).Should().Equal(
            ("Joan of Arc", "red"), ("1;7", "light blue"));
    }

    [Fact]
    public async Task News_between_a_question_and_its_answer_has_a_line_of_its_own()
    {
        await using LineQueue input = new();
        Task<int> run = RunAsync(input, showsPrompts: true);
        input.Add("a 17 red");
        await UntilAsync("Vote added");
        _node.Reorganize();
        await UntilAsync("the ballot of 17 is in");
        input.Add("q");

        (await run).Should().Be(0);
        _output.ToString().ReplaceLineEndings("\n").Should().MatchRegex(
            "quit\\): \n(the block with [^\n]*\n)?the ballot of 17 is in block \\d+ now\nballot of 17");
    }

    [Fact]
    public async Task A_damaged_key_is_told_and_the_next_voter_votes()
    {
        KeyFolder folder = new(_data.File("voters"), "voter's key");
        new VoterKeys(folder, null).Of("17");
        File.WriteAllText(folder.PathOf(folder.Names()[0]), "{\"format\":\"blockchain key\"");

        (await RunAsync("a 17 red\na 18 red\n")).Should().Be(4);

        _errors.ToString().Should().Contain("is damaged");
        _output.ToString().Should().StartWith("Vote added: block ").And.Contain("ballot of 18 for red");
    }

    [Fact]
    public async Task A_node_that_does_not_answer_means_retry_and_the_dialogue_goes_on()
    {
        _node.IsDead = true;

        (await RunAsync("a 17 red\nd\nx\n")).Should().Be(3);

        _output.ToString().Should().Contain("Retry: nobody listens");
        _errors.ToString().Should().Contain("nobody listens").And.Contain("no such option: x");
    }

    [Fact]
    public async Task A_node_that_dies_while_a_transaction_waits_is_told_soon()
    {
        HastyTime time = new();
        Confirmation confirmation = new(_node, time);
        _node.IsDead = true;

        Func<Task> wait = () => confirmation.WaitAsync("00", 1, TimeSpan.FromHours(1), CancellationToken.None);

        (await wait.Should().ThrowAsync<TimeoutException>())
            .WithMessage("the node no longer answers (nobody listens)*");
        time.GetElapsedTime(0).Should().BeLessThan(TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task A_node_that_cannot_take_it_now_means_retry_and_ends_with_3()
    {
        _node.Refuse = _ => FakeNode.Refusal(Refusal.PoolFull);

        (await RunAsync("a 17 red\n")).Should().Be(3);
        _output.ToString().Should().StartWith("Retry: too many transactions wait");
    }

    [Fact]
    public async Task A_ballot_whose_block_is_left_goes_on_and_its_end_is_told()
    {
        await using LineQueue input = new();
        Task<int> run = RunAsync(input);
        input.Add("a 17 red");
        await UntilAsync("Vote added");
        _node.Reorganize();
        await UntilAsync("the ballot of 17");
        input.Add("q");

        (await run).Should().Be(0);
        _output.ToString().Should().MatchRegex("ballot of 17 for red: block \\d+, \\d+ deep");
    }

    [Fact]
    public async Task A_ballot_that_another_one_replaced_does_not_count_and_ends_with_1()
    {
        await using LineQueue input = new();
        Task<int> run = RunAsync(input);
        input.Add("a 17 red");
        await UntilAsync("Vote added");
        _node.Replace(
            _node.Ballots()[0].Id.ToString(), new Transaction.Ballot("board", "17", "blue", default, default));
        await UntilAsync("the ballot of 17 does not count");
        input.Add("q");

        (await run).Should().Be(1);
        _output.ToString().Should().Contain("ballot of 17 for red: does not count, another one was first");
    }

    [Fact]
    public async Task Json_is_an_object_for_each_answer()
    {
        (await RunAsync("a 17 red\na 17 red\nd\nx\n", asJson: true)).Should().Be(1);

        string[] lines = _output.ToString().ReplaceLineEndings("\n").TrimEnd().Split('\n');
        lines[0].Should().StartWith(
            "{\"command\":\"add\",\"voter\":\"17\",\"choice\":\"red\",\"result\":\"accepted\",");
        lines[1].Should().Contain("\"result\":\"invalid\"").And.Contain("\"reason\":\"");
        lines[2].Should().StartWith(
            "{\"command\":\"tally\",\"election\":\"board\",\"tally\":{\"red\":1},\"ballots\":1");
        lines[3].Should().StartWith("{\"type\":\"").And.Contain("no such option: x");
        lines[4].Should().StartWith("{\"event\":\"ballot\"").And.Contain("\"state\":\"counted\"");
    }

    [Fact]
    public async Task Each_voter_has_a_key_that_stays_the_same()
    {
        await RunAsync("a 17 red\na 18 red\n");
        Transaction.Ballot[] first = [.. _node.Ballots()];
        KeyFolder folder = new(_data.File("voters"), "voter's key");

        first.Select(ballot => ballot.Key).Should().OnlyHaveUniqueItems();
        new VoterKeys(folder, null).Of("17").PublicKey.Should().Be(first[0].Key);
        folder.Names().Should().HaveCount(2);
    }

    [Theory]
    [InlineData("17", "line 1: it is not a voter's id")]
    [InlineData("# nobody\n\n", "has no voter")]
    [InlineData("17 00", "line 1: it is not a voter's id")]
    public void A_roll_that_is_not_one_is_refused_with_the_line(string text, string expected)
    {
        Action parse = () => RollFile.Parse(text.Split('\n'), "roll.txt");

        parse.Should().Throw<CliException>().WithMessage($"*{expected}*").Which.ExitCode.Should().Be(2);
    }

    [Fact]
    public void A_roll_has_a_voter_a_line()
    {
        string key = new('a', 64);

        RollFile.Parse([$"17 {key}", string.Empty, "# more", $"Joan of Arc\t{key} "], "roll")
            .Should().SatisfyRespectively(
            first => first.Voter.Should().Be("17"),
            second => second.Voter.Should().Be("Joan of Arc"));
        Action twice = () => RollFile.Parse([$"17 {key}", $"17 {key}"], "roll");
        Action tooMany = () => RollFile.Parse(
            Enumerable.Range(0, OpenLimits.Roll + 1).Select(number => $"{number} {key}"), "roll");
        twice.Should().Throw<CliException>().WithMessage("*line 2*stands on the roll already*");
        tooMany.Should().Throw<CliException>().WithMessage("*at most*");
    }

    private async Task MineAsync()
    {
        while (!_end.IsCancellationRequested)
        {
            await Task.Delay(20);
            if (_node.Pending.Count > 0)
            {
                _node.Mine();
            }
        }
    }

    private async Task<int> RunAsync(string input, bool showsPrompts = false, bool asJson = false)
    {
        using StringReader reader = new(input);
        return await RunAsync(reader, showsPrompts, asJson);
    }

    private Task<int> RunAsync(TextReader input, bool showsPrompts = false, bool asJson = false)
    {
        VoterKeys keys = new(new KeyFolder(_data.File("voters"), "voter's key"), null);
        VoteOptions options = new("board", 1, TimeSpan.FromSeconds(30));
        VoteSession session = new(_node, keys, options, TimeProvider.System);
        LineConsole console = new(input, _shared, _errors, showsPrompts);
        return new VoteDialogue(session, console, asJson).RunAsync(_end.Token);
    }

    private async Task UntilAsync(string text)
    {
        using CancellationTokenSource patience = new(TimeSpan.FromSeconds(30));
        while (!Written().Contains(text, StringComparison.Ordinal))
        {
            await Task.Delay(20, patience.Token);
        }
    }

    // The dialogue goes on writing meanwhile, and its writer locks itself.
    private string Written()
    {
        lock (_shared)
        {
            return _output.ToString();
        }
    }
}
