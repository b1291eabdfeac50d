using System.Net;
using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Blockchain.Core.Kernel;
using Blockchain.Core.OpenNetwork;
using Blockchain.Node;
using Blockchain.Node.Hosting;
using Blockchain.Node.Service;
using Blockchain.Node.Tracking;
using Blockchain.Wire.Files;
using Blockchain.Wire.Hosting;
using Blockchain.Wire.Http;
using Blockchain.Wire.Keys;

namespace Blockchain.Tests.Node;

/// <summary>Nodes in this process: mining, synchronization, reorganizations, restarts, and what they answer.</summary>
public sealed class NodeHostTests : IDisposable
{
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(30);
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_payment_is_mined_and_shows_everywhere()
    {
        await using TestNode node = await TestNode.StartAsync(1, _folder.Path, Pace);
        await node.UntilHeightAsync(4);
        Address to = TestNode.AddressOf(Sample.Seed(2));
        Transaction.Payment payment = await PayAsync(node, to, new Coins(123_456_789), new Coins(1_000));

        SubmitAnswerDto answer = await node.Api.SubmitAsync(
            new SubmitBody(Convert.ToHexStringLower(payment.Canonical.Span)), default);
        answer.Txid.Should().Be(payment.Id.ToString());
        await TestNode.UntilAsync(
            async () => (await node.Api.GetTransactionAsync(answer.Txid, default)).Status == "confirmed", "confirmed");

        TransactionStatusDto status = await node.Api.GetTransactionAsync(answer.Txid, default);
        (await node.Api.GetAddressAsync(to.ToString(), 0, 10, default)).Should().BeEquivalentTo(
            new { Balance = 1.23456789m, Spendable = 1.23456789m, Next = (int?)null });
        (await node.Api.GetUtxoAsync(to.ToString(), 0, 10, default)).Outputs.Should().ContainSingle()
            .Which.Value.Should().Be(1.23456789m);
        (await node.Api.GetInputAsync(status.Height!.Value, status.Index!.Value, 0, default)).Value.Should().Be(50);
        (await node.Api.GetOutputAsync(status.Height!.Value, status.Index!.Value, 0, default)).Should().Be(
            new OutputDto(to.ToString(), 1.23456789m));
        (await node.Api.GetOutputsAsync(status.Height!.Value, status.Index!.Value, default)).Outputs.Should()
            .HaveCount(2);
        MerkleProofDto proof = await node.Api.GetProofAsync(status.BlockHash!, answer.Txid, default);
        CheckProof(proof).Should().BeTrue("headers alone prove it");
        await CheckInfoAsync(node);
    }

    [Fact]
    public async Task Every_answer_of_the_chain_agrees_with_every_other()
    {
        await using TestNode node = await TestNode.StartAsync(1, _folder.Path, Pace);
        await node.UntilHeightAsync(5);

        NodeBlockDto third = await node.Api.GetBlockAsync(3, default);
        NodeBlocksDto page = await node.Api.GetBlocksAsync(2, 2, default);
        HeadersDto headers = await node.Api.GetHeadersAsync(0, 4, default);

        page.Blocks.Select(static block => block.Header).Should().Equal(headers.Headers[2..]);
        page.Next.Should().Be(4);
        third.Header.Should().Be(page.Blocks[1].Header);
        third.Header.PreviousHash.Should().Be(page.Blocks[0].Header.Hash);
        third.Transactions.Should().ContainSingle().Which.Kind.Should().Be("coinbase");
        (await node.Api.GetBlockTransactionsAsync(3, default)).Count.Should().Be(1);
        (await node.Api.GetBlockTransactionAsync(3, 0, default)).Txid.Should().Be(third.Transactions![0].Txid);
        (await node.Api.GetInputsAsync(3, 0, default)).Inputs.Should().BeEmpty();
        headers.Headers[0].Hash.Should().Be((await node.Api.GetInfoAsync(default)).NetworkId);
        Header.Read(Convert.FromHexString(headers.Headers[3].Hex)).ComputeHash().ToString()
            .Should().Be(headers.Headers[3].Hash);
    }

