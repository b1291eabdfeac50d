using Blockchain.Client.Storage;
using Blockchain.Core.BankNetwork;
using Blockchain.Wire.Files;

namespace Blockchain.Tests.Client;

public sealed class IntentLogTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Path => _folder.File("intents.log");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Accepted_transfers_come_back_in_order_and_settled_ones_do_not()
    {
        Transfer[] transfers = [.. Enumerable.Range(1, 5).Select(Make)];
        Write(log =>
        {
            foreach (Transfer transfer in transfers)
            {
                log.Accept(transfer);
            }

            log.Settle(transfers[1].Id);
            log.Settle(transfers[3].Id);
        });

        Open().Should().Equal(transfers[0], transfers[2], transfers[4]);
    }

    [Fact]
    public void Starting_again_forgets_what_is_settled()
    {
        Write(log => log.Accept(Make(1)));
        long one = new FileInfo(Path).Length;
        Write(log =>
        {
            for (int i = 2; i < 100; i++)
            {
                log.Accept(Make(i));
                log.Settle(Make(i).Id);
            }
        });

        Open().Should().Equal(Make(1));
        new FileInfo(Path).Length.Should().Be(one);
    }

    [Fact]
    public void A_torn_record_at_the_end_is_cut_whatever_its_length()
    {
        Write(log => log.Accept(Make(1)));
        long first = new FileInfo(Path).Length;
        Write(log => log.Accept(Make(2)));
        byte[] whole = File.ReadAllBytes(Path);
        for (long length = first; length < whole.Length; length++)
        {
            File.WriteAllBytes(Path, whole[..(int)length]);

            Open().Should().Equal(Make(1));
        }
    }

    [Fact]
    public void A_damaged_record_with_whole_ones_behind_it_is_refused()
    {
        Write(log => log.Accept(Make(1)));
        int first = (int)new FileInfo(Path).Length;
        Write(log => log.Accept(Make(2)));
        byte[] whole = File.ReadAllBytes(Path);
        for (int at = 2; at < first; at++)
        {
            byte[] changed = [.. whole];
            changed[at] ^= 0x10;
            File.WriteAllBytes(Path, changed);

            FluentActions.Invoking(Open).Should().Throw<IntegrityException>($"byte {at} was changed");
        }
    }

    [Fact]
    public void Room_made_ahead_is_passed_over_after_a_crash_and_gone_after_a_close()
    {
        using (IntentLog log = IntentLog.Open(Path, out _))
        {
            log.Accept(Make(1));
            log.Flush(durably: true);
            log.Accept(Make(2));
            log.Flush(durably: true);
            File.Copy(Path, _folder.File("crashed"));
        }

        long closed = new FileInfo(Path).Length;
        File.Move(_folder.File("crashed"), Path, overwrite: true);

        new FileInfo(Path).Length.Should().BeGreaterThan(closed);
        Open().Should().Equal(Make(1), Make(2));
        new FileInfo(Path).Length.Should().Be(closed);
    }

    [Fact]
    public void A_full_disk_is_named_and_nothing_is_said_to_be_safe()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        using DurableFile file = DurableFile.Open("/dev/full");

        FluentActions.Invoking(() => file.Append([1, 2, 3]))
            .Should().Throw<StoreFaultException>().WithMessage("*disk is full*");
    }

    private static Transfer Make(int number) =>
        new(new TransferId((UInt128)number), 1, 2, new Money(number), $"number {number}", 1_000);

    private IReadOnlyList<Transfer> Open()
    {
        using IntentLog log = IntentLog.Open(Path, out IReadOnlyList<Transfer> open);
        return open;
    }

    private void Write(Action<IntentLog> write)
    {
        using IntentLog log = IntentLog.Open(Path, out _);
        write(log);
        log.Flush(durably: true);
    }
}
