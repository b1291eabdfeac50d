using Blockchain.Wire.Hosting;

namespace Blockchain.Tests.Wire;

/// <summary>The loop of bank and client runs on the thread of whoever wakes it, who must get it back.</summary>
public sealed class InboxLoopTests
{
    private const int Items = 10 * InboxLoop.MostInOneGo;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly InboxLoop<int> _inbox = new();
    private readonly List<int> _threads = [];
    private int _posted;

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public async Task Who_wakes_a_loop_whose_inbox_is_never_empty_comes_back_in_time(bool stepsAdd, bool flushesAdd)
    {
        Task loop = _inbox.RunAsync(
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
        Task loop = _inbox.RunAsync(
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

        _inbox.TryAdd(1).Should().BeTrue();
        loop.IsCompleted.Should().BeFalse();
        unwritten.Should().Be(0, "the loop waits");
        unwritten = 1;
        _inbox.TryAdd(2).Should().BeTrue();
        await loop.WaitAsync(Patience);
        unwritten.Should().Be(0, "the loop is done");
    }

    [Fact]
    public async Task Who_finds_no_room_waits_for_it_and_nothing_is_lost()
    {
        const int Capacity = 8;
        InboxLoop<int> small = new(Capacity);
        TaskCompletionSource held = new();
        List<int> seen = [];
        Task loop = small.RunAsync(
            item =>
            {
                seen.Add(item);
                return new ValueTask(held.Task);
            },
            static () => ValueTask.CompletedTask,
            static () => false,
            default);
        Task<bool>[] added =
            [.. Enumerable.Range(0, 3 * Capacity).Select(item => small.AddAsync(item, default).AsTask())];

        added.Count(task => task.IsCompleted).Should().Be(Capacity + 1, "one is being done and the others wait");
        held.SetResult();
        (await Task.WhenAll(added).WaitAsync(Patience)).Should().AllBeEquivalentTo(true);
        small.Close();
        await loop.WaitAsync(Patience);
        seen.Should().BeEquivalentTo(Enumerable.Range(0, 3 * Capacity));
    }

    [Fact]
    public async Task Who_waits_for_room_in_a_loop_that_ends_is_told()
    {
        InboxLoop<int> small = new(1);
        using CancellationTokenSource stop = new();
        Task loop = small.RunAsync(
            _ => new ValueTask(Task.Delay(Timeout.Infinite, stop.Token)), static () => ValueTask.CompletedTask,
            static () => false, stop.Token);
        small.TryAdd(1).Should().BeTrue();
        small.TryAdd(2).Should().BeTrue();
        Task<bool> third = small.AddAsync(3, default).AsTask();

        await stop.CancelAsync();

        (await third.WaitAsync(Patience)).Should().BeFalse();
        await loop.Invoking(task => task.WaitAsync(Patience)).Should().ThrowAsync<OperationCanceledException>();
        small.TryAdd(4).Should().BeFalse();
    }

    [Fact]
    public async Task Many_threads_lose_nothing_and_keep_their_own_order()
    {
        const int Threads = 4;
        const int Each = 20_000;
        List<int>[] seen = [.. Enumerable.Range(0, Threads).Select(_ => new List<int>())];
        int left = Threads * Each;
        InboxLoop<(int Thread, int Item)> many = new(64);
        Task loop = many.RunAsync(
            item =>
            {
                seen[item.Thread].Add(item.Item);
                left--;
                return ValueTask.CompletedTask;
            },
            static () => ValueTask.CompletedTask,
            () => left == 0,
            default);
        await Task.WhenAll(Enumerable.Range(0, Threads).Select(thread => Task.Run(async () =>
        {
            for (int item = 0; item < Each; item++)
            {
                await many.AddAsync((thread, item), default);
            }
        }))).WaitAsync(Patience);
        await loop.WaitAsync(Patience);

        seen.Should().AllSatisfy(items => items.Should().Equal(Enumerable.Range(0, Each)));
    }

    [Fact]
    public async Task What_a_step_fails_with_ends_the_loop()
    {
        Task loop = _inbox.RunAsync(
            _ => throw new InvalidOperationException("the step"), static () => ValueTask.CompletedTask,
            static () => false, default);

        _inbox.TryAdd(1).Should().BeTrue();

        await loop.Invoking(task => task.WaitAsync(Patience))
            .Should().ThrowAsync<InvalidOperationException>().WithMessage("the step");
        _inbox.TryAdd(2).Should().BeFalse();
    }

    // Everything stays on one thread at a time, so nothing here needs a lock.
    private ValueTask Add(bool adds)
    {
        if (adds && _posted < Items)
        {
            _inbox.TryAdd(++_posted).Should().BeTrue();
            if (_posted == Items)
            {
                _inbox.Close();
            }
        }

        return ValueTask.CompletedTask;
    }
}