    [Fact]
    public async Task A_bad_question_gets_a_problem_with_its_status()
    {
        (string Path, int Status)[] questions =
        [
            ("/blocks/99999", 404),
            ("/blocks/-1", 400),
            ("/blocks/abc", 400),
            ("/blocks/0/transactions/7", 404),
            ("/blocks/0/transactions/x", 400),
            ("/blocks/0/transactions/0/outputs/0", 404),
            ("/blocks/0/transactions/0/inputs/99999999999999999999", 400),
            ("/blocks?from=-1", 400),
            ("/blocks?limit=0", 400),
            ("/blocks?limit=1000000", 400),
            ("/headers?from=x", 400),
            ("/transactions/zz", 400),
            ("/transactions/00000000000000000000000000000000000000000000000000000000000000ff", 404),
            ("/addresses/0x12", 400),
            ("/utxo/nobody", 400),
            ("/blocks/zz/proof/zz", 400),
            ("/elections/none", 404),
            ("/elections/none/ballots/nobody", 404),
            ("/peer", 400),
            ("/nothing", 404),
        ];
        await using TestNode node = await TestNode.StartAsync(1, _folder.Path);
        using HttpClient http = new() { BaseAddress = node.Host.Address };
        foreach ((string path, int status) in questions)
        {
            using HttpResponseMessage response = await http.GetAsync(path);
            ProblemDto? problem = await response.Content.ReadFromJsonAsync(NodeTestJson.Problem);

            ((int)response.StatusCode).Should().Be(status, path);
            problem!.Status.Should().Be(status, path);
            problem.Detail.Should().NotBeNullOrEmpty(path);
        }
    }

    [Fact]
    public async Task A_body_that_is_no_transaction_is_a_bad_request()
    {
        string[] bodies =
        [
            "{\"hex\": \"zz\"}",
            "{\"hex\": \"00\"}",
            "{\"hex\": null}",
            "{}",
            "[]",
            "not json",
        ];
        await using TestNode node = await TestNode.StartAsync(1, _folder.Path);
        using HttpClient http = new() { BaseAddress = node.Host.Address };
        foreach (string body in bodies)
        {
            using HttpResponseMessage response = await http.PostAsync(
                "/transactions", new StringContent(body, Encoding.UTF8, "application/json"));
            ProblemDto? problem = await response.Content.ReadFromJsonAsync(NodeTestJson.Problem);

            response.StatusCode.Should().Be(HttpStatusCode.BadRequest, body);
            problem!.Type.Should().EndWith("bad-request", body);
        }
    }

    [Fact]
    public async Task A_body_that_is_too_long_is_told_how_long_it_may_be()
    {
        await using TestNode node = await TestNode.StartAsync(1, _folder.Path);
        using SocketsHttpHandler patient = new() { Expect100ContinueTimeout = TimeSpan.FromMinutes(5) };
        using HttpClient http = new(patient) { BaseAddress = node.Host.Address };
        using StringContent content = new(
            new string(' ', NodeLimits.HttpBodyBytes + 1), Encoding.UTF8, "application/json");
        using HttpRequestMessage request = new(HttpMethod.Post, "/transactions") { Content = content };
        request.Headers.ExpectContinue = true;

        using HttpResponseMessage response = await http.SendAsync(request);
        ProblemDto? problem = await response.Content.ReadFromJsonAsync(NodeTestJson.Problem);

        response.StatusCode.Should().Be(HttpStatusCode.RequestEntityTooLarge);
        problem!.Detail.Should().Contain("262,144 bytes");
    }

    [Fact]
    public async Task A_refused_transaction_names_its_rule_over_HTTP_and_in_the_counters()
    {
        await using TestNode node = await TestNode.StartAsync(1, _folder.Path);
        Transaction.Message sample = Sample.Message();
        Transaction.Message forged = new(sample.Sender, "hello2", 0, sample.Signature);

        Func<Task> submit = () => node.Api.SubmitAsync(
            new SubmitBody(Convert.ToHexStringLower(forged.Canonical.Span)), default);

        ApiException fault = (await submit.Should().ThrowAsync<ApiException>()).Which;
        fault.Status.Should().Be(400);
        fault.Type.Should().EndWith("bad-signature");
        node.Host.Service.Counters.Of(NodeCounters.TransactionsRefused, nameof(Refusal.BadSignature)).Should().Be(1);
        using HttpClient http = new() { BaseAddress = node.Host.Address };
        IReadOnlyDictionary<string, long> metrics = MetricsText.Read(await http.GetStringAsync("/metrics"));
        metrics["blockchain_transactions_refused_total{reason=\"BadSignature\"}"].Should().Be(1);
    }

