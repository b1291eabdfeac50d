using Blockchain.Core.OpenNetwork;
using Blockchain.Node.Service;
using Blockchain.Wire.Keys;

namespace Blockchain.Tests.Node;

/// <summary>Peers over real sockets that flood, ask without end, do not read, or send what is invalid: the node goes
/// on with its work, and other peers do not notice.</summary>
public sealed class HostilePeerTests : IDisposable
{
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(20);
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_peer_that_asks_without_end_is_slowed_down_and_the_others_are_served()
    {
        await using TestNode node = await TestNode.StartAsync(1, _folder.Path, Pace);
        await node.UntilHeightAsync(5);
        using HostilePeer peer = await HostilePeer.ConnectAsync(node);
        NodeMessage ask = new NodeMessage.GetHeaders([node.Host.Service.GenesisHash], BlockHash.Zero);
        NodeMessage[] many = [.. Enumerable.Repeat(ask, 2_000)];
        Task reading = peer.UntilEndAsync();
        Task flooding = Task.Run(async () =>
        {
            while (!reading.IsCompleted && node.Host.Service.Counters.Of(NodeCounters.PeersSlowed) < 3)
            {
                await peer.SayAsync(many);
            }
        });

        await TestNode.UntilAsync(
            () => Task.FromResult(node.Host.Service.Counters.Of(NodeCounters.PeersSlowed) > 0), "it is slowed down");
        await using TestNode other = await TestNode.StartAsync(2, _folder.Path, null, false, node);
        int height = await node.HeightAsync();
        await other.UntilHeightAsync(height);
        reading.IsCompleted.Should().BeFalse("it is slowed down, not cut off");
        // What it says last is read at the pace that the node allows it, so nobody waits for that.
        peer.Dispose();
        await Task.WhenAny(flooding);
    }

    [Fact]
    public async Task A_peer_that_sends_what_is_refused_is_slowed_down_and_each_refusal_is_counted()
    {
        await using TestNode node = await TestNode.StartAsync(1, _folder.Path);
        using HostilePeer peer = await HostilePeer.ConnectAsync(node);
        byte[] seed = Sample.Seed(7);
        Ed25519Key key = Ed25519.Platform.DeriveKey(seed);
        Transaction[] early =
        [
            .. Enumerable.Range(1, 1_200).Select(nonce => new Transaction.Message(key, "early", nonce, default)),
        ];

        await peer.SayAsync([.. early.Chunk(400).Select(static part => new NodeMessage.TransactionBodies(part))]);
        await peer.SayAsync(new NodeMessage.Ping(1));
        await peer.HearAsync<NodeMessage.Pong>();

        node.Host.Service.Counters.Of(NodeCounters.TransactionsRefused, nameof(Refusal.NonceTooHigh))
            .Should().Be(early.Length);
        node.Host.Service.Counters.Of(NodeCounters.PeersSlowed).Should().BePositive();
        (await node.Api.GetInfoAsync(default)).Pending.Should().Be(0);
    }

    [Fact]
    public async Task A_peer_that_asks_and_does_not_read_is_cut_off()
    {
        await using TestNode node = await TestNode.StartAsync(1, _folder.Path, TimeSpan.FromMilliseconds(1));
        await node.UntilHeightAsync(200);
        using HostilePeer peer = await HostilePeer.ConnectAsync(node);
        NodeMessage ask = new NodeMessage.GetHeaders([node.Host.Service.GenesisHash], BlockHash.Zero);
        NodeMessage[] many = [.. Enumerable.Repeat(ask, 1_000)];

        // Nothing is read meanwhile, so what the node answers waits in it, up to its limit.
        await TestNode.UntilAsync(
            async () =>
            {
                try
                {
                    await peer.SayAsync(many);
                }
                catch (System.Net.WebSockets.WebSocketException)
                {
                    // It was cut off.
                }

                return (await node.Api.GetPeersAsync(default)).Peers.Length == 0;
            },
            "it is cut off");

        int height = await node.HeightAsync();
        await node.UntilHeightAsync(height + 1);
    }

    [Fact]
    public async Task A_block_that_pays_too_much_ends_the_connection_and_is_counted_by_its_rule()
    {
        await using TestNode node = await TestNode.StartAsync(1, _folder.Path);
        using HostilePeer peer = await HostilePeer.ConnectAsync(node);
        Block greedy = BlockMaker.Make(
            node.Host.Service.GenesisHash, 1, [], rewardUnits: TestNode.Easy.RewardUnitsAt(1) + 1);

        await peer.SayAsync(new NodeMessage.BlockBody(greedy));
        await peer.UntilEndAsync();

        // The answer comes behind the step that hung up, and so behind its counts.
        (await node.HeightAsync()).Should().Be(0);
        node.Host.Service.Counters.Of(NodeCounters.BlocksRefused, nameof(BlockFault.WrongReward)).Should().Be(1);
        node.Host.Service.Counters.Of(NodeCounters.PeersDropped, nameof(DropCause.InvalidBlock)).Should().Be(1);

        // The same again is known to be invalid, also after a restart.
        await node.Host.StopAsync();
        await using TestNode again = await node.RestartAsync();
        using HostilePeer second = await HostilePeer.ConnectAsync(again);
        await second.SayAsync(new NodeMessage.BlockBody(greedy));
        await second.UntilEndAsync();
        (await again.HeightAsync()).Should().Be(0);
        again.Host.Service.Counters.Of(NodeCounters.BlocksRefused, nameof(BlockFault.KnownInvalid)).Should().Be(1);
    }

    [Fact]
    public async Task A_block_from_the_future_is_not_taken_and_its_sender_stays()
    {
        await using TestNode node = await TestNode.StartAsync(1, _folder.Path);
        using HostilePeer peer = await HostilePeer.ConnectAsync(node);
        Block future = BlockMaker.Make(
            node.Host.Service.GenesisHash, 1, [], laterSeconds: 2 * OpenLimits.FutureSeconds);

        await peer.SayAsync(new NodeMessage.BlockBody(future), new NodeMessage.Ping(1));
        await peer.HearAsync<NodeMessage.Pong>();

        node.Host.Service.Counters.Of(NodeCounters.BlocksRefused, nameof(BlockFault.TimeTooNew)).Should().Be(1);
        (await node.HeightAsync()).Should().Be(0);
    }

    [Fact]
    public async Task Work_that_was_not_done_ends_the_connection()
    {
        await using TestNode node = await TestNode.StartAsync(1, _folder.Path);
        using HostilePeer peer = await HostilePeer.ConnectAsync(node);
        Header header = BlockMaker.Make(node.Host.Service.GenesisHash, 1, []).Header;
        while (TestNode.Easy.Limit.IsMetBy(header.ComputeHash()))
        {
            header = header with { Nonce = header.Nonce + 1 };
        }

        await peer.SayAsync(new NodeMessage.Headers([header]));
        await peer.UntilEndAsync();

        // The answer comes behind the step that hung up, and so behind its counts.
        (await node.HeightAsync()).Should().Be(0);
        node.Host.Service.Counters.Of(NodeCounters.BlocksRefused, nameof(BlockFault.NoWork)).Should().Be(1);
    }
}
