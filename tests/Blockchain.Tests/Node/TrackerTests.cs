using System.Net;
using System.Net.WebSockets;
using System.Text;
using System.Threading.Channels;
using Blockchain.Node;
using Blockchain.Node.Hosting;
using Blockchain.Node.Tracking;
using Blockchain.Wire.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace Blockchain.Tests.Node;

/// <summary>The tracker, with the node's own side of it and with strangers.</summary>
public sealed class TrackerTests : IAsyncLifetime
{
    private static readonly string NetworkA = new('a', 64);
    private static readonly string NetworkB = new('b', 64);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly TrackerHost _tracker = TrackerHost.Build(
        new TrackerOptions { Listen = "127.0.0.1:0", Silence = NodeLimits.ShortestSilence });

    public Task InitializeAsync() => _tracker.StartAsync(CancellationToken.None);

    public async Task DisposeAsync() => await _tracker.DisposeAsync();

    [Fact]
    public async Task Every_change_is_pushed_to_the_members_of_the_same_network_only()
    {
        await using Joined first = new(_tracker, NetworkA, "http://127.0.0.1:1001");
        await first.HearAsync();
        await using Joined other = new(_tracker, NetworkB, "http://127.0.0.1:1002");
        await other.HearAsync();
        await using (Joined second = new(_tracker, NetworkA, "http://127.0.0.1:1003"))
        {
            await second.HearAsync("http://127.0.0.1:1001");
            await first.HearAsync("http://127.0.0.1:1003");
        }

        await first.HearAsync();
        other.Heard.Should().OnlyContain(list => list.Length == 0, "it is alone on its network");
    }

    [Fact]
    public async Task A_node_that_falls_silent_is_removed_although_its_connection_stands()
    {
        await using Joined node = new(_tracker, NetworkA, "http://127.0.0.1:1001");
        await node.HearAsync();
        using ClientWebSocket silent = await ConnectAsync();
        await SayAsync(silent, $$"""{"kind":"join","network":"{{NetworkA}}","address":"http://127.0.0.1:1009"}""");
        await node.HearAsync("http://127.0.0.1:1009");

        await node.HearAsync();
    }

    [Fact]
    public async Task A_node_whose_connection_breaks_is_removed()
    {
        await using Joined node = new(_tracker, NetworkA, "http://127.0.0.1:1001");
        await node.HearAsync();
        using ClientWebSocket broken = await ConnectAsync();
        await SayAsync(broken, $$"""{"kind":"join","network":"{{NetworkA}}","address":"http://127.0.0.1:1009"}""");
        await node.HearAsync("http://127.0.0.1:1009");

        broken.Abort();

        await node.HearAsync();
    }

    [Theory]
    [InlineData("""{"kind":"heartbeat"}""")]
    [InlineData("""{"kind":"join","network":"a","address":"http://127.0.0.1:1"}""")]
    [InlineData("""{"kind":"join","network":"NETWORK","address":"ftp://127.0.0.1:1"}""")]
    [InlineData("""{"kind":"join","network":"NETWORK","address":"http://127.0.0.1:1/path"}""")]
    [InlineData("""{"kind":"join","network":"NETWORK"}""")]
    [InlineData("""{"kind":null}""")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("not json")]
    public async Task What_is_no_join_ends_the_connection(string text)
    {
        using ClientWebSocket stranger = await ConnectAsync();
        await SayAsync(stranger, text.Replace("NETWORK", NetworkA));

        await EndAsync(stranger);
    }

    [Fact]
    public async Task A_message_without_end_ends_the_connection()
    {
        using ClientWebSocket stranger = await ConnectAsync();
        using CancellationTokenSource patience = new(Patience);
        Func<Task> flood = async () =>
        {
            while (true)
            {
                await stranger.SendAsync(
                    new byte[1_024], WebSocketMessageType.Text, endOfMessage: false, patience.Token);
            }
        };

        await flood.Should().ThrowAsync<Exception>();
        patience.IsCancellationRequested.Should().BeFalse("the tracker has cut it off before");
    }

    [Fact]
    public async Task A_node_joins_again_when_its_tracker_is_back()
    {
        TrackerHost first = TrackerHost.Build(new TrackerOptions { Listen = "127.0.0.1:0" });
        await first.StartAsync(CancellationToken.None);
        int port = first.Address.Port;
        await using Joined node = new(first, NetworkA, "http://127.0.0.1:1001");
        await node.HearAsync();
        await first.DisposeAsync();

        await using TrackerHost second = TrackerHost.Build(new TrackerOptions { Listen = $"127.0.0.1:{port}" });
        await second.StartAsync(CancellationToken.None);

        await node.HearAsync();
    }

