using System.Text;
using System.Text.Json;
using Blockchain.Bank.Http;
using Blockchain.Bank.Service;
using Blockchain.Core.BankNetwork;
using Blockchain.Core.Kernel;
using Blockchain.Wire.Files;
using Blockchain.Wire.Http;
using Microsoft.AspNetCore.Http;

namespace Blockchain.Tests.Bank;

/// <summary>Every endpoint with what it answers, and every refusal.</summary>
public sealed class BankHttpTests(HostedBankWithTransfers bank) : IClassFixture<HostedBankWithTransfers>
{
    private HostedBank Bank => bank.Bank;

    [Fact]
    public async Task Accounts_show_names_keys_and_balances()
    {
        AccountDto[] accounts = await Bank.Api.GetAccountsAsync(default);

        accounts.Select(account => (account.Id, account.Name, account.Balance)).Should().Equal(
            (1, "alice", "7.50"), (2, "bob", "12.50"));
        accounts[0].PublicKey.Should().Be(bank.Alice.Keys.PublicKey.ToString());
        (await Bank.Api.GetAccountAsync(2, default)).Should().Be(accounts[1]);
    }

    [Fact]
    public async Task A_history_has_the_opening_and_every_transfer_of_either_side()
    {
        HistoryDto history = await Bank.Api.GetHistoryAsync(2, 0, 100, default);

        history.Next.Should().BeNull();
        history.Entries.Select(entry => (entry.Kind, entry.Status, entry.Amount)).Should().Equal(
            ("OPEN", null, "10.00"),
            ("TRANSFER", "SUCCESS", "2.50"),
            ("TRANSFER", "ABORT", "99.00"));
        history.Entries[2].Reason.Should().Be("INSUFFICIENT_FUNDS");
        history.Entries[1].Memo.Should().Be("rent");
    }

    [Fact]
    public async Task A_history_comes_in_pages()
    {
        HistoryDto first = await Bank.Api.GetHistoryAsync(2, 0, 2, default);
        HistoryDto second = await Bank.Api.GetHistoryAsync(2, first.Next!.Value, 2, default);

        first.Entries.Should().HaveCount(2);
        second.Entries.Should().ContainSingle().Which.Status.Should().Be("ABORT");
        second.Next.Should().BeNull();
    }

    [Fact]
    public async Task The_ledger_is_the_same_as_JSON_and_as_bytes()
    {
        LedgerPageDto page = await Bank.Api.GetLedgerAsync(0, 1000, default);
        IReadOnlyList<Block> blocks = await Bank.Api.GetBlocksAsync(0, 1000, default);

        page.Count.Should().Be(page.Blocks.Length);
        LedgerState replay = new();
        for (int i = 0; i < blocks.Count; i++)
        {
            page.Blocks[i].PreviousHash.Should().Be(replay.Head.ToString());
            replay.TryAppend(blocks[i]).Should().Be(LedgerFault.None);
            page.Blocks[i].Hash.Should().Be(replay.Head.ToString());
            page.Blocks[i].Settled.Should().BeTrue();
            BlockJson.ToBlock(page.Blocks[i]).Canonical.ToArray().Should().Equal(blocks[i].Canonical.ToArray());
        }

        page.Head.Should().Be(replay.Head.ToString());
        blocks.Should().HaveCount(page.Blocks.Length);
    }

    [Fact]
    public async Task A_page_of_the_ledger_starts_where_it_was_asked_to()
    {
        LedgerPageDto all = await Bank.Api.GetLedgerAsync(0, 1000, default);

        LedgerPageDto page = await Bank.Api.GetLedgerAsync(2, 2, default);

        page.Blocks.Select(block => block.Hash).Should().Equal(all.Blocks[2].Hash, all.Blocks[3].Hash);
        page.Blocks[0].PreviousHash.Should().Be(all.Blocks[1].Hash);
        (await Bank.Api.GetLedgerAsync(all.Count, 10, default)).Blocks.Should().BeEmpty();
        (await Bank.Api.GetBlocksAsync(1_000_000, 10, default)).Should().BeEmpty();
    }

