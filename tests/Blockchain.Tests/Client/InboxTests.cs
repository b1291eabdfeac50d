using Blockchain.Client.Hosting;
using Blockchain.Core.BankNetwork;

namespace Blockchain.Tests.Client;

/// <summary>One thread reads all sockets of a client. Who fills the inbox waits, but not on that thread.</summary>
public sealed class InboxTests
{
    [Fact]
    public async Task Who_finds_the_inbox_full_waits_without_holding_the_thread_that_reads_all_sockets()
    {
        Inbox inbox = new();
        DelayLine line = new(TimeSpan.Zero, inbox, TimeProvider.System);
        ClientInput message = new ClientInput.FromPeer(
            new Frame(1, 2, 1, 1, 0, 5, new PeerMessage.Reply(new Token(4, 1))));
        for (int i = 0; i < Inbox.Capacity; i++)
        {
            await line.PostAsync(message, default);
        }

        Task<ValueTask> posting = Task.Run(() => line.PostAsync(message, default));
        ValueTask waiting = await posting.WaitAsync(TimeSpan.FromSeconds(30));

        waiting.IsCompleted.Should().BeFalse();
        int done = 0;
        Task loop = inbox.Loop.RunAsync(
            _ =>
            {
                done++;
                return ValueTask.CompletedTask;
            },
            static () => ValueTask.CompletedTask,
            () => done == Inbox.Capacity + 1,
            default);
        await waiting.AsTask().WaitAsync(TimeSpan.FromSeconds(30));
        await loop.WaitAsync(TimeSpan.FromSeconds(30));
    }
}
