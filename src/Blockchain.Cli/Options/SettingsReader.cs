using System.CommandLine;
using Microsoft.Extensions.Configuration;

namespace Blockchain.Cli.Options;

/// <summary>
/// Reads the settings of one verb: the command line wins over the environment, and that over appsettings.json. Faults
/// are collected, so that a person sees all of them at once, a line each.
/// </summary>
/// <param name="parsed">The command line.</param>
/// <param name="section">The verb's section of the configuration.</param>
public sealed class SettingsReader(ParseResult parsed, IConfigurationSection section)
{
    private readonly List<string> _faults = [];

    /// <summary>The value of a setting; the default of its type when its text is faulty or there is none.</summary>
    public T? Read<T>(Setting<T> setting)
    {
        (string? text, string origin) = Find(setting.Option, setting.Key);
        text ??= setting.Fallback;
        if (text is null)
        {
            return default;
        }

        try
        {
            return setting.Parse(text);
        }
        catch (FormatException fault)
        {
            _faults.Add($"{origin} '{text}': {fault.Message}");
            return default;
        }
    }

    /// <summary>Whether the setting was given anywhere, so that its default does not count.</summary>
    public bool IsGiven<T>(Setting<T> setting) => Find(setting.Option, setting.Key).Text is not null;

    /// <summary>Whether a flag is set.</summary>
    public bool Read(Option<bool> flag)
    {
        if (parsed.GetResult(flag) is { Implicit: false })
        {
            return parsed.GetValue(flag);
        }

        string key = KeyOf(flag);
        string? text = section[key];
        if (text is null || bool.TryParse(text, out bool value))
        {
            return text is not null && bool.Parse(text);
        }

        _faults.Add($"{section.Path}:{key} '{text}': it is true or false");
        return value;
    }

    /// <summary>Every value of an option that may be given several times; in a file a list, in the environment one
    /// value or several with numbers behind the key.</summary>
    public IReadOnlyList<string> ReadAll(Option<string[]> option)
    {
        if (parsed.GetResult(option) is { Implicit: false })
        {
            return parsed.GetValue(option) ?? [];
        }

        IConfigurationSection found = section.GetSection(KeyOf(option));
        return found.Value is { } single
            ? [single]
            : [.. found.GetChildren().Select(child => child.Value ?? string.Empty)];
    }

    /// <summary>Adds a fault that shows only when several settings are seen together.</summary>
    public void Fault(string fault) => _faults.Add(fault);

    /// <summary>Refuses to go on when anything was faulty.</summary>
    /// <exception cref="CliException">Something was; one line per fault.</exception>
    public void ThrowIfFaulty()
    {
        if (_faults.Count > 0)
        {
            throw new CliException(ExitCode.Usage, string.Join(Environment.NewLine + Failures.Prefix, _faults));
        }
    }

    private static string KeyOf(Option option) => option.Name.Replace("-", string.Empty, StringComparison.Ordinal);

    private (string? Text, string Origin) Find(Option<string?> option, string key)
    {
        if (parsed.GetResult(option) is { Implicit: false })
        {
            return (parsed.GetValue(option) ?? string.Empty, option.Name);
        }

        return section[key] is { } text ? (text, $"{section.Path}:{key}") : (null, option.Name);
    }
}
