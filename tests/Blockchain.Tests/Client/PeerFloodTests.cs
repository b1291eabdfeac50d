using System.Threading.Channels;
using Blockchain.Client.Hosting;
using Blockchain.Core.BankNetwork;
using Blockchain.Core.Kernel;
using Blockchain.Tests.Wire;
using Blockchain.Wire.Keys;
using Blockchain.Wire.Links;
using Microsoft.Extensions.Logging.Abstractions;

namespace Blockchain.Tests.Client;

/// <summary>A peer that sends too much waits for itself: what others send is not behind it.</summary>
public sealed class PeerFloodTests
{
    [Fact]
    public async Task However_much_a_peer_sends_little_of_it_waits_for_the_loop_and_all_comes_in_order()
    {
        const int Frames = 100 * PeerLinks.FramesAhead;
        using KeyPair own = KeyPair.Create();
        using KeyPair other = KeyPair.Create();
        await using LinkPair pair = await LinkPair.OpenAsync();
        Inbox inbox = new();
        Membership membership = new();
        membership.Learn(new Standing(1, Hash.Empty, own.PublicKey));
        membership.Learn(
            [new Block.Open(1, new BlockKey(new Token(2, 0), 0), 0, 2, "b", new Money(1), other.PublicKey)]);
        using PeerLinks links = new(
            own, membership, inbox, new DelayLine(TimeSpan.Zero, inbox, TimeProvider.System), new ClientMetrics(),
            TimeProvider.System, NullLogger.Instance);
        Task accepting = links.AcceptAsync(pair.Called, default);
        await Handshake.ConnectAsync(pair.Caller, Hash.Empty, 2, other, 1, own.PublicKey, default);
        LinkConnection flood = new(pair.Caller);

        for (int i = 1; i <= Frames; i++)
        {
            flood.Post(MessageCodec.Encode(new Frame(1, 2, 1, i, 0, 5, new PeerMessage.Reply(new Token(4, 1)))));
        }

        Channel<InboxItem> taken = Channel.CreateUnbounded<InboxItem>();
        using SemaphoreSlim next = new(0);
        _ = inbox.Loop.RunAsync(
            async item =>
            {
                await next.WaitAsync();
                taken.Writer.TryWrite(item);
            },
            static () => ValueTask.CompletedTask,
            static () => false,
            default);
        flood.Flush();
        (await TakeAsync()).Input.Should().BeOfType<ClientInput.PeerConnected>();
        for (int i = 1; i <= Frames; i++)
        {
            InboxItem item = await TakeAsync();
            item.Input.Should().BeOfType<ClientInput.FromPeer>().Which.Frame.Seq.Should().Be(i);
            if (i % PeerLinks.FramesAhead == 0)
            {
                item = await TakeAsync();
                inbox.Loop.Count.Should().Be(0, "the link waits for the loop to come to here");
                item.Look!(null!);
            }
        }

        pair.Caller.Abort();
        (await TakeAsync()).Input.Should().BeOfType<ClientInput.PeerDisconnected>();
        await accepting.WaitAsync(LinkPair.Patience);

        // The loop has one item in hand until the next is asked for.
        async Task<InboxItem> TakeAsync()
        {
            next.Release();
            return await taken.Reader.ReadAsync().AsTask().WaitAsync(LinkPair.Patience);
        }
    }
}
