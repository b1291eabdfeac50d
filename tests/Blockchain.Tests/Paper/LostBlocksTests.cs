using Blockchain.Core.BankNetwork;
using Blockchain.Core.Kernel;
using Blockchain.Tests.Network;
using static Blockchain.Tests.Paper.ViewRuleTests;

namespace Blockchain.Tests.Paper;

/// <summary>Rule 14 of the protocol: a bank whose ledger was restored from a backup takes back what it lost.</summary>
public sealed class LostBlocksTests
{
    private const long LongerThanALease = 2_600;

    [Fact]
    public void A_bank_restored_from_a_backup_takes_the_missing_blocks_back_before_it_writes()
    {
        TestNetwork network = Members(3);
        int backup = network.BankStored.Count;
        TransferId first = network.Pay(1, 2, "1");
        network.RunFor(1_000);
        TransferId second = network.Pay(2, 3, "2");
        network.RunFor(200);
        Hash head = network.Bank.Ledger.Head;
        network[3].Ledger.Head.Should().Be(head);

        network.RestartBank(keep: backup);
        network.Bank.Ledger.Count.Should().Be(backup);
        network.RunFor(3_000);

        network.BankEvents.OfType<BankEvent.Restored>().Should().NotBeEmpty();
        network.BankEvents.OfType<BankEvent.Alarm>().Should().BeEmpty();
        network.BankStored.OfType<Block.Payment>().Select(block => block.Transfer.Id).Should().Equal(first, second);
        network.Bank.Ledger.Hashes[backup + 1].Should().Be(head);
        AllSettled(network);
    }

    [Fact]
    public void A_join_that_waited_is_refused_when_its_name_comes_back_with_the_lost_blocks()
    {
        TestNetwork network = Members(2);
        int backup = network.BankStored.Count;
        network.AddClient("late");
        network.RunFor(1_000);
        PublicKey stranger = TestSignatures.KeyOf("stranger");

        network.RestartBank(keep: backup);
        network.Bank.Step(new BankInput.Join(1, new JoinRequest("LATE", stranger, 1, string.Empty, 0, null)));
        network.RunFor(3_000);

        network.BankEvents.OfType<BankEvent.Restored>().Should().NotBeEmpty();
        network.Bank.Ledger.Accounts.Select(account => account.Name).Should().Equal("client-1", "client-2", "late");
        network.Bank.Ledger.FindOwner(stranger).Should().BeNull();
        AllSettled(network);
    }

    [Fact]
    public void A_join_sent_before_the_bank_was_lost_is_not_the_word_that_the_bank_waits_for()
    {
        TestNetwork network = Members(1);
        int backup = network.BankStored.Count;
        TestClient member = network.Clients[0];
        JoinRequest late = new(member.Name, member.Key, member.Incarnation, member.Endpoint, backup, null);
        network.AddClient("client-2");
        TransferId paid = network.Pay(1, 2, "1");
        network.RunFor(1_000);
        (long last, Hash head) = (network.Bank.Ledger.Count - 1, network.Bank.Ledger.Head);

        network.RestartBank(keep: backup);
        network.Feed(Limits.Bank, new BankInput.Join(1, late));

        network.Bank.Phase.Should().Be(BankPhase.Gathering, "the member's hello, which says more, is still under way");
        network.RunFor(3_000);
        network.BankEvents.OfType<BankEvent.Restored>().Should().NotBeEmpty();
        network.Bank.Ledger.Hashes[last].Should().Be(head, "what was durable stays");
        network.Bank.Ledger.TryFind(paid, out _, out _).Should().BeTrue();
        AllSettled(network);
    }

