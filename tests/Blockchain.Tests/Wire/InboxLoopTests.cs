using System.Threading.Channels;
using Blockchain.Wire.Hosting;

namespace Blockchain.Tests.Wire;

/// <summary>The loop of bank and client runs on the thread of whoever wakes it, who must get it back.</summary>
public sealed class InboxLoopTests
{
    private const int Items = 10 * InboxLoop.MostInOneGo;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly Channel<int> _inbox = Channel.CreateUnbounded<int>(
        new UnboundedChannelOptions { AllowSynchronousContinuations = true });

    private readonly List<int> _threads = [];
    private int _posted;

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public async Task Who_wakes_a_loop_whose_inbox_is_never_empty_comes_back_in_time(bool stepsAdd, bool flushesAdd)
    {
        Task loop = InboxLoop.RunAsync(
            _inbox.Reader,
            _ =>
            {
                _threads.Add(Environment.CurrentManagedThreadId);
                return Add(stepsAdd);
            },
            () => Add(flushesAdd && _posted > 0),
            static () => false,
            default);

        int woken = 0;
        Thread poster = new(() =>
        {
            woken = Environment.CurrentManagedThreadId;
            Add(true);
        });
        poster.Start();
        poster.Join(Patience).Should().BeTrue();
        await loop.WaitAsync(Patience);

        _threads.Should().HaveCount(Items);
        _threads.Count(thread => thread == woken).Should().Be(InboxLoop.MostInOneGo);
    }

    [Fact]
    public async Task What_was_sent_is_written_before_the_loop_waits_and_when_it_is_done()
    {
        int unwritten = 0;
        Task loop = InboxLoop.RunAsync(
            _inbox.Reader,
            _ =>
            {
                unwritten++;
                return ValueTask.CompletedTask;
            },
            () =>
            {
                unwritten = 0;
                return ValueTask.CompletedTask;
            },
            () => unwritten == 2,
            default);

        _inbox.Writer.TryWrite(1).Should().BeTrue();
        loop.IsCompleted.Should().BeFalse();
        unwritten.Should().Be(0, "the loop waits");
        unwritten = 1;
        _inbox.Writer.TryWrite(2).Should().BeTrue();
        await loop.WaitAsync(Patience);
        unwritten.Should().Be(0, "the loop is done");
    }

    // Everything stays on one thread at a time, so nothing here needs a lock.
    private ValueTask Add(bool adds)
    {
        if (adds && _posted < Items)
        {
            _inbox.Writer.TryWrite(++_posted).Should().BeTrue();
            if (_posted == Items)
            {
                _inbox.Writer.TryComplete();
            }
        }

        return ValueTask.CompletedTask;
    }
}
