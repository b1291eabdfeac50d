using System.Buffers.Binary;
using System.Net.WebSockets;
using Blockchain.Core.BankNetwork;
using Blockchain.Core.Kernel;
using Blockchain.Tests.Fuzzing;
using Blockchain.Wire.Links;

namespace Blockchain.Tests.Wire;

/// <summary>`bank-network.md`, "Links": one outbox, one write in flight, everything that waits in the next
/// write.</summary>
public sealed class LinkConnectionTests
{
    [Fact]
    public async Task Frames_arrive_in_order_and_those_that_wait_share_a_write()
    {
        const int Frames = 20_000;
        await using LinkPair pair = await LinkPair.OpenAsync();
        LinkConnection caller = new(pair.Caller);
        LinkConnection called = new(pair.Called);
        List<int> arrived = [];
        Task reading = called.RunAsync(frame => arrived.Add(BinaryPrimitives.ReadInt32BigEndian(frame.Span)), default);
        Task writing = caller.RunAsync(_ => { }, default);

        for (int i = 0; i < Frames; i++)
        {
            byte[] frame = new byte[40];
            BinaryPrimitives.WriteInt32BigEndian(frame, i);
            caller.Post(frame);
        }

        caller.Flush();
        await caller.CloseAsync("done");
        await Task.WhenAll(reading, writing).WaitAsync(LinkPair.Patience);

        arrived.Should().Equal(Enumerable.Range(0, Frames));
        caller.Counters.Frames.Should().Be(Frames);
        caller.Counters.Writes.Should().Be(1);
    }

    [Fact]
    public async Task A_frame_in_two_pieces_arrives_as_one()
    {
        await using LinkPair pair = await LinkPair.OpenAsync();
        LinkConnection caller = new(pair.Caller);
        List<string> arrived = [];
        Task reading = new LinkConnection(pair.Called).RunAsync(
            frame => arrived.Add(Convert.ToHexString(frame.Span)), default);
        Task writing = caller.RunAsync(_ => { }, default);
        byte[] body = [3, 4, 5];

        caller.Post(new byte[] { 1 }, body);
        caller.Post(new byte[] { 2, 2 }, body);
        caller.Post(new byte[] { 6 });
        await caller.CloseAsync("done");
        await Task.WhenAll(reading, writing).WaitAsync(LinkPair.Patience);

        arrived.Should().Equal("01030405", "0202030405", "06");
    }

    [Fact]
    public async Task The_largest_frame_arrives_whole()
    {
        await using LinkPair pair = await LinkPair.OpenAsync();
        LinkConnection caller = new(pair.Caller);
        byte[] sent = new byte[Limits.FrameBytes];
        new Random(1).NextBytes(sent);
        TaskCompletionSource<byte[]> arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Task reading = new LinkConnection(pair.Called).RunAsync(frame => arrived.SetResult(frame.ToArray()), default);
        Task writing = caller.RunAsync(_ => { }, default);

        caller.Send(sent);

        (await arrived.Task.WaitAsync(LinkPair.Patience)).AsSpan().SequenceEqual(sent).Should().BeTrue();
        await caller.CloseAsync("done");
        await Task.WhenAll(reading, writing).WaitAsync(LinkPair.Patience);
    }