    [Fact]
    public void What_nobody_brings_back_within_a_lease_is_not_lost_silently()
    {
        TestNetwork network = Members(1);
        int backup = network.BankStored.Count;
        network.AddClient("client-2");
        network.Pay(1, 2, "1");
        network.RunFor(1_000);
        Checkpoint held = network[1].Checkpoint!;
        held.Index.Should().BeGreaterThan(backup);

        network.RestartBank(keep: backup);
        network.RunFor(LongerThanALease, hold: _ => true);
        network.Bank.Phase.Should().Be(BankPhase.Serving, "it has waited long enough");
        network.Run();

        network.Bank.Phase.Should().Be(BankPhase.Alarmed);
        network.BankEvents.OfType<BankEvent.Alarm>().Should().ContainSingle()
            .Which.Evidence.Proof!.Index.Should().Be(held.Index);
        network[1].Phase.Should().Be(ClientPhase.Stopped, "what it has settled stands in the bank's ledger no more");
        network.Clients[0].Happened<ClientEvent.Alarm>().Should().ContainSingle();
    }

    [Fact]
    public void A_bank_that_recovers_refuses_to_write()
    {
        TestNetwork network = Members(2);
        network.Pay(1, 2, "1");
        network.Run(envelope => envelope.Message is not ToBank.Apply);
        ToBank ask = (ToBank)network.Find<ToBank.Apply>(1, 0).Message;
        network.RestartBank();

        network.Feed(Limits.Bank, new BankInput.Received(1, ask, SignatureHolds: true));

        network.BankEvents.OfType<BankEvent.Refused>().Should().ContainSingle()
            .Which.Reason.Should().Be(Refusal.Recovering);
        AllSettled(network);
    }

    [Fact]
    public void A_backup_made_when_nobody_was_a_member_is_completed_by_the_first_who_comes()
    {
        TestNetwork network = Members(2);
        network.Pay(1, 2, "1");
        network.RunFor(1_000);
        EverybodyLeaves(network);
        int backup = network.BankStored.Count;
        EverybodyComesBack(network);
        TransferId lost = network.Pay(2, 1, "2");
        network.RunFor(1_000);
        (long last, Hash head) = (network.Bank.Ledger.Count - 1, network.Bank.Ledger.Head);

        network.RestartBank(keep: backup);
        network.RunFor(3_000);

        network.BankEvents.OfType<BankEvent.Alarm>().Should().BeEmpty();
        network.BankEvents.OfType<BankEvent.Restored>().Should().NotBeEmpty();
        network.Bank.Ledger.Hashes[last].Should().Be(head, "what was durable stays");
        network.Bank.Ledger.TryFind(lost, out _, out _).Should().BeTrue();
        AllSettled(network);
    }

    [Fact]
    public void A_bank_whose_last_view_names_nobody_writes_nothing_before_somebody_comes_and_is_ready_for_it()
    {
        TestNetwork network = Members(1);
        EverybodyLeaves(network);
        int before = network.BankStored.Count;

        network.RestartBank();
        network.RunFor(2 * LongerThanALease);

        network.BankStored.Should().HaveCount(before);
        network.Bank.IsReady.Should().BeTrue("it waits for nobody in particular");
        network.AddClient("client-2");
        network.RunFor(200);
        network.Bank.Ledger.Members.Should().Equal([2], "one who never had an account holds nothing to wait for");
    }

    [Fact]
    public void Who_joins_where_the_last_view_names_nobody_is_heard_before_the_bank_writes()
    {
        TestNetwork network = Members(2);
        EverybodyLeaves(network);
        int backup = network.BankStored.Count;
        TestClient member = network.Clients[0];
        JoinRequest late = new(member.Name, member.Key, member.Incarnation, member.Endpoint, backup, null);
        EverybodyComesBack(network);
        TransferId lost = network.Pay(1, 2, "1");
        network.RunFor(1_000);

        network.RestartBank(keep: backup);
        network.Feed(Limits.Bank, new BankInput.Join(1, late));

        network.Bank.Phase.Should().Be(BankPhase.Gathering, "its hello, which says more, is still under way");
        network.Bank.IsReady.Should().BeFalse();
        network.RunFor(3_000);
        network.BankEvents.OfType<BankEvent.Restored>().Should().NotBeEmpty();
        network.Bank.Ledger.TryFind(lost, out _, out _).Should().BeTrue();
        AllSettled(network);
    }

