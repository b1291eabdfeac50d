using System.Net.WebSockets;
using System.Text;
using Blockchain.Bank;
using Blockchain.Bank.Hosting;
using Blockchain.Bank.Store;
using Blockchain.Core.BankNetwork;
using Blockchain.Core.Kernel;
using Blockchain.Wire.Files;
using Blockchain.Wire.Hosting;
using Blockchain.Wire.Http;
using Blockchain.Wire.Keys;
using Blockchain.Wire.Links;

namespace Blockchain.Tests.Bank;

/// <summary>How a bank starts, stops, restarts, and what it refuses to start with.</summary>
public sealed class BankHostTests : IAsyncLifetime
{
    private readonly HostedBank _bank = new();

    public Task InitializeAsync() => _bank.InitializeAsync();

    public Task DisposeAsync() => _bank.DisposeAsync();

    [Fact]
    public async Task A_port_in_use_is_one_clear_line_and_nothing_is_written()
    {
        using TemporaryFolder folder = new();
        string taken = $"127.0.0.1:{_bank.Host.Address.Port}";
        await using (BankHost second = BankHost.Build(HostedBank.Options(folder.Path, taken)))
        {
            Func<Task> start = () => second.StartAsync(default);

            (await start.Should().ThrowAsync<ListenFaultException>()).WithMessage($"{taken} is in use*--listen*");
        }

        using LedgerDatabase database = LedgerDatabase.Open(HostedBank.Options(folder.Path).Folder);
        database.ReadBlocks().Should().BeEmpty();
        database.FindFault(0).Should().BeNull();
    }

    [Fact]
    public void A_folder_in_use_is_one_clear_line()
    {
        Action build = () => BankHost.Build(HostedBank.Options(_bank.DataDirectory));

        build.Should().Throw<StoreFaultException>().WithMessage("*in use by another process*");
    }

    [Fact]
    public async Task A_stopped_bank_is_sealed_and_comes_back_as_the_same_bank()
    {
        HostedClient alice = await _bank.JoinAsync("alice");
        await _bank.Host.StopAsync().WaitAsync(HostedBank.Patience);
        await alice.Linked.WaitAsync(HostedBank.Patience);
        await _bank.Host.DisposeAsync();
        LedgerFolder folder = new(HostedBank.Options(_bank.DataDirectory).Folder);
        File.Exists(folder.Seal).Should().BeTrue();

        await using BankHost again = BankHost.Build(HostedBank.Options(_bank.DataDirectory));
        await again.StartAsync(default).WaitAsync(HostedBank.Patience);
        using BankApi api = BankApi.At(again.Address);

        again.Service.LedgerId.Should().Be(alice.Joined.Ledger);
        (await api.GetAccountsAsync(default)).Should().ContainSingle().Which.Name.Should().Be("alice");
        JoinAnswerDto answer = await api.JoinAsync(alice.JoinBody(), default).WaitAsync(HostedBank.Patience);
        answer.Id.Should().Be(1);
        answer.BankKey.Should().Be(alice.Joined.BankKey.ToString());
    }

    [Fact]
    public async Task A_bank_that_lost_its_key_does_not_start()
    {
        LedgerFolder folder = await StopAsync();
        File.Delete(folder.Key);

        Action build = () => BankHost.Build(HostedBank.Options(_bank.DataDirectory));

        build.Should().Throw<StoreFaultException>().WithMessage("*bank.key is gone*backup*");
        File.Exists(folder.Key).Should().BeFalse();
    }

    [Fact]
    public async Task A_bank_that_lost_its_ledger_begins_no_other_under_the_same_key()
    {
        LedgerFolder folder = await StopAsync();
        File.Delete(folder.Database);
        File.Delete(folder.Seal);

        Action build = () => BankHost.Build(HostedBank.Options(_bank.DataDirectory));

        build.Should().Throw<StoreFaultException>().WithMessage("ledger.db is gone*bank.key*backup*");
        File.Exists(folder.Database).Should().BeFalse();
    }

