using Blockchain.Core.BankNetwork;
using Blockchain.Tests.Network;

namespace Blockchain.Tests.Paper;

/// <summary>
/// The three transfers with which the original system contradicted its own chain: client 3 pays 12 to 1, client 2 pays
/// 5 to 3, client 3 pays 11 to 1, at once, with 10 in each account.
/// </summary>
public sealed class OriginalRaceTests
{
    private const ProtocolRules NoFifo = ProtocolRules.All & ~ProtocolRules.Fifo;

    [Fact]
    public void With_links_in_order_the_chain_replays()
    {
        TestNetwork network = Race(
            ProtocolRules.All,
            "# Links in order: the three transfers of the original, all sent before any is received.",
            "# Client 2 has the earlier token and goes first, so that client 3 can pay its 12.");
        network.Run();
        Conclude(network, network[1].Ledger.Accounts);

        ContradictionIn(Settled(network)).Should().BeNull();
        network.Clients.Should().AllSatisfy(
            client => client.Process.Ledger.Head.Should().Be(network.Bank.Ledger.Head));
        Outcomes(Settled(network)).Should().Equal(
            Outcome.Success, Outcome.Success, Outcome.InsufficientFunds);
        network.BankEvents.OfType<BankEvent.Refused>().Should().BeEmpty();
        Golden.Matches("race-fifo", network.Trace.ToString());
    }

    [Fact]
    public void With_a_reply_that_overtakes_a_request_and_no_fence_the_chain_contradicts_itself_as_the_original_s_did()
    {
        TestNetwork network = Race(
            NoFifo & ~ProtocolRules.Fence,
            "# Links out of order, and a bank that takes any token: the original system.",
            "# Client 2's REPLY overtakes its own REQUEST, so client 3 enters with the later token: both are inside.");
        network.HoldBankDisk = true;
        LetClient3EnterTooEarly(network);
        network.InBoth(2, 3).Should().BeTrue("exclusion is broken");
        network.Deliver<ToBank.Apply>(3, 0);
        network.Deliver<ToBank.Apply>(2, 0);
        network.Run();
        Conclude(network, network.Bank.Ledger.Accounts);

        // The bank's table is the one that the original printed: 21, 5, 4.
        network.Bank.Ledger.Accounts.Select(account => account.Balance.ToString())
            .Should().Equal("21.00", "5.00", "4.00");
        Block.Payment[] sorted = [.. network[1].Chain.Provisional.Select(entry => entry.Block).Cast<Block.Payment>()];
        Outcomes(sorted).Should().Equal(Outcome.Success, Outcome.InsufficientFunds, Outcome.Success);
        ContradictionIn(sorted).Should().Be(new BlockKey(new Token(5, 3), 0));
        network.Clients.Should().AllSatisfy(client => client.Process.Chain.Provisional
            .Select(entry => entry.Block.Key).Should().Equal(sorted.Select(block => block.Key)));
        Golden.Matches("race-original", network.Trace.ToString());
    }

    [Fact]
    public void With_a_reply_that_overtakes_a_request_the_fence_fires_and_the_chain_replays_still()
    {
        TestNetwork network = Race(
            NoFifo,
            "# Links out of order, and the bank's fence in place: both are inside, and the later comer is refused.",
            "# What was refused is asked for again with the same id and a new token.");
        LetClient3EnterTooEarly(network);
        network.InBoth(2, 3).Should().BeTrue("exclusion is broken");
        network.Deliver<ToBank.Apply>(3, 0);
        network.Deliver<ToBank.Apply>(2, 0);
        network.Run();
        Conclude(network, network[1].Ledger.Accounts);

        network.BankEvents.OfType<BankEvent.Refused>().Should().ContainSingle()
            .Which.Reason.Should().Be(Refusal.Stale);
        ContradictionIn(Settled(network)).Should().BeNull();
        network.Clients.Should().AllSatisfy(
            client => client.Process.Ledger.Head.Should().Be(network.Bank.Ledger.Head));
        Golden.Matches("race-fence", network.Trace.ToString());
    }

    private static TestNetwork Race(ProtocolRules rules, string what, string why)
    {
        TestNetwork network = new(3, rules, maxBatch: 1);
        network.RunFor(100);
        network.Trace.IsOn = true;
        network.Trace.Say(what);
        network.Trace.Say(why);
        network.Trace.Say(
            "# Three clients with 10.00 each. Client 3 pays 12 to 1, client 2 pays 5 to 3, client 3 pays 11 to 1.");
        network.Trace.Say("");
        network.Pay(3, 1, "12");
        network.Pay(2, 3, "5");
        network.Pay(3, 1, "11");
        return network;
    }

    private static void LetClient3EnterTooEarly(TestNetwork network)
    {
        network.Deliver<PeerMessage.Request>(3, 1);
        network.Deliver<PeerMessage.Request>(3, 2);
        network.Deliver<PeerMessage.Reply>(2, 3);
        network.Deliver<PeerMessage.Reply>(1, 3);
        network.Deliver<PeerMessage.Request>(2, 1);
        network.Deliver<PeerMessage.Reply>(1, 2);
    }

    private static void Conclude(TestNetwork network, IReadOnlyList<Account> accounts)
    {
        network.Trace.Say("");
        network.Trace.Say("# Balances: " +
            string.Join(", ", accounts.Select(account => $"{account.Id} {account.Balance}")));
        network.Trace.Say("# The chain of client 1:");
        Block.Payment[] chain = Settled(network);
        if (chain.Length == 0)
        {
            chain = [.. network[1].Chain.Provisional.Select(entry => entry.Block).OfType<Block.Payment>()];
        }

        foreach (Block.Payment block in chain)
        {
            network.Trace.Say(
                $"#   {block.Key}  {TraceText.Describe([block.Transfer])}  {TraceText.Describe(block.Outcome)}");
        }

        network.Trace.Say(ContradictionIn(chain) is { } key
            ? $"# Replayed, {key} has another outcome: the chain contradicts itself."
            : "# Replayed, every outcome is what the chain says.");
    }

    private static Block.Payment[] Settled(TestNetwork network) =>
        [.. network.Clients[0].Stored.OfType<Block.Payment>()];

    private static Outcome[] Outcomes(Block.Payment[] blocks) => [.. blocks.Select(block => block.Outcome)];

    /// <summary>Replays payments between accounts of 10.00, with no code of the product.</summary>
    private static BlockKey? ContradictionIn(IEnumerable<Block.Payment> blocks)
    {
        long[] balances = [0, 1_000, 1_000, 1_000];
        foreach (Block.Payment block in blocks)
        {
            bool pays = balances[block.Transfer.From] >= block.Transfer.Amount.Minor;
            if (pays != (block.Outcome == Outcome.Success))
            {
                return block.Key;
            }

            balances[block.Transfer.From] -= pays ? block.Transfer.Amount.Minor : 0;
            balances[block.Transfer.To] += pays ? block.Transfer.Amount.Minor : 0;
        }

        return null;
    }
}
