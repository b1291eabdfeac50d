using Blockchain.Core.BankNetwork;

namespace Blockchain.Tests.Network;

/// <summary>What a critical section costs, counted: no clock is asked, so these hold on any machine.</summary>
public sealed class CostTests
{
    private const int Sections = 60;

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(10)]
    public void A_transfer_that_nobody_stands_in_the_way_of_takes_exactly_three_messages_for_each_other_member(
        int clients)
    {
        TestNetwork network = new(clients);
        int before = Messages(network);

        for (int i = 0; i < Sections; i++)
        {
            network.Pay(1 + (i % clients), 1 + ((i + 1) % clients), "0.01");
            network.Run();
        }

        (Messages(network) - before).Should().Be(3 * (clients - 1) * Sections);
        Left(network).Should().Be(Sections);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(10)]
    public void When_all_are_busy_a_section_takes_two_messages_and_one_write_for_each_other_member_and_one_commit(
        int clients)
    {
        TestNetwork network = Busy(clients);
        (int messages, long writes, long commits) = (Messages(network), network.Writes, network.Commits);
        int left = Left(network);

        RunUntil(network, left + Sections);

        (Messages(network) - messages).Should().BeLessThanOrEqualTo(2 * (clients - 1) * Sections);
        (network.Writes - writes).Should().BeLessThanOrEqualTo(11 * (clients - 1) * Sections / 10);
        (network.Commits - commits).Should().BeLessThanOrEqualTo(Sections);
    }

    [Fact]
    public void Wishes_that_are_taken_together_share_one_section()
    {
        TestNetwork network = new(3);
        ClientInput.Submit[] submits =
        [
            .. Enumerable.Range(1, 5).Select(i => new ClientInput.Submit(
                new TransferId((UInt128)i), 2, new Money(1), string.Empty, 0)),
        ];
        int left = Left(network);

        network.Feed(1, new ClientInput.SubmitAll(submits));
        network.Run();

        (Left(network) - left).Should().Be(1);
        ClientProcess process = network.Clients[0].Process;
        submits.Should().AllSatisfy(
            submit => process.Ledger.TryFind(submit.Id, out _, out _).Should().BeTrue("it is settled"));
    }

    [Fact]
    public void Requests_that_are_ordered_while_the_disk_is_busy_share_one_commit()
    {
        TestNetwork network = Busy(3);
        network.HoldBankDisk = true;
        long commits = network.Commits;

        RunUntil(network, Left(network) + Sections);
        network.FlushBankDisk();

        (network.Commits - commits).Should().Be(1);
    }

    [Fact]
    public void A_block_that_comes_in_order_is_hashed_once_and_none_is_ever_hashed_again()
    {
        // While the disk is busy the blocks stay provisional, so there is something to hash again.
        TestNetwork network = Busy(5);
        network.HoldBankDisk = true;
        long[] before = [.. network.Clients.Select(client => Known(client.Process))];
        long[] hashed = [.. network.Clients.Select(client => client.Process.Chain.LinksHashed)];

        RunUntil(network, Left(network) + Sections);
        network.FlushBankDisk();
        network.HoldBankDisk = false;
        network.Run();

        for (int i = 0; i < before.Length; i++)
        {
            ClientProcess process = network.Clients[i].Process;
            (Known(process) - before[i]).Should().BeGreaterThanOrEqualTo(Sections);
            (process.Chain.LinksHashed - hashed[i]).Should().Be(Known(process) - before[i]);
        }
    }

    /// <summary>Every client has more to pay than will be looked at, each transfer in a section of its own, and the
    /// first have been paid.</summary>
    private static TestNetwork Busy(int clients)
    {
        TestNetwork network = new(clients, maxBatch: 1);
        for (int i = 0; i < 3 * Sections; i++)
        {
            for (int client = 1; client <= clients; client++)
            {
                network.Pay(client, 1 + (client % clients), "0.01");
            }
        }

        RunUntil(network, Left(network) + clients);
        return network;
    }

    private static void RunUntil(TestNetwork network, int left)
    {
        while (Left(network) < left)
        {
            network.Deliver(network.Wire[0]);
        }
    }

    private static int Messages(TestNetwork network) => network.Sent.Values.Sum();

    private static int Left(TestNetwork network) =>
        network.Clients.Sum(client => client.Happened<ClientEvent.Left>().Count());

    private static long Known(ClientProcess process) => process.Chain.SettledCount + process.Chain.Provisional.Count;
}
