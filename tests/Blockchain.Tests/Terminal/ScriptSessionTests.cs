using System.Text.Json;
using Blockchain.Client;
using Blockchain.Client.Terminal;
using Blockchain.Tests.Applications;
using Blockchain.Tests.Network;
using Blockchain.Wire.Files;

namespace Blockchain.Tests.Terminal;

/// <summary>Commands from a pipe, carried out by one client of three in memory.</summary>
public sealed class ScriptSessionTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly TestNetwork _network = new();
    private readonly FakeSession _session;

    public ScriptSessionTests()
    {
        _session = new FakeSession(_network, 1);
    }

    private sealed record Ran(int Exit, string Output, string Errors);

    [Fact]
    public async Task A_transfer_says_its_token_its_outcome_its_block_and_the_balance()
    {
        (int exit, string output, string errors) = Parts(await RunAsync("t 2 4 lunch\nt 3 7"));

        exit.Should().Be(1);
        string[] lines = output.Split('\n');
        lines[0].Should().MatchRegex(@"^\(\d+,1\) SUCCESS  4\.00 -> 2   block 7  [0-9a-f]{8}");
        lines[1].Should().Be("balance 10.00 -> 6.00");
        lines[2].Should().MatchRegex(@"^\(\d+,1\) ABORT \w+  7\.00 -> 3   block 8  [0-9a-f]{8}");
        lines[3].Should().Be("balance 6.00 -> 6.00");
        errors.Should().BeEmpty();
    }

    [Fact]
    public async Task A_transfer_in_json_has_every_field()
    {
        Ran ran = await RunAsync("t 2 4 lunch", json: true);

        ran.Exit.Should().Be(0);
        ran.Output.Should().MatchRegex(
            """^\{"command":"transfer","txid":"[0-9a-f-]+","from":1,"to":2,"amount":"4.00","clock":\d+,"client":1,"""
            + """ "seq":0,"status":"SUCCESS","reason":null,"index":7,"hash":"[0-9a-f]{64}","""
                .TrimStart()
            + """ "balanceBefore":"10.00","balanceAfter":"6.00"\}\n$""".TrimStart());
    }

    [Theory]
    [InlineData("balance all; balance")]
    [InlineData("chain; balance all")]
    public async Task A_command_that_waits_for_its_bank_says_so_once_before_it_gives_up(string script)
    {
        _network.Restart(1);
        _session.BankTrouble = "no such host";

        Ran ran = await RunAsync(script, json: true, time: new HastyTime());

        ran.Exit.Should().Be(Reply.Unreachable);
        ran.Output.Should().NotContain("waiting").And.Contain("has not answered for 30 s: no such host. Start it");
        ran.Errors.Should().Be("waiting for the bank at 127.0.0.1:8000, 30 s in all\n");
    }

    [Fact]
    public async Task A_transfer_that_waits_for_its_bank_says_so_once_before_it_gives_up()
    {
        _session.Holds = true;
        _session.BankReachable = false;

        Ran ran = await RunAsync("t 2 4", time: new HastyTime());

        ran.Exit.Should().Be(Reply.Unreachable);
        string[] errors = ran.Errors.TrimEnd().Split('\n');
        errors.Should().HaveCount(2);
        errors[0].Should().Be("waiting for the bank at 127.0.0.1:8000, 30 s in all");
        errors[1].Should().StartWith("the bank has not been reachable for 30 s.");
    }

    [Fact]
    public async Task Balances_are_shown_one_by_one_and_all_with_their_sum()
    {
        Ran ran = await RunAsync("b; b 2; b all");
        ran.Should().Be(new Ran(
            0,
            """
            1  client-1  10.00
            2  client-2  10.00
            client  name      balance
                 1  client-1    10.00
                 2  client-2    10.00
                 3  client-3    10.00
                    total       30.00

            """,
            ""));
    }

    [Fact]
    public async Task Balances_in_json_are_one_object_per_command()
    {
        Ran ran = await RunAsync("b 2; b all", json: true);
        ran.Output.Should().Be(
            """{"command":"balance","account":2,"balance":"10.00"}""" + "\n"
            + """{"command":"balances","accounts":[{"id":1,"name":"client-1","balance":"10.00"},"""
            + """{"id":2,"name":"client-2","balance":"10.00"},{"id":3,"name":"client-3","balance":"10.00"}],"""
            + "\"total\":\"30.00\"}\n");
    }

    [Fact]
    public async Task The_chain_is_a_table_and_a_block_is_shown_whole()
    {
        await RunAsync("t 2 4 'a memo'");
        string[] chain = (await RunAsync("p")).Output.TrimEnd().Split('\n');
        chain[0].Should().MatchRegex("^block  key +kind +from  to  amount  status +hash +settled$");
        chain.Should().HaveCount(9);
        chain[^1].Should().MatchRegex(@"^    7  \(\d+,1\) +TRANSFER +1 +2 +4\.00  SUCCESS +[0-9a-f]{8}\S* +yes$");

        string[] block = (await RunAsync("block 7")).Output.TrimEnd().Split('\n');
        block[0].Should().MatchRegex(@"^Block 7:  TRANSFER  key \(\d+,1\)#0  epoch 4  settled$");
        block[1].Should().MatchRegex(
            "^  transaction: sender_id=1 recipient_id=2 amount=4.00 sender_logic_clock=\\d+ timestamp='[^']+' "
            + "status='SUCCESS' memo='a memo' txid=[0-9a-f-]+$");
        block[2].Should().MatchRegex("^  previous_hash: [0-9a-f]{64}$");
        block[3].Should().MatchRegex("^  hash: [0-9a-f]{64}$");
        block[4].Should().Be("  next_block: None");

        string hash = block[3][8..];
        (await RunAsync($"block {hash[..12]}")).Output.TrimEnd().Split('\n').Should().Equal(block);
        (await RunAsync("p last 2")).Output.Should().StartWith("the last 2 of 8 blocks;");
    }

    [Fact]
    public async Task History_shows_what_concerns_an_account_and_nothing_else()
    {
        await RunAsync("t 2 4; t 3 1");
        string[] lines = (await RunAsync("history 2")).Output.TrimEnd().Split('\n');
        lines.Should().HaveCount(3);
        lines[1].Should().Contain("OPEN").And.Contain("client-2");
        lines[2].Should().Contain("4.00");
        (await RunAsync("history 9")).Output.Should().Be("nothing about client 9\n");
    }

    [Fact]
    public async Task A_long_history_shows_its_end_and_says_how_to_get_the_rest()
    {
        await RunAsync($"t 2 0.01; {string.Concat(Enumerable.Repeat("t 2 0.02;", 102))}");

        string[] lines = (await RunAsync("history")).Output.TrimEnd().Split('\n');
        lines[0].Should().Be("the last 100 of 104 blocks; 'history 1 last N' shows N, at most 10000");
        lines.Should().HaveCount(102).And.NotContain(line => line.Contains("0.01", StringComparison.Ordinal));

        lines = (await RunAsync("history 2 last 103")).Output.TrimEnd().Split('\n');
        lines[0].Should().StartWith("the last 103 of 104 blocks; 'history 2 last N'");
        lines[2].Should().Contain("0.01");
        (await RunAsync("history 2 last 104")).Output.Should().StartWith("block");

        JsonElement json = JsonDocument.Parse((await RunAsync("history 2 last 3", json: true)).Output).RootElement;
        json.GetProperty("blocks").GetArrayLength().Should().Be(3);
        json.GetProperty("earlier").GetInt64().Should().Be(101);
    }

    [Fact]
    public async Task The_state_of_the_algorithm_is_shown()
    {
        Ran ran = await RunAsync("m; why; clock; peers");
        ran.Exit.Should().Be(0);
        ran.Output.Should().MatchRegex(
            "^the queue is empty\nno request\nclient 1, clock \\d+, Member\nview 4, members 1 2 3\n"
            + "7 settled blocks, 0 provisional, 0 transfers under way\n"
            + "client  name      address      link\n"
            + "     2  client-2  at client-2  direct\n"
            + "     3  client-3  at client-3  direct\n$");
    }

    [Fact]
    public async Task All_shows_accounts_chain_and_queue()
    {
        string output = (await RunAsync("all")).Output;
        output.Should().Contain("total       30.00").And.Contain("OPEN").And.EndWith("the queue is empty\n");
        (await RunAsync("all", json: true)).Output.Should().StartWith(
            "{\"command\":\"all\",\"balances\":{\"command\":\"balances\"");
    }

    [Theory]
    [InlineData("t 1 1", "refused: 1 is this client itself. Name another client.")]
    [InlineData("t 9 1", "refused: there is no client 9. 'balance all' shows the clients and their numbers.")]
    [InlineData("b 9", "there is no account 9. 'balance all' shows the clients and their numbers.")]
    [InlineData("t 2 -5", "-5 is refused: an amount must be more than 0.")]
    [InlineData("block 99", "no block 99. Give an index from 0, or the first 4 or more digits of a hash.")]
    [InlineData("log", "this client writes no log file.")]
    public async Task A_refusal_is_one_line_on_standard_error_and_exit_1(string command, string message) =>
        (await RunAsync(command)).Should().Be(new Ran(1, "", message + "\n"));

    [Theory]
    [InlineData("tranfer 2 1", "no such command: tranfer. Did you mean transfer?")]
    [InlineData("t 2", "transfer: a receiver and an amount are needed. Usage: transfer TO AMOUNT [MEMO] [--wait]")]
    public async Task A_command_that_is_none_is_exit_2(string command, string message) =>
        (await RunAsync(command)).Should().Be(new Ran(2, "", message + "\n"));

    [Fact]
    public async Task A_bank_out_of_reach_is_exit_3_whether_it_refuses_or_stays_silent()
    {
        const string Message =
            "the bank at 127.0.0.1:8000 cannot be reached. Is it running? The client keeps trying.\n";
        _session.Fault = new HttpRequestException("refused");
        (await RunAsync("b")).Should().Be(new Ran(3, "", Message));
        _session.Fault = new TaskCanceledException("late", new TimeoutException());
        (await RunAsync("b all")).Should().Be(new Ran(3, "", Message));
    }

    [Fact]
    public async Task A_damaged_ledger_is_exit_4()
    {
        _session.Verification =
            _session.Verification with { Fault = new VerifyFault(3, "its hash is not that of its content") };
        (await RunAsync("verify")).Should().Be(
            new Ran(4, "block 3 is wrong: its hash is not that of its content\n", ""));
        _session.Fault = new IntegrityException(2, "the frame at byte 99 is torn.");
        (await RunAsync("p")).Should().Be(new Ran(
            4, "", "the stored chain is damaged: the frame at byte 99 is torn. 'verify' tells more.\n"));
    }

    [Fact]
    public async Task A_chain_that_holds_is_said_to()
    {
        (await RunAsync("verify")).Output.Should().MatchRegex(
            "^7 blocks verified, head \\S+, balances sum to 30.00; equal to the bank's checkpoint at 6\n$");
        (await RunAsync("verify", json: true)).Output.Should().StartWith(
            "{\"command\":\"verify\",\"valid\":true,\"blocks\":7,");
    }

    [Fact]
    public async Task The_first_failure_stops_the_rest_unless_told_to_keep_going()
    {
        (await RunAsync("b\nnonsense; b 2\nb 3")).Output.Should().Be("1  client-1  10.00\n");

        Ran ran = await RunAsync("nonsense; b 9\nb 3", keepGoing: true);
        ran.Exit.Should().Be(2, "the first failure gives the exit code");
        ran.Output.Should().Be("3  client-3  10.00\n");
        ran.Errors.Split('\n').Should().HaveCount(3);
    }

    [Fact]
    public async Task Exit_ends_the_script() =>
        (await RunAsync("b; q; nonsense\nnonsense")).Should().Be(new Ran(0, "1  client-1  10.00\n", ""));

    [Fact]
    public async Task Errors_in_json_have_the_shape_of_problem_details_and_stay_on_standard_output()
    {
        Ran ran = await RunAsync("t 9 1", json: true);
        ran.Exit.Should().Be(1);
        ran.Errors.Should().BeEmpty();
        ran.Output.Should().StartWith("{\"type\":\"urn:blockchain:problem:refused\",\"title\":\"refused\"")
            .And.Contain("\"detail\":\"refused: there is no client 9.").And.NotContain("status");
    }

    [Fact]
    public async Task Help_names_every_command_and_tells_about_one()
    {
        string help = (await RunAsync("help")).Output;
        CommandTable.All.Should().AllSatisfy(spec => help.Should().Contain(spec.Usage));
        (await RunAsync("help print all")).Output.Should().Be(
            "all\n  accounts, chain and queue\n  also: printall, print_all, print all\n");
    }

    [Fact]
    public async Task The_log_s_last_lines_are_shown()
    {
        string path = Path.GetTempFileName();
        try
        {
            await File.WriteAllLinesAsync(path, ["one", "two \u001b[2J", "three"]);
            _session.LogPath = path;
            (await RunAsync("log 2")).Output.Should().Be($"two ?[2J\nthree\n({path})\n");
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public async Task Control_characters_in_somebody_s_memo_do_not_reach_the_terminal()
    {
        _network.Pay(2, 1, "1", "evil\u001b[2J\nline");
        _network.RunFor(500);
        string output = (await RunAsync("block 7")).Output;
        output.Should().NotContain("\u001b").And.Contain("evil\uFFFD[2J\uFFFDline");
    }

    [Fact]
    public async Task Cancellation_is_exit_130()
    {
        using CancellationTokenSource stop = new();
        _session.Holds = true;
        using StringReader input = new("t 2 1");
        ScriptSession script = new(
            _session, input, TextWriter.Null, TextWriter.Null, new ScriptOptions(false, false), TimeProvider.System);
        Task<int> run = script.RunAsync(stop.Token);
        await stop.CancelAsync();
        (await run.WaitAsync(Patience)).Should().Be(130);
    }

    [Fact]
    public async Task A_client_that_has_stopped_says_so()
    {
        _session.Fault = new OperationCanceledException("the client has stopped");
        (await RunAsync("b")).Should().Be(
            new Ran(1, "", "the client has stopped; its transfers are kept and its log says why.\n"));
    }

    private static (int Exit, string Output, string Errors) Parts(Ran ran) => (ran.Exit, ran.Output, ran.Errors);

    private async Task<Ran> RunAsync(
        string script, bool json = false, bool keepGoing = false, TimeProvider? time = null)
    {
        using StringReader input = new(script);
        using StringWriter output = new() { NewLine = "\n" };
        using StringWriter errors = new() { NewLine = "\n" };
        ScriptSession session = new(
            _session, input, output, errors, new ScriptOptions(json, keepGoing), time ?? TimeProvider.System);
        int exit = await session.RunAsync(default).WaitAsync(Patience);
        return new Ran(exit, output.ToString(), errors.ToString());
    }
}