    [Fact]
    public async Task A_bank_with_another_s_key_does_not_start()
    {
        LedgerFolder folder = await StopAsync();
        using KeyPair other = KeyPair.Create();
        File.WriteAllText(folder.Key, other.ExportPem());

        Action build = () => BankHost.Build(HostedBank.Options(_bank.DataDirectory));

        build.Should().Throw<StoreFaultException>().WithMessage("*not the key of the ledger*");
    }

    [Fact]
    public async Task A_key_file_that_is_none_is_one_clear_line()
    {
        LedgerFolder folder = await StopAsync();
        File.WriteAllText(folder.Key, "no key");

        Action build = () => BankHost.Build(HostedBank.Options(_bank.DataDirectory));

        build.Should().Throw<StoreFaultException>().WithMessage("*holds no P-256 key*");
    }

    [Fact]
    public void Only_its_owner_may_read_the_key()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        File.GetUnixFileMode(new LedgerFolder(HostedBank.Options(_bank.DataDirectory).Folder).Key)
            .Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public async Task A_damaged_ledger_does_not_start()
    {
        LedgerFolder folder = await StopAsync();
        byte[] file = File.ReadAllBytes(folder.Database);
        file[^1] ^= 1;
        File.WriteAllBytes(folder.Database, file);

        Action build = () => BankHost.Build(HostedBank.Options(_bank.DataDirectory));

        build.Should().Throw<IntegrityException>();
    }

    [Theory]
    [InlineData("0.0.0.0:0", "other machines")]
    [InlineData("[::]:0", "other machines")]
    [InlineData("nonsense", "no address")]
    [InlineData("127.0.0.1", "no address")]
    [InlineData("127.0.0.1:70000", "no address")]
    [InlineData("", "no address")]
    public void An_address_that_is_none_or_not_loopback_is_a_fault_of_usage(string listen, string reason)
    {
        Action build = () => BankHost.Build(HostedBank.Options(_bank.DataDirectory, listen));

        build.Should().Throw<OptionsException>().Which.Faults.Should().ContainSingle().Which.Should()
            .Contain(reason);
    }

    [Fact]
    public void Every_wrong_option_has_its_line()
    {
        BankOptions options = new()
        {
            DataDirectory = " ", Listen = "x", Deposit = new Money(-1), Lease = TimeSpan.FromMilliseconds(1),
        };

        options.Faults().Should().HaveCount(4);
        new BankOptions { DataDirectory = "d", Listen = "0.0.0.0:1", AllowRemote = true }.Faults().Should().BeEmpty();
        new BankOptions { DataDirectory = "d", Listen = "localhost:8000" }.Faults().Should().BeEmpty();
        new BankOptions { DataDirectory = "d", Listen = "[::1]:8000" }.Faults().Should().BeEmpty();
    }

    [Fact]
    public async Task A_leave_takes_the_client_out_of_the_view()
    {
        HostedClient alice = await _bank.JoinAsync("alice");
        HostedClient bob = await _bank.JoinAsync("bob");
        int epoch = bob.Joined.View.Epoch;
        Hash digest = LeaveProof.Digest(alice.Joined.Ledger, 1, epoch);

        await _bank.Api.LeaveAsync(new LeaveBody(1, epoch, alice.Keys.Sign(digest).ToString()), default);

        FromBank.NewView view = await bob.ExpectAsync<FromBank.NewView>(view => view.View.Epoch > epoch);
        view.View.Members.Select(member => member.Id).Should().Equal(2);
    }

    [Fact]
    public async Task A_leave_of_an_earlier_view_changes_nothing()
    {
        HostedClient alice = await _bank.JoinAsync("alice");
        await _bank.JoinAsync("bob");
        int earlier = alice.Joined.View.Epoch;
        Hash digest = LeaveProof.Digest(alice.Joined.Ledger, 1, earlier);

        await _bank.Api.LeaveAsync(new LeaveBody(1, earlier, alice.Keys.Sign(digest).ToString()), default);

        (await _bank.Api.GetMembersAsync(default)).Members.Select(member => member.Id).Should().Equal(1, 2);
    }

