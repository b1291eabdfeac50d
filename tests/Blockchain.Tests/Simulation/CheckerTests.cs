using Blockchain.Core.BankNetwork;
using Blockchain.Core.Kernel;
using Blockchain.Simulator;

namespace Blockchain.Tests.Simulation;

/// <summary>Each check of the simulator, given what it must find.</summary>
public sealed class CheckerTests
{
    private static readonly PublicKey Key = SimulatedSignatures.KeyOf("somebody");

    [Fact]
    public void The_replay_accepts_a_ledger_that_is_right()
    {
        ReplayCheck replay = Ledger();

        replay.Append(Pay(9, 0, id: 1, from: 1, to: 2, amount: 60, Outcome.Success), 4, null);
        replay.Append(Pay(9, 1, id: 2, from: 1, to: 2, amount: 60, Outcome.InsufficientFunds), 5, null);
        replay.CheckConservation();

        replay.Balance(1).Should().Be(40);
        replay.Balance(2).Should().Be(160);
    }

    [Theory]
    [InlineData("order", 2L, 0, 2, 10L, Outcome.Success)]
    [InlineData("no double", 9L, 0, 1, 10L, Outcome.Success)]
    [InlineData("replay", 9L, 0, 2, 101L, Outcome.Success)]
    [InlineData("replay", 9L, 0, 2, 10L, Outcome.InsufficientFunds)]
    [InlineData("replay", 9L, 0, 2, 101L, Outcome.UnknownAccount)]
    [InlineData("places in a request", 9L, 1, 2, 10L, Outcome.Success)]
    public void The_replay_finds_what_must_not_stand(
        string rule, long clock, int seq, int id, long amount, Outcome outcome)
    {
        ReplayCheck replay = Ledger();
        replay.Append(Pay(8, 0, id: 1, from: 2, to: 1, amount: 0, Outcome.InvalidAmount), 4, null);

        Action append = () => replay.Append(Pay(clock, seq, id, from: 1, to: 2, amount, outcome), 5, null);

        append.Should().Throw<ViolationException>().Which.Rule.Should().Contain(rule);
    }

    [Fact]
    public void The_replay_finds_a_wrong_hash()
    {
        ReplayCheck replay = Ledger();

        Action append = () => replay.Append(Pay(9, 0, 1, 1, 2, 10, Outcome.Success), 4, Hash.Empty);

        append.Should().Throw<ViolationException>().Which.Rule.Should().Be("hash");
    }

    [Fact]
    public void Two_members_inside_one_view_break_exclusion()
    {
        ExclusionCheck check = new();
        check.NewView(4);
        check.Entered(4, new Token(7, 1));

        Action second = () => check.Entered(4, new Token(6, 2));

        second.Should().Throw<ViolationException>().Which.Rule.Should().Be("exclusion");
    }

    [Fact]
    public void A_holder_of_an_earlier_view_and_one_after_the_order_break_nothing()
    {
        ExclusionCheck check = new();
        check.NewView(4);
        check.Entered(3, new Token(5, 3));
        check.Entered(4, new Token(7, 1));
        check.Ordered(new Token(7, 1));
        check.Entered(4, new Token(8, 2));
        check.NewView(5);

        Action next = () => check.Entered(5, new Token(9, 1));

        next.Should().NotThrow();
    }

    [Fact]
    public void What_the_bank_orders_must_have_entered()
    {
        ExclusionCheck check = new();
        check.NewView(4);

        Action order = () => check.Ordered(new Token(7, 1));

        order.Should().Throw<ViolationException>();
    }

    [Fact]
    public void A_read_that_misses_what_had_ended_before_it_began_is_no_linear_history()
    {
        ReadOperation late = new(Invoked: 20, Returned: 30, Blocks: 5);
        ReadOperation stale = new(Invoked: 40, Returned: 50, Blocks: 4);

        Action check = () => HistoryCheck.Check([], [late, stale]);

        check.Should().Throw<ViolationException>().Which.Rule.Should().Be("linearizability");
    }

    [Fact]
    public void Reads_that_overlap_may_stand_in_any_order()
    {
        ReadOperation slow = new(Invoked: 20, Returned: 60, Blocks: 4);
        ReadOperation quick = new(Invoked: 30, Returned: 50, Blocks: 5);

        Action check = () => HistoryCheck.Check([], [slow, quick]);

        check.Should().NotThrow();
    }

    [Fact]
    public void The_sequence_of_a_seed_is_fixed_for_ever()
    {
        Prng random = new(1);

        ulong[] bits = [random.Bits(), random.Bits(), random.Bits()];

        // From the reference implementation of xoshiro256** with its state taken from splitmix64, seed 1.
        bits.Should().Equal(12966619160104079557UL, 9600361134598540522UL, 10590380919521690900UL);
    }

    private static ReplayCheck Ledger()
    {
        ReplayCheck replay = new();
        Token opening = new(2, 0);
        replay.Append(new Block.View(1, new BlockKey(new Token(1, 0), 0), 0, [], Key), 0, null);
        replay.Append(new Block.Open(1, new BlockKey(opening, 0), 0, 1, "a", new Money(100), Key), 1, null);
        replay.Append(new Block.Open(1, new BlockKey(opening, 1), 0, 2, "b", new Money(100), Key), 2, null);
        replay.Append(new Block.View(2, new BlockKey(opening, 2), 0, [1, 2], Key), 3, null);
        return replay;
    }

    private static Block.Payment Pay(
        long clock, int seq, int id, int from, int to, long amount, Outcome outcome) => new(
        2,
        new BlockKey(new Token(clock, from), seq),
        new Transfer(new TransferId((UInt128)id), from, to, new Money(amount), string.Empty, 0),
        outcome,
        seq == 0 ? default(Signature) : null);
}
