using System.CommandLine;
using Blockchain.Cli.Verbs;

namespace Blockchain.Cli;

/// <summary>The command line as a whole: its verbs, and how errors leave the process.</summary>
public static class CommandLine
{
    private const int NearEnough = 2;

    /// <summary>Runs one command line to its end.</summary>
    /// <param name="arguments">Verb and options.</param>
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    public static async Task<int> RunAsync(string[] arguments)
    {
        RootCommand root = Create();
        ParseResult parsed = root.Parse(arguments);
        if (parsed.Errors.Count > 0 && parsed.Action is null or { ClearsParseErrors: false })
        {
            return Refuse(parsed);
        }

        InvocationConfiguration configuration = new()
        {
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = null,
        };
        try
        {
            return await parsed.InvokeAsync(configuration, CancellationToken.None);
        }
        catch (Exception fault)
        {
            (int exitCode, string line) = Failures.Explain(fault);
            await Console.Error.WriteLineAsync($"blockchain: {line}");
            return exitCode;
        }
    }

    private static RootCommand Create()
    {
        RootCommand root = new("A ledger whose order is agreed by its clients and kept by all of them.");
        foreach (Command verb in All.Verbs())
        {
            root.Subcommands.Add(verb);
        }

        foreach (VersionOption version in root.Options.OfType<VersionOption>())
        {
            version.Recursive = true;
        }

        return root;
    }

    /// <summary>The parser tells one mistake several times in its own words; a person needs it once.</summary>
    private static int Refuse(ParseResult parsed)
    {
        Command command = parsed.CommandResult.Command;
        string name = command is RootCommand ? "blockchain" : $"blockchain {command.Name}";
        string? unknown = parsed.UnmatchedTokens.Count > 0 ? parsed.UnmatchedTokens[0] : null;
        string cause = (command, unknown) switch
        {
            (RootCommand, null) => "a verb is missing.",
            (RootCommand, not null) when !unknown.StartsWith('-') => $"no such verb: {unknown}.{Suggest(command, unknown)}",
            (_, not null) when unknown.StartsWith('-') => $"no such option: {unknown}.{Suggest(command, unknown)}",
            (_, not null) => $"one argument too many: {unknown}.",
            _ => parsed.Errors[0].Message,
        };
        Console.Error.WriteLine($"blockchain: {cause} '{name} --help' tells more.");
        return ExitCode.Usage;
    }

    private static string Suggest(Command command, string word) => Suggest(
        word, word.StartsWith('-') ? command.Options.Select(option => option.Name) : command.Subcommands.Select(verb => verb.Name));

    /// <summary>" Did you mean x?", or nothing when nothing known is near.</summary>
    internal static string Suggest(string word, IEnumerable<string> known)
    {
        string? nearest = known.MinBy(name => Distance(name, word));
        return nearest is not null && Distance(nearest, word) <= NearEnough ? $" Did you mean {nearest}?" : string.Empty;
    }

    /// <summary>Levenshtein's distance, by rows.</summary>
    private static int Distance(string left, string right)
    {
        int[] row = [.. Enumerable.Range(0, right.Length + 1)];
        for (int i = 1; i <= left.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= right.Length; j++)
            {
                int above = row[j];
                int change = diagonal + (left[i - 1] == right[j - 1] ? 0 : 1);
                row[j] = Math.Min(change, Math.Min(above, row[j - 1]) + 1);
                diagonal = above;
            }
        }

        return row[^1];
    }
}
