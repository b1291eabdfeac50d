using Blockchain.Core.BankNetwork;
using Blockchain.Core.Kernel;
using FsCheck.Fluent;

namespace Blockchain.Tests.Ledger;

/// <summary>What may stand next in a ledger: one line a block, with the verdict expected of it.</summary>
public sealed class LedgerStateTests
{
    [Theory]
    [InlineData("open 1 (1,0) 1 alice 10.00         NoGenesis")]
    [InlineData("view 2 (1,0)                       NoGenesis")]
    [InlineData("view 0 (1,0)                       NoGenesis")]
    [InlineData("pay  1 (1,1)#0 t1 1>2 1.00 SUCCESS NoGenesis")]
    [InlineData("view 1 (1,0) 1                     WrongMembers")]
    [InlineData("view 1 (1,1)                       WrongMaker")]
    [InlineData("view 1 (1,0)                       ok")]
    public void A_ledger_starts_with_the_bank_s_first_view(string line) =>
        LedgerScript.Run(line).Count.Should().Be(line.EndsWith("ok", StringComparison.Ordinal) ? 1 : 0);

    [Theory]
    [InlineData("view 3 (4,0) 1             KeyNotRising")]
    [InlineData("view 3 (3,9) 1             KeyNotRising")]
    [InlineData("view 3 (5,1) 1             WrongMaker")]
    [InlineData("view 2 (5,0) 1             WrongEpoch")]
    [InlineData("view 4 (5,0) 1             WrongEpoch")]
    [InlineData("view 3 (5,0) 1 otherbank   WrongBankKey")]
    [InlineData("view 3 (5,0) 2 1           WrongMembers")]
    [InlineData("view 3 (5,0) 1 1           WrongMembers")]
    [InlineData("view 3 (5,0) 1 3           WrongMembers")]
    [InlineData("view 3 (5,0) 0 1           WrongMembers")]
    [InlineData("view 3 (5,0)               ok")]
    [InlineData("view 3 (5,0) 2             ok")]
    [InlineData("view 3 (9,0) 1 2           ok")]
    public void A_view_raises_the_epoch_by_one_and_names_accounts_in_order(string line) =>
        LedgerScript.Run(LedgerScript.TwoMembers + "\n" + line).Accounts.Should().HaveCount(2);

    [Theory]
    [InlineData("open 2 (4,0) 3 carol 10.00        KeyNotRising")]
    [InlineData("open 2 (5,1) 3 carol 10.00        WrongMaker")]
    [InlineData("open 1 (5,0) 3 carol 10.00        WrongEpoch")]
    [InlineData("open 3 (5,0) 3 carol 10.00        WrongEpoch")]
    [InlineData("open 2 (5,0) 4 carol 10.00        WrongAccount")]
    [InlineData("open 2 (5,0) 2 carol 10.00        WrongAccount")]
    [InlineData("open 2 (5,0) 0 carol 10.00        WrongAccount")]
    [InlineData("open 2 (5,0) 3 alice 10.00 carol  WrongAccount")]
    [InlineData("open 2 (5,0) 3 ALICE 10.00 carol  WrongAccount")]
    [InlineData("open 2 (5,0) 3 carol 10.00 alice  WrongAccount")]
    [InlineData("open 2 (5,0) 3 .carol 10.00       WrongAccount")]
    [InlineData("open 2 (5,0) 3 carol 10000000000000.01 WrongDeposit")]
    [InlineData("open 2 (5,0) 3 carol 10000000000000.00 ok")]
    [InlineData("open 2 (5,0) 3 carol 0.00         ok")]
    public void An_account_is_the_next_one_with_a_name_and_a_key_of_its_own(string line)
    {
        LedgerState state = LedgerScript.Run(LedgerScript.TwoMembers + "\n" + line);

        state.Total.Minor.Should().Be(state.Accounts.Sum(account => account.Balance.Minor));
    }

