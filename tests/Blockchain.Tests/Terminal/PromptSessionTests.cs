using Blockchain.Client.Terminal;
using Blockchain.Core.BankNetwork;
using Blockchain.Tests.Network;

namespace Blockchain.Tests.Terminal;

/// <summary>The whole prompt of one client of three in memory, as a person sees it.</summary>
public sealed class PromptSessionTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly TestNetwork _network = new();
    private readonly FakeTerminal _terminal = new(columns: 100);
    private readonly CancellationTokenSource _stop = new();
    private readonly FakeSession _session;

    public PromptSessionTests()
    {
        _session = new FakeSession(_network, 1);
    }

    private Screen Screen => _terminal.Screen;

    public void Dispose()
    {
        _stop.Cancel();
        _stop.Dispose();
        _terminal.Dispose();
    }

    [Fact]
    public async Task The_banner_says_who_and_where_one_is()
    {
        await StartAsync();
        Screen.Rows[0].Should().MatchRegex("^client 1 . bank 127.0.0.1:8000 . peers 2 3 . help$");
    }

    [Fact]
    public async Task The_banner_waits_for_the_link_to_a_bank_that_has_let_the_client_join()
    {
        _session.BankReachable = false;
        Task<Task<int>> starting = StartAsync();
        await _session.BankSought.WaitAsync(Patience);
        _session.BankReachable = true;
        await starting;
        Screen.Rows[0].Should().MatchRegex("^client 1 . bank 127.0.0.1:8000 . peers 2 3 . help$");
    }

    [Fact]
    public async Task The_banner_does_not_wait_for_a_bank_that_is_not_there()
    {
        _session.BankReachable = false;
        Task<Task<int>> starting = StartAsync();
        await _session.BankSought.WaitAsync(Patience);
        _session.Happen(new ClientEvent.BankUnreachable());
        await starting;
        Screen.Rows[0].Should().MatchRegex(@"^client 1 . bank 127.0.0.1:8000 \(waiting for it\) . peers 2 3 . help$");
    }

    [Fact]
    public async Task A_transfer_returns_at_once_and_its_outcome_appears_above_the_half_typed_line()
    {
        _session.Holds = true;
        await StartAsync();
        _terminal.Type("t 2 4\r");
        await Screen.UntilRowAsync("4.00 -> 2   replies 0/2  1st in the queue");
        _terminal.Type("half");
        await Screen.UntilAsync(screen => screen.Line.EndsWith("> half|", StringComparison.Ordinal), "half");
        _session.Release();

        await Screen.UntilRowAsync("SUCCESS  4.00 -> 2   block 7");
        await Screen.UntilRowAsync("2/2");
        await Screen.UntilAsync(screen => screen.Line.EndsWith("> half|", StringComparison.Ordinal), "half");
        Screen.Rows.Should().ContainMatch("??:??:??  reply from 2 @*   1/2")
            .And.ContainMatch("??:??:??  (*,1) SUCCESS  4.00 -> 2   block 7 *   balance 10.00 -> 6.00");
        Screen.Rows.Count(row => row.Contains("half", StringComparison.Ordinal)).Should().Be(1);
    }

    [Fact]
    public async Task What_is_wrong_is_said_and_the_prompt_goes_on()
    {
        await StartAsync();
        _terminal.Type("tranfer 1 2\rt 1 1\rt 2 -5\rb 2\r");
        await Screen.UntilRowAsync("  2  client-2  10.00");
        Screen.Rows.Should().Contain("  no such command: tranfer. Did you mean transfer?")
            .And.Contain("  refused: 1 is this client itself. Name another client.")
            .And.Contain("  -5 is refused: an amount must be more than 0.");
    }

    [Theory]
    [InlineData("tr\t", "transfer |")]
    [InlineData("bal\t", "balance |")]
    [InlineData("b a\t", "b all |")]
    [InlineData("print l\t", "print last |")]
    [InlineData("t 2 1  --\t", "t 2 1  --wait |")]
    [InlineData("b;ver\t", "b;verify |")]
    public async Task Tab_completes_commands_and_what_follows_them(string typed, string shown)
    {
        await StartAsync();
        _terminal.Type(typed);
        await Screen.UntilAsync(screen => screen.Line.EndsWith($"> {shown}", StringComparison.Ordinal), shown);
        Screen.Line.Should().EndWith($"> {shown}");
    }

    [Fact]
    public async Task Tab_lists_the_clients()
    {
        await StartAsync();
        _terminal.Type("t \t\t");
        await Screen.UntilRowAsync("1  2  3");
        Screen.Rows.Should().Contain("1  2  3");
    }

    [Fact]
    public async Task Ctrl_C_ends_the_waiting_and_not_the_transfer()
    {
        _session.Holds = true;
        await StartAsync();
        _terminal.Type("t 2 4 --wait\r");
        await _session.Submitted.WaitAsync(Patience);
        _terminal.Control('c');
        await Screen.UntilRowAsync("  no longer waited for; what was accepted goes on");
        _terminal.Type("b\r");
        await Screen.UntilRowAsync("  1  client-1  10.00");
        _session.Release();
        _network.Bank.DurableBalance(1).Should().Be(new Money(600));
    }

    [Fact]
    public async Task Payments_to_this_client_are_announced()
    {
        await StartAsync();
        _network.Pay(2, 1, "3", "lunch\u001b[2J");
        _session.Release();
        await Screen.UntilRowAsync("received 3.00 from 2   lunch\uFFFD[2J");
        Screen.Raw.Should().NotContain("lunch\u001b");
    }

    [Fact]
    public async Task A_request_that_counts_as_the_later_word_is_told_from_a_reply()
    {
        await StartAsync();
        _session.Happen(new ClientEvent.ReplyHeard(2, 17, "REPLY", 1, 2));
        _session.Happen(new ClientEvent.ReplyHeard(3, 18, "REQUEST", 2, 2));
        await Screen.UntilRowAsync("heard from 3 @18 (its request)   2/2");
        Screen.Rows.Should().ContainMatch("??:??:??  reply from 2 @17   1/2");
    }

    [Theory]
    [InlineData(new[] { 1, 2 }, "client 3 silent for a lease",
        "view 9, members 1 2: client 3 left (client 3 silent for a lease)")]
    [InlineData(new[] { 1, 2, 3, 4 }, "dora joined", "view 9, members 1 2 3 4: client 4 joined (dora)")]
    [InlineData(new[] { 1, 2 }, "client 3 left", "view 9, members 1 2: client 3 left")]
    [InlineData(new[] { 1, 2, 3 }, "", "view 9, members 1 2 3")]
    public async Task A_view_says_who_came_or_went_and_why(int[] members, string cause, string line)
    {
        await StartAsync();
        ViewInfo view = new(9, 20, default, 30, [.. members.Select(id => new MemberInfo(id, string.Empty))]);
        _session.Happen(new ClientEvent.Installed(view, cause));
        await Screen.UntilRowAsync("view 9");
        Screen.Rows.Should().ContainMatch($"??:??:??  {line}");
    }

    [Fact]
    public async Task A_transfer_that_is_asked_for_again_has_a_new_token()
    {
        await StartAsync();
        Transfer transfer = new(new TransferId(77), 1, 2, new Money(4_00), string.Empty, 0);
        _session.Happen(new ClientEvent.Requested(new Token(20, 1), [transfer]));
        _session.Happen(new ClientEvent.Requested(new Token(31, 1), [transfer]));
        await Screen.UntilRowAsync("(31,1) is the new token of 4.00 -> 2, which was (20,1)");
        Screen.Rows.Should().NotContainMatch("*(20,1) is the new token*");
    }

    [Fact]
    public async Task A_transfer_of_an_earlier_start_is_told_when_it_is_finished()
    {
        _session.Holds = true;
        await _session.SubmitAsync(2, new Money(4_00), "from before");
        await StartAsync();
        _session.Release();
        await Screen.UntilRowAsync("SUCCESS  4.00 -> 2");
        Screen.Rows.Should().ContainMatch("??:??:??  from before: (*,1) SUCCESS  4.00 -> 2   block 7 *");
    }

    [Fact]
    public async Task The_user_hears_when_the_bank_goes_and_when_it_is_there_again()
    {
        await StartAsync();
        _session.BankReachable = false;
        await Screen.UntilRowAsync("the bank cannot be reached; still trying. Accepted transfers are kept.");
        _session.Holds = true;
        _session.BankReachable = true;
        await Screen.UntilRowAsync("the bank is there");
        Screen.Rows.Should().ContainMatch("??:??:??  the bank is there");
    }

    [Theory]
    [InlineData("q\r")]
    [InlineData("EXIT\r")]
    [InlineData("b; quit; b\r")]
    [InlineData("\u0004")]
    public async Task Leaving_is_exit_0(string typed)
    {
        Task<int> prompt = await StartAsync();
        _terminal.Type(typed);
        (await prompt.WaitAsync(Patience)).Should().Be(0);
    }

    [Fact]
    public async Task A_contradiction_ends_the_prompt_with_exit_4()
    {
        Task<int> prompt = await StartAsync();
        _session.Happen(new ClientEvent.Alarm(new Evidence(5, default, default, null, "two hashes")));
        _session.Stop();
        (await prompt.WaitAsync(Patience)).Should().Be(4);
        Screen.Rows.Should().ContainMatch("*  ALARM at block 5: two hashes. The client has stopped. Run verify *");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_signal_ends_the_prompt_with_exit_130(bool eventsEndFirst)
    {
        Task<int> prompt = await StartAsync();
        await using CancellationTokenRegistration first = _stop.Token.Register(() =>
        {
            if (eventsEndFirst)
            {
                _session.Stop();
            }
        });
        await _stop.CancelAsync();
        (await prompt.WaitAsync(Patience)).Should().Be(130);
    }

    [Fact]
    public async Task Clear_empties_the_screen()
    {
        await StartAsync();
        _terminal.Type("clear\r");
        await Screen.UntilAsync(
            screen => screen.Rows.Length == 1 && screen.Line.EndsWith("> |", StringComparison.Ordinal),
            "an empty screen");
        Screen.Rows.Should().ContainSingle().Which.Should().MatchRegex(@"^1 @\d+>$");
    }

    private async Task<Task<int>> StartAsync()
    {
        Task<int> prompt = Task.Run(
            () => new PromptSession(_session, _terminal, null, TimeProvider.System).RunAsync(_stop.Token));
        await Screen.UntilAsync(screen => screen.Line.EndsWith("> |", StringComparison.Ordinal), "the prompt");
        return prompt;
    }
}
