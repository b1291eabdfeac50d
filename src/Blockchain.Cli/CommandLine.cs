using System.CommandLine;
using System.CommandLine.Parsing;
using Blockchain.Cli.Verbs;
using Blockchain.Wire.Terminal;

namespace Blockchain.Cli;

/// <summary>The command line as a whole: its verbs, and how errors leave the process.</summary>
public static class CommandLine
{
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
        RootCommand root = new(
            "Ledgers whose order nobody can rewrite: a bank whose clients agree on it, and an open network by proof of "
                + "work.");
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
        string name = NameOf(command);
        bool isGroup = command.Subcommands.Count > 0 && command.Action is null;
        string? unknown = parsed.UnmatchedTokens.Count > 0 ? parsed.UnmatchedTokens[0] : null;
        string cause = (isGroup, unknown) switch
        {
            (true, null) => "a verb is missing.",
            (true, not null) when !unknown.StartsWith('-') =>
                $"no such verb: {unknown}.{Suggest(command, unknown)}",
            (_, not null) when unknown.StartsWith('-') => $"no such option: {unknown}.{Suggest(command, unknown)}",
            (_, not null) => $"one argument too many: {unknown}.",
            _ when parsed.Errors[0].SymbolResult is OptionResult option => $"{option.Option.Name} needs a value.",
            _ when Missing(parsed) is { } missing => $"{missing} is missing.",
            _ => parsed.Errors[0].Message,
        };
        Console.Error.WriteLine($"blockchain: {cause} '{name} --help' tells more.");
        return ExitCode.Usage;
    }

    private static string? Missing(ParseResult parsed) => parsed.CommandResult.Command.Arguments
        .FirstOrDefault(argument => argument.Arity.MinimumNumberOfValues > 0
            && parsed.GetResult(argument) is not { Tokens.Count: > 0 })?.Name;

    private static string NameOf(Command command) => command is RootCommand
        ? "blockchain"
        : $"{NameOf(command.Parents.OfType<Command>().First())} {command.Name}";

    private static string Suggest(Command command, string word)
    {
        IEnumerable<string> known = word.StartsWith('-')
            ? command.Options.Select(option => option.Name)
            : command.Subcommands.Select(verb => verb.Name);
        return Suggestion.Nearest(word, known) is { } nearest ? $" Did you mean {nearest}?" : string.Empty;
    }
}
