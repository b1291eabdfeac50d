namespace Blockchain.Tests.Tidy;

/// <summary>
/// Finds blocks of code by their braces, each on a line of its own at the indentation of its header, as the code style
/// wants it. A block inside a method is shorter than the method, so that it need not be told from one.
/// </summary>
internal static class MethodLengths
{
    private static readonly string[] TypeWords = ["class", "struct", "record", "interface", "enum", "namespace"];

    public sealed record Method(string Place, string Header, int Lines);

    public static IEnumerable<Method> In(string path, string[] lines)
    {
        for (int open = 0; open < lines.Length; open++)
        {
            if (lines[open].Trim() != "{")
            {
                continue;
            }

            int indentation = IndentationOf(lines[open]);
            int header = HeaderOf(lines, open, indentation);
            int close = Array.FindIndex(
                lines, open, line => line.TrimStart().StartsWith('}') && IndentationOf(line) == indentation);
            if (close > 0 && !IsType(lines[header]))
            {
                yield return new Method($"{path}:{header + 1}", lines[header].Trim(), close - header + 1);
            }
        }
    }

    // The nearest line above at the same indentation: continuations of a header are indented deeper.
    private static int HeaderOf(string[] lines, int open, int indentation)
    {
        int header = open - 1;
        while (header > 0 && (lines[header].Trim().Length == 0 || IndentationOf(lines[header]) > indentation))
        {
            header--;
        }

        return Math.Max(header, 0);
    }

    private static bool IsType(string header) => header.Split(' ', '(', '<').Any(TypeWords.Contains);

    private static int IndentationOf(string line) => line.Length - line.TrimStart().Length;
}
