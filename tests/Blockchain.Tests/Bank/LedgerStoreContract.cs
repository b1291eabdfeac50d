using Blockchain.Bank.Store;
using Blockchain.Core.BankNetwork;
using Blockchain.Core.Kernel;
using Blockchain.Tests.Audit;

namespace Blockchain.Tests.Bank;

/// <summary>What every kind of store promises; one derived class per kind.</summary>
public abstract class LedgerStoreContract : IDisposable
{
    private readonly SampleLedger _sample = SampleLedger.Create();

    /// <summary>Opens the store of this test; the second time it finds what the first left, if the kind keeps
    /// anything.</summary>
    public abstract ILedgerStore Open();

    public abstract void Dispose();

    [Fact]
    public void A_new_store_is_empty()
    {
        using ILedgerStore store = Open();

        store.Count.Should().Be(0);
        store.Checkpoint.Should().BeNull();
        store.Read(0, 10).Should().BeEmpty();
        store.ReadAccounts().Should().BeEmpty();
    }

    [Fact]
    public void What_was_appended_is_read_back_byte_for_byte()
    {
        using ILedgerStore store = Open();
        Append(store, 0, 4);
        Append(store, 4, _sample.Blocks.Count - 4);

        IReadOnlyList<StoredRow> rows = store.Read(0, 100);

        store.Count.Should().Be(_sample.Blocks.Count);
        rows.Select(row => row.Index).Should().Equal(Enumerable.Range(0, _sample.Blocks.Count).Select(i => (long)i));
        rows.Select(row => Convert.ToHexString(row.Bytes.Span))
            .Should().Equal(_sample.Blocks.Select(block => Convert.ToHexString(block.Canonical.Span)));
        rows.Select(row => row.Hash).Should().Equal(_sample.Hashes());
    }

    [Theory]
    [InlineData(0, 3, 3)]
    [InlineData(9, 5, 2)]
    [InlineData(11, 5, 0)]
    [InlineData(3, 0, 0)]
    public void A_page_ends_at_its_limit_or_at_the_end(long from, int count, int expected)
    {
        using ILedgerStore store = Open();
        Append(store, 0, _sample.Blocks.Count);

        store.Read(from, count).Select(row => row.Index).Should().Equal(
            Enumerable.Range((int)from, expected).Select(i => (long)i));
    }

    [Fact]
    public void Accounts_hold_the_net_change_of_a_batch()
    {
        using ILedgerStore store = Open();
        Append(store, 0, 5);
        store.ReadAccounts().Select(account => account.Balance).Should().AllBeEquivalentTo(new Money(10_00));

        Append(store, 5, _sample.Blocks.Count - 5);

        // 2 pays 5 to 3; 3 pays 12 to 1; 3 cannot pay 11; 1 pays 1 to 2 and 2 to 3 and cannot pay 99.
        store.ReadAccounts().Select(account => account.Balance.Minor).Should().Equal(19_00, 6_00, 5_00);
        store.ReadAccounts().Select(account => account.Name).Should().Equal("client-1", "client-2", "client-3");
    }

    [Fact]
    public void An_account_opened_and_used_in_one_batch_has_its_balance()
    {
        using ILedgerStore store = Open();

        Append(store, 0, _sample.Blocks.Count);

        store.ReadAccounts().Select(account => account.Balance.Minor).Should().Equal(19_00, 6_00, 5_00);
        LedgerReplay.Run(store).Count.Should().Be(_sample.Blocks.Count);
    }

    [Fact]
    public void The_latest_checkpoint_is_kept()
    {
        using ILedgerStore store = Open();
        Append(store, 0, 5, _sample.CheckpointAt(4));
        Append(store, 5, 2);
        store.Checkpoint!.Index.Should().Be(4);

        Checkpoint later = _sample.CheckpointAt(6);
        store.Append(new LedgerBatch(7, [], [], later));

        store.Checkpoint.Should().Be(later);
        store.Count.Should().Be(7);
    }

    [Fact]
    public void A_batch_that_does_not_start_at_the_end_breaks_an_invariant()
    {
        using ILedgerStore store = Open();
        Append(store, 0, 3);

        Action act = () => Append(store, 4, 1);

        act.Should().Throw<InvariantException>();
        store.Count.Should().Be(3);
    }

    [Fact]
    public void A_closed_store_refuses_everything()
    {
        using ILedgerStore store = Open();
        Append(store, 0, 3);
        store.Close();

        ((Action)(() => store.Read(0, 1))).Should().Throw<ObjectDisposedException>();
        ((Action)(() => store.ReadAccounts())).Should().Throw<ObjectDisposedException>();
        ((Action)(() => Append(store, 3, 1))).Should().Throw<ObjectDisposedException>();
    }

    [Fact]
    public async Task Reading_goes_on_beside_appending()
    {
        using ILedgerStore store = Open();
        Task appending = Task.Run(() =>
        {
            for (int i = 0; i < _sample.Blocks.Count; i++)
            {
                Append(store, i, 1);
            }
        });

        while (store.Count < _sample.Blocks.Count)
        {
            long count = store.Count;
            store.Read(0, 100).Count.Should().BeGreaterThanOrEqualTo((int)count);
            appending.IsFaulted.Should().BeFalse();
        }

        await appending;
        store.Read(0, 100).Should().HaveCount(_sample.Blocks.Count);
    }

    private protected SampleLedger Sample => _sample;

    private protected void Append(
        ILedgerStore store, int from, int count, Checkpoint? checkpoint = null) => store.Append(
        new LedgerBatch(
            from,
            [.. _sample.Blocks.Skip(from).Take(count)],
            _sample.Hashes().GetRange(from, Math.Min(count, _sample.Blocks.Count - from)),
            checkpoint));
}

public sealed class MemoryLedgerStoreTests : LedgerStoreContract
{
    public override ILedgerStore Open() => new MemoryLedgerStore();

    public override void Dispose() => GC.SuppressFinalize(this);
}