    [Fact]
    public async Task A_fresh_node_fetches_the_chain_and_each_block_once()
    {
        const int Height = 300;
        await using TestNode first = await TestNode.StartAsync(1, _folder.Path, TimeSpan.FromMilliseconds(1));
        await first.UntilHeightAsync(Height);
        await using TestNode stopped = await first.RestartAsync();
        int height = await stopped.HeightAsync();
        await using TestNode fresh = await TestNode.StartAsync(2, _folder.Path, null, false, stopped);

        await TestNode.UntilAsync(async () => await fresh.TipAsync() == await stopped.TipAsync(), "the same tip");

        fresh.Host.Service.Counters.Of(NodeCounters.BlocksReceived).Should().Be(height);
        fresh.Host.Service.Counters.Of(NodeCounters.BlocksRequested).Should().Be(height);
        await CheckInfoAsync(fresh);
    }

    [Fact]
    public async Task Two_groups_that_mined_apart_follow_the_most_work_and_nothing_is_lost()
    {
        await using TestNode weak = await TestNode.StartAsync(1, _folder.Path, TimeSpan.FromMilliseconds(50));
        TestNode strong = await TestNode.StartAsync(2, _folder.Path, TimeSpan.FromMilliseconds(10));
        SubmitResult sent = await weak.Host.Service.SubmitAsync(Sample.Message(), default);
        sent.Refusal.Should().Be(Refusal.None);
        await weak.UntilHeightAsync(5);
        int weakHeight = await weak.HeightAsync();
        await strong.UntilHeightAsync(weakHeight + 20);

        await using TestNode met = await strong.RestartAsync(null, weak);
        await TestNode.UntilAsync(
            async () => weak.Host.Service.Counters.Of(NodeCounters.Reorganizations) > 0
                && await weak.TipAsync() == await met.TipAsync(),
            "one tip after a reorganization");
        await TestNode.UntilAsync(
            async () => (await weak.Api.GetTransactionAsync(sent.Id.ToString(), default)).Status == "confirmed",
            "the loser's transaction is mined on the winning chain");
        await TestNode.UntilAsync(async () => await weak.TipAsync() == await met.TipAsync(), "one tip again");
        (await met.Api.GetTransactionAsync(sent.Id.ToString(), default)).Status.Should().Be("confirmed");
        await CheckInfoAsync(weak);
        await CheckInfoAsync(met);
    }

    [Fact]
    public async Task Events_come_as_they_happen()
    {
        await using TestNode node = await TestNode.StartAsync(1, _folder.Path, Pace);
        List<NodeEventDto> heard = [];
        using CancellationTokenSource patience = new(TimeSpan.FromSeconds(20));
        await foreach (NodeEventDto happened in node.Api.WatchAsync(patience.Token))
        {
            heard.Add(happened);
            if (heard.Count == 1)
            {
                await node.Host.Service.SubmitAsync(Sample.Message(), default);
            }

            if (happened.Event == "block" && happened.Transactions == 2)
            {
                break;
            }
        }

        heard[0].Event.Should().Be("listening");
        heard.Should().ContainSingle(static happened => happened.Event == "transaction")
            .Which.Txid.Should().Be(Sample.Message().Id.ToString());
        heard[^1].Reward.Should().Be(50);
    }

    [Fact]
    public async Task A_restart_keeps_chain_pending_transactions_and_known_nodes()
    {
        TestNode node = await TestNode.StartAsync(1, _folder.Path, Pace);
        await node.UntilHeightAsync(5);
        node = await node.RestartAsync();
        await using TestNode other = await TestNode.StartAsync(2, _folder.Path, null, false, node);
        await TestNode.UntilAsync(
            async () => (await node.Api.GetNodesAsync(default)).Nodes.Contains(other.Url), "the other is known");
        int height = await node.HeightAsync();
        await node.Host.Service.SubmitAsync(Sample.Message(), default);
        await Task.Delay(TimeSpan.FromSeconds(1.5));

        node = await node.RestartAsync();
        await using TestNode again = node;

        (await again.HeightAsync()).Should().Be(height);
        (await again.Api.GetPendingAsync(default)).Transactions.Should().ContainSingle()
            .Which.Txid.Should().Be(Sample.Message().Id.ToString());
        await TestNode.UntilAsync(
            async () => (await again.Api.GetPeersAsync(default)).Peers.Length > 0, "it dials the other by itself");
    }

