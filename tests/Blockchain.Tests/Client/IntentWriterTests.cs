using Blockchain.Client.Hosting;
using Blockchain.Client.Storage;
using Blockchain.Core.BankNetwork;

namespace Blockchain.Tests.Client;

/// <summary>The writer of a client's intents: what waits a moment and settles meanwhile is never written, and nothing
/// is said to be on disk that is not.</summary>
public sealed class IntentWriterTests : IDisposable
{
    private static readonly TimeSpan Never = TimeSpan.FromHours(1);
    private readonly TemporaryFolder _folder = new();
    private readonly Inbox _inbox = new();
    private readonly TaskCompletionSource<long> _told = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private string Path => _folder.File("intents.log");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_settles_within_its_moment_is_never_written()
    {
        await RunAsync(Never, writer =>
        {
            writer.Accept(1, Make(1));
            writer.Hurry();
            writer.Settle(Make(1).Id);
            return Task.CompletedTask;
        });

        new FileInfo(Path).Length.Should().Be(0);
        _told.Task.IsCompleted.Should().BeFalse("nothing of it is on this disk");
    }

    [Fact]
    public async Task What_does_not_settle_is_on_disk_before_it_is_told_and_is_noted_when_it_settles_after_all()
    {
        await RunAsync(TimeSpan.FromMilliseconds(1), async writer =>
        {
            writer.Accept(1, Make(1));
            writer.Accept(2, Make(2));
            writer.Hurry();
            (await _told.Task).Should().Be(2);
            File.Copy(Path, Path + ".copy");
            writer.Settle(Make(1).Id);
        });

        Open(Path + ".copy").Should().Equal(Make(1), Make(2));
        Open(Path).Should().Equal(Make(2));
    }

    [Fact]
    public async Task What_still_waits_when_the_client_stops_is_written_in_the_order_of_acceptance()
    {
        await RunAsync(Never, writer =>
        {
            for (int i = 1; i <= 5; i++)
            {
                writer.Accept(i, Make(i));
            }

            writer.Settle(Make(2).Id);
            writer.Settle(Make(1).Id);
            writer.Accept(6, Make(6));
            writer.Hurry();
            return Task.CompletedTask;
        });

        Open(Path).Should().Equal(Make(3), Make(4), Make(5), Make(6));
        (await _told.Task).Should().Be(6);
    }

    [Fact]
    public async Task Notes_of_many_settled_transfers_are_written_while_another_still_waits_for_its_moment()
    {
        const int Many = 256;
        using (IntentLog earlier = IntentLog.Open(Path, out _))
        {
            for (int i = 1; i <= Many; i++)
            {
                earlier.Accept(Make(i));
            }

            earlier.Flush(durably: true);
        }

        await RunAsync(Never, writer =>
        {
            writer.Accept(1, Make(Many + 1));
            writer.Hurry();
            for (int i = 1; i <= Many; i++)
            {
                writer.Settle(Make(i).Id);
            }

            SpinWait.SpinUntil(() => Open(Copy()).Count == 0, TimeSpan.FromSeconds(30)).Should().BeTrue();
            _told.Task.IsCompleted.Should().BeFalse("its moment is not over");
            return Task.CompletedTask;
        });

        Open(Path).Should().Equal(Make(Many + 1));
    }

    private static Transfer Make(int number) =>
        new(new TransferId((UInt128)number), 1, 2, new Money(number), "note", number);

    private static IReadOnlyList<Transfer> Open(string path)
    {
        IntentLog.Open(path, out IReadOnlyList<Transfer> open).Dispose();
        return open;
    }

    private string Copy()
    {
        string copy = Path + ".copy";
        File.Copy(Path, copy, overwrite: true);
        return copy;
    }

    private async Task RunAsync(TimeSpan moment, Func<IntentWriter, Task> use)
    {
        using IntentLog log = IntentLog.Open(Path, out _);
        IntentWriter writer = new(log, _inbox, moment);
        Task hearing = _inbox.Loop.RunAsync(Hear, static () => default, static () => false, default);
        Task running = writer.RunAsync();
        await use(writer);
        writer.Close();
        await running;
        _inbox.Close();
        await hearing;
    }

    private ValueTask Hear(InboxItem item)
    {
        _told.TrySetResult(((ClientInput.IntentsPersisted)item.Input!).UpTo);
        return ValueTask.CompletedTask;
    }
}
