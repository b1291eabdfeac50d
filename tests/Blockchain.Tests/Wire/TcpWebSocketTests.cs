using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using Blockchain.Wire.Links;
using Blockchain.Wire.Links.Tcp;

namespace Blockchain.Tests.Wire;

/// <summary>RFC 6455 over a bare socket, with the platform's WebSocket as the independent other side, in both
/// roles.</summary>
public sealed class TcpWebSocketTests
{
    public static TheoryData<bool, int> Sizes
    {
        get
        {
            TheoryData<bool, int> data = [];
            foreach (int size in (int[])[0, 1, 3, 124, 125, 126, 127, 4_095, 16_384, 65_535, 65_536, 70_001, 1_052_672])
            {
                data.Add(true, size);
                data.Add(false, size);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public async Task A_message_of_every_size_arrives_both_ways(bool isServer, int size)
    {
        using SocketPair pair = await SocketPair.OpenAsync(isServer);
        using WebSocket platform = pair.Platform();
        byte[] sent = Bytes(size);

        Task<byte[]> there = ReadAsync(platform);
        await pair.Own.SendAsync(sent.AsMemory(), WebSocketMessageType.Binary, true, default);
        (await there).AsSpan().SequenceEqual(sent).Should().BeTrue();
        Task<byte[]> back = ReadAsync(pair.Own);
        await platform.SendAsync(sent.AsMemory(), WebSocketMessageType.Binary, true, default);
        (await back).AsSpan().SequenceEqual(sent).Should().BeTrue();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_message_in_pieces_is_one_message_both_ways(bool isServer)
    {
        using SocketPair pair = await SocketPair.OpenAsync(isServer);
        using WebSocket platform = pair.Platform();
        byte[] sent = Bytes(100_000);

        (WebSocket, WebSocket)[] ways = [(pair.Own, platform), (platform, pair.Own)];
        foreach ((WebSocket from, WebSocket to) in ways)
        {
            Task<byte[]> arriving = ReadAsync(to);
            await from.SendAsync(sent.AsMemory(0, 5), WebSocketMessageType.Binary, false, default);
            await from.SendAsync(sent.AsMemory(5, 0), WebSocketMessageType.Binary, false, default);
            await from.SendAsync(sent.AsMemory(5, 69_998), WebSocketMessageType.Binary, false, default);
            await from.SendAsync(sent.AsMemory(70_003), WebSocketMessageType.Binary, true, default);
            (await arriving).AsSpan().SequenceEqual(sent).Should().BeTrue();
        }
    }

    [Fact]
    public async Task Messages_that_came_with_one_read_are_there_without_another()
    {
        using SocketPair pair = await SocketPair.OpenAsync(isServer: true);
        pair.SendRaw("82 81 00000000 01" + "82 81 00000000 02" + "82 80 00000000" + "81 81 00000000 41");
        byte[] buffer = new byte[10];

        (await pair.Own.ReceiveAsync(buffer.AsMemory(), default)).Count.Should().Be(1);
        ValueTask<ValueWebSocketReceiveResult> second = pair.Own.ReceiveAsync(buffer.AsMemory(), default);
        second.IsCompleted.Should().BeTrue();
        (await second).Count.Should().Be(1);
        buffer[0].Should().Be(2);
        (await pair.Own.ReceiveAsync(buffer.AsMemory(), default)).Should().BeEquivalentTo(
            new { Count = 0, EndOfMessage = true, MessageType = WebSocketMessageType.Binary });
        (await pair.Own.ReceiveAsync(buffer.AsMemory(), default)).MessageType.Should().Be(WebSocketMessageType.Text);
    }

    [Fact]
    public async Task A_frame_that_comes_byte_by_byte_is_read()
    {
        using SocketPair pair = await SocketPair.OpenAsync(isServer: true);
        pair.Other.NoDelay = true;
        Task<byte[]> arriving = ReadAsync(pair.Own);

        foreach (byte one in Convert.FromHexString("82FE0080" + "01020304" + string.Concat(
            Enumerable.Range(0, 128).Select(i => (i ^ (1 + (i & 3))).ToString("x2", null)))))
        {
            pair.Other.Send([one]);
        }

        (await arriving.WaitAsync(LinkPair.Patience)).Should().Equal(Enumerable.Range(0, 128).Select(i => (byte)i));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_ping_is_answered_between_the_pieces_of_a_message(bool isServer)
    {
        using SocketPair pair = await SocketPair.OpenAsync(isServer);
        string mask = isServer ? "00000000" : string.Empty;
        int bit = isServer ? 0x80 : 0;
        Task<byte[]> arriving = ReadAsync(pair.Own);

        pair.SendRaw($"02 {bit + 1:x2} {mask} 0a" + $"8a {bit + 1:x2} {mask} ff" + $"89 {bit + 2:x2} {mask} 6869"
            + $"80 {bit + 1:x2} {mask} 0b");

        (await arriving.WaitAsync(LinkPair.Patience)).Should().Equal(0x0a, 0x0b);
        byte[] pong = pair.ReadRaw(isServer ? 4 : 8);
        pong[0].Should().Be(0x8a);
        byte[] answer = isServer ? pong[2..] : [(byte)(pong[6] ^ pong[2]), (byte)(pong[7] ^ pong[3])];
        answer.Should().Equal("hi"u8.ToArray());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Goodbyes_have_status_and_reason_both_ways(bool isServer)
    {
        using SocketPair pair = await SocketPair.OpenAsync(isServer);
        using WebSocket platform = pair.Platform();
        byte[] buffer = new byte[10];

        await pair.Own.CloseOutputAsync(WebSocketCloseStatus.PolicyViolation, "no: \u00e9", default);
        pair.Own.State.Should().Be(WebSocketState.CloseSent);
        (await platform.ReceiveAsync(buffer, default)).MessageType.Should().Be(WebSocketMessageType.Close);
        (platform.CloseStatus, platform.CloseStatusDescription).Should()
            .Be((WebSocketCloseStatus.PolicyViolation, "no: \u00e9"));
        await platform.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "bye", default);
        (await pair.Own.ReceiveAsync(buffer, default)).MessageType.Should().Be(WebSocketMessageType.Close);

        (pair.Own.CloseStatus, pair.Own.CloseStatusDescription).Should()
            .Be((WebSocketCloseStatus.NormalClosure, "bye"));
        pair.Own.State.Should().Be(WebSocketState.Closed);
    }

    [Theory]
    [InlineData("82 01 ff", "a frame of a client is not masked")]
    [InlineData("c2 81 00000000 ff", "a frame has a reserved bit set")]
    [InlineData("92 81 00000000 ff", "a frame has a reserved bit set")]
    [InlineData("83 81 00000000 ff", "a frame has the reserved opcode 3")]
    [InlineData("8b 81 00000000 ff", "a frame has the reserved opcode 11")]
    [InlineData("09 81 00000000 ff", "a control frame is fragmented or longer than 125 bytes")]
    [InlineData("89 fe 007e 00000000", "a control frame is fragmented or longer than 125 bytes")]
    [InlineData("80 81 00000000 ff", "a frame goes on with a message that has not begun")]
    [InlineData("02 81 00000000 ff 82 81 00000000 ff", "a message begins before the one before has ended")]
    [InlineData("82 ff 8000000000000000 00000000", "the length of a frame has its highest bit set")]
    [InlineData("82 ff 0000000000000001 00000000", "the length of a frame is not written in the shortest way")]
    [InlineData("82 fe 0001 00000000", "the length of a frame is not written in the shortest way")]
    [InlineData("88 81 00000000 03", "the status of a closing frame is truncated")]
    [InlineData("88 82 00000000 03ed", "a closing frame has the status 1005, which is never sent")]
    [InlineData("88 83 00000000 03e8ff", "the reason in a closing frame is not UTF-8")]
    public async Task What_breaks_the_protocol_is_told_and_ends_the_connection(string hex, string cause)
    {
        using SocketPair pair = await SocketPair.OpenAsync(isServer: true);

        pair.SendRaw(hex);

        await pair.Own.Invoking(own => ReadAsync(own).WaitAsync(LinkPair.Patience)).Should()
            .ThrowAsync<WebSocketException>().WithMessage(cause);
        byte[] told = pair.ReadRaw(4 + cause.Length);
        told[..4].Should().Equal(0x88, (byte)(2 + cause.Length), 0x03, 0xea);
        Encoding.UTF8.GetString(told[4..]).Should().Be(cause);
        await pair.Own.Invoking(own => ReadAsync(own)).Should().ThrowAsync<WebSocketException>();
    }

    [Fact]
    public async Task A_link_names_how_the_other_side_broke_the_protocol()
    {
        using SocketPair pair = await SocketPair.OpenAsync(isServer: true);
        Task reading = new LinkConnection(pair.Own).RunAsync(_ => { }, default);

        pair.SendRaw("82 01 ff");

        await reading.Invoking(task => task.WaitAsync(LinkPair.Patience)).Should().ThrowAsync<LinkFaultException>()
            .WithMessage("the other side breaks the WebSocket protocol: a frame of a client is not masked");
    }

    [Fact]
    public async Task A_server_that_masks_breaks_the_protocol()
    {
        using SocketPair pair = await SocketPair.OpenAsync(isServer: false);

        pair.SendRaw("82 81 00000000 ff");

        await pair.Own.Invoking(own => ReadAsync(own).WaitAsync(LinkPair.Patience)).Should()
            .ThrowAsync<WebSocketException>().WithMessage("a frame of a server is masked");
    }

    [Fact]
    public async Task However_long_a_frame_says_it_is_nothing_is_allocated_for_it()
    {
        using SocketPair pair = await SocketPair.OpenAsync(isServer: true);
        byte[] buffer = new byte[100];
        pair.SendRaw("82 ff 7fffffffffffffff 00000000 01");
        long before = GC.GetAllocatedBytesForCurrentThread();

        ValueWebSocketReceiveResult received = Wait(pair.Own.ReceiveAsync(buffer.AsMemory(), default));

        (received.Count, received.EndOfMessage).Should().Be((1, false));
        (GC.GetAllocatedBytesForCurrentThread() - before).Should().BeLessThan(100_000);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Nothing_is_allocated_for_a_message(bool isServer)
    {
        const int Messages = 1_000;
        using SocketPair pair = await SocketPair.OpenAsync(isServer);
        string message = isServer ? "82 84 01020304 00000000" : "82 04 00000000";
        pair.SendRaw(string.Concat(Enumerable.Repeat(message, 2 * Messages)));
        byte[] buffer = new byte[100];
        int first = Exchange();

        long before = GC.GetAllocatedBytesForCurrentThread();
        int second = Exchange();

        (GC.GetAllocatedBytesForCurrentThread() - before).Should().BeLessThan(Messages);
        (first, second).Should().Be((4 * Messages, 4 * Messages));

        // All was there before, so that all of it happens on this thread.
        int Exchange()
        {
            int bytes = 0;
            for (int i = 0; i < Messages; i++)
            {
                ValueTask<ValueWebSocketReceiveResult> received = pair.Own.ReceiveAsync(buffer.AsMemory(), default);
                bytes += received.IsCompletedSuccessfully ? received.Result.Count : 0;
                ValueTask sent = pair.Own.SendAsync(
                    buffer.AsMemory(0, 4), WebSocketMessageType.Binary, true, default);
                bytes -= sent.IsCompletedSuccessfully ? 0 : 1;
                sent.GetAwaiter().GetResult();
            }

            return bytes;
        }
    }

    [Fact]
    public async Task Pings_whose_answers_nobody_reads_fill_no_memory_and_keep_nobody_waiting()
    {
        const int Batches = 2_000;
        using SocketPair pair = await SocketPair.OpenAsync(isServer: true);
        byte[] ping = [.. Convert.FromHexString("89fd00000000"), .. new byte[FrameHeader.MaxControlBytes]];
        byte[] message = Convert.FromHexString("82810000000007");
        byte[] batch = [.. Enumerable.Repeat(ping, 100).SelectMany(bytes => bytes), .. message];
        byte[] buffer = new byte[10];
        int arrived = 0;
        pair.Other.SendTimeout = (int)LinkPair.Patience.TotalMilliseconds;
        long before = GC.GetAllocatedBytesForCurrentThread();

        // Without waiting for anything but what is there, so that what pings leave behind is left by this thread.
        for (int i = 0; i < Batches; i++)
        {
            pair.Other.Send(batch);
            arrived += Wait(pair.Own.ReceiveAsync(buffer.AsMemory(), default)).Count;
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).Should().BeLessThan(Batches * ping.Length);
        arrived.Should().Be(Batches);
        pair.Own.SendAsync(message.AsMemory(), WebSocketMessageType.Binary, true, default).IsCompleted.Should().BeFalse(
            "answers fill the socket, and still nothing else waits");
    }

    [Fact]
    public async Task Cancelling_a_receive_aborts_the_connection_and_a_token_of_before_does_not()
    {
        using SocketPair pair = await SocketPair.OpenAsync(isServer: true);
        using CancellationTokenSource first = new();
        using CancellationTokenSource second = new();
        byte[] buffer = new byte[10];
        pair.SendRaw("82 81 00000000 07");
        (await pair.Own.ReceiveAsync(buffer.AsMemory(), first.Token)).Count.Should().Be(1);
        await first.CancelAsync();
        pair.Own.State.Should().Be(WebSocketState.Open);

        Task<ValueWebSocketReceiveResult> waiting = pair.Own.ReceiveAsync(buffer.AsMemory(), second.Token).AsTask();
        await second.CancelAsync();

        (await waiting.Invoking(task => task.WaitAsync(LinkPair.Patience)).Should()
            .ThrowAsync<OperationCanceledException>()).Which.CancellationToken.Should().Be(second.Token);
        pair.Own.State.Should().Be(WebSocketState.Aborted);
        pair.Invoking(ended => ended.ReadRaw(1)).Should().Throw<SocketException>("it was reset");
    }

    [Fact]
    public async Task A_write_that_waits_for_the_other_side_ends_with_the_connection()
    {
        using SocketPair pair = await SocketPair.OpenAsync(isServer: true);
        Task writing = pair.Own.SendAsync(new byte[64 << 20].AsMemory(), WebSocketMessageType.Binary, true, default)
            .AsTask();
        writing.IsCompleted.Should().BeFalse();

        pair.Own.Abort();

        await writing.Invoking(task => task.WaitAsync(LinkPair.Patience)).Should().ThrowAsync<WebSocketException>();
        await pair.Own.Invoking(own => own.SendAsync(new byte[1], WebSocketMessageType.Binary, true, default)).Should()
            .ThrowAsync<WebSocketException>();
    }

    [Fact]
    public async Task An_end_without_a_goodbye_is_a_fault()
    {
        using SocketPair pair = await SocketPair.OpenAsync(isServer: true);

        pair.Other.Shutdown(SocketShutdown.Send);

        (await pair.Own.Invoking(own => ReadAsync(own).WaitAsync(LinkPair.Patience)).Should()
            .ThrowAsync<WebSocketException>()).Which.WebSocketErrorCode.Should()
            .Be(WebSocketError.ConnectionClosedPrematurely);
    }

    private static ValueWebSocketReceiveResult Wait(ValueTask<ValueWebSocketReceiveResult> received) =>
        received.IsCompleted
            ? received.Result
            : received.AsTask().WaitAsync(LinkPair.Patience).GetAwaiter().GetResult();

    private static byte[] Bytes(int count)
    {
        byte[] bytes = new byte[count];
        new Random(count).NextBytes(bytes);
        return bytes;
    }

    private static async Task<byte[]> ReadAsync(WebSocket socket)
    {
        using MemoryStream message = new();
        byte[] buffer = new byte[50_000];
        while (true)
        {
            ValueWebSocketReceiveResult received = await socket.ReceiveAsync(buffer.AsMemory(), default);
            received.MessageType.Should().Be(WebSocketMessageType.Binary);
            message.Write(buffer, 0, received.Count);
            if (received.EndOfMessage)
            {
                return message.ToArray();
            }
        }
    }
}
