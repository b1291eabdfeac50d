using Blockchain.IntegrationTests.Support;

namespace Blockchain.IntegrationTests.Faults;

/// <summary>A disk that fails a flush or fills up, under load, and is mended.</summary>
[Collection(ProcessFaults.Name)]
public sealed class DiskTests
{
    private const int Clients = 3;
    private const int Ahead = 20;
    private const int ToldBefore = 30;
    private const int DiskBytes = 4 << 20;
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(2);

    [StraceFact]
    public async Task A_bank_whose_disk_fails_a_flush_stops_with_the_cause_and_goes_on_when_it_is_mended()
    {
        int seed = ProcessFaults.Seed + 5;
        await using FaultNetwork network = new(seed, Lease);
        await network.StartBankAsync(
            Strace.FailingFlushes(new Random(seed).Next(40, 80), network.Data.Sub("strace.log")));
        await AddAsync(network);
        using Load load = new(network, Ahead);

        RunResult ended = await network.BankProcess.WaitForExitAsync(FaultNetwork.Patience);
        (int told, int asked) = (network.AcknowledgedCount, network.AskedCount);
        await network.StartBankAsync();
        await load.StopAsync();

        ended.ExitCode.Should().Be(1, ended.ToString());
        ended.Errors.Should().Contain("ledger.db").And.Contain("flush").And.Contain("start again");
        told.Should().BeLessThan(asked, "it stopped in the middle");
        await CheckAsync(network);
    }

    [StraceFact]
    public async Task A_killed_bank_flushes_what_it_finds_before_it_vouches_for_it()
    {
        await using FaultNetwork network = new(ProcessFaults.Seed + 6, Lease);
        await network.StartAsync(1);
        await network.KillBankAsync();

        Func<Task> start = () => network.StartBankAsync(Strace.FailingFlushes(1, network.Data.Sub("strace.log")));

        (await start.Should().ThrowAsync<InvalidOperationException>()).WithMessage("*ledger.db*flush*");
    }

    [StraceFact]
    public async Task A_client_whose_disk_fails_a_flush_stops_with_the_cause_and_goes_on_when_it_is_mended()
    {
        int seed = ProcessFaults.Seed + 7;
        await using FaultNetwork network = new(seed, Lease);
        await network.StartBankAsync();
        Member victim = network.Add();

        // An intent that settles at once is never written, so this client is slow. Flushes are counted per thread, and
        // the client's writer changes threads: a few per thread are soon used up.
        victim.Delay = TimeSpan.FromMilliseconds(10);
        string intents = Path.Combine(network.Data.Path, "clients", victim.Name, "intents.log");
        victim.Start(Strace.FailingFlushes(new Random(seed).Next(3, 5), network.Data.Sub("strace.log"), intents));
        await AddAsync(network);
        using Load load = new(network, Ahead);

        RunResult ended = await victim.WaitForEndAsync();
        (int told, int asked) = (victim.AcknowledgedCount, victim.AskedCount);
        victim.Start();
        await load.StopAsync();

        ended.ExitCode.Should().Be(1, ended.ToString());
        ended.Errors.Should().Contain(victim.Folder).And.Contain("flushing failed").And.Contain("start again");
        told.Should().BeLessThan(asked, "it stopped in the middle");
        await CheckAsync(network);
    }

    [SmallDiskFact]
    public async Task A_bank_whose_disk_is_full_stops_with_the_cause_and_goes_on_when_there_is_room()
    {
        using SmallDisk disk = new(DiskBytes);
        await using FaultNetwork network = new(ProcessFaults.Seed + 8, Lease, disk.Path);
        await network.StartBankAsync();
        await AddAsync(network);
        using Load load = new(network, Ahead);
        await network.WaitForAcknowledgedAsync(ToldBefore);

        disk.Fill();
        RunResult ended = await network.BankProcess.WaitForExitAsync(FaultNetwork.Patience);
        (int told, int asked) = (network.AcknowledgedCount, network.AskedCount);
        disk.Empty();
        await network.StartBankAsync();
        await load.StopAsync();

        ended.ExitCode.Should().Be(1, ended.ToString());
        ended.Errors.Should().Contain("the disk is full").And.Contain("Make room");
        told.Should().BeLessThan(asked, "it stopped in the middle");
        await CheckAsync(network);
    }

    [SmallDiskFact]
    public async Task A_client_whose_disk_is_full_stops_with_the_cause_and_goes_on_when_there_is_room()
    {
        using SmallDisk disk = new(DiskBytes);
        await using FaultNetwork network = new(ProcessFaults.Seed + 9, Lease);
        await network.StartBankAsync();
        Member victim = network.Add();
        victim.StartOn(disk.Path);
        await AddAsync(network);
        using Load load = new(network, Ahead);
        await victim.WaitForAcknowledgedAsync(ToldBefore / Clients);

        disk.Fill();
        RunResult ended = await victim.WaitForEndAsync();
        (int told, int asked) = (victim.AcknowledgedCount, victim.AskedCount);
        disk.Empty();
        victim.StartOn(disk.Path);
        await load.StopAsync();

        ended.ExitCode.Should().Be(1, ended.ToString());
        ended.Errors.Should().Contain("the disk is full").And.Contain("Make room");
        told.Should().BeLessThan(asked, "it stopped in the middle");
        await CheckAsync(network);
    }

    /// <summary>Brings the network to its number of clients, the first with something before it.</summary>
    private static async Task AddAsync(FaultNetwork network, params string[] firstPrefix)
    {
        while (network.Members.Count < Clients)
        {
            network.Add().Start(network.Members.Count == 1 ? firstPrefix : []);
        }

        await network.WaitForMembershipAsync();
    }

    private static async Task CheckAsync(FaultNetwork network)
    {
        ExportedLedger ledger = await network.CheckAsync();
        await network.LeaveAndCheckAsync(ledger);
    }
}
