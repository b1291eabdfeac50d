using System.Net;
using System.Net.Sockets;
using System.Text;
using Blockchain.Core.OpenNetwork;
using Blockchain.Node;
using Blockchain.Node.Service;
using Blockchain.Node.Tcp;
using Microsoft.Extensions.Logging.Abstractions;

namespace Blockchain.Tests.Node;

/// <summary>The transaction port by itself: frames, answers, limits. What the network makes of a message is left to a
/// stand-in.</summary>
public sealed class TransactionPortTests : IAsyncDisposable
{
    private const string Yes = "{\"response\": true}";
    private const string No = "{\"response\": false}";
    private readonly List<Transaction> _taken = [];
    private readonly NodeCounters _counters = new();
    private readonly TransactionPort _port;
    private Refusal _refusal;

    public TransactionPortTests() => _port = TransactionPort.Start(
        new IPEndPoint(IPAddress.Loopback, 0), SubmitAsync, _counters, TimeProvider.System, NullLogger.Instance);

    public ValueTask DisposeAsync() => _port.DisposeAsync();

    [Fact]
    public async Task Many_requests_on_one_connection_are_answered_in_order_as_Python_prints_it()
    {
        using Socket client = await ConnectAsync();
        for (int i = 0; i < 3; i++)
        {
            await client.SendAsync(Sample.Frame(Sample.Json));
            (await AnswerAsync(client)).Should().Be(Yes);
            await client.SendAsync(Sample.Frame("{}"));
            (await AnswerAsync(client)).Should().Be(No);
        }

        _taken.Should().HaveCount(3);
        _counters.Of(NodeCounters.TcpAccepted).Should().Be(3);
        _counters.Of(NodeCounters.TcpRefused, nameof(MessageFault.InvalidSender)).Should().Be(3);
    }

    [Fact]
    public async Task A_request_may_come_byte_by_byte_and_several_at_once()
    {
        using Socket client = await ConnectAsync();
        client.NoDelay = true;
        foreach (byte one in Sample.Frame(Sample.Json))
        {
            await client.SendAsync(new[] { one });
        }

        (await AnswerAsync(client)).Should().Be(Yes);
        byte[] three = [.. Sample.Frame(Sample.Json), .. Sample.Frame("[]"), .. Sample.Frame(Sample.Json)];
        await client.SendAsync(three);
        (await AnswerAsync(client)).Should().Be(Yes);
        (await AnswerAsync(client)).Should().Be(No);
        (await AnswerAsync(client)).Should().Be(Yes);
    }

    [Fact]
    public async Task A_refusal_of_the_network_is_false_and_counted_by_its_name()
    {
        _refusal = Refusal.BadSignature;
        using Socket client = await ConnectAsync();
        await client.SendAsync(Sample.Frame(Sample.Json));

        (await AnswerAsync(client)).Should().Be(No);
        _counters.Of(NodeCounters.TcpRefused, nameof(Refusal.BadSignature)).Should().Be(1);
    }

    [Fact]
    public async Task The_longest_frame_is_read_and_the_next_longer_one_closes()
    {
        using Socket client = await ConnectAsync();
        byte[] longest = new byte[NodeLimits.TcpFrameBytes];
        Array.Fill(longest, (byte)' ');
        Encoding.UTF8.GetBytes(Sample.Json).CopyTo(longest, 0);
        await client.SendAsync(Sample.Frame(longest));
        (await AnswerAsync(client)).Should().Be(Yes);

        await client.SendAsync(new byte[] { 0xff, 0xfe });
        (await ReadToEndAsync(client)).Should().BeEmpty("65,534 bytes are no frame");
        _counters.Of(NodeCounters.TcpClosed, nameof(FrameEnd.WrongLength)).Should().Be(1);
    }

    [Theory]
    [InlineData(new byte[] { 0, 0 })]
    [InlineData(new byte[] { 0xff, 0xff })]
    public async Task A_length_that_is_none_closes_without_an_answer(byte[] frame)
    {
        using Socket client = await ConnectAsync();
        await client.SendAsync(frame);

        (await ReadToEndAsync(client)).Should().BeEmpty();
    }

    [Fact]
    public async Task A_connection_that_breaks_inside_a_frame_harms_nobody()
    {
        for (int i = 0; i < 20; i++)
        {
            using Socket broken = await ConnectAsync();
            await broken.SendAsync(Sample.Frame(Sample.Json).AsMemory(0, 1 + i));
            broken.LingerState = new LingerOption(enable: true, 0);
        }

        using Socket client = await ConnectAsync();
        await client.SendAsync(Sample.Frame(Sample.Json));
        (await AnswerAsync(client)).Should().Be(Yes);
    }

    // Each announces 65,533 bytes and sends few: what is held is what was sent.
    [Fact]
    public async Task Announced_bytes_take_no_memory_before_they_come()
    {
        List<Socket> clients = [];
        for (int i = 0; i < 400; i++)
        {
            Socket client = await ConnectAsync();
            await client.SendAsync(new byte[] { 0xff, 0xfd, 1, 2, 3 });
            clients.Add(client);
        }

        await UntilAsync(() => _port.Connections == 400);
        using Socket last = await ConnectAsync();
        await last.SendAsync(Sample.Frame(Sample.Json));
        (await AnswerAsync(last)).Should().Be(Yes);
        int held = _port.HeldBytes;
        last.Dispose();
        clients.ForEach(static client => client.Dispose());

        held.Should().Be(0, "5 bytes are within what every connection has, and what was only announced takes nothing");
        await UntilAsync(() => _port.Connections == 0 && _port.HeldBytes == 0);
    }

