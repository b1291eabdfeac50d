using System.Globalization;
using Blockchain.Bank.Service;
using Blockchain.Bank.Store;
using Blockchain.Core.BankNetwork;
using Blockchain.Wire.Files;
using Blockchain.Wire.Terminal;

namespace Blockchain.Bank.Prompt;

/// <summary>What an operator can ask at the bank's terminal.</summary>
/// <param name="service">The bank.</param>
/// <param name="store">Its ledger.</param>
/// <param name="output">Where answers go.</param>
public sealed class BankPrompt(BankService service, ILedgerStore store, TextWriter output)
{
    private const string Help = """
        print_table, print, p   balances of all accounts
        clients                 who has an account, who is a member, who is connected
        evict ID                take a client out of the view; it may join again
        verify                  audit the stored ledger: hashes, order, replay, signatures, checkpoint
        help                    this list
        exit, quit, q           stop the bank; its clients wait until it is back
        """;

    /// <summary>What to do when a client contradicts the ledger.</summary>
    public const string Remedy = "Run verify on this bank and on the client: it names the block where they part. To go "
        + "on with what the client holds, stop the bank and all clients, put a copy of the bank's folder that ends "
        + "before that block in its place, and start this client first (README.md, \"Backup\").";

    private static readonly string[] Words =
        ["print_table", "print", "p", "clients", "evict", "verify", "help", "exit", "quit", "q"];

    /// <summary>What stands before the operator's words.</summary>
    public const string Text = "bank> ";

    /// <summary>The commands that begin with the last word of what was typed.</summary>
    public static IReadOnlyList<string> Complete(string before)
    {
        string last = before[(before.LastIndexOfAny([' ', ';']) + 1)..];
        bool isCommand = before[..^last.Length].TrimEnd() is "" or [.., ';'];
        return isCommand
            ? [.. Words.Where(word => word.Length > 1 && word.StartsWith(last, StringComparison.OrdinalIgnoreCase))]
            : [];
    }

    /// <summary>What an operator should see as it happens; null for what happens all the time.</summary>
    public static string? Describe(BankEvent happened) => happened switch
    {
        BankEvent.ViewMade { View: var view } made =>
            $"view {view.Epoch}, {Members(view)}: {Printable(made.Cause)}",
        BankEvent.Restored restored =>
            $"took {Blocks(restored.Count)} back, from block {restored.From} on, from {Name(restored.Client)}",
        BankEvent.Alarm alarm =>
            $"ALARM: writes have stopped. From {Name(alarm.Client)}: {alarm.Evidence.Explanation}. {Remedy}",
        _ => null,
    };

    /// <summary>How many blocks were lost.</summary>
    internal static string Blocks(long count) =>
        string.Create(CultureInfo.InvariantCulture, $"{count} lost block{(count == 1 ? string.Empty : "s")}");

    /// <summary>Whom something came from: one without an account in this ledger has no number.</summary>
    internal static string Name(int client) => client == 0 ? "a client that joins" : $"client {client}";

    /// <summary>Reads commands line by line until one says to stop, or until there are no more.</summary>
    /// <param name="readLine">Gives the next line; null for no more.</param>
    /// <param name="cancel">Ends it.</param>
    public async Task RunAsync(Func<CancellationToken, Task<string?>> readLine, CancellationToken cancel)
    {
        bool goesOn = true;
        while (goesOn)
        {
            await output.WriteAsync(Text.AsMemory(), cancel);
            await output.FlushAsync(cancel);
            goesOn = await readLine(cancel) is { } line && await ExecuteAsync(line, cancel);
        }
    }

    /// <summary>Does one line. Case does not matter, `;` separates commands, `#` starts a comment.</summary>
    /// <returns>False when the operator wants the bank to stop.</returns>
    public async Task<bool> ExecuteAsync(string line, CancellationToken cancel)
    {
        string text = line.Split('#', 2)[0];
        foreach (
            string command in text.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (!await ExecuteOneAsync(command, cancel))
            {
                return false;
            }
        }

        return true;
    }

