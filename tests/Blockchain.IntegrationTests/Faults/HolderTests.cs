using Blockchain.IntegrationTests.Support;

namespace Blockchain.IntegrationTests.Faults;

/// <summary>What happens to the others, and to the transfer, when the client in the critical section dies or
/// sleeps.</summary>
[Collection(ProcessFaults.Name)]
public sealed class HolderTests
{
    private const int Clients = 4;
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(2);

    // The lease, a heartbeat, the flush of the view, and a machine that has other things to do.
    private static readonly TimeSpan AboutALease = Lease + TimeSpan.FromSeconds(8);

    [Fact]
    public async Task A_killed_client_delays_the_others_by_a_lease_and_finishes_what_it_had_accepted_once()
    {
        await using FaultNetwork network = new(ProcessFaults.Seed + 2, Lease);
        await network.StartAsync(Clients, proxied: true);
        Member victim = network.Members[1];
        await using EventStream events = await EnterAsync(network, victim);

        await victim.KillAsync();
        TimeSpan evicted = await GoOnWithoutAsync(network, victim);
        string accepted = events.Accepted[^1];
        ExportedLedger.Read((await network.RunAsync("export", network.BankAddress.ToString())).Output, network.Because)
            .Contains(accepted).Should().BeFalse("its request never reached the bank");
        LetGo(victim);
        victim.Start();

        evicted.Should().BeLessThan(AboutALease, network.Because);
        ExportedLedger ledger = await network.CheckAsync();
        events.Accepted.Should()
            .HaveCountGreaterThan(1).And.OnlyContain(txid => ledger.Contains(txid), network.Because);
        await network.LeaveAndCheckAsync(ledger);
    }

    [UnixFact]
    public async Task A_late_transfer_of_a_client_that_slept_in_the_critical_section_is_refused_and_applied_once()
    {
        await using FaultNetwork network = new(ProcessFaults.Seed + 3, Lease);
        await network.StartAsync(Clients, proxied: true);
        await using EventStream bank = new(network.BankAddress);
        await bank.WaitForAsync("listening", 1, network.Because);
        Member victim = network.Members[2];
        await using EventStream events = await EnterAsync(network, victim);

        victim.Process.Signal(UnixSignal.Stop);
        TimeSpan evicted = await GoOnWithoutAsync(network, victim);
        int told = victim.AcknowledgedCount;
        victim.BankProxy!.Hold(Direction.None);
        await bank.WaitForAsync("refused", 1, network.Because);
        victim.Process.Signal(UnixSignal.Continue);
        await victim.WaitForAcknowledgedAsync(told + 1);

        evicted.Should().BeLessThan(AboutALease, network.Because);
        bank.All.Where(happened => happened.Kind == "refused").Should()
            .OnlyContain(happened => happened.Text.Contains($"\"client\":{victim.Id}"), network.Because);
        ExportedLedger ledger = await network.CheckAsync();
        victim.Acknowledged[^1].Txid.Should().Be(events.Accepted[^1], network.Because);
        await network.LeaveAndCheckAsync(ledger);
    }

    /// <summary>Brings a client into the critical section and keeps it there: what it says to the bank is held
    /// back.</summary>
    private static async Task<EventStream> EnterAsync(FaultNetwork network, Member victim)
    {
        EventStream events = new(victim.Address);
        await events.WaitForAsync("listening", 1, network.Because);
        int told = victim.AcknowledgedCount;
        await victim.SendRandomTransfersAsync(1);
        await victim.WaitForAcknowledgedAsync(told + 1);

        // Its last turn is over when its outcome is told, so the next one is new.
        int entered = events.Count("entered");
        victim.BankProxy!.Hold(Direction.Forth);
        await victim.SendRandomTransfersAsync(1);
        await events.WaitForAsync("entered", entered + 1, network.Because);
        return events;
    }

    /// <summary>The others want to pay; nothing moves until the lease of the one in the critical section is
    /// over.</summary>
    private static async Task<TimeSpan> GoOnWithoutAsync(FaultNetwork network, Member victim)
    {
        Member[] others = [.. network.Members.Where(member => member != victim)];
        int[] told = [.. others.Select(member => member.AcknowledgedCount)];
        await Task.WhenAll(others.Select(member => member.SendRandomTransfersAsync(5)));
        TimeSpan evicted = await network.WaitForEvictionAsync(victim);
        for (int i = 0; i < others.Length; i++)
        {
            await others[i].WaitForAcknowledgedAsync(told[i] + 5);
        }

        return evicted;
    }

    private static void LetGo(Member victim)
    {
        victim.BankProxy!.Cut();
        victim.BankProxy.Hold(Direction.None);
    }
}
