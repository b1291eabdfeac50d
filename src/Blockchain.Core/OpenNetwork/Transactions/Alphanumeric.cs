using System.Text;

namespace Blockchain.Core.OpenNetwork;

/// <summary>
/// Python's <c>str.isalnum()</c>: letters (categories Lu, Ll, Lt, Lm, Lo) and whatever has a numeric value (Nd, Nl,
/// No;
/// ideographs with one are letters already).
/// </summary>
/// <remarks>
/// The table is the program's own and belongs to the rules of the network: nodes on platforms with other versions of
/// Unicode must agree on which message is valid. It is that of Unicode 16.0.0. An older Python knows fewer characters;
/// what it accepts is accepted here.
/// </remarks>
public static partial class Alphanumeric
{
    private static readonly int[] Bounds = AddUp();

    /// <summary>Whether the text has at least one character and all of them are letters or numbers. Half a surrogate
    /// pair is neither.</summary>
    public static bool IsAlphanumeric(string text)
    {
        foreach (Rune rune in text.EnumerateRunes())
        {
            // A half is enumerated as U+FFFD, which is no letter either.
            if (!IsAlphanumeric(rune.Value))
            {
                return false;
            }
        }

        return text.Length > 0;
    }

    /// <summary>Whether this code point is a letter or a number.</summary>
    public static bool IsAlphanumeric(int codePoint)
    {
        int found = Array.BinarySearch(Bounds, codePoint);

        // Bounds[i] is where run i + 1 starts, and runs with odd numbers are those of letters and numbers.
        int run = found >= 0 ? found + 1 : ~found;
        return run % 2 == 1;
    }

    private static int[] AddUp()
    {
        int[] bounds = new int[Runs.Length];
        int at = 0;
        for (int i = 0; i < bounds.Length; i++)
        {
            at += Runs[i];
            bounds[i] = at;
        }

        return bounds;
    }
}