    [Fact]
    public async Task Connections_that_never_finish_a_request_keep_nobody_out()
    {
        List<Socket> clients = [];
        byte[] most = new byte[60_000];
        most[0] = most[1] = 0xfd;
        while (_counters.Of(NodeCounters.TcpClosed, nameof(FrameEnd.NoRoom)) == 0)
        {
            await StallAsync(most);
        }

        for (int i = 0; i < NodeLimits.TcpConnections; i++)
        {
            await StallAsync(most.AsMemory(0, 3));
        }

        await UntilAsync(() => _counters.Of(NodeCounters.TcpClosed, "displaced") > 0);
        for (int i = 0; i < 10; i++)
        {
            using Socket client = await ConnectAsync();
            await client.SendAsync(Sample.Frame(Sample.Json));
            (await AnswerAsync(client)).Should().Be(Yes);
        }

        clients.ForEach(static client => client.Dispose());

        async Task StallAsync(ReadOnlyMemory<byte> part)
        {
            Socket client = await ConnectAsync();
            clients.Add(client);
            await client.SendAsync(part);
        }
    }

    [Fact]
    public void Partial_frames_of_all_connections_have_a_limit()
    {
        PartialBytes budget = new(100);

        budget.TryTake(60).Should().BeTrue();
        budget.TryTake(60).Should().BeFalse();
        budget.TryTake(40).Should().BeTrue();
        budget.Return(60);
        budget.TryTake(60).Should().BeTrue();
    }

    [Fact]
    public void The_longest_idle_makes_room_and_strangers_before_clients()
    {
        ConnectionTable table = new(3);
        Socket[] sockets = [New(), New(), New(), New(), New(), New()];
        ConnectionTable.Entry client = table.Add(sockets[0], 1, out _)!;
        table.TryBegin(client).Should().BeTrue();
        client.IsClient = true;
        table.End(client, 2);
        table.Add(sockets[1], 3, out Socket? displaced);
        displaced.Should().BeNull();
        ConnectionTable.Entry busy = table.Add(sockets[2], 4, out _)!;
        table.TryBegin(busy).Should().BeTrue();

        table.Add(sockets[3], 5, out displaced);
        displaced.Should().BeSameAs(sockets[1], "it is idle and never was a client");
        table.Add(sockets[4], 6, out displaced);
        displaced.Should().BeSameAs(sockets[3]);
        table.Count.Should().Be(3);
        table.TakeIdleSince(5).Should().Equal(sockets[0]);
        table.TryBegin(client).Should().BeFalse("it is gone");
        table.Remove(client);
        table.Remove(busy);
        table.TakeAll().Should().Equal(sockets[4]);
        table.Count.Should().Be(0);
        Array.ForEach(sockets, static socket => socket.Dispose());

        static Socket New() => new(SocketType.Stream, ProtocolType.Tcp);
    }

    [Fact]
    public void When_all_are_busy_there_is_no_room()
    {
        ConnectionTable table = new(1);
        using Socket socket = new(SocketType.Stream, ProtocolType.Tcp);
        table.TryBegin(table.Add(socket, 1, out _)!).Should().BeTrue();

        table.Add(socket, 2, out Socket? displaced).Should().BeNull();
        displaced.Should().BeNull();
    }

    [Fact]
    public async Task The_port_stops_while_clients_are_connected()
    {
        using Socket idle = await ConnectAsync();
        using Socket half = await ConnectAsync();
        await half.SendAsync(new byte[] { 0, 9, 1 });
        await UntilAsync(() => _port.Connections == 2);

        await _port.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(10));

        (await ReadToEndAsync(idle)).Should().BeEmpty();
    }

    private static async Task<string> AnswerAsync(Socket client)
    {
        byte[] length = await ReadAsync(client, 2);
        return Encoding.ASCII.GetString(await ReadAsync(client, (length[0] << 8) | length[1]));
    }

    private static async Task<byte[]> ReadAsync(Socket client, int count)
    {
        byte[] bytes = new byte[count];
        using CancellationTokenSource patience = new(TimeSpan.FromSeconds(20));
        for (int at = 0; at < count;)
        {
            int got = await client.ReceiveAsync(bytes.AsMemory(at), SocketFlags.None, patience.Token);
            got.Should().BePositive("an answer is expected");
            at += got;
        }

        return bytes;
    }

    private static async Task<byte[]> ReadToEndAsync(Socket client)
    {
        byte[] buffer = new byte[1_024];
        List<byte> all = [];
        using CancellationTokenSource patience = new(TimeSpan.FromSeconds(20));
        try
        {
            while (await client.ReceiveAsync(buffer, SocketFlags.None, patience.Token) is var got && got > 0)
            {
                all.AddRange(buffer.AsSpan(0, got));
            }
        }
        catch (SocketException)
        {
            // Reset is closed, too.
        }

        return [.. all];
    }

    private static async Task UntilAsync(Func<bool> holds)
    {
        using CancellationTokenSource patience = new(TimeSpan.FromSeconds(20));
        while (!holds())
        {
            await Task.Delay(10, patience.Token);
        }
    }

    private async Task<Socket> ConnectAsync()
    {
        Socket socket = new(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, _port.Port);
        return socket;
    }

    private Task<Refusal> SubmitAsync(Transaction transaction, CancellationToken cancel)
    {
        if (_refusal == Refusal.None)
        {
            _taken.Add(transaction);
        }

        return Task.FromResult(_refusal);
    }
}
