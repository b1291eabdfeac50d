using Blockchain.Bank.Store;
using Blockchain.Core.BankNetwork;
using Blockchain.Wire.Files;
using Xunit.Abstractions;

namespace Blockchain.Tests.Bank;

/// <summary>A byte changed in the folder of a killed bank is found, or nothing is read from it.</summary>
public sealed class KilledLedgerTests(ITestOutputHelper output) : IDisposable
{
    private const int Seed = 7;
    private const int Cases = 100;
    private static readonly KilledLedger Ledger = KilledLedger.Create();
    private static readonly KilledLedger CheckpointLast = KilledLedger.Create(checkpointLast: true);
    private readonly TemporaryFolder _folder = new();

    private LedgerFolder Files => new(_folder.Path);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_killed_bank_is_good_and_starts(bool checkpointLast)
    {
        KilledLedger ledger = checkpointLast ? CheckpointLast : Ledger;
        ledger.Restore(Files);

        Verify(ledger).Should().Be("good");
        Start().Should().Be(ledger.Contents);
    }

    [Fact]
    public void A_byte_changed_in_the_log_is_found_by_reader_and_start()
    {
        Random random = new(Seed);
        int live = Ledger.Place(Ledger.Commits[^1] + 1);
        Dictionary<string, int> table = [];
        for (int i = 0; i < Cases; i++)
        {
            // A third of them in the last transaction, which the log alone cannot vouch for.
            int place = i % 3 == 0 ? random.Next(Ledger.Place(Ledger.Commits[^2] + 1), live) : random.Next(live);
            Ledger.Restore(Files, log: Changed(Ledger.Log, place, random));

            Count(table, Verify(Ledger)).Should().Be("found", "seed {0}, byte {1} of the log", Seed, place);
            ((Action)(() => Start())).Should().Throw<IntegrityException>("byte {0} of the log", place);
        }

        Print("log", table);
    }

    [Fact]
    public void Without_a_mark_only_the_last_transaction_can_be_lost_unseen()
    {
        Random random = new(Seed);
        int live = Ledger.Place(Ledger.Commits[^1] + 1);
        Dictionary<string, int> table = [];
        for (int i = 0; i < Cases; i++)
        {
            int place = i % 3 == 0 ? random.Next(Ledger.Place(Ledger.Commits[^2] + 1), live) : random.Next(live);
            Ledger.Restore(Files, log: Changed(Ledger.Log, place, random), withMark: false);

            string seen = Count(table, Verify(Ledger));

            bool last = place >= Ledger.Place(Ledger.Commits[^2] + 1);
            seen.Should().Match(text => text == "found" || (last && text == "last transaction lost, said so"),
                "seed {0}, byte {1} of the log", Seed, place);
        }

        Print("log without a mark", table);
    }

    [Fact]
    public void A_byte_changed_in_the_database_is_found_or_nothing_is_read_from_it()
    {
        Random random = new(Seed);
        Dictionary<string, int> table = [];
        for (int i = 0; i < 2 * Cases; i++)
        {
            int place = random.Next(Ledger.Database.Length);
            Ledger.Restore(Files, database: Changed(Ledger.Database, place, random));

            string seen = Count(table, Verify(Ledger));

            seen.Should().BeOneOf(["found", "good"], "seed {0}, byte {1} of the database", Seed, place);
            if (seen == "good")
            {
                Start().Should().Be(Ledger.Contents, "byte {0} of the database", place);
            }
        }

        table["found"].Should().BePositive();
        Print("database", table);
    }

    [Fact]
    public void Every_byte_of_a_lost_checkpoint_is_missed()
    {
        int place = CheckpointLast.Place(CheckpointLast.Commits[^1]) + 50;
        CheckpointLast.Restore(Files, log: Changed(CheckpointLast.Log, place, new Random(Seed)));

        Verify(CheckpointLast).Should().Be("found");
        ((Action)(() => Start())).Should().Throw<IntegrityException>().WithMessage("*checkpoint*");
    }

    [Fact]
    public void A_log_that_was_taken_away_or_cut_is_missed()
    {
        Ledger.Restore(Files, log: Ledger.Log[..Ledger.Place(Ledger.Commits[^2] + 2)]);
        Verify(Ledger).Should().Be("found");

        Ledger.Restore(Files);
        File.Delete(Files.WriteAheadLog);
        Verify(Ledger).Should().Be("found");
        ((Action)(() => Start())).Should().Throw<IntegrityException>().WithMessage("*ledger.mark*");
    }

