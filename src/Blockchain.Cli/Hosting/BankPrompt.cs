using System.Globalization;
using Blockchain.Cli.Ledgers;
using Blockchain.Core.BankNetwork;
using Blockchain.Core.Kernel;
using Blockchain.Wire.Http;

namespace Blockchain.Cli.Hosting;

/// <summary>
/// The bank's own commands, at a terminal. It asks the bank as everybody else does, over HTTP, and so shows what is durable.
/// </summary>
/// <param name="address">Where the bank listens.</param>
/// <param name="output">Takes what is shown.</param>
public sealed class BankPrompt(Uri address, TextWriter output)
{
    private const string Help = """
        print_table, print, p   balances of all accounts
        clients                 members of the view, and where they listen
        verify                  audit of the whole ledger
        help                    this list
        exit, quit, q           stop the bank
        """;

    private static readonly string[] Commands =
        ["print_table", "print", "clients", "verify", "help", "exit", "quit"];

    /// <summary>Runs commands until one of them ends the bank, input ends, or the token is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        using BankApi api = BankApi.At(address);
        while (true)
        {
            output.Write("bank> ");
            output.Flush();
            string? line = await Task.Run(Console.In.ReadLine, CancellationToken.None).WaitAsync(cancellation);
            if (line is null)
            {
                output.WriteLine();
                return;
            }

            foreach (string command in line.Split('#')[0].Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            {
                if (command.ToLowerInvariant() is "exit" or "quit" or "q")
                {
                    return;
                }

                await TryRunAsync(api, command, cancellation);
            }
        }
    }

    private async Task TryRunAsync(BankApi api, string command, CancellationToken cancellation)
    {
        try
        {
            await RunAsync(api, command, cancellation);
        }
        catch (Exception fault) when (fault is HttpRequestException or ApiException)
        {
            output.WriteLine(fault.Message);
        }
    }

    private async Task RunAsync(BankApi api, string command, CancellationToken cancellation)
    {
        switch (command.ToLowerInvariant())
        {
            case "print_table" or "print" or "p":
                PrintTable(await api.GetAccountsAsync(cancellation));
                break;
            case "clients":
                PrintMembers(await api.GetMembersAsync(cancellation));
                break;
            case "verify":
                UrlSource source = new(address.GetLeftPart(UriPartial.Authority), address);
                LedgerAudit audit = new(new EcdsaP256());
                AuditReport report = await source.AuditAsync(audit, cancellation);
                SourceResult result = new("ledger", source.Kind, report, audit.Hashes);
                output.WriteLine(VerificationText.Describe([result], null).TrimEnd());
                break;
            case "help" or "h" or "?":
                output.WriteLine(Help);
                break;
            default:
                output.WriteLine($"no such command: {command}.{CommandLine.Suggest(command, Commands)} 'help' lists them.");
                break;
        }
    }

    private void PrintTable(AccountDto[] accounts)
    {
        output.WriteLine("client_id\tbalance\tname");
        foreach (AccountDto account in accounts)
        {
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{account.Id,9}\t{account.Balance,7}\t{account.Name}"));
        }
    }

    private void PrintMembers(ViewDto view)
    {
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"view {view.Epoch} at block {view.Index}: {view.Members.Length} members"));
        foreach (MemberDto member in view.Members)
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{member.Id,9}\t{member.Endpoint}"));
        }
    }
}
