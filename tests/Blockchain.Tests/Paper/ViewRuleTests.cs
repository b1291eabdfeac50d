using Blockchain.Core.BankNetwork;
using Blockchain.Core.Kernel;
using Blockchain.Tests.Network;

namespace Blockchain.Tests.Paper;

/// <summary>Rules 9 to 13 of the protocol: views, joining again, silence, forks.</summary>
public sealed class ViewRuleTests
{
    private const long LongerThanALease = 2_600;

    [Fact]
    public void Rule_9_the_bank_makes_a_view_when_a_client_joins_leaves_or_is_evicted()
    {
        TestNetwork network = Members(3);
        network.Bank.Ledger.Members.Should().Equal(1, 2, 3);

        network.Feed(2, new ClientInput.Leave());
        network.Run();
        network.Bank.Ledger.Members.Should().Equal(1, 3);
        network[2].Phase.Should().Be(ClientPhase.Leaving);

        network.Feed(Limits.Bank, new BankInput.Evict(3));
        network.Bank.Ledger.Members.Should().Equal(1);
        network.RunFor(500);
        network.Bank.Ledger.Members.Should().Equal([1, 3], "it is alive and joins again");
        Causes(network).Should().Contain(
            ["the ledger begins", "client-1 joined", "client 2 left", "client 3 evicted by the operator"]);
    }

    [Fact]
    public void Rule_9_a_view_s_token_is_one_later_than_the_last_and_the_bank_s()
    {
        TestNetwork network = Members(1);
        network.Pay(1, 1, "1");
        network.AddClient("client-2");
        network.Pay(1, 2, "1");
        network.Run();
        Token last = network.Bank.Ledger.LastKey.Token;

        network.AddClient("client-3");

        network.Bank.Ledger.ViewToken.Should().Be(new Token(last.Clock + 1, 0));
    }

    [Fact]
    public void Rule_9_the_bank_makes_a_view_when_it_has_restarted_and_what_was_only_ordered_is_asked_for_again()
    {
        TestNetwork network = Members(3);
        network.HoldBankDisk = true;
        TransferId id = network.Pay(1, 2, "1");
        network.Run();
        network[2].Chain.Provisional.Should().ContainSingle();
        int epoch = network.Bank.Ledger.Epoch;

        network.HoldBankDisk = false;
        network.RestartBank();
        network.Bank.Ledger.TryFind(id, out _, out _).Should().BeFalse("the disk never had it");
        network.RunFor(1_000);

        network.Bank.Ledger.Epoch.Should().Be(epoch + 1);
        Causes(network).Should().Contain("the bank restarted");
        AllSettled(network);
        network.Bank.Ledger.TryFind(id, out _, out _).Should().BeTrue();
        network.Bank.Ledger.Accounts[0].Balance.Should().Be(new Money(900));
    }

    [Fact]
    public void Rule_10_a_view_is_installed_only_with_the_chain_up_to_its_row()
    {
        TestNetwork network = Members(2);
        network.HoldFetches = true;
        network.AddClient("client-3");

        network[3].Phase.Should().Be(ClientPhase.Installing);
        network[1].View!.Epoch.Should().BeLessThan(network.Bank.Ledger.Epoch, "its row comes by a fetch");
        network.Pay(1, 2, "1");
        network.RunFor(500);
        network[1].Queue.Should().BeEmpty("nothing is asked for in a view that is over");

        network.HoldFetches = false;
        network.RunFor(1_000);
        network.Clients.Should().OnlyContain(client => client.Process.Phase == ClientPhase.Member);
        AllSettled(network);
    }

    [Fact]
    public void Rule_10_what_was_applied_in_the_old_view_is_done_and_the_rest_keeps_its_id_and_gets_a_new_token()
    {
        TestNetwork network = Members(2);
        TransferId applied = network.Pay(1, 2, "1");
        network.Run(envelope => envelope.Message is not FromBank.Receipt);
        network.Lose(network.Find<FromBank.Receipt>(0, 1));
        TransferId waiting = network.Pay(1, 2, "2");

        network.AddClient("client-3");
        AllSettled(network);

        network.BankStored.OfType<Block.Payment>().Select(block => block.Transfer.Id).Should().Equal(applied, waiting);
        network.Bank.Ledger.Accounts[0].Balance.Should().Be(new Money(700));
    }

