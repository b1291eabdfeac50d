using System.Net;
using Blockchain.Core.OpenNetwork;
using Blockchain.Node.Service;
using Blockchain.Wire.Http;
using Blockchain.Wire.Keys;

namespace Blockchain.Tests.Node;

/// <summary>What a node answers over HTTP before and after its best chain changes to another branch, and which of two
/// equal branches it follows.</summary>
public sealed class ReorganizationTests : IDisposable
{
    private const int Loser = 21;
    private const int Winner = 22;
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Every_answer_follows_the_better_branch_and_what_it_lacks_waits_again()
    {
        await using TestNode node = await TestNode.StartAsync(1, _folder.Path);
        using HostilePeer peer = await HostilePeer.ConnectAsync(node);
        BlockHash genesis = node.Host.Service.GenesisHash;
        Transaction[] said = [Sample.Message(), Ballot(genesis)];
        Block lost = BlockMaker.Make(genesis, 1, said, Loser);
        Block[] won = [BlockMaker.Make(genesis, 1, [], Winner), null!, null!];
        won[1] = BlockMaker.Make(won[0].Hash, 2, [], Winner);
        won[2] = BlockMaker.Make(won[1].Hash, 3, said, Winner);

        await TakeAsync(node, peer, lost);
        await CheckChainAsync(node, lost);
        await CheckMoneyAsync(node, Loser, Winner, 50);
        (await ElectionAsync(node)).Should().BeEquivalentTo(new { Ballots = 1, Pending = 0 });
        foreach (Transaction transaction in said)
        {
            (await StatusAsync(node, transaction)).Should().BeEquivalentTo(
                new { Status = "confirmed", Confirmations = 1, Height = 1, BlockHash = lost.Hash.ToString() });
        }

        await TakeAsync(node, peer, won[0], won[1]);
        await CheckChainAsync(node, won[..2]);
        await CheckMoneyAsync(node, Winner, Loser, 100);
        (await ElectionAsync(node)).Should().BeEquivalentTo(new { Ballots = 0, Pending = 1 });
        (await node.Api.GetPendingAsync(default)).Transactions.Select(static each => each.Txid).Should().BeEquivalentTo(
            said.Select(static each => each.Id.ToString()), "what the better branch lacks waits again");
        node.Host.Service.Counters.Of(NodeCounters.Reorganizations).Should().Be(1);

        await TakeAsync(node, peer, won[2]);
        await CheckChainAsync(node, won);
        await CheckMoneyAsync(node, Winner, Loser, 150);
        (await ElectionAsync(node)).Should().BeEquivalentTo(new { Ballots = 1, Pending = 0 });
        (await node.Api.GetPendingAsync(default)).Count.Should().Be(0);
    }

    [Fact]
    public async Task Of_two_equal_branches_the_first_seen_stays_also_after_a_restart_until_one_has_more_work()
    {
        TestNode node = await TestNode.StartAsync(1, _folder.Path);
        BlockHash genesis = node.Host.Service.GenesisHash;
        Block first = BlockMaker.Make(genesis, 1, [], Loser);
        Block second = BlockMaker.Make(genesis, 1, [], Winner);
        using (HostilePeer peer = await HostilePeer.ConnectAsync(node))
        {
            await TakeAsync(node, peer, first);
            await TakeAsync(node, peer, second);
        }

        (await node.TipAsync()).Should().Be(first.Hash);
        node.Host.Service.Counters.Of(NodeCounters.Forks).Should().Be(1);
        node = await node.RestartAsync();
        await using TestNode again = node;
        (await again.TipAsync()).Should().Be(first.Hash, "the order in which they came is stored");

        using HostilePeer other = await HostilePeer.ConnectAsync(again);
        Block third = BlockMaker.Make(second.Hash, 2, []);
        await TakeAsync(again, other, third);
        (await again.TipAsync()).Should().Be(third.Hash, "it stands on a block that the node kept beside its chain");
        again.Host.Service.Counters.Of(NodeCounters.BlocksRequested).Should().Be(0);
    }

