using System.CommandLine;
using Blockchain.Cli.Hosting;
using Blockchain.Cli.Options;
using Microsoft.Extensions.Logging;

namespace Blockchain.Cli.Verbs;

/// <summary>What a verb gets to run with.</summary>
/// <param name="Parsed">The command line.</param>
/// <param name="Settings">Its settings.</param>
/// <param name="Interruption">Says when to stop.</param>
public sealed record VerbContext(ParseResult Parsed, SettingsReader Settings, Interruption Interruption)
{
    /// <summary>The least level that is logged.</summary>
    public LogLevel LogLevel { get; init; } = LogLevel.Information;

    /// <summary>Whether that level was asked for, and is not the default.</summary>
    public bool IsLogLevelGiven { get; init; }

    /// <summary>Cancelled when the process shall stop.</summary>
    public CancellationToken Stopping => Interruption.Token;
}

/// <summary>Makes commands of the same manners: an example in --help, --log-level, settings from anywhere.</summary>
public static class Verb
{
    /// <summary>Makes one.</summary>
    /// <param name="name">The verb; of a verb below another, both: "wallet new". The first word names the section of
    /// its settings.</param>
    /// <param name="description">One sentence of what it does.</param>
    /// <param name="examples">One or more lines that a person can type.</param>
    /// <param name="symbols">Its options and arguments.</param>
    /// <param name="run">Does it; the result is the exit code.</param>
    public static Command Create(
        string name,
        string description,
        string examples,
        IReadOnlyList<Symbol> symbols,
        Func<VerbContext, Task<int>> run)
    {
        string indented = string.Join(Environment.NewLine, examples.Split('\n').Select(line => "  " + line.Trim()));
        string[] words = name.Split(' ');
        Command command = new(
            words[^1],
            $"{description}{Environment.NewLine}{Environment.NewLine}Example:{Environment.NewLine}{indented}");
        foreach (Symbol symbol in symbols)
        {
            switch (symbol)
            {
                case Option option:
                    command.Options.Add(option);
                    break;
                case Argument argument:
                    command.Arguments.Add(argument);
                    break;
            }
        }

        Setting<LogLevel> level = new(
            "--log-level", "Least level that is logged: trace, debug, info, warning, error or none.", "LEVEL", "info",
            Level);
        command.Options.Add(level.Option);
        command.SetAction(async (parsed, _) =>
        {
            using Interruption interruption = new();
            SettingsReader settings = new(parsed, Configuration.SectionOf(words[0]));
            VerbContext context = new(parsed, settings, interruption) 
            {
                LogLevel = settings.Read(level),
                IsLogLevelGiven = settings.IsGiven(level),
            };
            try
            {
                return await run(context);
            }
            catch (OperationCanceledException) when (interruption.Token.IsCancellationRequested)
            {
                // Cut short, whoever asked for it; verbs that run until they are stopped do not come here.
                return ExitCode.Interrupted;
            }
        });
        return command;
    }

    private static LogLevel Level(string text) => text.ToLowerInvariant() switch
    {
        "trace" or "verbose" => LogLevel.Trace,
        "debug" => LogLevel.Debug,
        "info" or "information" => LogLevel.Information,
        "warn" or "warning" => LogLevel.Warning,
        "error" => LogLevel.Error,
        "critical" or "fatal" => LogLevel.Critical,
        "none" or "off" => LogLevel.None,
        _ => throw new FormatException("a log level is trace, debug, info, warning, error or none"),
    };
}