    [Fact]
    public async Task A_request_signed_by_another_is_refused_and_leaves_no_row()
    {
        HostedClient alice = await _bank.JoinAsync("alice");
        HostedClient bob = await _bank.JoinAsync("bob");
        SignedRequest request = alice.Pay(bob.Joined.View.Epoch, 100, 2, 1_00);

        alice.Send(new ToBank.Apply(request with { Signature = bob.Keys.Sign(request.Digest(bob.Joined.Ledger)) }));

        (await alice.ExpectAsync<FromBank.Refused>()).Reason.Should().Be(Refusal.BadSignature);
        (await _bank.Api.GetAccountAsync(1, default)).Balance.Should().Be("10.00");
    }

    [Fact]
    public async Task A_link_with_unreadable_messages_is_closed_and_the_bank_goes_on()
    {
        HostedClient alice = await _bank.JoinAsync("alice");

        alice.SendRaw([1, 2, 3]);

        Func<Task> linked = () => alice.Linked.WaitAsync(HostedBank.Patience);
        await linked.Should().ThrowAsync<LinkFaultException>();
        (await _bank.Http.GetStringAsync("/health/ready")).Should().Be("ready");
        await alice.ConnectAsync();
        await alice.ExpectAsync<FromBank.NewView>();
    }

    [Fact]
    public async Task A_link_of_one_who_does_not_hold_the_key_is_refused()
    {
        HostedClient alice = await _bank.JoinAsync("alice");
        using HostedClient mallory = new(_bank, "mallory") { Joined = alice.Joined };

        Func<Task> connect = mallory.ConnectAsync;

        (await connect.Should().ThrowAsync<Exception>()).Which.Should().Match(
            fault => fault is LinkFaultException || fault is WebSocketException);
        (await _bank.Host.Service.ReadAsync(bank => bank.IsConnected(1), default)).Should().BeTrue();
    }

    [Fact]
    public async Task What_happens_is_told_as_server_sent_events()
    {
        using HttpResponseMessage answer =
            await _bank.Http.GetAsync("/events", HttpCompletionOption.ResponseHeadersRead);
        answer.Content.Headers.ContentType!.MediaType.Should().Be("text/event-stream");
        using StreamReader reader = new(await answer.Content.ReadAsStreamAsync(), Encoding.UTF8);
        await _bank.JoinAsync("alice");

        using CancellationTokenSource timeout = new(HostedBank.Patience);
        List<string> lines = [];
        while (!lines.Contains("event: durable") || !lines.Contains("event: view"))
        {
            lines.Add((await reader.ReadLineAsync(timeout.Token))!);
        }

        lines.Add((await reader.ReadLineAsync(timeout.Token))!);

        lines[0].Should().Be("event: listening");
        lines.Should().Contain(line => line.StartsWith("data: {\"epoch\":2,", StringComparison.Ordinal)
            && line.Contains("alice joined", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_bank_that_stops_ends_streams_and_links_in_time()
    {
        HostedClient alice = await _bank.JoinAsync("alice");
        using HttpResponseMessage answer =
            await _bank.Http.GetAsync("/events", HttpCompletionOption.ResponseHeadersRead);
        using StreamReader reader = new(await answer.Content.ReadAsStreamAsync(), Encoding.UTF8);

        await _bank.Host.StopAsync().WaitAsync(HostedBank.Patience);

        await alice.Linked.WaitAsync(HostedBank.Patience);
        (await reader.ReadToEndAsync().WaitAsync(HostedBank.Patience)).Should().NotBeNull();
    }

    private async Task<LedgerFolder> StopAsync()
    {
        await _bank.Host.StopAsync().WaitAsync(HostedBank.Patience);
        await _bank.Host.DisposeAsync();
        return new LedgerFolder(HostedBank.Options(_bank.DataDirectory).Folder);
    }
}