    [Theory]
    [InlineData("00100001", "a frame says it has 1048577 bytes; 1 to 1048576 are allowed")]
    [InlineData("ffffffff", "a frame says it has 4294967295 bytes; 1 to 1048576 are allowed")]
    [InlineData("00000000", "a frame says it has 0 bytes; 1 to 1048576 are allowed")]
    [InlineData("0000000501", "a frame is truncated: 1 of 5 bytes are there")]
    [InlineData("000000", "a frame is truncated: its length is not whole")]
    public async Task What_is_no_frame_closes_the_link_and_both_sides_know_why(string hex, string cause)
    {
        await using LinkPair pair = await LinkPair.OpenAsync();
        Task reading = new LinkConnection(pair.Called).RunAsync(_ => { }, default);

        await pair.Caller.SendAsync(Convert.FromHexString(hex), WebSocketMessageType.Binary, true, default);

        WebSocketReceiveResult goodbye = await pair.Caller.ReceiveAsync(new byte[10], default)
            .WaitAsync(LinkPair.Patience);
        await pair.Caller.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, default);
        goodbye.CloseStatusDescription.Should().Be(cause);
        await reading.Invoking(task => task.WaitAsync(LinkPair.Patience)).Should()
            .ThrowAsync<LinkFaultException>().WithMessage(cause);
    }

    [Theory]
    [InlineData(14, LinkLimits.FramesInOneGo)]
    [InlineData(LinkLimits.BytesInOneGo / 4, 4)]
    public async Task However_many_frames_a_message_has_the_thread_that_reads_all_sockets_is_given_back(
        int frameBytes, int framesInOneGo)
    {
        byte[] frame = new byte[LinkLimits.PrefixBytes + frameBytes];
        BinaryPrimitives.WriteInt32BigEndian(frame, frameBytes);
        int framesInMessage = Math.Min(2 * framesInOneGo, LinkLimits.MessageBytes / frame.Length);
        byte[] message = [.. Enumerable.Repeat(frame, framesInMessage).SelectMany(bytes => bytes)];
        int handedOut = 0;
        int inOneGo = 0;
        Task reading = Task.CompletedTask;
        Thread reader = new(() =>
        {
            int self = Environment.CurrentManagedThreadId;
            reading = new LinkConnection(new ScriptedSocket(message, message, message)).RunAsync(
                _ =>
                {
                    Interlocked.Increment(ref handedOut);
                    inOneGo += Environment.CurrentManagedThreadId == self ? 1 : 0;
                },
                default);
        });

        reader.Start();
        reader.Join(LinkPair.Patience).Should().BeTrue();
        await reading.WaitAsync(LinkPair.Patience);

        inOneGo.Should().Be(framesInOneGo);
        handedOut.Should().Be(3 * framesInMessage);
    }

    [Fact]
    public async Task A_message_without_end_is_cut_off()
    {
        await using LinkPair pair = await LinkPair.OpenAsync();
        Task reading = new LinkConnection(pair.Called).RunAsync(_ => { }, default);

        await pair.Caller.SendAsync(new byte[LinkLimits.MessageBytes + 1], WebSocketMessageType.Binary, false, default);

        await reading.Invoking(task => task.WaitAsync(LinkPair.Patience)).Should()
            .ThrowAsync<LinkFaultException>().WithMessage("a message has more than*");
    }

    [Fact]
    public async Task A_frame_that_the_host_cannot_read_closes_the_link_with_its_reason()
    {
        await using LinkPair pair = await LinkPair.OpenAsync();
        LinkConnection caller = new(pair.Caller);
        Task reading = new LinkConnection(pair.Called).RunAsync(frame => MessageCodec.DecodeFrame(frame.Span), default);
        Task writing = caller.RunAsync(_ => { }, default);

        caller.Send(new byte[] { 9, 9 });

        await reading.Invoking(task => task.WaitAsync(LinkPair.Patience)).Should()
            .ThrowAsync<LinkFaultException>().WithMessage("a message has format 9*");
        await writing.Invoking(task => task.WaitAsync(LinkPair.Patience)).Should()
            .ThrowAsync<LinkFaultException>().WithMessage("*closed the link*a message has format 9*");
    }

    [Fact]
    public async Task A_lost_connection_is_named()
    {
        await using LinkPair pair = await LinkPair.OpenAsync();
        Task reading = new LinkConnection(pair.Called).RunAsync(_ => { }, default);

        pair.Caller.Abort();

        await reading.Invoking(task => task.WaitAsync(LinkPair.Patience)).Should()
            .ThrowAsync<LinkFaultException>().WithMessage("the connection was lost*");
    }

    [Fact]
    public async Task A_peer_that_does_not_read_is_cut_off_instead_of_filling_the_memory()
    {
        await using LinkPair pair = await LinkPair.OpenAsync();
        LinkConnection caller = new(pair.Caller);
        Task writing = caller.RunAsync(_ => { }, default);
        byte[] frame = new byte[Limits.FrameBytes];

        for (int i = 0; i < 64; i++)
        {
            caller.Send(frame);
        }

        await writing.Invoking(task => task.WaitAsync(LinkPair.Patience)).Should()
            .ThrowAsync<LinkFaultException>().WithMessage("the other side does not read*");
    }

    [Fact]
    public async Task Cutting_a_link_from_outside_ends_it()
    {
        await using LinkPair pair = await LinkPair.OpenAsync();
        using CancellationTokenSource cut = new();
        Task reading = new LinkConnection(pair.Called).RunAsync(_ => { }, cut.Token);

        await cut.CancelAsync();

        await reading.Invoking(task => task.WaitAsync(LinkPair.Patience))
            .Should().ThrowAsync<OperationCanceledException>();
    }

    [Fact]
    public void A_frame_above_the_limit_is_never_sent()
    {
        using ClientWebSocket socket = new();
        Action sending = () => new LinkConnection(socket).Send(new byte[Limits.FrameBytes + 1]);

        sending.Should().Throw<InvariantException>();
    }
}