    [Fact]
    public async Task A_slash_at_the_end_of_a_path_means_nothing()
    {
        await using TestNode node = await TestNode.StartAsync(1, _folder.Path);
        using HttpClient http = new() { BaseAddress = node.Host.Address };
        foreach (string path in (string[])["/blocks/last/", "/blocks/0/", "/blocks/0/transactions/0/inputs/", "/info/"])
        {
            using HttpResponseMessage response = await http.GetAsync(path);
            response.StatusCode.Should().Be(HttpStatusCode.OK, path);
        }
    }

    private static async Task TakeAsync(TestNode node, HostilePeer peer, params Block[] blocks)
    {
        await peer.SayAsync([.. blocks.Select(static block => new NodeMessage.BlockBody(block))]);
        await peer.SayAsync(new NodeMessage.Ping(1));
        await peer.HearAsync<NodeMessage.Pong>();
        (await node.Api.GetPeersAsync(default)).Peers.Should().ContainSingle("it did nothing wrong");
    }

    // The chain above the first block, by every route that shows it.
    private static async Task CheckChainAsync(TestNode node, params Block[] chain)
    {
        NodeBlockDto last = await node.Api.GetLastBlockAsync(default);
        last.Header.Hash.Should().Be(chain[^1].Hash.ToString());
        last.Should().BeEquivalentTo(await node.Api.GetBlockAsync(chain.Length, default));
        string[] hashes = [.. chain.Select(static block => block.Hash.ToString())];
        (await node.Api.GetHeadersAsync(1, 10, default)).Headers.Select(static header => header.Hash)
            .Should().Equal(hashes);
        (await node.Api.GetBlocksAsync(1, 10, default)).Blocks.Select(static block => block.Header.Hash)
            .Should().Equal(hashes);
        for (int height = 1; height <= chain.Length; height++)
        {
            Block block = chain[height - 1];
            TransactionsDto transactions = await node.Api.GetBlockTransactionsAsync(height, default);
            transactions.Transactions.Select(static each => each.Txid).Should().Equal(
                block.Transactions.Select(static each => each.Id.ToString()));
            OutputDto paid = await node.Api.GetOutputAsync(height, 0, 0, default);
            paid.Should().Be(new OutputDto(block.Transactions[0].Outputs[0].To.ToString(), 50));
        }

        Func<Task> above = () => node.Api.GetBlockAsync(chain.Length + 1, default);
        (await above.Should().ThrowAsync<ApiException>()).Which.Status.Should().Be(404);
        NodeInfoDto info = await node.Api.GetInfoAsync(default);
        info.Should().BeEquivalentTo(new
        {
            Height = chain.Length,
            Tip = hashes[^1],
            TotalTransactions = 1 + chain.Sum(static block => block.Transactions.Count),
        });
    }

    private static async Task CheckMoneyAsync(TestNode node, int has, int hasNot, decimal balance)
    {
        string rich = TestNode.AddressOf(Sample.Seed(has)).ToString();
        string poor = TestNode.AddressOf(Sample.Seed(hasNot)).ToString();
        NodeInfoDto info = await node.Api.GetInfoAsync(default);
        info.RichList.Should().Equal(new BalanceDto(rich, balance));
        info.TotalAddresses.Should().Be(1);
        info.Supply.Should().Be(balance);
        (await node.Api.GetAddressAsync(rich, 0, 10, default)).Balance.Should().Be(balance);
        (await node.Api.GetUtxoAsync(rich, 0, 10, default)).Outputs.Sum(static output => output.Value)
            .Should().Be(balance);
        AddressDto empty = await node.Api.GetAddressAsync(poor, 0, 10, default);
        empty.Balance.Should().Be(0);
        empty.Entries.Should().BeEmpty();
        (await node.Api.GetUtxoAsync(poor, 0, 10, default)).Outputs.Should().BeEmpty();
    }

    private static Task<TransactionStatusDto> StatusAsync(TestNode node, Transaction transaction) =>
        node.Api.GetTransactionAsync(transaction.Id.ToString(), default);

    private static Task<ElectionDto> ElectionAsync(TestNode node) => node.Api.GetElectionAsync("board", default);

    private static Transaction.Ballot Ballot(BlockHash network)
    {
        byte[] seed = Sample.Seed(30);
        Transaction.Ballot unsigned = new("board", "17", "red", Ed25519.Platform.DeriveKey(seed), default);
        return unsigned.WithSignature(Ed25519.Platform.Sign(seed, unsigned.SignedBytes(network)));
    }
}