    [Fact]
    public async Task A_peer_that_talks_nonsense_is_cut_off_and_the_node_goes_on()
    {
        await using TestNode node = await TestNode.StartAsync(1, _folder.Path, Pace);
        byte[][] nonsense =
        [
            [1], [0, 0, 0, 0], [0xff, 0xff, 0xff, 0xff], [0, 0, 0, 1, 9], [0, 0, 0, 2, 1, 200],
            [0, 0, 0, 9, .. new byte[9]], [.. Enumerable.Repeat((byte)0x41, 70_000)],
        ];
        foreach (byte[] bytes in nonsense)
        {
            using ClientWebSocket socket = new();
            await socket.ConnectAsync(NodeAddress.ToWebSocket(node.Url, "/peer"), CancellationToken.None);
            await socket.SendAsync(bytes, WebSocketMessageType.Binary, true, CancellationToken.None);
            await EndAsync(socket);
        }

        int height = await node.HeightAsync();
        await node.UntilHeightAsync(height + 2);
        (await node.Api.GetPeersAsync(default)).Peers.Should().BeEmpty();
    }

    [Fact]
    public async Task A_node_does_not_keep_a_connection_with_itself()
    {
        await using TestNode node = await TestNode.StartAsync(1, _folder.Path);
        node.Host.Service.Book.Add([$"http://localhost:{node.Host.Address.Port}"]);

        await TestNode.UntilAsync(
            async () => (await node.Api.GetPeersAsync(default)).Peers.Length == 0
                && node.Host.Service.Book.FailuresOf($"http://localhost:{node.Host.Address.Port}") > 0,
            "it dialled itself and hung up");
    }

    [Theory]
    [InlineData("0.0.0.0:0", "--allow-remote")]
    [InlineData("nowhere", "no address")]
    public void Options_that_cannot_be_are_refused(string listen, string says)
    {
        Action build = () => NodeHost.Build(new NodeOptions
        {
            Parameters = TestNode.Easy,
            Folder = _folder.Path,
            Listen = listen,
        });

        build.Should().Throw<OptionsException>().Which.Faults.Should().ContainSingle().Which.Should().Contain(says);
    }

    [Fact]
    public async Task A_second_node_on_a_folder_is_refused()
    {
        await using TestNode node = await TestNode.StartAsync(1, _folder.Path);

        Func<Task> second = () => TestNode.StartAsync(1, _folder.Path);

        await second.Should().ThrowAsync<StoreFaultException>();
    }

    [Fact]
    public async Task OpenAPI_describes_every_route_with_its_answers()
    {
        string[] routes =
        [
            .. typeof(NodeRoutes).GetFields().Select(static field => (string)field.GetRawConstantValue()!)
                .Where(static route => route != NodeRoutes.Peer),
            SharedRoutes.Live, SharedRoutes.Ready, SharedRoutes.Metrics, SharedRoutes.Events,
        ];
        await using TestNode node = await TestNode.StartAsync(1, _folder.Path);
        using HttpClient http = new() { BaseAddress = node.Host.Address };

        using JsonDocument document = JsonDocument.Parse(await http.GetStringAsync("/openapi/v1.json"));

        JsonElement paths = document.RootElement.GetProperty("paths");
        paths.EnumerateObject().Select(static path => path.Name).Should().BeEquivalentTo(routes);
        foreach (string route in routes)
        {
            JsonElement get = paths.GetProperty(route).GetProperty("get");
            get.GetProperty("summary").GetString().Should().NotBeNullOrEmpty(route);
            get.GetProperty("responses").TryGetProperty("200", out _).Should().BeTrue(route);
            if (route.Contains('{', StringComparison.Ordinal))
            {
                get.GetProperty("responses").TryGetProperty("400", out _).Should().BeTrue(route);
                get.GetProperty("responses").TryGetProperty("404", out _).Should().BeTrue(route);
            }
        }

        paths.GetProperty(NodeRoutes.Transactions).GetProperty("post").GetProperty("responses").EnumerateObject()
            .Select(static answer => answer.Name).Should().BeEquivalentTo("200", "400", "413", "415", "503");
        foreach (string paged in (string[])[NodeRoutes.Blocks, NodeRoutes.Headers, NodeRoutes.Utxo, NodeRoutes.Address])
        {
            paths.GetProperty(paged).GetProperty("get").GetProperty("parameters").EnumerateArray()
                .Select(static parameter => parameter.GetProperty("name").GetString())
                .Should().Contain(["from", "limit"], paged);
        }
    }

