using Blockchain.Client.Terminal;
using Blockchain.Core.BankNetwork;

namespace Blockchain.Tests.Terminal;

public sealed class CommandGrammarTests
{
    private const string Usage = "Usage: transfer TO AMOUNT [MEMO] [--wait]";

    public static readonly TheoryData<string, Command> Understood = new()
    {
        { "transfer 2 10", new Command.Transfer(2, new Money(1_000), "", false) },
        { "t 2 10", new Command.Transfer(2, new Money(1_000), "", false) },
        { "T 2 0.01 lunch", new Command.Transfer(2, new Money(1), "lunch", false) },
        { "t 2 1.5 --wait", new Command.Transfer(2, new Money(150), "", true) },
        { "t --WAIT 2 1.5 'for lunch; # today'", new Command.Transfer(2, new Money(150), "for lunch; # today", true) },
        { "t 2 1 \"a \\\"b\\\" \\\\ c\"", new Command.Transfer(2, new Money(100), "a \"b\" \\ c", false) },
        { "t 2 1 no#comment", new Command.Transfer(2, new Money(100), "no#comment", false) },
        { "t 2 1 ''", new Command.Transfer(2, new Money(100), "", false) },
        { "\tt  2\t1  ", new Command.Transfer(2, new Money(100), "", false) },
        { "balance", new Command.Balance(null) },
        { "bal 3", new Command.Balance(3) },
        { "b", new Command.Balance(null) },
        { "B ALL", new Command.Balances() },
        { "print chain", new Command.Chain(null) },
        { "Print Chain 5", new Command.Chain(5) },
        { "print_chain", new Command.Chain(null) },
        { "print", new Command.Chain(null) },
        { "print last 7", new Command.Chain(7) },
        { "p", new Command.Chain(null) },
        { "p 3", new Command.Chain(3) },
        { "chain last 2", new Command.Chain(2) },
        { "block 4", new Command.OneBlock("4") },
        { "block 0dc6184c", new Command.OneBlock("0dc6184c") },
        { "queue", new Command.Queue() },
        { "message", new Command.Queue() },
        { "msg", new Command.Queue() },
        { "m", new Command.Queue() },
        { "why", new Command.Why() },
        { "all", new Command.All() },
        { "printall", new Command.All() },
        { "print_all", new Command.All() },
        { "PRINT ALL", new Command.All() },
        { "clock", new Command.Clock() },
        { "peers", new Command.Peers() },
        { "history", new Command.History(null, null) },
        { "history 2", new Command.History(2, null) },
        { "history last 5", new Command.History(null, 5) },
        { "history 2 LAST 5", new Command.History(2, 5) },
        { "verify", new Command.Verify() },
        { "log", new Command.Log(20) },
        { "log 1000", new Command.Log(1_000) },
        { "help", new Command.Help(null) },
        { "?", new Command.Help(null) },
        { "help t", new Command.Help(CommandTable.Find("transfer")) },
        { "help print all", new Command.Help(CommandTable.Find("all")) },
        { "clear", new Command.Clear() },
        { "exit", new Command.Exit() },
        { "quit", new Command.Exit() },
        { "q", new Command.Exit() },
    };

    [Theory]
    [MemberData(nameof(Understood))]
    public void Every_command_and_alias_is_understood(string line, Command command)
    {
        ReadResult read = CommandParser.Parse(line).Should().ContainSingle().Subject;
        read.Fault.Should().BeNull();
        read.Command.Should().Be(command);
    }

    [Fact]
    public void Every_name_and_alias_is_in_the_table_above() =>
        CommandTable.Names.Should().AllSatisfy(name => Understood.Select(row => (string)row[0]).Should().Contain(
            line => line.Equals(name, StringComparison.OrdinalIgnoreCase)
                || line.StartsWith(name + " ", StringComparison.OrdinalIgnoreCase)));

    [Theory]
    [InlineData("-5", "-5 is refused: an amount must be more than 0.")]
    [InlineData("0", "0 is refused: an amount must be more than 0.")]
    [InlineData("0.00", "0.00 is refused: an amount must be more than 0.")]
    [InlineData("NaN", "NaN is refused: the amount is not a number such as 12 or 12.50.")]
    [InlineData("1e9", "1e9 is refused: the amount is not a number such as 12 or 12.50.")]
    [InlineData("1,5", "1,5 is refused: the amount is not a number such as 12 or 12.50.")]
    [InlineData("+5", "+5 is refused: the amount is not a number such as 12 or 12.50.")]
    [InlineData("5.", "5. is refused: the amount is not a number such as 12 or 12.50.")]
    [InlineData("١", "١ is refused: the amount is not a number such as 12 or 12.50.")]
    [InlineData("0.001", "0.001 is refused: an amount has at most two decimals.")]
    [InlineData(
        "9999999999999999", "9999999999999999 is refused: an amount is at most 10000000000000.00.")]
    [InlineData("''", "\"\" is refused: an amount is needed, for example 12 or 12.50.")]
    public void An_amount_that_is_none_is_refused_with_the_cause(string amount, string message) =>
        Fault($"t 2 {amount}").Should().Be(new ParseFault(message, false));

