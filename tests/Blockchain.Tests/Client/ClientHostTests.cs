using System.Net;
using System.Text.Json;
using Blockchain.Client;
using Blockchain.Client.Hosting;
using Blockchain.Client.Storage;
using Blockchain.Core.BankNetwork;
using Blockchain.Core.Kernel;
using Blockchain.Wire.Files;
using Blockchain.Wire.Hosting;
using Blockchain.Wire.Http;

namespace Blockchain.Tests.Client;

public sealed class ClientHostTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task Three_clients_pay_each_other_and_keep_the_same_chain()
    {
        await using SmallNetwork network = await SmallNetwork.StartAsync();
        ClientHost[] clients =
        [
            await network.MemberAsync("one"), await network.MemberAsync("two"), await network.MemberAsync("three"),
        ];
        foreach (ClientHost client in clients)
        {
            await SmallNetwork.UntilAsync(client, process => process.Ledger.Accounts.Count == 3);
        }

        ClientEvent.Settled[] settled = await Task.WhenAll(
            SmallNetwork.PayAsync(clients[2], 1, 12_00), SmallNetwork.PayAsync(clients[1], 3, 5_00),
            SmallNetwork.PayAsync(clients[2], 1, 11_00));

        settled.Select(result => result.Index).Should().OnlyHaveUniqueItems();
        long last = settled.Max(result => result.Index);
        Hash[] heads = new Hash[3];
        for (int i = 0; i < 3; i++)
        {
            await SmallNetwork.UntilAsync(clients[i], process => process.Ledger.Count > last);
            heads[i] = await clients[i].Service.ReadAsync(process => process.Ledger.Hashes[last]);
        }

        heads.Distinct().Should().ContainSingle();
        AccountDto[] accounts = await clients[0].Service.BalancesAsync(None);
        accounts.Sum(account => decimal.Parse(account.Balance, System.Globalization.CultureInfo.InvariantCulture))
            .Should().Be(30.00m);
        VerifyResult verified = await clients[0].Service.VerifyAsync(None);
        verified.Fault.Should().BeNull();
        verified.Count.Should().BeGreaterThan(last);
    }

    [Fact]
    public async Task What_settles_is_in_the_chain_file_soon_though_nobody_asks_for_it()
    {
        await using SmallNetwork network = await SmallNetwork.StartAsync();
        ClientHost one = await network.MemberAsync("one");
        await network.MemberAsync("two");
        await SmallNetwork.UntilAsync(one, process => process.Ledger.Accounts.Count == 2);
        FileInfo chain = new(Path.Combine(network.DataDirectory, "clients", "one", "chain.log"));
        long before = chain.Exists ? chain.Length : 0;

        await SmallNetwork.PayAsync(one, 2, 1_00);

        bool isWritten = await Task.Run(() => SpinWait.SpinUntil(
            () =>
            {
                chain.Refresh();
                return chain.Exists && chain.Length > before;
            },
            SmallNetwork.Patience));
        isWritten.Should().BeTrue();
    }

    [Fact]
    public async Task Many_transfers_at_once_are_each_applied_once_and_all_files_agree()
    {
        const int Clients = 4;
        const int Each = 60;
        await using SmallNetwork network = await SmallNetwork.StartAsync();
        List<ClientHost> clients = [];
        for (int i = 1; i <= Clients; i++)
        {
            clients.Add(await network.ClientAsync(network.Options($"client-{i}") with { MaxBatch = 7 }));
            await SmallNetwork.UntilAsync(clients[^1], process => process.Phase == ClientPhase.Member);
        }

        foreach (ClientHost client in clients)
        {
            await SmallNetwork.UntilAsync(client, process =>
                process.Phase == ClientPhase.Member && process.Ledger.Accounts.Count == Clients);
        }

        ClientEvent.Settled[] settled = await Task.WhenAll(Enumerable.Range(0, Clients * Each).Select(i =>
            SmallNetwork.PayAsync(clients[i % Clients], 1 + ((i + 1 + (i / Clients % (Clients - 1))) % Clients),
                1 + (i % 90))));

        settled.Select(result => result.Index).Should().OnlyHaveUniqueItems();
        settled.Select(result => result.Block.Transfer.Id).Should().OnlyHaveUniqueItems();
        long last = settled.Max(result => result.Index);
        foreach (ClientHost client in clients)
        {
            await SmallNetwork.UntilAsync(client, process => process.Ledger.Count > last);
            (await client.Service.VerifyAsync(None)).Fault.Should().BeNull();
        }

        Hash[] heads = await Task.WhenAll(clients.Select(
            client => client.Service.ReadAsync(process => process.Ledger.Hashes[last])));
        heads.Distinct().Should().ContainSingle();
    }

    [Fact]
    public async Task Peers_are_linked_directly()
    {
        await using SmallNetwork network = await SmallNetwork.StartAsync();
        ClientHost one = await network.MemberAsync("one");
        ClientHost two = await network.MemberAsync("two");

        await SmallNetwork.UntilAsync(one, process => process.ConnectedPeers.SetEquals([2]));
        await SmallNetwork.UntilAsync(two, process => process.ConnectedPeers.SetEquals([1]));
    }

    [Fact]
    public async Task A_client_comes_back_by_name_with_its_account_and_chain()
    {
        await using SmallNetwork network = await SmallNetwork.StartAsync();
        await network.MemberAsync("one");
        ClientHost two = await network.MemberAsync("two");
        ClientEvent.Settled paid = await SmallNetwork.PayAsync(two, 1, 1_00, "before");
        await two.DisposeAsync();

        ClientHost back = await network.MemberAsync("two");

        (await back.Service.ReadAsync(process => process.Id)).Should().Be(2);
        StoredBlock block = (await back.Service.ReadBlocksAsync(paid.Index, 1)).Single();
        block.Hash.Should().Be(paid.Hash);
        (await SmallNetwork.PayAsync(back, 1, 1_00, "after")).Block.Outcome.Should().Be(Outcome.Success);
    }

    [Fact]
    public async Task A_client_whose_chain_is_shorter_than_its_checkpoint_is_refused_and_fetches_it_again_when_told()
    {
        await using SmallNetwork network = await SmallNetwork.StartAsync();
        await network.MemberAsync("one");
        ClientHost two = await network.MemberAsync("two");
        ClientEvent.Settled paid = await SmallNetwork.PayAsync(two, 1, 1_00);
        string folder = two.Service.FolderPath;
        await two.DisposeAsync();
        await File.WriteAllBytesAsync(ClientFolder.ChainPath(folder), []);

        (await FluentActions.Awaiting(() => network.MemberAsync("two")).Should().ThrowAsync<IntegrityException>())
            .WithMessage("*block 0*is missing*checkpoint*away*");
        File.Delete(ClientFolder.ChainPath(folder));
        File.Delete(ClientFolder.MarkPath(folder));
        ClientHost back = await network.MemberAsync("two");

        (await back.Service.ReadAsync(process => process.Id)).Should().Be(2);
        (await back.Service.ReadBlocksAsync(paid.Index, 1)).Single().Hash.Should().Be(paid.Hash);
        (await SmallNetwork.PayAsync(back, 1, 1_00)).Block.Outcome.Should().Be(Outcome.Success);
    }

    [Fact]
    public async Task A_transfer_accepted_before_a_stop_is_finished_once_after_it()
    {
        await using SmallNetwork network = await SmallNetwork.StartAsync();
        await network.MemberAsync("one");
        ClientHost two = await network.MemberAsync("two");
        await network.StopBankAsync();
        SubmitResult accepted = await two.Service.SubmitAsync(1, new Money(2_50), "once")
            .WaitAsync(SmallNetwork.Patience);
        accepted.Fault.Should().BeNull("the intent is on disk, with or without the bank");
        await two.DisposeAsync();
        await network.StartBankAsync();

        ClientHost back = await network.ClientAsync("two");

        await SmallNetwork.UntilAsync(back, process => process.Ledger.TryFind(accepted.Id, out _, out _));
        await SmallNetwork.UntilAsync(back, process => process.Pending.Count == 0);
        (await back.Service.BalanceAsync(2, None)).Balance.Should().Be("7.50");
    }

    [Fact]
    public async Task Work_goes_on_when_the_bank_comes_back()
    {
        await using SmallNetwork network = await SmallNetwork.StartAsync();
        ClientHost one = await network.MemberAsync("one");
        ClientHost two = await network.MemberAsync("two");
        await SmallNetwork.UntilAsync(one, process => process.Ledger.Accounts.Count == 2);
        await SmallNetwork.PayAsync(one, 2, 1_00);
        await network.StopBankAsync();
        SubmitResult waiting = await two.Service.SubmitAsync(1, new Money(3_00), "").WaitAsync(SmallNetwork.Patience);
        await network.StartBankAsync();

        ClientEvent.Settled settled = await waiting.Settled.WaitAsync(SmallNetwork.Patience);

        settled.Block.Outcome.Should().Be(Outcome.Success);
        (await SmallNetwork.PayAsync(one, 2, 1_00)).Index.Should().BeGreaterThan(settled.Index);
    }

    [Fact]
    public async Task A_client_that_vanishes_delays_the_others_by_no_more_than_a_lease()
    {
        await using SmallNetwork network = await SmallNetwork.StartAsync();
        ClientHost one = await network.MemberAsync("one");
        ClientHost two = await network.MemberAsync("two");
        await SmallNetwork.UntilAsync(one, process => process.View!.Members.Count == 2);
        await two.DisposeAsync();

        await SmallNetwork.PayAsync(one, 2, 1_00);

        (await one.Service.ReadAsync(process => process.View!.Members.Count)).Should().Be(1);
    }

    [Fact]
    public async Task Leaving_takes_the_client_out_of_the_view_at_once()
    {
        await using SmallNetwork network = await SmallNetwork.StartAsync();
        ClientHost one = await network.MemberAsync("one");
        ClientHost two = await network.MemberAsync("two");
        await SmallNetwork.UntilAsync(one, process => process.View!.Members.Count == 2);

        await two.Service.LeaveAsync(None).WaitAsync(SmallNetwork.Patience);

        await SmallNetwork.UntilAsync(one, process => process.View!.Members.Count == 1);
        two.Completion.IsCompletedSuccessfully.Should().BeTrue();
        await FluentActions.Awaiting(() => two.Service.SubmitAsync(1, new Money(1), ""))
            .Should().ThrowAsync<OperationCanceledException>();
    }

    [Fact]
    public async Task Delayed_messages_delay_the_turn_and_nothing_else()
    {
        await using SmallNetwork network = await SmallNetwork.StartAsync();
        TimeSpan delay = TimeSpan.FromMilliseconds(300);
        ClientHost one = await network.ClientAsync(network.Options("one") with { Delay = delay });
        await SmallNetwork.UntilAsync(one, process => process.Phase == ClientPhase.Member);
        ClientHost two = await network.ClientAsync(network.Options("two") with { Delay = delay });
        await SmallNetwork.UntilAsync(two, process => process.Phase == ClientPhase.Member
            && process.ConnectedPeers.Count == 1);
        long began = TimeProvider.System.GetTimestamp();
        SubmitResult submitted = await two.Service.SubmitAsync(1, new Money(1_00), "");
        (await two.Service.ReadAsync(process => process.Pending.Count)).Should().Be(1);

        await submitted.Settled.WaitAsync(SmallNetwork.Patience);

        TimeProvider.System.GetElapsedTime(began).Should().BeGreaterThan(delay);
    }

    [Fact]
    public async Task What_cannot_be_paid_is_refused_with_a_reason_and_nothing_is_sent()
    {
        await using SmallNetwork network = await SmallNetwork.StartAsync();
        ClientHost one = await network.MemberAsync("one");
        await network.MemberAsync("two");
        await SmallNetwork.UntilAsync(one, process => process.Ledger.Accounts.Count == 2);

        (await FaultAsync(1, 1_00, "")).Should().Be(SubmitFault.SelfTransfer);
        (await FaultAsync(9, 1_00, "")).Should().Be(SubmitFault.UnknownAccount);
        (await FaultAsync(2, 0, "")).Should().Be(SubmitFault.InvalidAmount);
        (await FaultAsync(2, 1_00, new string('m', 71))).Should().Be(SubmitFault.InvalidMemo);
        (await one.Service.ReadAsync(process => process.Pending.Count)).Should().Be(0);

        async Task<SubmitFault?> FaultAsync(int to, long minor, string memo) =>
            (await one.Service.SubmitAsync(to, new Money(minor), memo)).Fault;
    }

    [Fact]
    public async Task A_client_starts_without_its_bank_and_shows_its_chain()
    {
        await using SmallNetwork network = await SmallNetwork.StartAsync();
        ClientHost one = await network.MemberAsync("one");
        long count = await one.Service.ReadAsync(process => process.Ledger.Count);
        await one.DisposeAsync();
        await network.StopBankAsync();

        ClientHost back = await network.ClientAsync("one");

        (await back.Service.ReadBlocksAsync(0, 100)).Should().HaveCount((int)count);
        back.Service.BankReachable.Should().BeFalse();
        using ClientApi api = ClientApi.At(back.Address);
        (await api.GetBlocksAsync(0, 100, None)).Should().HaveCount((int)count);
    }

    [Fact]
    public async Task A_folder_of_another_ledger_is_refused()
    {
        await using SmallNetwork network = await SmallNetwork.StartAsync();
        await using SmallNetwork other = await SmallNetwork.StartAsync();
        ClientHost one = await network.MemberAsync("one");
        await one.DisposeAsync();

        ClientHost stray = await network.ClientAsync(network.Options("one") with { Bank = other.Bank.Address });

        (await FluentActions.Awaiting(() => stray.Completion.WaitAsync(SmallNetwork.Patience))
            .Should().ThrowAsync<StoreFaultException>()).WithMessage("*belongs to another ledger*");
    }

    [Fact]
    public async Task A_new_client_takes_the_next_name_when_the_bank_knows_the_first()
    {
        await using SmallNetwork network = await SmallNetwork.StartAsync();
        await network.MemberAsync("client-1");
        using TemporaryFolder elsewhere = new();

        ClientHost newcomer = await network.ClientAsync(network.Options(null) with { DataDirectory = elsewhere.Path });

        newcomer.Service.Name.Should().Be("client-2");
        Directory.Exists(ClientFolder.PathOf(elsewhere.Path, "client-1")).Should().BeFalse();
        await newcomer.DisposeAsync();
    }

    [Fact]
    public async Task A_port_in_use_is_named()
    {
        await using SmallNetwork network = await SmallNetwork.StartAsync();
        IPEndPoint taken = IPEndPoint.Parse(network.Bank.Address.Authority);

        (await FluentActions.Awaiting(() => network.ClientAsync(network.Options("one") with { Listen = taken }))
            .Should().ThrowAsync<ListenFaultException>()).WithMessage($"*{taken.Port}*in use*");
    }

    [Fact]
    public async Task The_history_has_every_operation_with_its_outcome()
    {
        await using SmallNetwork network = await SmallNetwork.StartAsync();
        await network.MemberAsync("one");
        string path = Path.Combine(network.DataDirectory, "history.jsonl");
        ClientHost two = await network.ClientAsync(network.Options("two") with { History = path });
        await SmallNetwork.UntilAsync(two, process => process.Phase == ClientPhase.Member);
        ClientEvent.Settled paid = await SmallNetwork.PayAsync(two, 1, 4_00);
        await two.Service.BalanceAsync(2, None);
        await two.DisposeAsync();

        string[] lines = await File.ReadAllLinesAsync(path);

        lines.Should().HaveCount(3);
        lines[0].Should().Contain("\"unknown\"").And.Contain(paid.Block.Transfer.Id.ToString());
        lines[1].Should().Contain("\"SUCCESS\"").And.Contain($"\"index\":{paid.Index}");
        lines[2].Should().Contain("\"balance\"").And.Contain("\"6.00\"");
    }

    [Fact]
    public async Task Everything_served_over_http_answers()
    {
        await using SmallNetwork network = await SmallNetwork.StartAsync();
        ClientHost one = await network.MemberAsync("one");
        using HttpClient http = new() { BaseAddress = one.Address };

        foreach (string path in new[] { "/chain", "/chain?from=1&limit=1", "/queue", "/clock", "/health/live",
            "/health/ready", "/openapi/v1.json" })
        {
            (await http.GetAsync(path)).StatusCode.Should().Be(HttpStatusCode.OK, path);
        }

        foreach (string path in new[] { "/nowhere", "/chain?from=-1", "/chain?from=x", "/chain?limit=-1", "/link" })
        {
            using HttpResponseMessage answer = await http.GetAsync(path);
            ((int)answer.StatusCode).Should().BeInRange(400, 404, path);
            answer.Content.Headers.ContentType!.MediaType.Should().Be("application/problem+json", path);
        }

        using HttpResponseMessage refusal = await http.GetAsync("/chain?from=x");
        string told = await refusal.Content.ReadAsStringAsync();
        told.Should().Contain("must be a whole number from 0").And.NotContain("bind");

        using JsonDocument described = JsonDocument.Parse(await http.GetStringAsync("/openapi/v1.json"));
        described.RootElement.GetProperty("paths").EnumerateObject()
            .Where(path => !path.Value.GetProperty("get").TryGetProperty("summary", out _))
            .Select(path => path.Name).Should().BeEmpty("each route says what it answers");
    }

    [Fact]
    public async Task What_happens_is_streamed_as_JSON()
    {
        await using SmallNetwork network = await SmallNetwork.StartAsync();
        await network.MemberAsync("one");
        ClientHost two = await network.MemberAsync("two");
        using HttpClient http = new() { BaseAddress = two.Address };
        using CancellationTokenSource patience = new(SmallNetwork.Patience);
        using StreamReader stream = new(await http.GetStreamAsync("/events", patience.Token));
        Dictionary<string, JsonElement> events = await ReadUntilAsync(stream, "listening", patience.Token);
        events["listening"].GetProperty("index").GetInt64().Should().BePositive();

        ClientEvent.Settled paid = await SmallNetwork.PayAsync(two, 1, 1_00, "rent");

        events = await ReadUntilAsync(stream, "settled", patience.Token);
        events.Should().ContainKeys("accepted", "requested", "reply-heard", "entered", "left");
        events["accepted"].GetProperty("memo").GetString().Should().Be("rent");
        events["requested"].GetProperty("txids")[0].GetString().Should().Be(paid.Block.Transfer.Id.ToString());
        events["reply-heard"].GetProperty("peer").GetInt32().Should().Be(1);
        events["entered"].GetProperty("clock").GetInt64().Should().Be(paid.Block.Key.Token.Clock);
        JsonElement settled = events["settled"];
        settled.GetProperty("client").GetInt32().Should().Be(2);
        settled.GetProperty("index").GetInt64().Should().Be(paid.Index);
        settled.GetProperty("hash").GetString().Should().Be(paid.Hash.ToString());
        settled.GetProperty("status").GetString().Should().Be("SUCCESS");
        settled.TryGetProperty("reason", out _).Should().BeFalse();
        ClientText.Of(paid).Should().Contain($"at {paid.Index} ").And.Contain("SUCCESS").And.NotContain("{");
    }

    private static async Task<Dictionary<string, JsonElement>> ReadUntilAsync(
        StreamReader stream, string last, CancellationToken cancellation)
    {
        Dictionary<string, JsonElement> events = [];
        string name = string.Empty;
        while (!events.ContainsKey(last) && await stream.ReadLineAsync(cancellation) is { } line)
        {
            if (line.StartsWith("event: ", StringComparison.Ordinal))
            {
                name = line["event: ".Length..];
            }
            else if (line.StartsWith("data: ", StringComparison.Ordinal))
            {
                events[name] = JsonSerializer.Deserialize<JsonElement>(line["data: ".Length..]);
            }
        }

        return events;
    }

    [Theory]
    [InlineData("ftp://127.0.0.1", "one", 0, "127.0.0.1:0", "--bank")]
    [InlineData("http://127.0.0.1", "a name of more than 32 characters!", 0, "127.0.0.1:0", "--name")]
    [InlineData("http://127.0.0.1", "one", -1, "127.0.0.1:0", "--delay")]
    [InlineData("http://127.0.0.1", "one", 0, "0.0.0.0:0", "--listen")]
    public async Task Options_that_cannot_be_are_named(string bank, string name, int delay, string listen,
        string option)
    {
        ClientOptions options = new()
        {
            Bank = new Uri(bank), Name = name, DataDirectory = "unused", Delay = TimeSpan.FromSeconds(delay),
            Listen = IPEndPoint.Parse(listen),
        };

        (await FluentActions.Awaiting(() => ClientHost.StartAsync(options, null, None))
            .Should().ThrowAsync<OptionsException>()).WithMessage($"*{option}*");
    }
}