    // Everything that /info says, computed anew from the blocks.
    private static async Task CheckInfoAsync(TestNode node)
    {
        NodeInfoDto info;
        List<TransactionDto> all;
        do
        {
            info = await node.Api.GetInfoAsync(default);
            all = [];
            for (int i = 0; i <= info.Height; i++)
            {
                all.AddRange((await node.Api.GetBlockTransactionsAsync(i, default)).Transactions);
            }
        }
        while ((await node.Api.GetBlockAsync(info.Height, default)).Header.Hash != info.Tip);

        Dictionary<(string, int), OutputDto> unspent = [];
        foreach (TransactionDto transaction in all)
        {
            foreach (InputDto input in transaction.Inputs ?? [])
            {
                unspent.Remove((input.Txid, input.Output)).Should().BeTrue("each output is spent once");
            }

            foreach ((OutputDto output, int i) in (transaction.Outputs ?? []).Select((output, i) => (output, i)))
            {
                unspent.Add((transaction.Txid, i), output);
            }
        }

        var balances = unspent.Values.GroupBy(static output => output.Address)
            .Select(static group => new BalanceDto(group.Key, group.Sum(static output => output.Value)))
            .OrderByDescending(static balance => balance.Balance)
            .ToArray();
        info.TotalTransactions.Should().Be(all.Count);
        info.TotalAddresses.Should().Be(balances.Length);
        info.Supply.Should().Be(balances.Sum(static balance => balance.Balance)).And.Be(50m * info.Height);
        info.RichList.Should().BeEquivalentTo(balances.Take(10), static options => options.WithStrictOrdering());
    }

    private static async Task<Transaction.Payment> PayAsync(TestNode node, Address to, Coins amount, Coins fee)
    {
        Ed25519Key key = Ed25519.Platform.DeriveKey(node.Seed);
        UtxoDto utxo = await node.Api.GetUtxoAsync(Address.Of(key).ToString(), 0, 100, default);
        UnspentDto source = utxo.Outputs.First(static output => output.IsSpendable);
        TransactionId.TryParse(source.Txid, out TransactionId id).Should().BeTrue();
        Coins change = new((long)(source.Value * Coins.UnitsPerCoin) - amount.Units - fee.Units);
        Transaction.Payment unsigned = new(
            [new TransactionInput(new OutPoint(id, source.Output), key, default)],
            [new TransactionOutput(to, amount), new TransactionOutput(Address.Of(key), change)],
            fee);
        return unsigned.WithSignatures(
            [Ed25519.Platform.Sign(node.Seed, unsigned.SignedBytes(node.Host.Service.GenesisHash))]);
    }

    private static bool CheckProof(MerkleProofDto proof)
    {
        TransactionId.TryParse(proof.Txid, out TransactionId id).Should().BeTrue();
        Header header = Header.Read(Convert.FromHexString(proof.Header));
        header.ComputeHash().ToString().Should().Be(proof.BlockHash);
        Hash[] siblings =
            [.. proof.Siblings.Select(static text => Hash.TryParse(text, out Hash hash) ? hash : default)];
        return new MerkleProof(proof.Index, siblings).Check(id.Leaf, header.MerkleRoot);
    }

    private static async Task EndAsync(ClientWebSocket socket)
    {
        using CancellationTokenSource patience = new(TimeSpan.FromSeconds(10));
        byte[] buffer = new byte[4_096];
        try
        {
            while ((await socket.ReceiveAsync(buffer, patience.Token)).MessageType != WebSocketMessageType.Close)
            {
            }
        }
        catch (WebSocketException)
        {
            // Cut off is ended, too.
        }
    }
}