    [Fact]
    public async Task A_transfer_is_found_by_its_id()
    {
        BlockDto block = await Bank.Api.GetTransferAsync(bank.Request.Transfers[0].Id, default);

        block.Status.Should().Be("SUCCESS");
        block.Txid.Should().Be(bank.Request.Transfers[0].Id.ToString());
        block.PreviousHash.Should().HaveLength(64).And.NotBe(Hash.Empty.ToString());
    }

    [Fact]
    public async Task The_view_names_its_members()
    {
        ViewDto view = await Bank.Api.GetMembersAsync(default);

        view.Members.Select(member => member.Id).Should().Equal(1, 2);
    }

    [Fact]
    public async Task The_checkpoint_is_signed_by_the_bank_and_fits_the_ledger()
    {
        Checkpoint signed = (await bank.Alice.ExpectAsync<FromBank.Signed>()).Checkpoint;
        signed.Should().NotBeNull();

        LedgerCheckpointDto dto = await Bank.Api.GetCheckpointAsync(default);

        (Checkpoint checkpoint, Hash ledger, PublicKey bankKey) = WireConvert.ToCheckpoint(dto);
        checkpoint.IsSignedBy(bankKey, ledger, new EcdsaP256()).Should().BeTrue();
        bankKey.Should().Be(bank.Alice.Joined.BankKey);
        LedgerPageDto page = await Bank.Api.GetLedgerAsync(checkpoint.Index, 1, default);
        page.Blocks[0].Hash.Should().Be(dto.Hash);
    }

    [Theory]
    [InlineData("/health/live", "live")]
    [InlineData("/health/ready", "ready")]
    public async Task Health_is_answered(string route, string text) =>
        (await Bank.Http.GetStringAsync(route)).Should().Be(text);

    [Fact]
    public async Task The_interface_describes_itself()
    {
        using JsonDocument document = JsonDocument.Parse(await Bank.Http.GetStringAsync("/openapi/v1.json"));

        document.RootElement.GetProperty("paths").EnumerateObject().Select(path => path.Name).Should().Contain(
        [
            "/accounts", "/accounts/{id}", "/accounts/{id}/history", "/ledger", "/members", "/checkpoint",
            "/transfers/{txid}", "/join", "/leave", "/events", "/health/live", "/health/ready",
        ]);
    }

    [Theory]
    [InlineData("GET", "/nowhere", 404, "not-found")]
    [InlineData("GET", "/accounts/3", 404, "not-found")]
    [InlineData("GET", "/accounts/0", 404, "not-found")]
    [InlineData("GET", "/accounts/-1", 404, "not-found")]
    [InlineData("GET", "/accounts/99999999999999", 404, "not-found")]
    [InlineData("GET", "/accounts/abc", 404, "not-found")]
    [InlineData("GET", "/accounts/3/history", 404, "not-found")]
    [InlineData("GET", "/accounts/1/history?limit=0", 400, "bad-request")]
    [InlineData("GET", "/accounts/1/history?from=-1", 400, "bad-request")]
    [InlineData("GET", "/ledger?from=-1", 400, "bad-request")]
    [InlineData("GET", "/ledger?limit=0", 400, "bad-request")]
    [InlineData("GET", "/ledger?limit=4097", 400, "bad-request")]
    [InlineData("GET", "/ledger?limit=x", 400, "bad-request")]
    [InlineData("GET", "/transfers/xyz", 400, "bad-request")]
    [InlineData("GET", "/transfers/00000000000000000000000000000000", 404, "not-found")]
    [InlineData("GET", "/link", 400, "bad-request")]
    [InlineData("DELETE", "/accounts", 405, "wrong-method")]
    [InlineData("GET", "/join", 405, "wrong-method")]
    public async Task A_wrong_question_gets_a_problem_with_a_stable_type(string method, string route, int status,
        string type)
    {
        using HttpRequestMessage request = new(new HttpMethod(method), route);

        using HttpResponseMessage answer = await Bank.Http.SendAsync(request);

        await ShouldBeProblem(answer, status, type);
    }

