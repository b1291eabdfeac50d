using System.CommandLine;
using Blockchain.Cli.Ledgers;
using Blockchain.Cli.Options;

namespace Blockchain.Cli.Verbs;

/// <summary><c>blockchain verify SOURCE [SOURCE…]</c>: audits ledgers and compares them.</summary>
public static class VerifyVerb
{
    private const string Examples = """
        blockchain verify http://127.0.0.1:8000 alice bob
        blockchain verify ~/.local/share/blockchain/bank
        """;

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        Argument<string[]> sources = new("SOURCE")
        {
            Description = "A folder of a stopped bank or of a client, the data folder with all of them, the name of a "
                + "client in it, or the address of a running bank or client.",
            Arity = ArgumentArity.OneOrMore,
        };
        Setting<string> data = CommonSettings.Data();
        Option<bool> json = CommonSettings.Json();
        return Verb.Create(
            "verify",
            "Checks links, hashes, order, replay, signatures and transfer ids of ledgers, and whether they agree.",
            Examples,
            [sources, data.Option, json],
            context =>
            {
                string? folder = context.Settings.Read(data);
                bool asJson = context.Settings.Read(json);
                context.Settings.ThrowIfFaulty();
                return RunAsync(
                    context.Parsed.GetRequiredValue(sources), DataFolders.Find(folder), asJson, context.Stopping);
            });
    }

    private static async Task<int> RunAsync(
        string[] texts, DataFolders folders, bool asJson, CancellationToken cancellation)
    {
        LedgerSource[] sources = [.. texts.SelectMany(text => LedgerSources.Find(text, folders))];
        SourceResult[] results = new SourceResult[sources.Length];
        for (int i = 0; i < sources.Length; i++)
        {
            results[i] = await Verification.AuditAsync(sources[i], cancellation);
        }

        Parting? parting = Verification.FindParting(results);
        Console.Out.WriteLine(asJson
            ? VerificationText.ToJson(results, parting)
            : VerificationText.Describe(results, parting).TrimEnd());
        bool good = parting is null && results.All(result => result.Report is null or { Holds: true });
        return good ? results.Max(result => result.FailureCode) : ExitCode.Integrity;
    }
}
