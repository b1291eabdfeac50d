using Blockchain.Core.BankNetwork;
using Blockchain.Core.Kernel;
using Blockchain.Tests.Network;

namespace Blockchain.Tests.Paper;

/// <summary>What a client and the bank refuse, by name, with nothing stored and nothing sent; and the limits of
/// both.</summary>
public sealed class RefusalTests
{
    [Theory]
    [InlineData(2, 100, "memo", null)]
    [InlineData(2, 1_000_000_000_000_000, "", null)]
    [InlineData(1, 100, "", SubmitFault.SelfTransfer)]
    [InlineData(3, 100, "", SubmitFault.UnknownAccount)]
    [InlineData(0, 100, "", SubmitFault.UnknownAccount)]
    [InlineData(-1, 100, "", SubmitFault.UnknownAccount)]
    [InlineData(2, 0, "", SubmitFault.InvalidAmount)]
    [InlineData(2, -100, "", SubmitFault.InvalidAmount)]
    [InlineData(2, 1_000_000_000_000_001, "", SubmitFault.InvalidAmount)]
    [InlineData(2, 100, "71 characters aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        SubmitFault.InvalidMemo)]
    public void A_transfer_that_cannot_be_is_refused_at_the_client(int to, long minor, string memo, SubmitFault? fault)
    {
        TestNetwork network = new(2);
        network.RunFor(100);
        int wire = network.Wire.Count;

        network.Feed(1, new ClientInput.Submit(new TransferId(5), to, new Money(minor), memo, 0));

        network.Clients[0].Happened<ClientEvent.Rejected>().Select(rejected => (SubmitFault?)rejected.Reason)
            .Should().Equal(fault is null ? [] : [fault]);
        network.Clients[0].Happened<ClientEvent.Accepted>().Should().HaveCount(fault is null ? 1 : 0);
        network.Clients[0].Intents.Should().HaveCount(fault is null ? 1 : 0);
        (network.Wire.Count > wire).Should().Be(fault is null);
    }

    [Fact]
    public void A_memo_that_UTF_8_cannot_carry_is_refused()
    {
        TestNetwork network = new(2);

        network.Feed(1, new ClientInput.Submit(new TransferId(5), 2, new Money(1), "💰"[..1], 0));

        Faults(network).Should().Equal(SubmitFault.InvalidMemo);
    }

    [Fact]
    public void An_id_that_waits_or_was_used_is_refused_and_so_is_a_transfer_before_joining_or_after_leaving()
    {
        TestNetwork network = new(2);
        Submit(network, 5);
        Submit(network, 5);
        network.RunFor(500);
        Submit(network, 5);
        network.Feed(1, new ClientInput.Leave());
        Submit(network, 6);
        Faults(network).Should().Equal(SubmitFault.DuplicateId, SubmitFault.DuplicateId, SubmitFault.Stopped);

        ClientProcess stranger = new(
            new ClientState
            {
                Name = "x", PublicKey = TestSignatures.KeyOf("x"), Incarnation = 1, Endpoint = "",
            },
            new TestSignatures());
        stranger.Step(new ClientInput.Submit(new TransferId(1), 1, new Money(1), "", 0))
            .Should().ContainSingle().Which.Should().Be(new ClientOutput.Tell(
                new ClientEvent.Rejected(new TransferId(1), SubmitFault.NoAccount)));
    }

    [Fact]
    public void No_more_transfers_wait_than_the_limit_allows_and_a_request_carries_no_more_than_its_limit()
    {
        TestNetwork network = new(2);
        network.RunFor(100);
        for (int i = 0; i < Limits.PendingTransfers; i++)
        {
            Submit(network, 1_000_000 + i);
        }

        Faults(network).Should().BeEmpty();
        Submit(network, 1);
        Faults(network).Should().Equal(SubmitFault.TooManyPending);

        network.Run();
        network.RunFor(2_000);
        network[1].Pending.Should().BeEmpty();
        network.BankEvents.OfType<BankEvent.Ordered>().Max(ordered => ordered.Outcomes.Count)
            .Should().Be(Limits.RequestTransfers);
        network.BankStored.OfType<Block.Payment>().Should().HaveCount(Limits.PendingTransfers);
    }

    [Fact]
    public void A_request_of_the_longest_memos_fits_a_frame()
    {
        string memo = string.Concat(Enumerable.Repeat("💰", Limits.MemoCharacters));
        TestNetwork network = new(2);
        network.RunFor(100);
        network.HoldIntents = true;
        for (int i = 0; i < Limits.RequestTransfers + 1; i++)
        {
            network.Feed(1, new ClientInput.Submit(new TransferId((UInt128)i), 2, new Money(1), memo, 0));
        }

        network.HoldIntents = false;
        network.Feed(1, new ClientInput.IntentsPersisted(Limits.RequestTransfers + 1));
        int largest = 0;
        while (network[1].Pending.Count > 0)
        {
            largest = Math.Max(largest, network.Wire.Max(Size));
            network.Deliver(network.Wire[0]);
        }

        largest.Should().BeInRange(Limits.FrameBytes - 2_000, Limits.FrameBytes);
    }

    [Fact]
    public void Frames_of_a_view_that_never_comes_are_kept_up_to_the_limit_and_no_further()
    {
        TestNetwork network = new(2);
        network.RunFor(100);
        int next = network[1].View!.Epoch + 1;
        for (int i = 1; i <= Limits.EarlyFrames + 1; i++)
        {
            network.Feed(1, new ClientInput.FromPeer(
                new Frame(next, 2, 1, i, 0, 900 + i, new PeerMessage.Reply(new Token(1, 1)))));
        }

        network.AddClient("client-3");
        long heard = network[1].Clock;

        heard.Should().BeInRange(900 + Limits.EarlyFrames, 2 * (900 + Limits.EarlyFrames), "the last one was dropped");
        network[1].Phase.Should().Be(ClientPhase.Member);
    }

    [Theory]
    [InlineData("client-1", "another", JoinRefusal.NameTaken)]
    [InlineData("CLIENT-1", "another", JoinRefusal.NameTaken)]
    [InlineData("", "another", JoinRefusal.InvalidName)]
    [InlineData("a b", "another", JoinRefusal.InvalidName)]
    [InlineData("abcdefghijklmnopqrstuvwxyz0123456", "another", JoinRefusal.InvalidName)]
    [InlineData("client-1", "client-1", JoinRefusal.Superseded)]
    public void A_join_that_cannot_be_is_refused_by_name(string name, string key, JoinRefusal refusal)
    {
        TestNetwork network = new(1);
        long count = network.Bank.Ledger.Count;

        IReadOnlyList<BankOutput> outputs = Join(network.Bank, name, key, incarnation: 0);

        outputs.OfType<BankOutput.RefuseJoin>().Should().ContainSingle().Which.Reason.Should().Be(refusal);
        network.Bank.Ledger.Count.Should().Be(count);
    }

    [Fact]
    public void A_view_takes_256_members_and_refuses_the_next()
    {
        TestNetwork network = new(0);
        for (int i = 1; i <= Limits.Members; i++)
        {
            Join(network.Bank, $"c{i}", $"c{i}").OfType<BankOutput.RefuseJoin>().Should().BeEmpty("of {0}", i);
            network.Bank.Step(new BankInput.Persisted(network.Bank.Ledger.Count - 1));
        }

        network.Bank.Ledger.Members.Should().HaveCount(Limits.Members);
        Join(network.Bank, "one-more", "one-more").OfType<BankOutput.RefuseJoin>().Should().ContainSingle()
            .Which.Reason.Should().Be(JoinRefusal.Full);
    }

    [Fact]
    public void No_more_joins_wait_for_a_view_than_the_limit_allows()
    {
        TestNetwork network = new(1) { HoldBankDisk = true };
        Join(network.Bank, "first", "first");
        int refused = 0;
        for (int i = 0; i < Limits.WaitingJoins + 1; i++)
        {
            refused += Join(network.Bank, $"w{i}", $"w{i}").OfType<BankOutput.RefuseJoin>()
                .Count(refusal => refusal.Reason == JoinRefusal.Full);
        }

        refused.Should().BePositive().And.BeLessThanOrEqualTo(3, "the members are counted in");
    }

    [Fact]
    public void An_address_of_256_characters_is_read_and_one_of_257_is_not()
    {
        byte[] Hello(int characters) =>
            MessageCodec.Encode(new ToBank.Hello(1, new string('a', characters), 0, null));

        MessageCodec.DecodeToBank(Hello(Limits.EndpointCharacters)).Should().BeOfType<ToBank.Hello>();
        Action reading = () => MessageCodec.DecodeToBank(Hello(Limits.EndpointCharacters + 1));
        reading.Should().Throw<FormatFaultException>().WithMessage("*257 characters; 256 is the most*");
    }

    private static IReadOnlyList<BankOutput> Join(BankProcess bank, string name, string key, long incarnation = 1) =>
        [.. bank.Step(new BankInput.Join(
            1, new JoinRequest(name, TestSignatures.KeyOf(key), incarnation, "", 0, null)))];

    private static int Size(TestNetwork.Envelope envelope) => envelope.Message switch
    {
        Frame frame => MessageCodec.Encode(frame).Length,
        ToBank toBank => MessageCodec.Encode(toBank).Length,
        FromBank fromBank => MessageCodec.Encode(fromBank).Length,
        _ => 0,
    };

    private static void Submit(TestNetwork network, int id) =>
        network.Feed(1, new ClientInput.Submit(new TransferId((UInt128)id), 2, new Money(1), "", 0));

    private static IEnumerable<SubmitFault> Faults(TestNetwork network) =>
        network.Clients[0].Happened<ClientEvent.Rejected>().Select(rejected => rejected.Reason);
}