    [Fact]
    public void A_bank_that_stops_says_so_and_is_no_defect()
    {
        Exception[] faults =
            [new ObjectDisposedException("store"), new StoreFaultException("full"), new BankBusyException()];
        foreach (Exception fault in faults)
        {
            BankProblems.Of(fault).Should().BeAssignableTo<IStatusCodeHttpResult>().Which.StatusCode.Should().Be(503);
        }

        BankProblems.Of(new InvalidOperationException()).Should().BeNull("this is a defect");
    }

    [Theory]
    [InlineData("/join", "")]
    [InlineData("/join", "nonsense")]
    [InlineData("/join", "[]")]
    [InlineData("/join", "null")]
    [InlineData("/join", "{}")]
    [InlineData("/join", """{"name":7}""")]
    [InlineData("/join",
        """{"name":"x","publicKey":"00","incarnation":1,"endpoint":"","settled":0,"signature":"00"}""")]
    [InlineData("/leave", "{}")]
    [InlineData("/leave", """{"client":"one","epoch":1,"signature":"00"}""")]
    [InlineData("/leave", """{"client":1,"epoch":1,"signature":"00"}""")]
    public async Task JSON_of_the_wrong_shape_is_refused(string route, string body)
    {
        using StringContent content = new(body, Encoding.UTF8, "application/json");

        using HttpResponseMessage answer = await Bank.Http.PostAsync(route, content);

        await ShouldBeProblem(answer, 400, "bad-request");
    }

    [Theory]
    [InlineData("POST", "/join", "", "the body must be a JSON object with 'name', 'publicKey', ")]
    [InlineData("POST", "/join", "null", "the body must be a JSON object with 'name', 'publicKey', ")]
    [InlineData("POST", "/leave", "", "the body must be a JSON object with 'client', 'epoch' and 'signature'.")]
    [InlineData("POST", "/leave", "null", "the body must be a JSON object with 'client', 'epoch' and 'signature'.")]
    [InlineData("GET", "/ledger?from=abc", "", "'from' must be a whole number from 0.")]
    [InlineData("GET", "/ledger?limit=abc", "", "'limit' must be a whole number.")]
    [InlineData("GET", "/accounts/1/history?from=99999999999999999999", "", "'from' must be a whole number from 0.")]
    public async Task A_refusal_says_what_the_route_takes(string method, string route, string body, string detail)
    {
        using HttpRequestMessage request = new(new HttpMethod(method), route);
        request.Content = method == "POST" ? new StringContent(body, Encoding.UTF8, "application/json") : null;

        using HttpResponseMessage answer = await Bank.Http.SendAsync(request);

        using JsonDocument problem = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        problem.RootElement.GetProperty("detail").GetString().Should().StartWith(detail);
    }

    [Fact]
    public async Task A_body_that_is_not_JSON_is_refused()
    {
        using StringContent content = new("name=x", Encoding.UTF8, "application/x-www-form-urlencoded");

        using HttpResponseMessage answer = await Bank.Http.PostAsync("/join", content);

        await ShouldBeProblem(answer, 415, "not-json");
    }

    [Fact]
    public async Task A_body_of_ten_mebibytes_is_refused()
    {
        using StringContent content = new(new string(' ', 10 << 20), Encoding.UTF8, "application/json");
        using HttpRequestMessage request = new(HttpMethod.Post, "/join") { Content = content };
        request.Headers.ExpectContinue = true;

        using HttpResponseMessage answer = await Bank.Http.SendAsync(request);

        await ShouldBeProblem(answer, 413, "too-large");
    }

    [Fact]
    public async Task A_join_with_another_s_key_is_refused()
    {
        using HostedClient mallory = new(Bank, "mallory");
        JoinBody body = mallory.JoinBody() with { PublicKey = bank.Alice.Keys.PublicKey.ToString() };

        Func<Task> join = () => Bank.Api.JoinAsync(body, default);

        (await join.Should().ThrowAsync<ApiException>()).Which.Type.Should().Be(ProblemTypes.BadSignature);
    }

    [Theory]
    [InlineData("ALICE", "name-taken", 409)]
    [InlineData("a name of thirty-three characters", "invalid-name", 400)]
    [InlineData("../etc", "invalid-name", 400)]
    [InlineData("", "invalid-name", 400)]
    public async Task A_join_with_a_bad_name_is_refused(string name, string type, int status)
    {
        using HostedClient client = new(Bank, name);

        Func<Task> join = () => Bank.Api.JoinAsync(client.JoinBody(), default);

        ApiException fault = (await join.Should().ThrowAsync<ApiException>()).Which;
        fault.Type.Should().Be(ProblemTypes.Prefix + type);
        fault.Status.Should().Be(status);
    }

