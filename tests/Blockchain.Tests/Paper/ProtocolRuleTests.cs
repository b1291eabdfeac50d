using Blockchain.Core.BankNetwork;
using Blockchain.Core.Kernel;
using Blockchain.Tests.Network;

namespace Blockchain.Tests.Paper;

/// <summary>
/// The rules of the bank network's protocol, numbered as in src/README.md; rules 2, 3, 5 and 8 are Lamport's too and
/// have their share in <see cref="LamportTests"/>. Rule 15 is the store's and is tested with it.
/// </summary>
public sealed class ProtocolRuleTests
{
    [Fact]
    public void Rule_1_a_link_survives_a_broken_connection_by_going_through_the_bank()
    {
        TestNetwork network = Members(2);
        network.Pay(1, 2, "1");
        network.Lose(network.Find<PeerMessage.Request>(1, 2));

        network.Feed(1, new ClientInput.PeerDisconnected(2));
        network.Feed(2, new ClientInput.PeerDisconnected(1));

        network.Find<ToBank.Relay>(1, 0).Should().NotBeNull("what was on its way goes again");
        network.Run();
        AllSettled(network);
    }

    [Fact]
    public void Rule_1_what_is_lost_is_sent_again_and_what_is_repeated_is_dropped()
    {
        TestNetwork network = Members(2);
        network.Pay(1, 2, "1");
        network.Lose(network.Find<PeerMessage.Request>(1, 2));
        network.Run();
        network[1].InCriticalSection.Should().BeFalse();

        network.RunUntil<PeerMessage.Request>(1, 2);
        network.DeliverCopy(network.Find<PeerMessage.Request>(1, 2));
        network.RunFor(2_000);

        AllSettled(network);
        network.Bank.Ledger.Accounts[0].Balance.Should().Be(new Money(900), "it was paid once");
    }

    [Fact]
    public void Rule_1_a_message_of_an_earlier_view_is_refused_and_one_of_a_later_view_waits_for_that_view()
    {
        TestNetwork network = Members(2);
        network.Pay(1, 2, "1");
        TestNetwork.Envelope old = network.Find<PeerMessage.Request>(1, 2);
        network.AddClient("client-3");
        network.Lose(old);
        network.RunFor(500);
        int queued = network[2].Queue.Count;
        Frame frame = (Frame)old.Message;

        network.Feed(2, new ClientInput.FromPeer(frame));
        network[2].Queue.Should().HaveCount(queued, "its view is over");

        PeerMessage.Request early = new(new Token(900, 1), ((PeerMessage.Request)frame.Message).Transfers);
        int next = network[2].View!.Epoch + 1;
        network.Feed(2, new ClientInput.FromPeer(new Frame(next, 1, 2, 1, 0, 900, early)));
        network[2].Queue.Should().HaveCount(queued, "its view is not there yet");
        network.AddClient("client-4");
        network[2].Queue.Should().Contain(entry => entry.Token == early.Token);
    }

    [Fact]
    public void Rule_2_transfers_that_come_while_a_request_is_open_go_together_into_the_next()
    {
        TestNetwork network = Members(2);
        for (int i = 0; i < 5; i++)
        {
            network.Pay(1, 2, "1");
        }

        network[1].Queue.Should().ContainSingle().Which.Transfers.Should().ContainSingle();
        network.Run();

        network.BankEvents.OfType<BankEvent.Ordered>().Select(ordered => ordered.Outcomes.Count).Should().Equal(1, 4);
        AllSettled(network);
    }

    [Fact]
    public void Rule_4_a_settled_block_counts_as_its_holder_s_release()
    {
        TestNetwork network = Members(3);
        network.Pay(1, 2, "1");
        network.Run(envelope => envelope.Message is not Frame { Message: PeerMessage.Release });
        network[3].Queue.Should().ContainSingle("the release is under way");

        // The release is lost for good; what the bank has on disk is fetched.
        network.Lose(network.Find<PeerMessage.Release>(1, 3));
        network.RunFor(600, lose: envelope => envelope is { From: 1, To: 3, Message: Frame { Seq: > 0 } });

        network[3].Ledger.Count.Should().Be(network.Bank.Ledger.Count);
        network[3].Queue.Should().BeEmpty();
    }

    [Fact]
    public void Rule_12_a_link_that_was_up_before_the_lease_was_known_is_used_within_a_quarter_of_it()
    {
        PublicKey key = new(default, default);
        ClientProcess client = new(
            new ClientState { Name = "c1", PublicKey = key, Incarnation = 1, Endpoint = "c1" }, new EcdsaP256());
        client.Step(new ClientInput.Tick(0));
        client.Step(new ClientInput.BankConnected());
        ViewInfo view = new(1, 0, default, 1, [new MemberInfo(1, "c1")]);

        client.Step(new ClientInput.Joined(new JoinAccepted(1, 1, default, key, LeaseMs: 2_000, view)));

        Heartbeats(499).Should().Be(0);
        Heartbeats(500).Should().Be(1);

        int Heartbeats(long nowMs) => client.Step(new ClientInput.Tick(nowMs))
            .Count(output => output is ClientOutput.ToBank { Message: ToBank.Heartbeat });
    }

