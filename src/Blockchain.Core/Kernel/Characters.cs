using System.Text;

namespace Blockchain.Core.Kernel;

/// <summary>Counts characters as people and other languages do: by Unicode scalar value, not by UTF-16 unit.</summary>
public static class Characters
{
    /// <summary>The number of Unicode scalar values in <paramref name="text"/>.</summary>
    public static int Count(string text)
    {
        int count = 0;
        foreach (Rune _ in text.EnumerateRunes())
        {
            count++;
        }

        return count;
    }

    /// <summary>Whether UTF-8 can carry the text as it is: no half of a surrogate pair stands alone.</summary>
    public static bool AreWellFormed(string text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i]))
            {
                continue;
            }

            if (i + 1 == text.Length || !char.IsSurrogatePair(text[i], text[i + 1]))
            {
                return false;
            }

            i++;
        }

        return true;
    }
}