    [Fact]
    public async Task A_key_that_is_no_point_of_the_curve_is_refused()
    {
        using HostedClient client = new(Bank, "carol");
        JoinBody body = client.JoinBody() with { PublicKey = "04" + new string('1', 128) };

        Func<Task> join = () => Bank.Api.JoinAsync(body, default);

        (await join.Should().ThrowAsync<ApiException>()).Which.Type.Should().Be(ProblemTypes.Prefix + "invalid-key");
    }

    [Fact]
    public async Task A_leave_that_the_client_did_not_sign_is_refused()
    {
        LeaveBody body = new(1, 3, bank.Bob.Keys.Sign(LeaveProof.Digest(bank.Bob.Joined.Ledger, 1, 3)).ToString());

        Func<Task> leave = () => Bank.Api.LeaveAsync(body, default);

        (await leave.Should().ThrowAsync<ApiException>()).Which.Type.Should().Be(ProblemTypes.BadSignature);
    }

    [Fact]
    public async Task A_leave_of_an_unknown_client_is_refused()
    {
        LeaveBody body = new(9, 1, bank.Bob.Keys.Sign(LeaveProof.Digest(bank.Bob.Joined.Ledger, 9, 1)).ToString());

        Func<Task> leave = () => Bank.Api.LeaveAsync(body, default);

        (await leave.Should().ThrowAsync<ApiException>()).Which.Status.Should().Be(404);
    }

    private static async Task ShouldBeProblem(HttpResponseMessage answer, int status, string type)
    {
        string text = await answer.Content.ReadAsStringAsync();
        ((int)answer.StatusCode).Should().Be(status, "of the answer {0}", text);
        answer.Content.Headers.ContentType!.MediaType.Should().Be("application/problem+json");
        using JsonDocument problem = JsonDocument.Parse(text);
        problem.RootElement.GetProperty("type").GetString().Should().Be(ProblemTypes.Prefix + type);
        problem.RootElement.GetProperty("detail").GetString().Should().NotBeNullOrWhiteSpace();
        problem.RootElement.GetProperty("status").GetInt32().Should().Be(status);
        text.Should().NotContain("   at ", "a caller sees no stack");
    }
}

/// <summary>A bank with alice and bob, where alice has paid bob 2.50 and could not pay him 99.00.</summary>
public sealed class HostedBankWithTransfers : IAsyncLifetime
{
    private readonly PeriodicTimer _heartbeats = new(TimeSpan.FromSeconds(1));
    private Task _staying = Task.CompletedTask;

    public HostedBank Bank { get; } = new();

    public HostedClient Alice { get; private set; } = null!;

    public HostedClient Bob { get; private set; } = null!;

    public SignedRequest Request { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        await Bank.InitializeAsync();
        Alice = await Bank.JoinAsync("alice");
        Bob = await Bank.JoinAsync("bob");
        Request = Alice.Pay(Bob.Joined.View.Epoch, 100, 2, 2_50, 99_00);
        Alice.Send(new ToBank.Apply(Request));
        FromBank.Receipt receipt = await Alice.ExpectAsync<FromBank.Receipt>();
        receipt.Outcomes.Should().Equal(Outcome.Success, Outcome.InsufficientFunds);
        await Alice.ExpectAsync<FromBank.Durable>(durable => durable.Index > receipt.FirstIndex);
        _staying = StayAsync();
    }

    public async Task DisposeAsync()
    {
        _heartbeats.Dispose();
        await _staying;
        await Bank.DisposeAsync();
    }

    // Members that say nothing for a lease are evicted.
    private async Task StayAsync()
    {
        while (await _heartbeats.WaitForNextTickAsync())
        {
            Alice.Send(new ToBank.Heartbeat(Bob.Joined.View.Epoch, 0));
            Bob.Send(new ToBank.Heartbeat(Bob.Joined.View.Epoch, 0));
        }
    }
}
