using Blockchain.Client.Hosting;
using Blockchain.Client.Storage;
using Blockchain.Core.BankNetwork;
using Blockchain.Core.Kernel;
using Blockchain.Tests.Ledger;

namespace Blockchain.Tests.Client;

/// <summary>The writer of a client's chain: what it is given is on disk when it is asked for, and whoever gives it more
/// after a fault is told the fault.</summary>
public sealed class ChainWriterTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly TemporaryFolder _data = new();

    public void Dispose() => _data.Dispose();

    [Fact]
    public async Task Blocks_that_wait_for_company_are_written_before_a_drain_completes()
    {
        using ClientFolder folder = ClientFolder.Open(_data.Path, "anna", "http://127.0.0.1:8000/");
        ChainWriter writer = new(folder);
        Task running = writer.RunAsync();
        ClientOutput.Store[] stores = Stores();

        foreach (ClientOutput.Store store in stores)
        {
            await writer.AppendAsync(store, default);
        }

        await writer.DrainAsync();
        folder.Chain.Count.Should().Be(stores.Length);
        writer.Close();
        await running;
    }

    [Fact]
    public async Task What_waits_is_written_at_the_tick()
    {
        using ClientFolder folder = ClientFolder.Open(_data.Path, "anna", "http://127.0.0.1:8000/");
        ChainWriter writer = new(folder);
        await writer.AppendAsync(Stores()[0], default);
        Task running = writer.RunAsync();

        writer.Tick();

        Func<bool> isWritten = () => folder.Chain.Count == 1;
        (await Task.Run(() => SpinWait.SpinUntil(isWritten, Patience))).Should().BeTrue();
        writer.Close();
        await running;
    }

    [Fact]
    public async Task More_than_there_is_room_for_is_written_without_a_tick()
    {
        using ClientFolder folder = ClientFolder.Open(_data.Path, "anna", "http://127.0.0.1:8000/");
        ChainWriter writer = new(folder);
        Task running = writer.RunAsync();
        await writer.AppendAsync(Stores()[0], default);

        for (int i = 0; i < 3_000; i++)
        {
            await writer.AppendAsync(new ClientOutput.Store(1, [], []), default).AsTask().WaitAsync(Patience);
        }

        writer.Close();
        await running;
        folder.Chain.Count.Should().Be(1);
    }

    [Fact]
    public async Task Who_asks_for_more_after_a_fault_is_told_the_fault_and_not_that_a_channel_is_shut()
    {
        ClientFolder folder = ClientFolder.Open(_data.Path, "anna", "http://127.0.0.1:8000/");
        ChainWriter writer = new(folder);
        ClientOutput.Store[] stores = Stores();
        folder.Dispose();
        await writer.AppendAsync(stores[0], default);
        writer.Tick();
        Func<Task> run = () => writer.RunAsync().WaitAsync(Patience);
        await run.Should().ThrowAsync<ObjectDisposedException>();

        Func<Task> more = () => writer.AppendAsync(stores[1], default).AsTask();

        await more.Should().ThrowAsync<ObjectDisposedException>();
    }

    private static ClientOutput.Store[] Stores()
    {
        Hash head = Hash.Empty;
        return
        [
            .. LedgerScript.TwoMembers.Split('\n').Select((line, index) =>
            {
                Block block = LedgerScript.Parse(line.Replace("ok", string.Empty, StringComparison.Ordinal).Trim());
                head = block.HashAfter(head);
                return new ClientOutput.Store(index, [block], [head]);
            }),
        ];
    }
}
