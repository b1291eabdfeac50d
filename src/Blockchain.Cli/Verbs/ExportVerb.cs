using System.CommandLine;
using Blockchain.Cli.Ledgers;
using Blockchain.Cli.Options;

namespace Blockchain.Cli.Verbs;

/// <summary>
/// <c>blockchain export SOURCE</c>: the settled blocks as lines of JSON, the same bytes wherever they are kept.
/// </summary>
public static class ExportVerb
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        Argument<string> source = new("SOURCE")
        {
            Description = "A folder of a stopped bank or of a client, the name of a client in the data folder, or the "
                + "address of a running bank or client.",
        };
        Setting<string> data = CommonSettings.Data();
        return Verb.Create(
            "export",
            "Prints the settled blocks of a ledger as JSON, one block a line.",
            "blockchain export http://127.0.0.1:8000 > ledger.jsonl\nblockchain export alice",
            [source, data.Option],
            context =>
            {
                string? folder = context.Settings.Read(data);
                context.Settings.ThrowIfFaulty();
                return RunAsync(context.Parsed.GetRequiredValue(source), DataFolders.Find(folder), context.Stopping);
            });
    }

    private static async Task<int> RunAsync(string text, DataFolders folders, CancellationToken cancellation)
    {
        IReadOnlyList<LedgerSource> sources = LedgerSources.Find(text, folders);
        if (sources.Count > 1)
        {
            string titles = string.Join(", ", sources.Select(source => source.Title));
            throw new CliException(
                ExitCode.Usage, $"{text} holds {sources.Count} ledgers. Name one: {titles}.");
        }

        await using BufferedStream output = new(Console.OpenStandardOutput(), 1 << 16);
        await LedgerExport.WriteAsync(sources[0], output, cancellation);
        return ExitCode.Done;
    }
}
