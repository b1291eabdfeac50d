using Blockchain.Bank.Store;

namespace Blockchain.Tests.Bank;

/// <summary>A log that was damaged is told from one that just ends, or that a power loss cut.</summary>
public sealed class WriteAheadLogTests
{
    private const int Seed = 20;
    private static readonly KilledLedger Ledger = KilledLedger.Create();
    private readonly byte[] _log = [.. Ledger.Log];

    private static int LastCommit => Ledger.Commits[^1];

    private static int FirstOfLast => Ledger.Commits[^2] + 1;

    [Fact]
    public void A_whole_log_ends_cleanly_although_frames_of_an_earlier_round_are_behind_it()
    {
        Ledger.Frames.Should().BeGreaterThan(LastCommit, "the world has such frames");

        LogReport report = Inspect();

        report.End.Should().Be(LogEnd.Clean);
        report.Damage.Should().BeNull();
        report.Pages.Should().BePositive();
    }

    [Fact]
    public void Every_changed_byte_of_the_header_is_damage()
    {
        for (int i = 0; i < KilledLedger.LogHeader; i++)
        {
            Flip(i, () => Inspect().Damage.Should().Contain("header", "byte {0} was changed", i));
        }
    }

    [Fact]
    public void A_changed_byte_with_a_later_transaction_behind_it_is_damage_and_names_its_frame()
    {
        Random random = new(Seed);
        int end = Ledger.Place(Ledger.Commits[^3] + 1);
        for (int i = 0; i < 300; i++)
        {
            int place = random.Next(KilledLedger.LogHeader, end);
            int frame = 1 + ((place - KilledLedger.LogHeader) / Ledger.FrameLength);
            Flip(place, () =>
            {
                LogReport report = Inspect();
                report.End.Should().Be(LogEnd.Damaged, "seed {0}, byte {1} was changed", Seed, place);
                report.Bad.Should().Be(frame);
                report.CommitsBehind.Should().BePositive();
            });
        }
    }

    [Fact]
    public void Every_changed_byte_of_a_frames_header_is_damage()
    {
        foreach (int frame in new[] { 1, Ledger.Commits[3], Ledger.Commits[3] + 1, Ledger.Commits[^3] })
        {
            for (int i = 0; i < KilledLedger.FrameHeader; i++)
            {
                Flip(Ledger.Place(frame) + i, () =>
                    Inspect().Bad.Should().Be(frame, "byte {0} of its header was changed", i));
            }
        }
    }

    [Fact]
    public void A_log_cut_anywhere_is_no_damage()
    {
        for (int length = 0; length < _log.Length; length += 997)
        {
            LogReport report = WriteAheadLog.Inspect(new MemoryStream(_log, 0, length));

            report.Damage.Should().BeNull("{0} bytes are left", length);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_last_transaction_of_which_any_sectors_were_not_written_is_no_damage(bool overOlderFrames)
    {
        const int Sector = 512;
        Random random = new(Seed);
        int start = Ledger.Place(FirstOfLast);
        int end = Ledger.Place(LastCommit + 1);
        for (int round = 0; round < 400; round++)
        {
            byte[] log = [.. _log];
            int lost = 0;
            for (int sector = start / Sector; sector <= (end - 1) / Sector; sector++)
            {
                if (random.Next(3) == 0)
                {
                    int from = Math.Max(sector * Sector, start);
                    int to = Math.Min((sector + 1) * Sector, end);
                    Unwrite(log, from, to, overOlderFrames);
                    lost++;
                }
            }

            LogReport report = WriteAheadLog.Inspect(new MemoryStream(log));

            report.Damage.Should().BeNull("seed {0}, round {1}: {2} sectors were lost", Seed, round, lost);
        }
    }

    [Fact]
    public void A_changed_byte_of_the_last_transaction_is_not_called_damage_and_not_called_whole()
    {
        int place = Ledger.Place(LastCommit) + 1_000;
        Flip(place, () => Inspect().End.Should().Be(LogEnd.Incomplete));
    }

    [Fact]
    public void A_changed_byte_of_an_earlier_round_says_nothing()
    {
        int place = Ledger.Place(LastCommit + 1) + 1_000;
        Flip(place, () => Inspect().End.Should().Be(LogEnd.Clean));
    }

    [Fact]
    public void A_new_log_without_its_header_is_no_damage()
    {
        WriteAheadLog.Inspect(new MemoryStream(new byte[10_000])).Damage.Should().BeNull();
        WriteAheadLog.Inspect(new MemoryStream(_log, 0, 20)).Damage.Should().BeNull();
        WriteAheadLog.Inspect(new MemoryStream()).End.Should().Be(LogEnd.Clean);
    }

    // Behind the log's end there was nothing yet, or a frame of the round before.
    private static void Unwrite(byte[] log, int from, int to, bool overOlderFrames)
    {
        if (overOlderFrames)
        {
            int back = Ledger.FrameLength * (LastCommit - FirstOfLast + 1);
            Ledger.Log.AsSpan(from + back, to - from).CopyTo(log.AsSpan(from));
        }
        else
        {
            log.AsSpan(from, to - from).Clear();
        }
    }

    private LogReport Inspect() => WriteAheadLog.Inspect(new MemoryStream(_log));

    private void Flip(int place, Action see)
    {
        _log[place] ^= 0x41;
        see();
        _log[place] ^= 0x41;
    }
}