    [Fact]
    public void A_transfer_that_no_disk_has_is_asked_for_and_its_user_is_told_nothing_yet()
    {
        TestNetwork network = Members(2);
        network.HoldIntents = true;
        network.Pay(1, 2, "1");
        network.Run(envelope => envelope.Message is not FromBank.Durable);
        network[1].Ledger.Find(1)!.Balance.Should().Be(new Money(1_000), "nothing is durable at the bank");
        network.Clients[0].Events.OfType<ClientEvent.Left>().Should().ContainSingle("the bank has answered");
        network.Clients[0].Events.OfType<ClientEvent.Accepted>().Should().BeEmpty();

        network.Feed(1, new ClientInput.IntentsPersisted(1));
        network.Clients[0].Events.OfType<ClientEvent.Accepted>().Should().ContainSingle();
        network.Run();
        AllSettled(network);
        network.Clients[0].Events.OfType<ClientEvent.Accepted>().Should().ContainSingle("once is enough");
    }

    [Fact]
    public void A_transfer_that_the_bank_has_on_disk_first_is_told_as_taken_and_then_as_settled()
    {
        TestNetwork network = Members(2);
        network.HoldIntents = true;
        network.Pay(1, 2, "1");
        network.Pay(1, 2, "2");
        network.Run();
        AllSettled(network);
        network.Clients[0].Events.Where(happened => happened is ClientEvent.Accepted or ClientEvent.Settled)
            .Select(happened => happened.GetType().Name)
            .Should().Equal("Accepted", "Settled", "Accepted", "Settled");

        network.Feed(1, new ClientInput.IntentsPersisted(2));
        network.Clients[0].Events.OfType<ClientEvent.Accepted>().Should().HaveCount(2, "each is told once");
    }

    [Fact]
    public void Rule_6_the_same_request_is_repeated_until_it_is_answered_and_no_timeout_leaves()
    {
        TestNetwork network = Members(2);
        network.Pay(1, 2, "1");
        network.Run(envelope => envelope.Message is not ToBank.Apply);
        SignedRequest first = ((ToBank.Apply)network.Find<ToBank.Apply>(1, 0).Message).Request;

        for (int i = 0; i < 3; i++)
        {
            network.Lose(network.Find<ToBank.Apply>(1, 0));
            network.RunUntil<ToBank.Apply>(1, 0);
            ((ToBank.Apply)network.Find<ToBank.Apply>(1, 0).Message).Request.Should().BeEquivalentTo(first);
            network[1].InCriticalSection.Should().BeTrue();
        }

        network.Run();
        AllSettled(network);
    }

    [Fact]
    public void Rule_7_a_request_whose_receipt_was_lost_is_answered_from_the_ledger_and_not_applied_again()
    {
        TestNetwork network = Members(2);
        network.Pay(1, 2, "1");
        network.Run(envelope => envelope.Message is not FromBank.Receipt);
        network.Lose(network.Find<FromBank.Receipt>(0, 1));
        long count = network.Bank.Ledger.Count;

        network.RunFor(1_500);

        network.Bank.Ledger.Count.Should().Be(count);
        network.Bank.Ledger.Accounts[0].Balance.Should().Be(new Money(900));
        AllSettled(network);
    }

    [Fact]
    public void Rule_7_a_request_that_its_owner_did_not_sign_is_refused()
    {
        TestNetwork network = Members(2);
        Transfer theft = new(new TransferId(9), 1, 2, new Money(500), "", 0);
        SignedRequest forged = new(network.Bank.Ledger.Epoch, new Token(50, 1), [theft], default);
        long count = network.Bank.Ledger.Count;

        network.Feed(Limits.Bank, new BankInput.Received(2, new ToBank.Apply(forged), SignatureHolds: true));
        network.Feed(Limits.Bank, new BankInput.Received(1, new ToBank.Apply(forged), SignatureHolds: false));

        network.Bank.Ledger.Count.Should().Be(count);
        network.BankEvents.OfType<BankEvent.Refused>().Select(refused => refused.Reason)
            .Should().Equal(Refusal.BadSignature, Refusal.BadSignature);
    }

    [Fact]
    public void Rule_8_a_release_brings_the_blocks_to_every_member_before_they_are_durable()
    {
        TestNetwork network = Members(3);
        network.HoldBankDisk = true;
        TransferId id = network.Pay(1, 2, "1");
        network.Run();

        network.Clients.Should().AllSatisfy(client =>
        {
            client.Process.Chain.Provisional.Should().ContainSingle()
                .Which.Block.Should().BeOfType<Block.Payment>().Which.Transfer.Id.Should().Be(id);
            client.Happened<ClientEvent.Settled>().Should().BeEmpty("nobody is told before the disk has it");
        });
        network[1].InCriticalSection.Should().BeFalse("early release");
        network.Bank.DurableBalance(1).Should().Be(new Money(1_000));

        network.FlushBankDisk();
        network.Run();
        AllSettled(network);
        network.Bank.DurableBalance(1).Should().Be(new Money(900));
    }

    private static TestNetwork Members(int count)
    {
        TestNetwork network = new(count);
        network.RunFor(100);
        network.Clients.Should().OnlyContain(client => client.Process.Phase == ClientPhase.Member);
        return network;
    }

    private static void AllSettled(TestNetwork network)
    {
        network.RunFor(500);
        network.Clients.Should().AllSatisfy(client =>
        {
            client.Process.Pending.Should().BeEmpty();
            client.Process.Ledger.Head.Should().Be(network.Bank.Ledger.Head);
        });
    }
}
