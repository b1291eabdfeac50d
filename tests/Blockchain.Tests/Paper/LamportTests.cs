using Blockchain.Core.BankNetwork;
using Blockchain.Core.Kernel;
using Blockchain.Tests.Network;

namespace Blockchain.Tests.Paper;

/// <summary>
/// Lamport, "Time, Clocks, and the Ordering of Events in a Distributed System" (1978), one test per rule: IR1 and IR2
/// of the section "Logical Clocks", the total order and the rules 1 to 5 of "Ordering the Events Totally".
/// </summary>
public sealed class LamportTests
{
    private static readonly Transfer[] Nothing = [];

    /// <summary>"Logical Clocks", IR1.</summary>
    [Fact]
    public void IR1_a_clock_moves_between_any_two_events_of_its_process()
    {
        TestNetwork network = new(1);
        long before = network[1].Clock;

        network.Feed(1, new ClientInput.LocalEvent());
        network.Feed(1, new ClientInput.LocalEvent());

        network[1].Clock.Should().Be(before + 2);
    }

    /// <summary>"Logical Clocks", IR2.</summary>
    [Theory]
    [InlineData(3, 9, 10)]
    [InlineData(9, 3, 10)]
    [InlineData(9, 9, 10)]
    public void IR2_a_received_message_moves_the_clock_beyond_its_own_time_and_beyond_the_message_s(
        long own, long message, long after)
    {
        LamportClock clock = new(own);

        clock.Receive(message);

        clock.Time.Should().Be(after);
    }

    [Fact]
    public void What_is_only_known_to_have_happened_moves_the_clock_and_is_no_event()
    {
        LamportClock clock = new(4);
        clock.Witness(3);
        clock.Time.Should().Be(4);
        clock.Witness(7);
        clock.Time.Should().Be(7);
    }

    /// <summary>"Ordering the Events Totally", the relation =>.</summary>
    [Fact]
    public void Events_of_one_time_are_ordered_by_their_processes()
    {
        (new Token(5, 1) < new Token(5, 2)).Should().BeTrue();
        (new Token(5, 2) < new Token(6, 1)).Should().BeTrue();
        (Token.Zero < new Token(0, 1)).Should().BeTrue();
    }

    /// <summary>Rule 1: to request, a process sends the request to every other and puts it on its queue.</summary>
    [Fact]
    public void Rule_1_a_request_goes_to_every_other_member_and_on_the_own_queue()
    {
        TestNetwork network = Members(3);
        network.Pay(2, 1, "1");

        network[2].Queue.Should().ContainSingle().Which.Token.Client.Should().Be(2);
        network.Find<PeerMessage.Request>(2, 1).Should().NotBeNull();
        network.Find<PeerMessage.Request>(2, 3).Should().NotBeNull();
        network.Wire.Should().NotContain(envelope => envelope.Message is ToBank.Apply);
    }

    /// <summary>Rule 2: the receiver queues the request and sends a timestamped acknowledgement.</summary>
    [Fact]
    public void Rule_2_a_receiver_queues_the_request_and_replies_with_a_later_time()
    {
        TestNetwork network = Members(3);
        network.Pay(2, 1, "1");
        Token token = network[2].Queue[0].Token;

        network.Deliver<PeerMessage.Request>(2, 1);

        network[1].Queue.Should().ContainSingle().Which.Token.Should().Be(token);
        Frame reply = (Frame)network.Find<PeerMessage.Reply>(1, 2).Message;
        (new Token(reply.Clock, 1) > token).Should().BeTrue();
    }

    /// <summary>Rule 2, its footnote: no acknowledgement is needed where a later message has been sent
    /// already.</summary>
    [Fact]
    public void Rule_2_a_member_with_an_open_request_of_its_own_owes_no_reply()
    {
        TestNetwork network = Members(2);
        network.Pay(1, 2, "1");
        network.Pay(2, 1, "1");
        network.Deliver<PeerMessage.Request>(1, 2);
        network.Deliver<PeerMessage.Request>(2, 1);

        network.Wire.Should().NotContain(envelope => envelope.Message is Frame && ((Frame)envelope.Message).Message
            is PeerMessage.Reply);
        network[1].InCriticalSection.Should().BeTrue("the request of 2 is a later word from it");
        network[2].InCriticalSection.Should().BeFalse();
        network.Run();
        network.Bank.Ledger.Count.Should().Be(network[1].Ledger.Count).And.Be(network[2].Ledger.Count);
    }

    /// <summary>Rule 3: to release, a process takes its request off its queue and tells every other.</summary>
    [Fact]
    public void Rule_3_the_turn_over_the_request_leaves_the_own_queue_and_every_member_is_told()
    {
        TestNetwork network = Members(3);
        network.Pay(2, 1, "1");
        network.Run(envelope => envelope.Message is not Frame { Message: PeerMessage.Release });

        network[2].Queue.Should().BeEmpty();
        network[2].InCriticalSection.Should().BeFalse();
        network.Find<PeerMessage.Release>(2, 1).Should().NotBeNull();
        network.Find<PeerMessage.Release>(2, 3).Should().NotBeNull();
    }

