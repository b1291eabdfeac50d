namespace Blockchain.IntegrationTests.Faults;

[Collection(ProcessFaults.Name)]
public sealed class CrowdTests
{
    private const int Clients = 10;
    private const int Each = 200;
    private const int Ahead = 40;
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task Ten_clients_with_200_transfers_each_all_finish_and_agree_byte_for_byte()
    {
        await using FaultNetwork network = new(ProcessFaults.Seed, Lease);
        await network.StartAsync(Clients);

        await Task.WhenAll(network.Members.Select(member => member.SendRandomTransfersAsync(Each)));
        await network.WaitForAcknowledgedAsync(Clients * Each);

        ExportedLedger ledger = await network.CheckAsync();
        ledger.Transfers.Should().Be(Clients * Each, network.Because);
        ledger.Balances.Values.Sum().Should().Be(Clients * 10.00m, network.Because);
        network.Members.Should().OnlyContain(member => member.Problems.Count == 0, network.Because);
        await network.LeaveAndCheckAsync(ledger);
    }

    [Fact]
    public async Task A_bank_killed_in_the_middle_forgets_nothing_that_was_acknowledged_and_applies_nothing_twice()
    {
        int seed = ProcessFaults.Seed + 1;
        await using FaultNetwork network = new(seed, Lease);
        await network.StartAsync(Clients);

        using Load load = new(network, Ahead);
        await network.WaitForAcknowledgedAsync(new Random(seed).Next(200, 800));
        await network.KillBankAsync();
        (int told, int asked) = (network.AcknowledgedCount, network.AskedCount);
        await network.StartBankAsync();
        await network.WaitForAcknowledgedAsync(Math.Max(Clients * Each / 2, told + Clients));
        await load.StopAsync();

        ExportedLedger ledger = await network.CheckAsync();
        told.Should().BeLessThan(asked, "it was killed in the middle");
        network.AcknowledgedCount.Should().Be(network.AskedCount, network.Because);
        ledger.Transfers.Should().Be(network.AskedCount, network.Because);
        network.Members.Should().OnlyContain(member => member.Problems.Count == 0, network.Because);
        await network.LeaveAndCheckAsync(ledger);
    }
}
