using System.Globalization;
using Blockchain.Core.BankNetwork;
using Blockchain.Core.Kernel;

namespace Blockchain.Client.Terminal;

/// <summary>What the grammar knows about one command.</summary>
/// <param name="Name">Its name, in lower case.</param>
/// <param name="Aliases">Other names; two-word forms such as "print chain" have one blank.</param>
/// <param name="Arguments">Its arguments as the usage line shows them.</param>
/// <param name="Summary">What it does, in one line.</param>
/// <param name="MaxArguments">The most words that may follow.</param>
/// <param name="Read">Makes the command of its words, or says why not.</param>
public sealed record CommandSpec(
    string Name,
    IReadOnlyList<string> Aliases,
    string Arguments,
    string Summary,
    int MaxArguments,
    Func<IReadOnlyList<string>, ReadResult> Read)
{
    /// <summary>The usage line: name and arguments.</summary>
    public string Usage => Arguments.Length == 0 ? Name : $"{Name} {Arguments}";
}

/// <summary>A command, or why the words are none.</summary>
/// <param name="Command">The command; null when there is a fault.</param>
/// <param name="Fault">What is wrong; null for nothing.</param>
public readonly record struct ReadResult(Command? Command, ParseFault? Fault)
{
    /// <summary>A command.</summary>
    public static implicit operator ReadResult(Command command) => new(command, null);

    /// <summary>A fault.</summary>
    public static implicit operator ReadResult(ParseFault fault) => new(null, fault);
}

/// <summary>Why a line is no command.</summary>
/// <param name="Message">One sentence for people: the cause and the remedy.</param>
/// <param name="IsUsage">Whether the words do not fit the grammar; otherwise a value in them is refused.</param>
public sealed record ParseFault(string Message, bool IsUsage);

/// <summary>Every command of the client and how its words are read: the one place that knows the grammar.</summary>
public static class CommandTable
{
    private const int DefaultLogLines = 20;
    private const int MaxLogLines = 1_000;

    /// <summary>The commands, in the order in which help shows them.</summary>
    public static readonly IReadOnlyList<CommandSpec> All =
    [
        new("transfer", ["t"], "TO AMOUNT [MEMO] [--wait]", "pay AMOUNT to client TO", 4, ReadTransfer),
        new("balance", ["bal", "b"], "[ID|all]", "the balance of a client, or of all, from the bank", 1, ReadBalance),
        new("print chain", ["print_chain", "print", "p", "chain"], "[N|last N]", "the chain, or its last N blocks", 2,
            ReadChain),
        new("block", [], "INDEX|HASH", "one block whole", 1, ReadBlock),
        new("queue", ["message", "msg", "m"], "", "the request queue, with the replies heard", 0,
            _ => new Command.Queue()),
        new("why", [], "", "why the own request waits", 0, _ => new Command.Why()),
        new("all", ["printall", "print_all", "print all"], "", "accounts, chain and queue", 0, _ => new Command.All()),
        new("clock", [], "", "the Lamport clock and the view", 0, _ => new Command.Clock()),
        new("peers", [], "", "the other members of the view", 0, _ => new Command.Peers()),
        new("history", [], "[ID] [last N]", "the payments of a client, or the last N of them", 3, ReadHistory),
        new("verify", [], "", "audit the own chain and compare it with the bank's", 0, _ => new Command.Verify()),
        new("log", [], "[N]", "the last N lines of the log", 1, ReadLog),
        new("help", ["?"], "[COMMAND]", "the commands, or one of them", 2, ReadHelp),
        new("clear", [], "", "empty the screen", 0, _ => new Command.Clear()),
        new("exit", ["quit", "q"], "", "leave", 0, _ => new Command.Exit()),
    ];

    private static readonly Dictionary<string, CommandSpec> ByName = Index();

    /// <summary>Every name and alias.</summary>
    public static IEnumerable<string> Names => ByName.Keys;

    /// <summary>The command of this name or alias; case does not count. Null for none.</summary>
    public static CommandSpec? Find(string name) => ByName.GetValueOrDefault(name);

    private static Dictionary<string, CommandSpec> Index()
    {
        Dictionary<string, CommandSpec> index = new(StringComparer.OrdinalIgnoreCase);
        foreach (CommandSpec spec in All)
        {
            index.Add(spec.Name, spec);
            foreach (string alias in spec.Aliases)
            {
                index.Add(alias, spec);
            }
        }

        return index;
    }

