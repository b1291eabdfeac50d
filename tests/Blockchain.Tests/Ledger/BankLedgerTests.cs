using Blockchain.Core.BankNetwork;
using Blockchain.Core.Kernel;

namespace Blockchain.Tests.Ledger;

/// <summary>Rule 7: what the bank makes of a request, one line a request, in the order of the rule.</summary>
public sealed class BankLedgerTests
{
    private readonly List<Block> _blocks = [];
    private readonly LedgerState _state = new();
    private readonly BankLedger _bank;

    public BankLedgerTests()
    {
        _bank = new BankLedger(_state, index => _blocks[(int)index]);
        _blocks.AddRange(_bank.ChangeView([], [], LedgerScript.KeyOf("bank"), 0).Blocks);
        NewAccount[] accounts =
        [
            new("alice", LedgerScript.KeyOf("alice"), new Money(1_000)),
            new("bob", LedgerScript.KeyOf("bob"), new Money(1_000)),
            new("carol", LedgerScript.KeyOf("carol"), new Money(1_000)),
        ];
        _blocks.AddRange(_bank.ChangeView([1, 2], accounts, LedgerScript.KeyOf("bank"), 0).Blocks);
    }

    // client  epoch  token  transfers (id:from>to:amount)             signed  verdict
    [Theory]
    [InlineData("1 2 (3,1) t1:1>2:4.00                 signed  SUCCESS")]
    [InlineData("1 2 (3,1) t1:1>2:10.01                signed  INSUFFICIENT_FUNDS")]
    [InlineData("1 2 (3,1) t1:1>9:1.00                 signed  UNKNOWN_ACCOUNT")]
    [InlineData("1 2 (3,1) t1:1>1:1.00                 signed  SELF_TRANSFER")]
    [InlineData("1 2 (3,1) t1:1>2:0.00                 signed  INVALID_AMOUNT")]
    [InlineData("1 2 (3,1) t1:1>2:6.00 t2:1>2:6.00 t3:1>2:4.00 signed SUCCESS,INSUFFICIENT_FUNDS,SUCCESS")]
    [InlineData("1 1 (3,1) t1:1>2:4.00                 signed  Epoch")]
    [InlineData("1 3 (3,1) t1:1>2:4.00                 signed  Epoch")]
    [InlineData("3 2 (3,3) t1:3>2:4.00                 signed  NotMember")]
    [InlineData("9 2 (3,9) t1:9>2:4.00                 signed  NotMember")]
    [InlineData("1 2 (3,1) t1:1>2:4.00                 forged  BadSignature")]
    [InlineData("1 2 (3,2) t1:1>2:4.00                 signed  BadSignature")]
    [InlineData("1 2 (3,1) t1:2>1:4.00                 signed  BadSignature")]
    [InlineData("1 2 (3,1) t1:1>2:4.00 t2:2>1:4.00     signed  BadSignature")]
    [InlineData("1 2 (2,1) t1:1>2:4.00                 signed  SUCCESS")]
    [InlineData("1 2 (1,1) t1:1>2:4.00                 signed  Stale")]
    [InlineData("1 2 (0,1) t1:1>2:4.00                 signed  Stale")]
    [InlineData("1 2 (1099511627778,1) t1:1>2:4.00     signed  SUCCESS")]
    [InlineData("1 2 (1099511627779,1) t1:1>2:4.00     signed  ClockTooFar")]
    [InlineData("1 2 (9223372036854775807,1) t1:1>2:4.00 signed ClockTooFar")]
    [InlineData("1 2 (3,1) t1:1>2:4.00 t1:1>2:4.00     signed  PartlyKnown")]
    public void A_request_gets_its_rows_or_a_named_refusal_and_no_row(string line)
    {
        long before = _state.Count;
        string verdict = Apply(line);

        verdict.Should().Be(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^1]);
        bool isRefusal = Enum.TryParse<Refusal>(verdict, out _);
        (_state.Count - before).Should().Be(isRefusal ? 0 : verdict.Split(',').Length);
        _state.Accounts.Sum(account => account.Balance.Minor).Should().Be(3_000);
    }

    [Fact]
    public void The_fence_lets_no_token_pass_that_is_not_later_than_the_last_one()
    {
        Apply("2 2 (7,2) t1:2>1:1.00 signed").Should().Be("SUCCESS");

        Apply("1 2 (7,1) t2:1>2:1.00 signed").Should().Be("Stale");
        Apply("2 2 (7,2) t2:2>1:1.00 signed").Should().Be("Stale");
        Apply("1 2 (6,1) t2:1>2:1.00 signed").Should().Be("Stale");
        Apply("1 2 (8,1) t2:1>2:1.00 signed").Should().Be("SUCCESS");
    }

    [Fact]
    public void What_was_applied_is_answered_again_and_not_applied_again_whatever_else_is_wrong_with_the_request()
    {
        const string Line = "1 2 (3,1) t1:1>2:6.00 t2:1>2:6.00";
        Apply(Line + " signed").Should().Be("SUCCESS,INSUFFICIENT_FUNDS");
        long count = _state.Count;

        Apply(Line + " signed").Should().Be("again SUCCESS,INSUFFICIENT_FUNDS under (3,1)");
        Apply(Line.Replace("1 2 (3,1)", "1 9 (2,1)", StringComparison.Ordinal) + " forged")
            .Should().Be("again SUCCESS,INSUFFICIENT_FUNDS under (3,1)");

        _state.Count.Should().Be(count);
    }

    [Theory]
    [InlineData("1 2 (4,1) t1:1>2:1.00 t3:1>2:1.00     signed  PartlyKnown")]
    [InlineData("1 2 (4,1) t1:1>2:1.00 t1:1>2:1.00     signed  PartlyKnown")]
    [InlineData("1 2 (4,1) t1:1>2:1.01                 signed  Conflict")]
    [InlineData("1 2 (4,1) t1:1>3:1.00                 signed  Conflict")]
    [InlineData("2 2 (4,2) t1:2>1:1.00                 signed  Conflict")]
    [InlineData("1 2 (4,1) t2:1>2:1.00 t1:1>2:1.00     signed  PartlyKnown")]
    [InlineData("1 2 (4,1) t2:1>2:1.00 t1:1>2:1.01     signed  Conflict")]
    public void An_id_that_is_known_with_another_content_or_in_other_company_is_refused(string line)
    {
        Apply("1 2 (3,1) t1:1>2:1.00 t2:1>2:1.00 signed").Should().Be("SUCCESS,SUCCESS");
        long count = _state.Count;

        Apply(line).Should().Be(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^1]);

        _state.Count.Should().Be(count);
    }

    [Fact]
    public void A_late_copy_of_a_request_whose_transfers_were_asked_for_again_in_two_others_is_no_conflict()
    {
        Apply("1 2 (3,1) t3:1>2:1.00 t1:1>2:1.00 signed").Should().Be("SUCCESS,SUCCESS");
        Apply("1 2 (4,1) t2:1>2:1.00 signed").Should().Be("SUCCESS");

        Apply("1 1 (2,1) t1:1>2:1.00 t2:1>2:1.00 signed").Should().Be("PartlyKnown");
    }

    [Fact]
    public void A_change_of_view_opens_the_new_accounts_and_voids_what_was_agreed_before()
    {
        (IReadOnlyList<Block> blocks, IReadOnlyList<Hash> hashes) = _bank.ChangeView(
            [2, 4], [new NewAccount("dave", LedgerScript.KeyOf("dave"), new Money(500))],
            LedgerScript.KeyOf("bank"), 7);
        _blocks.AddRange(blocks);

        blocks.Select(block => block.Kind).Should().Equal("OPEN", "VIEW");
        blocks.Select(block => block.Key.ToString()).Should().Equal("(3,0)#0", "(3,0)#1");
        hashes[^1].Should().Be(_state.Head);
        (_state.Epoch, _state.Total).Should().Be((3, new Money(3_500)));
        Apply("2 2 (4,2) t1:2>1:1.00 signed").Should().Be("Epoch");
        Apply("1 3 (4,1) t1:1>2:1.00 signed").Should().Be("NotMember");
        Apply("4 3 (4,4) t1:4>1:1.00 signed").Should().Be("SUCCESS");
    }

    [Fact]
    public void Every_refusal_of_the_bank_s_rules_is_met_by_a_line_of_these_tables()
    {
        string source = File.ReadAllText(
            Repository.PathOf("tests", "Blockchain.Tests", "Ledger", "BankLedgerTests.cs"));

        // A bank that recovers refuses before its rules are asked.
        Enum.GetValues<Refusal>().Except([Refusal.Recovering])
            .Should().AllSatisfy(refusal => source.Should().Contain($" {refusal}\")]"));
    }

    [Fact]
    public void A_clock_may_be_ahead_by_no_more_than_the_limit() =>
        Limits.ClockAhead.Should().Be(1_099_511_627_776, "the tables above name it in figures");

    private string Apply(string line)
    {
        string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Transfer[] transfers = [.. words[3..].Where(word => word[0] == 't').Select(ParseTransfer)];
        string[] token = words[2].Trim('(', ')').Split(',');
        SignedRequest request = new(
            int.Parse(words[1]), new Token(long.Parse(token[0]), int.Parse(token[1])), transfers, default);
        return _bank.Apply(int.Parse(words[0]), request, words.Contains("signed")) switch
        {
            ApplyResult.Applied applied => Note(applied),
            ApplyResult.Recorded recorded => $"again {Words(recorded.Outcomes)} under {recorded.Token}",
            ApplyResult.Refused refused => refused.Reason.ToString(),
            _ => throw new InvariantException("the results are closed"),
        };
    }

    private string Note(ApplyResult.Applied applied)
    {
        applied.FirstIndex.Should().Be(_blocks.Count);
        applied.Blocks.Select(block => block.Key.Seq).Should().Equal(Enumerable.Range(0, applied.Blocks.Count));
        _blocks.AddRange(applied.Blocks);
        return Words(applied.Outcomes);
    }

    private static string Words(IReadOnlyList<Outcome> outcomes) =>
        string.Join(',', outcomes.Select(outcome => outcome.Reason() ?? outcome.Status()));

    private static Transfer ParseTransfer(string word)
    {
        string[] parts = word.Split(':');
        string[] parties = parts[1].Split('>');
        Money.Parse(parts[2], out Money amount);
        return new Transfer(
            new TransferId((UInt128)int.Parse(parts[0][1..])), int.Parse(parties[0]), int.Parse(parties[1]),
            amount, "", 0);
    }
}
