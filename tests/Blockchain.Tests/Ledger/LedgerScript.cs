using System.Globalization;
using Blockchain.Core.BankNetwork;
using Blockchain.Core.Kernel;

namespace Blockchain.Tests.Ledger;

/// <summary>
/// Replays a ledger written one block a line, each with the verdict that is expected of it:
/// <code>
/// view 2 (4,0)    1 2            ok        epoch, token, members
/// open 2 (3,0)    1 alice 10.00  ok        epoch, token, account, name, deposit
/// pay  2 (5,1)#0  t1 1>2 3.00 SUCCESS ok   epoch, key, id, from>to, amount, outcome
/// </code>
/// </summary>
internal static class LedgerScript
{
    private static readonly char[] KeyMarks = ['(', ',', ')', '#'];

    /// <summary>A bank with two members, alice (1) and bob (2), 10.00 each.</summary>
    public const string TwoMembers = """
        view 1 (1,0)                     ok
        open 1 (2,0)    1 alice 10.00    ok
        open 1 (3,0)    2 bob 10.00      ok
        view 2 (4,0)    1 2              ok
        """;

    public static LedgerState Run(string script, LedgerState? state = null)
    {
        state ??= new LedgerState();
        foreach (string line in script.Split('\n',
            StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            LedgerFault expected = words[^1] == "ok" ? LedgerFault.None : Enum.Parse<LedgerFault>(words[^1]);
            (long count, Hash head) = (state.Count, state.Head);

            state.TryAppend(Parse(words[..^1])).Should().Be(expected, "of the line {0}", line);

            state.Count.Should().Be(count + (expected == LedgerFault.None ? 1 : 0), "of the line {0}", line);
            (state.Head == head).Should().Be(expected != LedgerFault.None, "of the line {0}", line);
        }

        return state;
    }

    /// <summary>The block of a line without its verdict.</summary>
    public static Block Parse(string line) => Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries));

    /// <summary>A key that belongs to a name; no scheme signs with it.</summary>
    public static PublicKey KeyOf(string name) => new(
        Hash.Of(System.Text.Encoding.UTF8.GetBytes("x " + name.ToLowerInvariant())).Value,
        Hash.Of(System.Text.Encoding.UTF8.GetBytes("y " + name.ToLowerInvariant())).Value);

    private static Block Parse(string[] words)
    {
        int epoch = Number(words[1]);
        BlockKey key = ParseKey(words[2]);
        string[] rest = words[3..];
        return words[0] switch
        {
            "view" => View(epoch, key, rest),
            "open" => new Block.Open(
                epoch, key, 0, Number(rest[0]), rest[1], Amount(rest[2]), KeyOf(rest.Length > 3 ? rest[3] : rest[1])),
            "pay" => Pay(epoch, key, rest),
            _ => throw new ArgumentException($"no such line: {words[0]}"),
        };
    }

    private static Block.View View(int epoch, BlockKey key, string[] rest)
    {
        bool other = rest.Length > 0 && rest[^1] == "otherbank";
        int[] members = (other ? rest[..^1] : rest).Select(Number).ToArray();
        return new Block.View(epoch, key, 0, members, KeyOf(other ? "otherbank" : "bank"));
    }

    private static Block.Payment Pay(int epoch, BlockKey key, string[] rest)
    {
        int[] parties = rest[1].Split('>').Select(Number).ToArray();
        Outcome outcome = rest[3] == "SUCCESS" ? Outcome.Success : OutcomeOf(rest[3]);
        TransferId id = new((UInt128)Number(rest[0][1..]));
        Transfer transfer = new(id, parties[0], parties[1], Amount(rest[2]), "", 0);
        return new Block.Payment(epoch, key, transfer, outcome, key.Seq == 0 ? default(Signature) : null);
    }

    private static Outcome OutcomeOf(string reason)
    {
        Outcomes.TryParse("ABORT", reason, out Outcome outcome).Should().BeTrue("of the reason {0}", reason);
        return outcome;
    }

    private static BlockKey ParseKey(string text)
    {
        string[] parts = text.Split(KeyMarks, StringSplitOptions.RemoveEmptyEntries);
        Token token = new(long.Parse(parts[0], CultureInfo.InvariantCulture), Number(parts[1]));
        return new BlockKey(token, parts.Length > 2 ? Number(parts[2]) : 0);
    }

    private static Money Amount(string text) =>
        new((long)(decimal.Parse(text, CultureInfo.InvariantCulture) * 100));

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