    [Fact]
    public void Rule_10_a_request_agreed_on_under_the_old_view_is_refused()
    {
        TestNetwork network = Members(2);
        network.Pay(1, 2, "1");
        network.Run(envelope => envelope.Message is not ToBank.Apply);
        TestNetwork.Envelope late = network.Find<ToBank.Apply>(1, 0);
        network.Lose(late);
        network.AddClient("client-3");
        network.RunFor(200);
        int payments = network.BankStored.OfType<Block.Payment>().Count();

        network.Feed(Limits.Bank, new BankInput.Received(1, (ToBank)late.Message, SignatureHolds: true));

        network.BankStored.OfType<Block.Payment>().Should().HaveCount(payments);
        AllSettled(network);
        network.Bank.Ledger.Accounts[0].Balance.Should().Be(new Money(900), "it was paid once");
    }

    [Fact]
    public void Rule_11_a_restarted_client_joins_first_and_finishes_what_it_had_accepted()
    {
        TestNetwork network = Members(3);
        network.Pay(1, 2, "1");
        network.Run(envelope => envelope.Message is not ToBank.Apply);
        network[1].InCriticalSection.Should().BeTrue();
        int epoch = network.Bank.Ledger.Epoch;

        network.Kill(1);
        network.Restart(1);
        network[1].Phase.Should().Be(ClientPhase.Joining);
        network[1].Pending.Should().ContainSingle("it was on disk");
        network.RunFor(1_000);

        network.Bank.Ledger.Epoch.Should().BeGreaterThan(epoch);
        network[1].Id.Should().Be(1, "the same key has the same account");
        AllSettled(network);
        network.Bank.Ledger.Accounts[0].Balance.Should().Be(new Money(900));
    }

    [Fact]
    public void Rule_11_an_answer_to_an_earlier_life_is_no_answer_to_this_one()
    {
        TestNetwork network = Members(1);
        JoinAccepted old = new(
            network.Clients[0].Incarnation, 1, network.Bank.Ledger.LedgerId, network.Bank.Ledger.BankKey, 2_000,
            network.Bank.View!);
        network.Kill(1);
        network.Restart(1);

        network.Feed(1, new ClientInput.Joined(old));

        network[1].Phase.Should().Be(ClientPhase.Joining);
    }

    [Fact]
    public void Rule_11_of_two_lives_of_one_client_the_earlier_one_ends_and_says_why()
    {
        TestNetwork network = new(2);
        network.RunFor(100);
        JoinRequest copy = new(
            "client-1", network.Clients[0].Key, network.Clients[0].Incarnation + 1, "at a copy", 0, null);

        network.Feed(0, new BankInput.Join(77, copy));
        network.RunFor(1_000);

        network[1].Phase.Should().Be(ClientPhase.Stopped);
        network.Clients[0].Happened<ClientEvent.JoinRefused>().Should().ContainSingle()
            .Which.Reason.Should().Be(JoinRefusal.Superseded);
        network[2].Phase.Should().Be(ClientPhase.Member);
        network[2].View!.Members[0].Endpoint.Should().Be("at a copy");
    }

    [Fact]
    public void Rule_11_an_address_of_another_life_is_no_harm_when_there_is_none()
    {
        TestNetwork network = new(2);
        network.RunFor(100);
        ViewInfo view = network[1].View!;

        network.Feed(1, new ClientInput.FromBank(new FromBank.NewView(
            view with { Members = [new MemberInfo(1, "at a copy"), view.Members[1]] }, string.Empty)));
        network.RunFor(1_000);
        network.Pay(1, 2, "1");
        network.RunFor(1_000);

        network[1].Phase.Should().Be(ClientPhase.Member);
        network.Clients[0].Happened<ClientEvent.Settled>().Should().ContainSingle();
    }

    [Fact]
    public void Rule_12_a_silent_member_is_evicted_after_a_lease_and_the_others_go_on()
    {
        TestNetwork network = Members(3);
        network.Kill(3);
        network.Pay(1, 2, "1");
        network.RunFor(1_000);
        network[1].Pending.Should().ContainSingle("no word has come from 3");

        network.RunFor(LongerThanALease);

        network.Bank.Ledger.Members.Should().Equal(1, 2);
        Causes(network).Should().Contain("client 3 silent for a lease");
        network[1].Pending.Should().BeEmpty();
        network[2].Ledger.Head.Should().Be(network.Bank.Ledger.Head);
    }

