using Blockchain.Bank.Store;
using Blockchain.Core.BankNetwork;
using Blockchain.Wire.Files;

namespace Blockchain.Tests.Bank;

public sealed class SqliteLedgerStoreTests : LedgerStoreContract
{
    private readonly TemporaryFolder _folder = new();

    private LedgerFolder Files => new(_folder.Path);

    public override ILedgerStore Open() => SqliteLedgerStore.Open(Files);

    public override void Dispose()
    {
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_ledger_outlives_its_process_however_that_ends(bool cleanly)
    {
        using (ILedgerStore store = Open())
        {
            Append(store, 0, Sample.Blocks.Count, Sample.CheckpointAt(7));
            if (cleanly)
            {
                store.Close();
            }
        }

        using ILedgerStore again = Open();
        LedgerState ledger = LedgerReplay.Run(again);

        ledger.Head.Should().Be(Sample.Hashes()[^1]);
        again.Count.Should().Be(Sample.Blocks.Count);
        again.Checkpoint.Should().Be(Sample.CheckpointAt(7) with { Signature = again.Checkpoint!.Signature });
    }

    [Fact]
    public void A_clean_close_leaves_one_sealed_file_and_an_open_takes_the_seal_away()
    {
        using (ILedgerStore store = Open())
        {
            Append(store, 0, 5);
            store.Close();
        }

        File.Exists(Files.Seal).Should().BeTrue();
        File.Exists(Files.WriteAheadLog).Should().BeFalse();

        using ILedgerStore again = Open();
        File.Exists(Files.Seal).Should().BeFalse();
    }

    [Fact]
    public void A_folder_is_used_by_one_process_at_a_time()
    {
        using ILedgerStore store = Open();

        Action act = () => Open();

        act.Should().Throw<StoreFaultException>().WithMessage($"*{_folder.Path}*in use by another process*");
    }

    [Fact]
    public void A_file_that_is_no_database_is_refused()
    {
        File.WriteAllText(Files.Database, new string('x', 8192));

        Action act = () => Open();

        act.Should().Throw<IntegrityException>().WithMessage("*ledger.db*");
    }

    [Fact]
    public void A_seal_without_its_database_is_refused()
    {
        File.WriteAllText(Files.Seal, "00");

        Action act = () => Open();

        act.Should().Throw<IntegrityException>().WithMessage("*gone*");
        File.Exists(Files.Database).Should().BeFalse();
    }

    [Fact]
    public void A_failed_commit_ends_the_use_of_the_store()
    {
        using ILedgerStore store = Open();
        Append(store, 0, 5);
        Sabotage(store, "PRAGMA max_page_count=1");
        LedgerBatch big = new(5, [.. Enumerable.Repeat(Sample.Blocks[1], 1)], [Sample.Hashes()[1]], null);
        Sabotage(store, "CREATE TRIGGER full BEFORE INSERT ON ledger BEGIN SELECT raise(FAIL, 'no'); END");

        Action act = () => store.Append(big);

        act.Should().Throw<StoreFaultException>();
        act.Should().Throw<StoreFaultException>("what failed once is not tried again");
        ((Action)(() => store.Close())).Should().Throw<StoreFaultException>("it must not be sealed");
        store.Count.Should().Be(5);
        store.Dispose();
        File.Exists(Files.Seal).Should().BeFalse();
    }

    [Fact]
    public void A_full_disk_is_named()
    {
        using ILedgerStore store = Open();
        Append(store, 0, 5);
        Sabotage(store, "PRAGMA max_page_count=1");
        List<Block> blocks = [.. Enumerable.Range(0, 200).Select(i => Sample.Blocks[5])];

        Action act = () => store.Append(new LedgerBatch(5, blocks, [.. blocks.Select(_ => Sample.Hashes()[5])], null));

        act.Should().Throw<StoreFaultException>().WithMessage("*disk is full*Make room*");
    }

    [Fact]
    public void The_newer_of_the_bundled_and_the_system_s_SQLite_is_used()
    {
        using ILedgerStore store = Open();

        Version.Parse(SQLitePCL.raw.sqlite3_libversion().utf8_to_string())
            .Should().BeGreaterThanOrEqualTo(new Version(3, 35, 5));
    }

    [Fact]
    public void A_commit_is_flushed_before_it_returns()
    {
        using ILedgerStore store = Open();

        Query(store, "PRAGMA journal_mode").Should().Be("wal");
        Query(store, "PRAGMA synchronous").Should().Be(2L, "2 is FULL");
        Query(store, "PRAGMA locking_mode").Should().Be("exclusive");
    }

    private static void Sabotage(ILedgerStore store, string text) => Query(store, text);

    private static object? Query(ILedgerStore store, string text) => ((SqliteLedgerStore)store).Query(text);
}