    [Fact]
    public void What_a_start_refuses_is_left_as_it_was_found()
    {
        byte[] bad = Changed(Ledger.Log, Ledger.Place(Ledger.Commits[^1]) + 100, new Random(Seed));
        Ledger.Restore(Files, log: bad);

        ((Action)(() => Start())).Should().Throw<IntegrityException>();

        File.ReadAllBytes(Files.WriteAheadLog).Should().Equal(bad);
        File.ReadAllBytes(Files.Database).Should().Equal(Ledger.Database);
    }

    [Fact]
    public void Every_changed_byte_of_the_mark_is_reported_and_hinders_no_start()
    {
        for (int place = 0; place < Ledger.Mark.Length; place++)
        {
            Ledger.Restore(Files);
            byte[] mark = [.. Ledger.Mark];
            mark[place] ^= 1;
            File.WriteAllBytes(Files.Mark, mark);
            LedgerMark.TryParse(mark, out _).Should().BeFalse("byte {0} was changed", place);
            if (place % 40 == 0)
            {
                Verify(Ledger).Should().Be("found");
                Start().Should().Be(Ledger.Contents);
            }
        }
    }

    [Fact]
    public void A_power_loss_that_left_an_older_mark_or_an_empty_one_hinders_nothing()
    {
        LedgerMark.TryParse(Ledger.Mark, out LedgerMark mark).Should().BeTrue();
        using (LedgerDatabase database = Restored())
        {
            StoredRow row = database.ReadBlocks().First(row => row.Index == 20);
            File.WriteAllBytes(Files.Mark, (mark with { Blocks = 21, Head = row.Hash, Checkpointed = 0 }).ToBytes());
        }

        Verify(Ledger).Should().Be("good");
        File.WriteAllBytes(Files.Mark, new byte[LedgerMark.Length]);
        Verify(Ledger).Should().Be("good");
        Start().Should().Be(Ledger.Contents);
    }

    [Fact]
    public void A_clean_stop_leaves_a_seal_and_no_mark()
    {
        Ledger.Restore(Files);
        using (SqliteLedgerStore store = SqliteLedgerStore.Open(Files))
        {
            File.Exists(Files.Mark).Should().BeTrue();
            store.Close();
        }

        File.Exists(Files.Mark).Should().BeFalse();
        File.Exists(Files.Seal).Should().BeTrue();
    }

    private static byte[] Changed(byte[] bytes, int place, Random random)
    {
        byte[] changed = [.. bytes];
        changed[place] ^= (byte)random.Next(1, 256);
        return changed;
    }

    private static string Count(Dictionary<string, int> table, string seen)
    {
        table[seen] = table.GetValueOrDefault(seen) + 1;
        return seen;
    }

    private LedgerDatabase Restored()
    {
        Ledger.Restore(Files);
        return LedgerDatabase.Open(_folder.Path);
    }

    /// <summary>As `verify` does it.</summary>
    private string Verify(KilledLedger ledger)
    {
        try
        {
            string contents = KilledLedger.Read(Files);
            using LedgerDatabase database = LedgerDatabase.Open(_folder.Path);
            long count = database.ReadBlocks().LongCount();
            if (database.FindFault(count) is not null)
            {
                return "found";
            }

            string doubt = database.DescribeDoubt()!;
            return contents == ledger.Contents ? "good"
                : contents != ledger.ContentsBefore ? $"unseen: {contents}"
                : doubt.Contains("with a client", StringComparison.Ordinal) ? "last transaction lost, said so"
                : "last transaction lost, unsaid";
        }
        catch (IntegrityException)
        {
            return "found";
        }
    }

    private string Start()
    {
        using SqliteLedgerStore store = SqliteLedgerStore.Open(Files);
        LedgerState ledger = LedgerReplay.Run(store);
        return KilledLedger.Describe(ledger, store.Checkpoint);
    }

    private void Print(string what, Dictionary<string, int> table) => output.WriteLine(
        $"{what}: " + string.Join(", ", table.OrderBy(row => row.Key).Select(row => $"{row.Value} {row.Key}")));
}
