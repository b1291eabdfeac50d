using System.Globalization;
using Blockchain.Cli.Ledgers;
using Blockchain.Core.BankNetwork;
using Blockchain.Wire.Http;

namespace Blockchain.Cli.Demo;

/// <summary>The race of the original on a running network, and the proof that all came out with one ledger.</summary>
/// <param name="network">The network, with at least three clients.</param>
/// <param name="deposit">What each account started with.</param>
/// <param name="delay">How long clients hold each other's messages.</param>
/// <param name="output">Takes what is shown.</param>
internal sealed class Demonstration(DemoNetwork network, Money deposit, TimeSpan delay, TextWriter output)
{
    private const int Comparisons = 100;
    private static readonly TimeSpan CompareAgain = TimeSpan.FromMilliseconds(100);

    /// <summary>Plays the race and shows what became of it.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync(CancellationToken cancellation)
    {
        output.WriteLine();
        output.WriteLine(
            "The race: client 3 pays 12.00 to 1, client 2 pays 5.00 to 3, client 3 pays 11.00 to 1, at once.");
        if (delay > TimeSpan.Zero)
        {
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"Every message between clients is held for {delay.TotalSeconds:0.###} s, so it takes a while."));
        }

        DemoClient second = network.Clients[1];
        DemoClient third = network.Clients[2];
        Task<TransferAnswer[]> thirdPays = third.AskAsync(
            ["t 1 12", "t 1 11"], WireJson.Default.TransferAnswer, cancellation);
        Task<TransferAnswer[]> secondPays = second.AskAsync(
            ["t 3 5"], WireJson.Default.TransferAnswer, cancellation);
        await Task.WhenAll(thirdPays, secondPays);
        output.WriteLine("The order that the clients agreed on, by Lamport's rules:");
        Write(DemoText.Outcomes([.. await thirdPays, .. await secondPays]));

        DemoClient first = network.Clients[0];
        BalancesAnswer balances = await first.AskAsync("b all", WireJson.Default.BalancesAnswer, cancellation);
        output.WriteLine();
        output.WriteLine("Accounts, from the bank:");
        Write(DemoText.Accounts(balances));

        (SourceResult[] results, Parting? parting) = await CompareAsync(cancellation);
        ChainAnswer chain = await first.AskAsync("print chain", WireJson.Default.ChainAnswer, cancellation);
        output.WriteLine();
        output.WriteLine("The chain of client 1:");
        Write(DemoText.Chain(chain.Blocks));
        output.WriteLine();
        return Judge(results, parting, balances);
    }

    private int Judge(SourceResult[] results, Parting? parting, BalancesAnswer balances)
    {
        Money expected = new(deposit.Minor * balances.Accounts.Length);
        if (parting is not null || results.Any(result => result.Report is not { Holds: true }))
        {
            output.WriteLine(VerificationText.Describe(results, parting).TrimEnd());
            return ExitCode.Integrity;
        }

        if (balances.Total != expected.ToString())
        {
            output.WriteLine($"WRONG: the balances sum to {balances.Total}, and the deposits to {expected}.");
            return ExitCode.Integrity;
        }

        AuditReport report = results[0].Report!;
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"verified: the bank's ledger and the chains of all {results.Length - 1} clients are good and equal: "
                + $"{report.Count} blocks, head {report.Head.Short}, balances sum to {balances.Total}"));
        return ExitCode.Done;
    }

    /// <summary>Audits everybody's ledger; anew while someone is still a moment behind.</summary>
    private async Task<(SourceResult[] Results, Parting? Parting)> CompareAsync(CancellationToken cancellation)
    {
        using BankApi bank = BankApi.At(network.Bank);
        ViewDto view = await bank.GetMembersAsync(cancellation);
        UrlSource[] sources =
        [
            new UrlSource("bank", network.Bank),
            .. view.Members.Select(member => new UrlSource(
                string.Create(CultureInfo.InvariantCulture, $"client {member.Id}"), new Uri(member.Endpoint))),
        ];
        for (int i = 1; ; i++)
        {
            SourceResult[] results = new SourceResult[sources.Length];
            for (int j = 0; j < sources.Length; j++)
            {
                results[j] = await Verification.AuditAsync(sources[j], cancellation);
            }

            Parting? parting = Verification.FindParting(results);
            bool isFinal = parting is not null || results.Any(result => result.Report is not { Holds: true })
                || results.All(result => result.Hashes.Count == results[0].Hashes.Count);
            if (isFinal || i == Comparisons)
            {
                return (results, parting);
            }

            await Task.Delay(CompareAgain, cancellation);
        }
    }

    private void Write(IEnumerable<string> lines)
    {
        foreach (string line in lines)
        {
            output.WriteLine(line);
        }
    }
}
