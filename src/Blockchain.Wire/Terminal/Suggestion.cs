namespace Blockchain.Wire.Terminal;

/// <summary>Guesses what a mistyped word was meant to be.</summary>
public static class Suggestion
{
    private const int MaxLength = 40;
    private const int ShortWord = 4;

    /// <summary>The candidate with the fewest mistakes (a letter too many, missing, wrong, or two swapped) between it
    /// and the word; case does not count. Null when every one is too far off: more than one mistake in a short word,
    /// more than two in a longer one.</summary>
    public static string? Nearest(string word, IEnumerable<string> candidates)
    {
        if (word.Length > MaxLength)
        {
            return null;
        }

        string lower = word.ToLowerInvariant();
        int best = (word.Length <= ShortWord ? 1 : 2) + 1;
        string? nearest = null;
        foreach (string candidate in candidates)
        {
            int mistakes = Mistakes(lower, candidate.ToLowerInvariant());
            if (mistakes < best)
            {
                best = mistakes;
                nearest = candidate;
            }
        }

        return nearest;
    }

    // Optimal string alignment: Levenshtein's distance with swaps of neighbours.
    private static int Mistakes(string left, string right)
    {
        int[,] cost = new int[left.Length + 1, right.Length + 1];
        for (int i = 0; i <= left.Length; i++)
        {
            for (int j = 0; j <= right.Length; j++)
            {
                cost[i, j] = i == 0 || j == 0 ? i + j : Least(cost, left, right, i, j);
            }
        }

        return cost[left.Length, right.Length];
    }

    private static int Least(int[,] cost, string left, string right, int i, int j)
    {
        int wrong = left[i - 1] == right[j - 1] ? 0 : 1;
        int least = Math.Min(
            Math.Min(cost[i - 1, j] + 1, cost[i, j - 1] + 1),
            cost[i - 1, j - 1] + wrong);
        bool swapped = i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1];
        return swapped ? Math.Min(least, cost[i - 2, j - 2] + 1) : least;
    }
}
