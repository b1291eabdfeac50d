using Blockchain.Core.BankNetwork;
using Blockchain.Core.Kernel;

namespace Blockchain.Tests.Network;

/// <summary>The network that the other tests stand on.</summary>
public sealed class TestNetworkTests
{
    [Fact]
    public void Clients_join_pay_and_end_with_the_bank_s_ledger()
    {
        TestNetwork network = new();
        network.Pay(1, 2, "3.00");
        network.Pay(2, 3, "4.00");
        network.Pay(3, 1, "5.00");
        network.RunFor(500);

        network.Clients.Should().AllSatisfy(client =>
        {
            client.Process.Phase.Should().Be(ClientPhase.Member);
            client.Process.Ledger.Head.Should().Be(network.Bank.Ledger.Head);
            client.Process.Pending.Should().BeEmpty();
            client.Intents.Should().BeEmpty();
            client.Happened<ClientEvent.Settled>().Should().ContainSingle();
        });
        Hash stored = TestNetwork.Replay(network.BankStored).Head;
        stored.Should().Be(network.Bank.Ledger.Head);
        network.Bank.Ledger.Accounts.Select(account => account.Balance.ToString())
            .Should().Equal("12.00", "9.00", "9.00");
    }
}
