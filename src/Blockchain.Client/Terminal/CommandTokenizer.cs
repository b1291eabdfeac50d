using System.Text;

namespace Blockchain.Client.Terminal;

/// <summary>The words of one command, as typed.</summary>
/// <param name="Words">The words, quotes removed.</param>
/// <param name="Fault">Why the line cannot be cut into words; null for nothing.</param>
public sealed record CommandWords(IReadOnlyList<string> Words, ParseFault? Fault);

/// <summary>
/// Cuts a line into commands and words. Blanks separate words and <c>;</c> separates commands; <c>#</c> at the start of
/// a word begins a comment. Both kinds of quotes keep everything between them; inside double quotes a backslash keeps
/// a quote or a backslash.
/// </summary>
public static class CommandTokenizer
{
    /// <summary>The commands of the line, empty ones left out.</summary>
    public static IReadOnlyList<CommandWords> Split(string line)
    {
        List<CommandWords> commands = [];
        List<string> words = [];
        int at = 0;
        while (at < line.Length)
        {
            char c = line[at];
            if (c == '#')
            {
                break;
            }

            if (c == ';')
            {
                Finish(commands, ref words);
                at++;
            }
            else if (char.IsWhiteSpace(c))
            {
                at++;
            }
            else if (!TryReadWord(line, ref at, out string word))
            {
                commands.Add(new CommandWords([], new ParseFault("a quote is opened and not closed.", true)));
                return commands;
            }
            else
            {
                words.Add(word);
            }
        }

        Finish(commands, ref words);
        return commands;
    }

    private static void Finish(List<CommandWords> commands, ref List<string> words)
    {
        if (words.Count > 0)
        {
            commands.Add(new CommandWords(words, null));
            words = [];
        }
    }

    private static bool TryReadWord(string line, ref int at, out string word)
    {
        StringBuilder text = new();
        char quote = '\0';
        for (; at < line.Length; at++)
        {
            char c = line[at];
            if (quote == '\0' && (char.IsWhiteSpace(c) || c == ';'))
            {
                break;
            }

            if (c is '"' or '\'' && (quote == '\0' || quote == c))
            {
                quote = quote == '\0' ? c : '\0';
            }
            else if (quote == '"' && c == '\\' && at + 1 < line.Length && line[at + 1] is '"' or '\\')
            {
                text.Append(line[++at]);
            }
            else
            {
                text.Append(c);
            }
        }

        word = text.ToString();
        return quote == '\0';
    }
}