    private static ReadResult ReadTransfer(IReadOnlyList<string> words)
    {
        List<string> values = [.. words.Where(word => !IsWait(word))];
        if (values.Count is < 2 or > 3)
        {
            string cause = values.Count < 2 ? "a receiver and an amount are needed" : "too many words";
            string remedy = values.Count < 2 ? string.Empty : "Put a memo of several words in quotes. ";
            return new ParseFault($"transfer: {cause}. {remedy}Usage: transfer TO AMOUNT [MEMO] [--wait]", true);
        }

        if (values.Find(value => value.StartsWith("--", StringComparison.Ordinal)) is { } option)
        {
            return new ParseFault($"transfer has no option {Quote(option)}; it has --wait.", true);
        }

        if (!TryAccount(values[0], out int to))
        {
            return NoAccount(values[0]);
        }

        AmountFault fault = Money.Parse(values[1], out Money amount);
        if (fault != AmountFault.None)
        {
            return new ParseFault($"{Quote(values[1])} is refused: {Money.Describe(fault)}.", false);
        }

        string memo = values.Count == 3 ? values[2] : string.Empty;
        return CheckMemo(memo) is { } bad ? bad : new Command.Transfer(to, amount, memo, values.Count < words.Count);
    }

    private static ParseFault? CheckMemo(string memo)
    {
        if (!Core.Kernel.Characters.AreWellFormed(memo) || memo.Any(char.IsControl))
        {
            return new ParseFault("the memo has characters that cannot be kept; write plain text on one line.", false);
        }

        int count = Core.Kernel.Characters.Count(memo);
        return count <= Limits.MemoCharacters
            ? null
            : new ParseFault($"the memo has {count} characters; {Limits.MemoCharacters} is the most.", false);
    }

    private static ReadResult ReadBalance(IReadOnlyList<string> words)
    {
        if (words.Count == 0)
        {
            return new Command.Balance(null);
        }

        if (words[0].Equals("all", StringComparison.OrdinalIgnoreCase))
        {
            return new Command.Balances();
        }

        return TryAccount(words[0], out int account) ? new Command.Balance(account) : NoAccount(words[0]);
    }

    private static ReadResult ReadChain(IReadOnlyList<string> words)
    {
        bool last = words.Count > 0 && IsLast(words[0]);
        if (words.Count == 0)
        {
            return new Command.Chain(null);
        }

        if (words.Count != (last ? 2 : 1) || !TryCount(words[^1], out long count))
        {
            return new ParseFault(
                "print chain: a number of blocks from 1 up is expected. Usage: print chain [N|last N]", true);
        }

        return new Command.Chain(count);
    }

    private static ReadResult ReadBlock(IReadOnlyList<string> words) => words.Count == 1
        ? new Command.OneBlock(words[0])
        : new ParseFault("block: an index or the first digits of a hash are needed. Usage: block INDEX|HASH", true);

    private static ReadResult ReadHistory(IReadOnlyList<string> words)
    {
        bool ofOne = words.Count > 0 && !IsLast(words[0]);
        int account = 0;
        if (ofOne && !TryAccount(words[0], out account))
        {
            return NoAccount(words[0]);
        }

        int? whose = ofOne ? account : null;
        return (words.Count - (ofOne ? 1 : 0)) switch
        {
            0 => new Command.History(whose, null),
            2 when IsLast(words[^2]) && TryCount(words[^1], out long last) => new Command.History(whose, last),
            _ => new ParseFault(
                "history: 'last' and a number from 1 up are expected. Usage: history [ID] [last N]", true),
        };
    }

    private static ReadResult ReadLog(IReadOnlyList<string> words)
    {
        if (words.Count == 0)
        {
            return new Command.Log(DefaultLogLines);
        }

        return TryCount(words[0], out long lines) && lines <= MaxLogLines
            ? new Command.Log((int)lines)
            : new ParseFault($"log: a number from 1 to {MaxLogLines} is expected. Usage: log [N]", true);
    }

    private static ReadResult ReadHelp(IReadOnlyList<string> words)
    {
        if (words.Count == 0)
        {
            return new Command.Help(null);
        }

        string topic = string.Join(' ', words);
        return Find(topic) is { } spec ? new Command.Help(spec) : CommandParser.NoSuchCommand(topic);
    }

    private static bool IsLast(string word) => word.Equals("last", StringComparison.OrdinalIgnoreCase);

    private static bool IsWait(string word) => word.Equals("--wait", StringComparison.OrdinalIgnoreCase);

    private static bool TryAccount(string word, out int account) =>
        int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out account) && account >= 1;

    private static bool TryCount(string word, out long count) =>
        long.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out count) && count >= 1;

    private static ParseFault NoAccount(string word) => new(
        $"{Quote(word)} is no client's number. 'balance all' shows the clients and their numbers.", false);

    private static string Quote(string word)
    {
        const int Shown = 40;
        return word.Length == 0 ? "\"\"" : word.Length <= Shown ? word : $"{word[..Shown]}...";
    }
}