    private async Task<bool> ExecuteOneAsync(string command, CancellationToken cancel)
    {
        try
        {
            switch (command.ToLowerInvariant())
            {
                case "print_table" or "print table" or "print" or "p":
                    await PrintTableAsync(cancel);
                    break;
                case "clients":
                    await PrintClientsAsync(cancel);
                    break;
                case "verify":
                    await VerifyAsync(cancel);
                    break;
                case "evict" or ['e', 'v', 'i', 'c', 't', ' ', ..]:
                    await EvictAsync(command["evict".Length..].Trim(), cancel);
                    break;
                case "help":
                    await output.WriteLineAsync(Help);
                    break;
                case "exit" or "quit" or "q":
                    return false;
                default:
                    string hint = Suggestion.Nearest(command, Words) is { } word
                        ? $" Did you mean {word}?"
                        : " Type help.";
                    await output.WriteLineAsync($"no such command: {Printable(command)}.{hint}");
                    break;
            }
        }
        catch (BankBusyException busy)
        {
            await output.WriteLineAsync(busy.Message);
        }

        return true;
    }

    // As the original printed it.
    private async Task PrintTableAsync(CancellationToken cancel)
    {
        (int Id, Money Balance)[] rows = await service.ReadAsync(
            static bank => Enumerable.Range(1, bank.DurableAccounts)
                .Select(id => (id, bank.DurableBalance(id)!.Value)).ToArray(),
            cancel);
        await output.WriteLineAsync("client_id\tbalance");
        foreach ((int id, Money balance) in rows)
        {
            await output.WriteLineAsync($"{id,9}\t{balance}");
        }
    }

    private async Task PrintClientsAsync(CancellationToken cancel)
    {
        string[][] rows = await service.ReadAsync(
            static bank =>
                Enumerable.Range(1, bank.DurableAccounts).Select(id => Describe(bank, id)).ToArray(), cancel);
        await output.WriteLineAsync("client_id\tmember\tlinked\tname\taddress");
        foreach (string[] row in rows)
        {
            await output.WriteLineAsync($"{row[0],9}\t{row[1],6}\t{row[2],6}\t{row[3]}\t{row[4]}");
        }
    }

    /// <summary>For a client that breaks the protocol and holds up the others, though it keeps its lease.</summary>
    private async Task EvictAsync(string argument, CancellationToken cancel)
    {
        if (!int.TryParse(argument, NumberStyles.None, CultureInfo.InvariantCulture, out int id))
        {
            await output.WriteLineAsync("evict needs the number of a client; 'clients' shows them. Usage: evict ID");
            return;
        }

        bool isMember = await service.ReadAsync(bank => bank.Ledger.IsMember(id), cancel);
        bool isTaken = isMember && service.TryReceive(new BankInput.Evict(id));
        await output.WriteLineAsync(isTaken
            ? $"client {id} is taken out of the view"
            : $"client {id} is no member; 'clients' shows who is");
    }

    private async Task VerifyAsync(CancellationToken cancel)
    {
        try
        {
            AuditReport report = await Task.Run(() => LedgerCheck.Run(store, cancel), cancel);
            await output.WriteLineAsync(report.Fault is { } fault
                ? $"block {fault.Index}: {fault.Explanation}"
                : $"{report.Count} blocks with {report.Transfers} transfers on {report.Accounts} accounts hold; "
                    + $"balances sum to {report.Total}; head {report.Head.Short}");
        }
        catch (IntegrityException fault)
        {
            await output.WriteLineAsync($"block {fault.Index}: {fault.Message}");
        }
    }

    private static string[] Describe(BankProcess bank, int id)
    {
        MemberInfo? member = bank.View?.Members.FirstOrDefault(member => member.Id == id);
        return
        [
            id.ToString(CultureInfo.InvariantCulture),
            member is null ? "no" : "yes",
            bank.IsConnected(id) ? "yes" : "no",
            bank.Ledger.Find(id)!.Name,
            Printable(member?.Endpoint ?? string.Empty),
        ];
    }

    private static string Members(ViewInfo view) => view.Members.Count == 0
        ? "no members"
        : $"members {string.Join(' ', view.Members.Select(static member => member.Id))}";

    // What others wrote must not steer the terminal.
    private static string Printable(string text) =>
        string.Concat(text.Select(static letter => char.IsControl(letter) ? '?' : letter));
}
