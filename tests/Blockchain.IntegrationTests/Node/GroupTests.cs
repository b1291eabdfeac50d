using System.Net;
using Blockchain.Core.OpenNetwork;
using Blockchain.IntegrationTests.Faults;
using Blockchain.IntegrationTests.Support;
using Blockchain.Wire.Http;
using Blockchain.Wire.Keys;

namespace Blockchain.IntegrationTests.Node;

/// <summary>Groups of nodes, in processes of their own, that do not know of one another and then meet.</summary>
[Collection(ProcessFaults.Name)]
public sealed class GroupTests : IDisposable
{
    private const string Election = "board";

    // Nobody listens there: the groups reach one another through the proxy alone.
    private static readonly string[] Unreachable = ["--advertise", "127.0.0.2"];
    private readonly TempFolder _data = new();

    public void Dispose() => _data.Dispose();

    [Fact]
    public async Task Two_groups_that_mined_apart_come_to_one_chain_and_each_ballot_and_message_counts_once()
    {
        await using NodeProcess strong = await NodeProcess.StartAsync(
            _data, "strong", [.. Unreachable, .. NodeProcess.Mining(1, 100)]);
        await using CutProxy proxy = new(
            new IPEndPoint(IPAddress.Loopback, 0), new IPEndPoint(IPAddress.Loopback, strong.Address.Port), 1);
        proxy.Hold(Direction.Both);
        await using NodeProcess strongFriend = await NodeProcess.StartAsync(
            _data, "strong-friend", [.. Unreachable, "--peer", strong.Url]);
        await using NodeProcess weak = await NodeProcess.StartAsync(
            _data, "weak",
            [.. Unreachable, "--tcp", "0", "--peer", $"http://{proxy.EndPoint}", .. NodeProcess.Mining(2, 300)]);
        await using NodeProcess weakFriend = await NodeProcess.StartAsync(
            _data, "weak-friend", [.. Unreachable, "--peer", weak.Url]);
        string red = await VoteAsync(strongFriend, "17", "red", 1);
        string blue = await VoteAsync(weakFriend, "17", "blue", 2);
        string green = await VoteAsync(weakFriend, "18", "green", 3);
        using MessageClient client = await MessageClient.ConnectAsync(weak.Tcp, 1);
        (await client.SendAsync("hello", 0)).Should().BeTrue();
        await UntilConfirmedAsync(strongFriend, red);
        await UntilConfirmedAsync(weakFriend, blue);
        await UntilConfirmedAsync(weakFriend, green);
        int behind = (await weak.Api.GetInfoAsync(default)).Height;
        await strong.UntilHeightAsync(behind + 10);

        proxy.Hold(Direction.None);
        await Conditions.UntilAsync(
            async () => await weak.CountAsync("blockchain_reorganizations_total") > 0,
            "the weak follow the strong", ProcessRunner.Patience);
        NodeProcess[] all = [strong, strongFriend, weak, weakFriend];
        await NodeProcess.AgreeAsync(all);

        foreach (NodeProcess node in all)
        {
            ElectionDto election = await node.Api.GetElectionAsync(Election, default);
            election.Ballots.Should().Be(2);
            election.Tally.Should().BeEquivalentTo([new TallyDto("red", 1), new TallyDto("green", 1)]);
            (await node.Api.GetBallotAsync(Election, "17", default)).Txid.Should().Be(red);
            NodeInfoDto info = await node.Api.GetInfoAsync(default);
            info.Supply.Should().Be(50m * info.Height, "money is the rewards");
        }

        (await strong.ReadMessagesAsync()).Values.Should().Equal(1);
        (await weak.CountAsync("blockchain_transactions_dropped_total{reason=\"DuplicateVote\"}")).Should().Be(1);
    }

    [Fact]
    public async Task Of_two_ballots_for_one_voter_handed_to_two_nodes_at_the_same_moment_one_counts()
    {
        const int Voters = 20;
        await using NodeProcess first = await NodeProcess.StartAsync(_data, "first", NodeProcess.Mining(1, 150));
        await using NodeProcess second = await NodeProcess.StartAsync(
            _data, "second", ["--peer", first.Url, .. NodeProcess.Mining(2, 150)]);
        await NodeProcess.AgreeAsync(first, second);
        int twice = 0;
        for (int voter = 0; voter < Voters; voter++)
        {
            string id = $"v{voter}";
            Task<bool> one = TryVoteAsync(first, id, "red", 1);
            Task<bool> other = TryVoteAsync(second, id, "blue", 2);
            bool[] taken = [await one, await other];
            taken.Should().Contain(true);
            twice += taken[0] && taken[1] ? 1 : 0;
        }

        await NodeProcess.AgreeAsync(first, second);
        ElectionDto tally = await first.Api.GetElectionAsync(Election, default);
        tally.Should().BeEquivalentTo(
            await second.Api.GetElectionAsync(Election, default), static options => options.Excluding(e => e.Height));
        tally.Ballots.Should().Be(Voters);
        tally.Tally.Sum(static count => count.Votes).Should().Be(Voters);
        twice.Should().BePositive("else the moments were never the same");
    }

    private static async Task<string> VoteAsync(NodeProcess node, string voter, string choice, int seed)
    {
        Transaction.Ballot ballot = await BallotAsync(node, voter, choice, seed);
        return (await node.Api.SubmitAsync(Body(ballot), default)).Txid;
    }

    private static async Task<bool> TryVoteAsync(NodeProcess node, string voter, string choice, int seed)
    {
        try
        {
            await VoteAsync(node, voter, choice, seed);
            return true;
        }
        catch (ApiException fault) when (fault.Type.EndsWith("duplicate-vote", StringComparison.Ordinal))
        {
            return false;
        }
    }

    private static async Task<Transaction.Ballot> BallotAsync(NodeProcess node, string voter, string choice, int seed)
    {
        BlockHash.TryParse((await node.Api.GetInfoAsync(default)).NetworkId, out BlockHash network).Should().BeTrue();
        byte[] key = NodeProcess.Seed(500 + seed);
        Transaction.Ballot unsigned = new(Election, voter, choice, Ed25519.Platform.DeriveKey(key), default);
        return unsigned.WithSignature(Ed25519.Platform.Sign(key, unsigned.SignedBytes(network)));
    }

    private static SubmitBody Body(Transaction transaction) =>
        new(Convert.ToHexStringLower(transaction.Canonical.Span));

    private static Task UntilConfirmedAsync(NodeProcess node, string txid) => Conditions.UntilAsync(
        async () => (await node.Api.GetTransactionAsync(txid, default)).Status == TransactionStatusDto.Confirmed,
        "confirmed", ProcessRunner.Patience);
}
