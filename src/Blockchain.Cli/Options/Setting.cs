using System.CommandLine;

namespace Blockchain.Cli.Options;

/// <summary>
/// A setting of a verb: an option of the command line that can also stand in appsettings.json and in the environment.
/// It is text until <see cref="SettingsReader"/> reads it, so that one parser and one message serve all three.
/// </summary>
/// <typeparam name="T">What the text means.</typeparam>
public sealed class Setting<T>
{
    private readonly Func<string, T> _parse;

    /// <summary>Makes a setting.</summary>
    /// <param name="name">The option, with its dashes.</param>
    /// <param name="description">What it does, for --help.</param>
    /// <param name="value">What stands for the value in --help, such as ADDRESS.</param>
    /// <param name="fallback">The text that counts when none is given; null for "not set".</param>
    /// <param name="parse">Reads the text; throws <see cref="FormatException"/> with the cause for people.</param>
    public Setting(string name, string description, string value, string? fallback, Func<string, T> parse)
    {
        _parse = parse;
        Fallback = fallback;
        string shown = fallback is null or "" ? string.Empty : $" [default: {fallback}]";
        Option = new Option<string?>(name) { Description = description + shown, HelpName = value };
    }

    /// <summary>The option, to be added to a command.</summary>
    public Option<string?> Option { get; }

    /// <summary>The text that counts when none is given.</summary>
    public string? Fallback { get; }

    /// <summary>Its key in a section of the configuration: the name without dashes.</summary>
    public string Key => Option.Name.Replace("-", string.Empty, StringComparison.Ordinal);

    internal T Parse(string text) => _parse(text);
}
