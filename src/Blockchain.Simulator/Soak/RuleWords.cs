using System.Text;

namespace Blockchain.Simulator;

/// <summary>Names of the rules that can be taken out, as the command line takes them: most-work.</summary>
public static class RuleWords
{
    /// <summary>Every single rule by name.</summary>
    /// <param name="all">All of them.</param>
    public static IReadOnlyList<string> Each<T>(T all)
        where T : struct, Enum => [.. Enum.GetValues<T>().Where(rule => !rule.Equals(all)).Select(Word)];

    /// <summary>The option that takes out what is missing; empty when nothing is.</summary>
    /// <param name="rules">The rules in force.</param>
    /// <param name="all">All of them.</param>
    public static string Without<T>(T rules, T all)
        where T : struct, Enum => rules.Equals(all)
            ? string.Empty
            : " --without " + string.Join(',', Enum.GetValues<T>()
                .Where(rule => !rule.Equals(all) && !rules.HasFlag(rule)).Select(Word));

    /// <summary>Reads the names of rules to take out, with commas between them.</summary>
    /// <param name="text">What was typed.</param>
    /// <param name="all">All of them.</param>
    /// <param name="rules">Those that are left.</param>
    public static bool TryParseWithout<T>(string text, T all, out T rules)
        where T : struct, Enum
    {
        int left = Convert.ToInt32(all, null);
        rules = all;
        foreach (string word in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            T[] found = [.. Enum.GetValues<T>().Where(
                rule => !rule.Equals(all) && string.Equals(Word(rule), word, StringComparison.OrdinalIgnoreCase))];
            if (found.Length == 0)
            {
                return false;
            }

            left &= ~Convert.ToInt32(found[0], null);
        }

        rules = (T)Enum.ToObject(typeof(T), left);
        return true;
    }

    private static string Word<T>(T rule)
        where T : struct, Enum
    {
        StringBuilder word = new();
        foreach (char letter in rule.ToString())
        {
            word.Append(char.IsUpper(letter) && word.Length > 0 ? "-" : string.Empty)
                .Append(char.ToLowerInvariant(letter));
        }

        return word.ToString();
    }
}
