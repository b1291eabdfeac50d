using System.Text;

namespace Blockchain.Wire.Terminal;

/// <summary>Text for a terminal.</summary>
public static class PlainText
{
    /// <summary>The text with a question mark in the place of every control character but the end of a line: what
    /// others wrote, a name or a memo, must not steer the terminal.</summary>
    public static string Of(string text)
    {
        if (!text.Any(IsUnwanted))
        {
            return text;
        }

        StringBuilder plain = new(text.Length);
        foreach (char c in text)
        {
            plain.Append(IsUnwanted(c) ? '?' : c);
        }

        return plain.ToString();
    }

    // Besides control characters those that turn the direction of the text around them.
    private static bool IsUnwanted(char c) =>
        (char.IsControl(c) && c != '\n') || c is (>= '\u202a' and <= '\u202e') or (>= '\u2066' and <= '\u2069');
}