    [Theory]
    [InlineData("pay 2 (4,0)#1 t1 1>2 1.00 SUCCESS             WrongMaker")]
    [InlineData("pay 2 (3,1)#0 t1 1>2 1.00 SUCCESS             KeyNotRising")]
    [InlineData("pay 1 (5,1)#0 t1 1>2 1.00 SUCCESS             WrongEpoch")]
    [InlineData("pay 3 (5,1)#0 t1 1>2 1.00 SUCCESS             WrongEpoch")]
    [InlineData("pay 2 (5,3)#0 t1 3>2 1.00 SUCCESS             NotMember")]
    [InlineData("pay 2 (5,1)#0 t1 2>1 1.00 SUCCESS             NotOwner")]
    [InlineData("pay 2 (5,1)#1 t1 1>2 1.00 SUCCESS             WrongSeq")]
    [InlineData("pay 2 (5,1)#0 t1 1>2 10.01 SUCCESS            WrongOutcome")]
    [InlineData("pay 2 (5,1)#0 t1 1>2 10.00 INSUFFICIENT_FUNDS WrongOutcome")]
    [InlineData("pay 2 (5,1)#0 t1 1>2 10.00 SUCCESS            ok")]
    [InlineData("pay 2 (5,1)#0 t1 1>2 10.01 INSUFFICIENT_FUNDS ok")]
    [InlineData("pay 2 (5,1)#0 t1 1>3 1.00 UNKNOWN_ACCOUNT     ok")]
    [InlineData("pay 2 (5,1)#0 t1 1>0 1.00 UNKNOWN_ACCOUNT     ok")]
    [InlineData("pay 2 (5,1)#0 t1 1>1 1.00 SELF_TRANSFER       ok")]
    [InlineData("pay 2 (5,1)#0 t1 1>1 1.00 SUCCESS             WrongOutcome")]
    [InlineData("pay 2 (5,1)#0 t1 1>2 0.00 INVALID_AMOUNT      ok")]
    [InlineData("pay 2 (5,1)#0 t1 1>2 10000000000000.01 INVALID_AMOUNT ok")]
    [InlineData("pay 2 (5,1)#0 t1 1>2 10000000000000.00 INSUFFICIENT_FUNDS ok")]
    public void A_transfer_is_its_owner_s_and_its_outcome_is_what_the_balances_give(string line) =>
        LedgerScript.Run(LedgerScript.TwoMembers + "\n" + line).Total.Minor.Should().Be(2_000);

    [Fact]
    public void An_id_stands_once_and_the_places_of_a_request_count_up_from_0()
    {
        LedgerState state = LedgerScript.Run(LedgerScript.TwoMembers + """

            pay 2 (5,1)#0 t1 1>2 4.00 SUCCESS             ok
            pay 2 (5,1)#2 t2 1>2 4.00 SUCCESS             WrongSeq
            pay 2 (5,1)#1 t1 1>2 4.00 SUCCESS             DuplicateTransfer
            pay 2 (5,1)#1 t2 1>2 4.00 SUCCESS             ok
            pay 2 (5,1)#2 t3 1>2 4.00 INSUFFICIENT_FUNDS  ok
            pay 2 (5,1)#2 t4 1>2 4.00 INSUFFICIENT_FUNDS  KeyNotRising
            pay 2 (5,2)#1 t4 2>1 18.00 SUCCESS            WrongSeq
            pay 2 (5,2)#0 t3 2>1 18.00 SUCCESS            DuplicateTransfer
            pay 2 (5,2)#0 t4 2>1 18.00 SUCCESS            ok
            """);

        state.Accounts.Select(account => account.Balance.ToString()).Should().Equal("20.00", "0.00");
        state.TryFind(new TransferId(3), out long index, out Outcome outcome).Should().BeTrue();
        (index, outcome).Should().Be((6L, Outcome.InsufficientFunds));
        state.TryFind(new TransferId(9), out _, out _).Should().BeFalse();
        state.LastKey.Should().Be(new BlockKey(new Token(5, 2), 0));
    }

    [Fact]
    public void A_client_that_is_out_of_the_view_pays_no_more_and_is_paid_still()
    {
        LedgerState state = LedgerScript.Run(LedgerScript.TwoMembers + """

            view 3 (5,0) 1                        ok
            pay 3 (6,2)#0 t1 2>1 1.00 SUCCESS     NotMember
            pay 3 (6,1)#0 t2 1>2 1.00 SUCCESS     ok
            """);

        state.IsMember(1).Should().BeTrue();
        state.IsMember(2).Should().BeFalse();
        state.Members.Should().Equal(1);
        (state.Epoch, state.ViewIndex, state.ViewToken).Should().Be((3, 4L, new Token(5, 0)));
        state.Find(2)?.Balance.Should().Be(new Money(1_100));
    }