    [Theory]
    [InlineData("t x 1", "x is no client's number. 'balance all' shows the clients and their numbers.")]
    [InlineData("t 0 1", "0 is no client's number. 'balance all' shows the clients and their numbers.")]
    [InlineData("t -1 1", "-1 is no client's number. 'balance all' shows the clients and their numbers.")]
    [InlineData("t 2147483648 1",
        "2147483648 is no client's number. 'balance all' shows the clients and their numbers.")]
    [InlineData("b bob", "bob is no client's number. 'balance all' shows the clients and their numbers.")]
    [InlineData("history ''", "\"\" is no client's number. 'balance all' shows the clients and their numbers.")]
    [InlineData("t 2 1 \"a\u001bb\"", "the memo has characters that cannot be kept; write plain text on one line.")]
    public void A_value_that_is_refused_is_named(string line, string message) =>
        Fault(line).Should().Be(new ParseFault(message, false));

    [Theory]
    [InlineData("tranfer 2 1", "no such command: tranfer. Did you mean transfer?")]
    [InlineData("blance", "no such command: blance. Did you mean balance?")]
    [InlineData("queu", "no such command: queu. Did you mean queue?")]
    [InlineData("frobnicate", "no such command: frobnicate. 'help' lists the commands.")]
    [InlineData("help tranfer", "no such command: tranfer. Did you mean transfer?")]
    [InlineData("t", "transfer: a receiver and an amount are needed. " + Usage)]
    [InlineData("t 2", "transfer: a receiver and an amount are needed. " + Usage)]
    [InlineData("t 2 --wait", "transfer: a receiver and an amount are needed. " + Usage)]
    [InlineData("t 2 1 for lunch", "transfer: too many words. Put a memo of several words in quotes. " + Usage)]
    [InlineData("t 2 1 --now", "transfer has no option --now; it has --wait.")]
    [InlineData("balance 1 2", "balance: too many words. Usage: balance [ID|all]")]
    [InlineData("queue 1", "queue: too many words. Usage: queue")]
    [InlineData("history 2 5",
        "history: 'last' and a number from 1 up are expected. Usage: history [ID] [last N]")]
    [InlineData("history 2 last 0",
        "history: 'last' and a number from 1 up are expected. Usage: history [ID] [last N]")]
    [InlineData("history last",
        "history: 'last' and a number from 1 up are expected. Usage: history [ID] [last N]")]
    [InlineData("history last 5 5",
        "history: 'last' and a number from 1 up are expected. Usage: history [ID] [last N]")]
    [InlineData("print last", "print chain: a number of blocks from 1 up is expected. Usage: print chain [N|last N]")]
    [InlineData("p 0", "print chain: a number of blocks from 1 up is expected. Usage: print chain [N|last N]")]
    [InlineData("block", "block: an index or the first digits of a hash are needed. Usage: block INDEX|HASH")]
    [InlineData("log 1001", "log: a number from 1 to 1000 is expected. Usage: log [N]")]
    [InlineData("t 2 1 \"open", "a quote is opened and not closed.")]
    public void What_does_not_fit_the_grammar_is_answered_with_the_remedy(string line, string message) =>
        Fault(line).Should().Be(new ParseFault(message, true));

    [Fact]
    public void A_memo_may_have_70_characters_as_people_count_them_and_no_more()
    {
        CommandParser.Parse($"t 2 1 {new string('x', 70)}")[0].Fault.Should().BeNull();
        Fault($"t 2 1 {new string('x', 71)}").Message.Should().Be("the memo has 71 characters; 70 is the most.");
    }

    [Fact]
    public void A_long_wrong_word_is_not_repeated_whole() =>
        Fault(new string('x', 1_000)).Message.Should().Be(
            $"no such command: {new string('x', 40)}.... 'help' lists the commands.");

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("# t 2 1")]
    [InlineData(" ;; ; # x")]
    public void Blanks_and_comments_are_no_commands(string line) => CommandParser.Parse(line).Should().BeEmpty();

    [Fact]
    public void A_semicolon_separates_and_a_fault_does_not_hide_the_others() =>
        CommandParser.Parse("b;nonsense ; t 2 1 'a;b';q # end").Select(read => read.Command).Should().Equal(
            new Command.Balance(null), null, new Command.Transfer(2, new Money(100), "a;b", false), new Command.Exit());

    private static ParseFault Fault(string line)
    {
        ReadResult read = CommandParser.Parse(line).Should().ContainSingle().Subject;
        read.Command.Should().BeNull();
        return read.Fault!;
    }
}