    [Fact]
    public void Who_joins_where_the_last_view_names_nobody_and_says_no_hello_keeps_the_bank_for_a_lease_at_most()
    {
        TestNetwork network = Members(1);
        EverybodyLeaves(network);
        TestClient member = network.Clients[0];
        network.RestartBank();

        network.Feed(Limits.Bank, new BankInput.Join(
            1, new JoinRequest(member.Name, member.Key, member.Incarnation + 1, member.Endpoint, 0, null)));
        network.Bank.Phase.Should().Be(BankPhase.Gathering);
        network.RunFor(LongerThanALease);

        network.Bank.Phase.Should().Be(BankPhase.Serving);
        network.Bank.Ledger.Members.Should().Equal(1);
    }

    [Fact]
    public void Who_joins_while_blocks_are_fetched_is_heard_before_the_bank_writes()
    {
        TestNetwork network = Members(2);
        EverybodyLeaves(network);
        int before = network.BankStored.Count;
        network.RestartBank();
        BankProcess bank = network.Bank;

        bank.Step(Hello(1, settled: before + 1));
        bank.Phase.Should().Be(BankPhase.Restoring, "client 1 says that it has more");
        bank.Step(new BankInput.Join(1, new JoinRequest(
            network.Clients[1].Name, network.Clients[1].Key, 1_000_000, string.Empty, before, null)));
        bank.Step(new BankInput.Fetched(before, []));

        bank.Phase.Should().Be(BankPhase.Gathering, "client 2 has not said what it holds");
        bank.Step(Hello(2, settled: before));
        bank.Phase.Should().Be(BankPhase.Serving);

        static BankInput Hello(int client, long settled) => new BankInput.Received(
            client, new ToBank.Hello(1_000_000, $"client-{client}", settled, null), SignatureHolds: false);
    }

    [Fact]
    public void The_view_that_names_nobody_stands_until_somebody_comes()
    {
        TestNetwork network = Members(1);
        EverybodyLeaves(network);
        ViewInfo last = network.Bank.View!;

        network.RestartBank();

        network.Bank.View.Should().BeNull("this life has announced none");
        network.Bank.StandingView.Should().BeEquivalentTo(last);
    }

    [Fact]
    public void A_bank_that_has_not_begun_is_not_ready_and_has_no_view()
    {
        BankState state = new(new LedgerState(), TestSignatures.KeyOf("bank"), new Money(1_000), 2_000, _ => throw
            new InvalidOperationException("there is no block"));
        BankProcess bank = new(state, new TestSignatures());

        bank.IsReady.Should().BeFalse("its first tick decides whether a ledger begins");
        bank.StandingView.Should().BeNull();
    }

    [Fact]
    public void Who_was_evicted_and_does_not_know_it_comes_back_when_the_last_view_names_nobody()
    {
        TestNetwork network = Members(1);
        network.Paused.Add(1);
        network.Feed(Limits.Bank, new BankInput.Evict(1));
        network.RunFor(200);
        network.Bank.Ledger.Members.Should().BeEmpty();
        network[1].Phase.Should().Be(ClientPhase.Member, "it stands still");

        network.RestartBank();
        network.Paused.Clear();
        network.RunFor(LongerThanALease);

        network.Bank.Ledger.Members.Should().Equal(1);
        AllSettled(network);
    }

    private static void EverybodyLeaves(TestNetwork network)
    {
        for (int client = 1; client <= network.Clients.Count; client++)
        {
            network.Feed(client, new ClientInput.Leave());
            network.Run();
            network.Kill(client);
        }

        network.RunFor(200);
        network.Bank.Ledger.Members.Should().BeEmpty();
    }

    private static void EverybodyComesBack(TestNetwork network)
    {
        for (int client = 1; client <= network.Clients.Count; client++)
        {
            network.Restart(client);
        }

        network.RunFor(500);
        network.Bank.Ledger.Members.Should().HaveCount(network.Clients.Count);
    }
}