    [Fact]
    public void Rule_12_a_member_that_reaches_the_bank_but_not_a_peer_is_relayed()
    {
        TestNetwork network = new(0);
        network.Cut.Add((1, 2));
        network.AddClient("client-1");
        network.AddClient("client-2");
        network.RunFor(100);
        network.Pay(1, 2, "1");
        network.Pay(2, 1, "2");

        network.Find<ToBank.Relay>(1, 0).Should().NotBeNull();
        network.RunFor(LongerThanALease);

        network.Bank.Ledger.Members.Should().Equal(1, 2);
        AllSettled(network);
    }

    [Fact]
    public void Rule_12_a_paused_holder_is_fenced_rejoins_and_its_transfer_is_applied_once()
    {
        TestNetwork network = Members(3);
        TransferId id = network.Pay(1, 2, "1");
        network.Run(envelope => envelope.Message is not ToBank.Apply);
        network[1].InCriticalSection.Should().BeTrue();

        // Client 1 stands still for longer than a lease; its question to the bank is under way all that time.
        network.Paused.Add(1);
        network.RunFor(LongerThanALease, hold: envelope => envelope.Message is ToBank.Apply);
        network.Bank.Ledger.Members.Should().Equal(2, 3);
        network.Paused.Remove(1);
        network.RunFor(2_000);

        network.BankEvents.OfType<BankEvent.Refused>().Should().NotBeEmpty()
            .And.OnlyContain(refused => refused.Reason == Refusal.Epoch);
        network.Bank.Ledger.Members.Should().Equal(1, 2, 3);
        network.BankStored.OfType<Block.Payment>().Should().ContainSingle(block => block.Transfer.Id == id);
        AllSettled(network);
    }

    [Fact]
    public void Rule_13_two_ledgers_signed_by_one_bank_raise_the_alarm_with_the_proof_kept()
    {
        TestNetwork network = Members(2);
        network.RunFor(1_000);
        LedgerState ledger = network[1].Ledger;
        Hash other = Hash.Of("another ledger"u8);
        Checkpoint proof = new(
            2, other, TestSignatures.Sign(TestSignatures.KeyOf("bank"), Checkpoint.Digest(ledger.LedgerId, 2, other)));
        Checkpoint unsigned = proof with { Signature = default };

        Head(network, unsigned);
        network[1].Phase.Should().Be(ClientPhase.Member, "anybody can say anything");
        Head(network, proof);

        network[1].Phase.Should().Be(ClientPhase.Stopped);
        Evidence evidence = network.Clients[0].Happened<ClientEvent.Alarm>().Should().ContainSingle().Which.Evidence;
        (evidence.Index, evidence.Own, evidence.Other, evidence.Proof)
            .Should().Be((2, ledger.Hashes[2], other, proof));
        network.Pay(1, 2, "1");
        network.Clients[0].Happened<ClientEvent.Rejected>().Should().ContainSingle()
            .Which.Reason.Should().Be(SubmitFault.Stopped);
    }

    private static void Head(TestNetwork network, Checkpoint checkpoint) => network.Feed(1, new ClientInput.FromPeer(
        new Frame(network[1].View!.Epoch, 2, 1, 0, 0, network[2].Clock, new PeerMessage.Head(checkpoint))));

    private static IEnumerable<string> Causes(TestNetwork network) =>
        network.BankEvents.OfType<BankEvent.ViewMade>().Select(made => made.Cause);

    internal static TestNetwork Members(int count)
    {
        TestNetwork network = new(count);
        network.RunFor(100);
        network.Clients.Should().OnlyContain(client => client.Process.Phase == ClientPhase.Member);
        return network;
    }

    internal static void AllSettled(TestNetwork network)
    {
        network.RunFor(2_000);
        network.Clients.Should().AllSatisfy(client =>
        {
            client.Process.Pending.Should().BeEmpty();
            client.Process.Ledger.Head.Should().Be(network.Bank.Ledger.Head);
        });
        network.BankStored.Should().HaveCount((int)network.Bank.Ledger.Count);
    }
}