    /// <summary>Rule 4: the receiver of a release takes the request off its queue.</summary>
    [Fact]
    public void Rule_4_a_release_takes_the_request_off_the_receiver_s_queue()
    {
        LamportMutex mutex = new(1, [2, 3], new LamportClock(0));
        mutex.OnRequest(new Token(4, 2), Nothing);
        mutex.OnRequest(new Token(5, 3), Nothing);

        mutex.OnRelease(new Token(4, 2)).Should().BeSameAs(Nothing);

        mutex.Queue.Entries.Select(entry => entry.Token).Should().Equal(new Token(5, 3));
        mutex.OnRelease(new Token(4, 2)).Should().BeNull("it is gone");
    }

    /// <summary>Rule 5 (i): the own request is before every other in the queue.</summary>
    [Fact]
    public void Rule_5_i_nobody_enters_while_an_earlier_request_is_in_its_queue()
    {
        LamportMutex mutex = new(2, [1], new LamportClock(0));
        Token own = mutex.Request(Nothing);
        mutex.OnRequest(new Token(own.Clock, 1), Nothing);
        mutex.Hear(1, own.Clock + 5);

        mutex.IsGranted.Should().BeFalse();
        mutex.Explain()[0].Should().Be(new Condition(false, "least in my queue", $"({own.Clock},1) is ahead"));
        mutex.OnRelease(new Token(own.Clock, 1));
        mutex.IsGranted.Should().BeTrue();
    }

    /// <summary>Rule 5 (ii): a message with a later time has come from every other process.</summary>
    [Theory]
    [InlineData(1, 5, false)]
    [InlineData(3, 5, true)]
    [InlineData(1, 6, true)]
    [InlineData(3, 4, false)]
    public void Rule_5_ii_nobody_enters_before_a_later_word_has_come_from_every_member(
        int member, long time, bool granted)
    {
        LamportMutex mutex = new(2, [member], new LamportClock(4));
        mutex.Request(Nothing).Should().Be(new Token(5, 2));
        mutex.IsGranted.Should().BeFalse();

        mutex.Hear(member, time);

        mutex.IsGranted.Should().Be(granted);
    }

    [Fact]
    public void A_member_alone_in_its_view_enters_at_once()
    {
        LamportMutex mutex = new(1, [], new LamportClock(0));
        mutex.Request(Nothing);

        mutex.IsGranted.Should().BeTrue();
        Action again = () => mutex.Request(Nothing);
        again.Should().Throw<InvariantException>().WithMessage("*one open request*");
    }

    /// <summary>
    /// "(I) A process which has been granted the resource must release it before it can be granted to another process",
    /// "(II) requests must be granted in the order in which they are made", "(III) every request is granted".
    /// </summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void Turns_are_taken_one_at_a_time_in_the_order_of_their_tokens_whatever_order_the_messages_take(int seed)
    {
        TestNetwork network = Members(4, maxBatch: 1);
        Random random = new(seed);
        for (int i = 0; i < 40; i++)
        {
            network.Pay(1 + (i % 4), 1 + ((i + 1) % 4), "0.10");
        }

        int inside = 0;
        while (network.Wire.Count > 0)
        {
            network.DeliverAny(random);
            inside = Math.Max(inside, network.Clients.Count(client => client.Process.InCriticalSection));
        }

        network.RunFor(2_000);
        inside.Should().Be(1, "one at a time");
        Token[] order = [.. network.BankEvents.OfType<BankEvent.Ordered>().Select(ordered => ordered.Token)];
        order.Should().HaveCount(40, "every request is granted").And.BeInAscendingOrder();
        network.BankEvents.OfType<BankEvent.Refused>().Should().BeEmpty();
        network.Clients.Should().AllSatisfy(client =>
        {
            client.Process.Ledger.Head.Should().Be(network.Bank.Ledger.Head);
            client.Process.Pending.Should().BeEmpty();
        });
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    public void A_lone_request_costs_three_messages_for_every_other_member(int members)
    {
        TestNetwork network = Members(members);
        network.Sent.Clear();
        network.Pay(1, 2, "1");
        network.Run();

        network.Sent.Should().Equal(new Dictionary<string, int>
        {
            ["REQUEST"] = members - 1, ["REPLY"] = members - 1, ["RELEASE"] = members - 1,
        });
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    public void When_everybody_asks_all_the_time_a_turn_costs_two_messages_for_every_other_member(int members)
    {
        const int Turns = 20;
        TestNetwork network = Members(members, maxBatch: 1);
        network.Sent.Clear();
        for (int i = 0; i < members * Turns; i++)
        {
            network.Pay(1 + (i % members), 1 + ((i + 1) % members), "0.01");
        }

        network.Run();

        int turns = members * Turns;
        network.Sent["REQUEST"].Should().Be(turns * (members - 1));
        network.Sent["RELEASE"].Should().Be(turns * (members - 1));

        // Only before the first requests have met, and after the last, is anybody without a request of its own.
        network.Sent.GetValueOrDefault("REPLY").Should().BeLessThanOrEqualTo(2 * members * (members - 1));
    }

    private static TestNetwork Members(int count, int maxBatch = Limits.RequestTransfers)
    {
        TestNetwork network = new(count, maxBatch: maxBatch);
        network.RunFor(100);
        network.Clients.Should().OnlyContain(client => client.Process.Phase == ClientPhase.Member);
        return network;
    }
}
