namespace Blockchain.IntegrationTests.Faults;

[Collection(ProcessFaults.Name)]
public sealed class CrowdTests
{
    private const int Clients = 10;
    private const int Each = 200;
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task Ten_clients_with_200_transfers_each_all_finish_and_agree_byte_for_byte()
    {
        await using FaultNetwork network = new(ProcessFaults.Seed, Lease);
        await network.StartAsync(Clients);

        await AskAllAsync(network);
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

        await AskAllAsync(network);
        await network.WaitForAcknowledgedAsync(new Random(seed).Next(400, 1_600));
        await network.KillBankAsync();
        int atKill = network.AcknowledgedCount;
        await network.StartBankAsync();
        await network.WaitForAcknowledgedAsync(Clients * Each);

        atKill.Should().BeLessThan(Clients * Each, "it was killed in the middle");
        ExportedLedger ledger = await network.CheckAsync();
        ledger.Transfers.Should().Be(Clients * Each, network.Because);
        network.Members.Should().OnlyContain(member => member.Problems.Count == 0, network.Because);
        await network.LeaveAndCheckAsync(ledger);
    }

    private static Task AskAllAsync(FaultNetwork network) =>
        Task.WhenAll(network.Members.Select(member => member.SendRandomTransfersAsync(Each)));
}