    [Fact]
    public void The_number_of_members_has_limits_and_a_place_of_one_that_went_is_free()
    {
        MemberList members = new(3, 1);
        IPAddress far = IPAddress.Parse("192.0.2.1");
        Member first = New("http://192.0.2.1:1", far);
        members.TryJoin(first, 0).Should().Be(JoinResult.Joined);
        members.TryJoin(New("http://192.0.2.1:2", far), 0).Should().Be(JoinResult.TooManyFromThere);
        members.TryJoin(New("http://127.0.0.1:3", IPAddress.Loopback), 0).Should().Be(JoinResult.Joined);
        members.TryJoin(New("http://127.0.0.1:4", IPAddress.Loopback), 0).Should().Be(JoinResult.Joined);
        members.TryJoin(New("http://127.0.0.1:5", IPAddress.Loopback), 0).Should().Be(JoinResult.Full);

        members.Remove(first, "gone");
        members.Remove(first, "gone twice");

        members.Count.Should().Be(2);
        members.TryJoin(New("http://192.0.2.1:2", far), 9).Should().Be(JoinResult.Joined);
        members.RemoveSilentSince(5).Should().Be(2);
        members.List(NetworkA, null, 10).Should().Equal("http://192.0.2.1:2");
        members.TryJoin(New("http://192.0.2.1:2", far), 9).Should().Be(JoinResult.Joined, "it replaces itself");
        members.Count.Should().Be(1);

        static Member New(string address, IPAddress from) => new(NetworkA, address, from) { Wake = static () => { } };
    }

    [Fact]
    public void A_list_has_a_limit()
    {
        MemberList members = new(100, 100);
        for (int i = 0; i < 20; i++)
        {
            members.TryJoin(
                new Member(NetworkA, $"http://127.0.0.1:{i + 1}", IPAddress.Loopback) { Wake = static () => { } }, 0);
        }

        members.List(NetworkA, "http://127.0.0.1:1", 5).Should().HaveCount(5).And.OnlyHaveUniqueItems()
            .And.NotContain("http://127.0.0.1:1");
    }

    [Theory]
    [InlineData("http://127.0.0.1:80/", "http://127.0.0.1")]
    [InlineData("HTTP://Example.org:8100", "http://example.org:8100")]
    [InlineData("http://[::1]:8100", "http://[::1]:8100")]
    [InlineData("http://user@127.0.0.1:8100", null)]
    [InlineData("http://127.0.0.1:8100/?x", null)]
    [InlineData("127.0.0.1:8100", null)]
    [InlineData("http://127.0.0.1:99999", null)]
    [InlineData("", null)]
    public void An_address_of_a_node_has_one_spelling(string text, string? address)
    {
        NodeAddress.TryParse(text, out string? read);

        read.Should().Be(address);
    }

    [Fact]
    public void A_silence_that_no_heartbeat_can_keep_is_refused()
    {
        Action build = () => TrackerHost.Build(new TrackerOptions { Silence = TimeSpan.FromMilliseconds(1) });

        build.Should().Throw<OptionsException>().Which.Faults.Should().ContainSingle()
            .Which.Should().Contain("silence");
    }

    private async Task<ClientWebSocket> ConnectAsync()
    {
        ClientWebSocket socket = new();
        using CancellationTokenSource patience = new(Patience);
        await socket.ConnectAsync(
            NodeAddress.ToWebSocket(_tracker.Address.GetLeftPart(UriPartial.Authority), "/track"), patience.Token);
        return socket;
    }

    private static Task SayAsync(ClientWebSocket socket, string text) => socket.SendAsync(
        Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);

    private static async Task EndAsync(ClientWebSocket socket)
    {
        using CancellationTokenSource patience = new(Patience);
        byte[] buffer = new byte[1_024];
        try
        {
            WebSocketReceiveResult received = await socket.ReceiveAsync(buffer, patience.Token);
            received.MessageType.Should().Be(WebSocketMessageType.Close);
        }
        catch (WebSocketException)
        {
            // Cut off is ended, too.
        }
    }

    private sealed class Joined : IAsyncDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private readonly Channel<string[]> _lists = Channel.CreateUnbounded<string[]>();
        private readonly List<string[]> _heard = [];
        private readonly Task _running;

        public Joined(TrackerHost tracker, string network, string address) => _running = new TrackerClient(
            tracker.Address,
            network,
            address,
            list => _lists.Writer.TryWrite([.. list]),
            TimeProvider.System,
            NullLogger.Instance).RunAsync(_stop.Token);

        public IReadOnlyList<string[]> Heard => _heard;

        public async Task HearAsync(params string[] addresses)
        {
            using CancellationTokenSource patience = new(Patience);
            string[] list;
            do
            {
                list = await _lists.Reader.ReadAsync(patience.Token);
                _heard.Add(list);
            }
            while (!list.SequenceEqual(addresses));
        }

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await _running.WaitAsync(Patience);
            _stop.Dispose();
        }
    }
}
