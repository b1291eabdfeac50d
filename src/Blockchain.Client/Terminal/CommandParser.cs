using Blockchain.Wire.Terminal;

namespace Blockchain.Client.Terminal;

/// <summary>Reads commands: one grammar for the prompt, for `-c` and for a pipe. Case does not count.</summary>
public static class CommandParser
{
    /// <summary>The commands of a line, each understood or with its fault. Empty for a blank line or a
    /// comment.</summary>
    public static IReadOnlyList<ReadResult> Parse(string line)
    {
        List<ReadResult> results = [];
        foreach (CommandWords words in CommandTokenizer.Split(line))
        {
            results.Add(words.Fault is { } fault ? fault : Read(words.Words));
        }

        return results;
    }

    /// <summary>"No such command", with the nearest one that there is.</summary>
    internal static ParseFault NoSuchCommand(string name)
    {
        const int Shown = 40;
        string shown = name.Length <= Shown ? name : $"{name[..Shown]}...";
        string? nearest = Suggestion.Nearest(name, CommandTable.Names.Where(known => known.Length > 1));
        string remedy = nearest is null ? "'help' lists the commands." : $"Did you mean {nearest}?";
        return new ParseFault($"no such command: {shown}. {remedy}", true);
    }

    private static ReadResult Read(IReadOnlyList<string> words)
    {
        CommandSpec? spec = null;
        int used = 2;
        if (words.Count >= 2)
        {
            spec = CommandTable.Find($"{words[0]} {words[1]}");
        }

        if (spec is null)
        {
            spec = CommandTable.Find(words[0]);
            used = 1;
        }

        if (spec is null)
        {
            return NoSuchCommand(words[0]);
        }

        List<string> arguments = [.. words.Skip(used)];
        return spec.Name != "transfer" && arguments.Count > spec.MaxArguments
            ? new ParseFault($"{spec.Name}: too many words. Usage: {spec.Usage}", true)
            : spec.Read(arguments);
    }
}