    [Fact]
    public void An_account_is_found_by_number_by_key_and_by_name()
    {
        LedgerState state = LedgerScript.Run(LedgerScript.TwoMembers);

        state.Find(0).Should().BeNull();
        state.Find(3).Should().BeNull();
        state.Find(2)?.Name.Should().Be("bob");
        state.FindOwner(LedgerScript.KeyOf("alice"))?.Id.Should().Be(1);
        state.FindOwner(LedgerScript.KeyOf("nobody")).Should().BeNull();
        state.HasName("BOB").Should().BeTrue();
        state.HasName("carol").Should().BeFalse();
        state.LedgerId.Should().Be(state.Hashes[0]);
        state.BankKey.Should().Be(LedgerScript.KeyOf("bank"));
    }

    [Fact]
    public void Every_hash_links_to_the_one_before_and_the_first_to_SHA_256_of_nothing()
    {
        string[] lines = ["view 1 (1,0)", "open 1 (2,0) 1 alice 10.00", "view 2 (4,0) 1"];
        LedgerState state = LedgerScript.Run(string.Join(" ok\n", lines) + " ok");
        Hash previous = Hash.Empty;
        for (int i = 0; i < lines.Length; i++)
        {
            previous = Hash.Link(previous, LedgerScript.Parse(lines[i]).Canonical.Span);
            state.Hashes[i].Should().Be(previous);
        }

        state.Head.Should().Be(previous);
        Action beyond = () => _ = state.Hashes[3];
        beyond.Should().Throw<ArgumentOutOfRangeException>();
    }

    [Fact]
    public void The_sum_of_all_deposits_never_overflows()
    {
        LedgerState state = LedgerScript.Run("view 1 (1,0) ok");
        const int Fit = (int)(long.MaxValue / Limits.AmountMinor);
        for (int i = 1; i <= Fit; i++)
        {
            state.TryAppend(Rich(i)).Should().Be(LedgerFault.None);
        }

        state.TryAppend(Rich(Fit + 1)).Should().Be(LedgerFault.WrongDeposit);
        state.Accounts.Should().HaveCount(Fit);

        static Block Rich(int account) => LedgerScript.Parse(
            $"open 1 (2,0)#{account} {account} c{account} 10000000000000.00");
    }

    [Fact]
    public void Every_fault_that_a_replay_can_name_is_met_by_a_line_of_these_tables()
    {
        string source = File.ReadAllText(
            Repository.PathOf("tests", "Blockchain.Tests", "Ledger", "LedgerStateTests.cs"));

        // The replay knows no keys' secrets: signatures are an auditor's affair.
        LedgerFault[] expected = Enum.GetValues<LedgerFault>()
            .Except([LedgerFault.None, LedgerFault.BadSignature]).ToArray();
        expected.Should().AllSatisfy(fault => source.Should().Contain(" " + fault));
    }

    [Fact]
    public void Money_is_conserved_and_no_balance_is_below_0_whatever_is_paid() =>
        Prop.ForAll<(byte From, byte To, ushort Amount)[]>(static payments =>
        {
            LedgerState state = LedgerScript.Run(LedgerScript.TwoMembers);
            long clock = 5;
            foreach ((byte from, byte to, ushort amount) in payments)
            {
                int sender = 1 + (from % 2);
                Transfer transfer = new(
                    new TransferId((UInt128)clock), sender, to % 4, new Money(amount % 3_000), "", 0);
                Block.Payment block = new(
                    2, new BlockKey(new Token(clock++, sender), 0), transfer, state.Decide(transfer.Terms),
                    default(Signature));
                if (state.TryAppend(block) != LedgerFault.None)
                {
                    return false;
                }
            }

            return state.Accounts.Sum(account => account.Balance.Minor) == state.Total.Minor
                && state.Total.Minor == 2_000
                && state.Accounts.All(account => account.Balance.Minor >= 0);
        }).Holds();
}
