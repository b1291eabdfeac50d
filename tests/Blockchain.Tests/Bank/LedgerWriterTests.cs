using System.Threading.Channels;
using Blockchain.Bank.Service;
using Blockchain.Bank.Store;
using Blockchain.Core.BankNetwork;
using Blockchain.Tests.Fuzzing;

namespace Blockchain.Tests.Bank;

/// <summary>Group commit: what is committed together, and that nothing waits for company that does not come.</summary>
public sealed class LedgerWriterTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly Channel<LedgerBatch> _persisted = Channel.CreateUnbounded<LedgerBatch>();
    private readonly SlowStore _store = new(new MemoryLedgerStore());
    private int _added;
    private int _underWay;

    [Fact]
    public async Task What_gathers_during_a_commit_goes_into_the_next()
    {
        LedgerWriter writer = Create(LedgerWriter.Moment);
        Task running = writer.RunAsync();
        await HoldFirstAsync(writer);
        Add(writer);
        Add(writer);
        _store.Release();

        (await TakeAsync()).Blocks.Should().HaveCount(1);
        (await TakeAsync()).Blocks.Should().HaveCount(2);
        writer.Complete();
        await running.WaitAsync(Patience);
        writer.Commits.Should().Be(2);
    }

    [Fact]
    public async Task A_commit_waits_for_the_requests_that_are_announced()
    {
        const int Others = 3;
        LedgerWriter writer = Create(Timeout.InfiniteTimeSpan);
        Task running = writer.RunAsync();
        await HoldFirstAsync(writer);
        Volatile.Write(ref _underWay, Others);
        _store.Release();
        await TakeAsync();

        for (int i = 0; i < Others; i++)
        {
            // Long enough for a commit that does not wait.
            Thread.SpinWait(100_000);
            Add(writer);
        }

        (await TakeAsync()).Blocks.Should().HaveCount(Others, "all were announced");
        writer.Complete();
        await running.WaitAsync(Patience);
    }

    [Fact]
    public async Task A_commit_goes_ahead_when_nothing_more_is_announced()
    {
        _underWay = 5;
        LedgerWriter writer = Create(Timeout.InfiniteTimeSpan);
        Task running = writer.RunAsync();
        Add(writer);

        Volatile.Write(ref _underWay, 0);
        writer.Hurry();

        (await TakeAsync()).Blocks.Should().HaveCount(1);
        writer.Complete();
        await running.WaitAsync(Patience);
    }

    [Fact]
    public async Task Company_that_never_comes_is_waited_for_only_a_moment()
    {
        _underWay = 5;
        LedgerWriter writer = Create(LedgerWriter.Moment);
        Task running = writer.RunAsync();

        Add(writer);
        (await TakeAsync()).Blocks.Should().HaveCount(1);
        Add(writer);
        (await TakeAsync()).Blocks.Should().HaveCount(1);

        writer.Complete();
        await running.WaitAsync(Patience);
    }

    [Fact]
    public async Task What_was_handed_over_is_committed_before_the_end_and_dropped_after_a_fault()
    {
        LedgerWriter writer = Create(LedgerWriter.Moment);
        writer.Add(Next());
        writer.Complete();
        await writer.RunAsync().WaitAsync(Patience);
        _store.Count.Should().Be(1);

        LedgerWriter abandoned = Create(LedgerWriter.Moment);
        abandoned.Add(Next());
        abandoned.Abandon();
        await abandoned.RunAsync().WaitAsync(Patience);
        _store.Count.Should().Be(1);
    }

    private LedgerWriter Create(TimeSpan company) =>
        new(_store, batch => _persisted.Writer.TryWrite(batch), () => Volatile.Read(ref _underWay), company);

    /// <summary>Has a first commit under way until the store is released.</summary>
    private async Task HoldFirstAsync(LedgerWriter writer)
    {
        _store.Hold();
        Add(writer);
        while (writer.Waiting > 0)
        {
            await Task.Yield();
        }
    }

    private void Add(LedgerWriter writer)
    {
        Volatile.Write(ref _underWay, Math.Max(0, _underWay - 1));
        writer.Add(Next());
        writer.Hurry();
    }

    private BankOutput.Persist Next()
    {
        int index = _added++;
        return new BankOutput.Persist(index, [Samples.Blocks[index]], [Samples.Hashes[index]]);
    }

    private async Task<LedgerBatch> TakeAsync() => await _persisted.Reader.ReadAsync().AsTask().WaitAsync(Patience);
}
