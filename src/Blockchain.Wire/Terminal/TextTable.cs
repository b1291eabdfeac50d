using System.Text;

namespace Blockchain.Wire.Terminal;

/// <summary>Rows of text in aligned columns, without lines or colours, so that the same output serves people, pipes and
/// tests. Wide characters are measured.</summary>
/// <param name="headings">One per column; a heading that starts with '>' stands for a column aligned to the
/// right.</param>
public sealed class TextTable(params string[] headings)
{
    private const string Gap = "  ";
    private readonly List<string[]> _rows = [[.. headings.Select(heading => heading.TrimStart('>'))]];

    /// <summary>Adds a row with one cell per column.</summary>
    /// <exception cref="ArgumentException">There are more or fewer cells than columns.</exception>
    public void Add(params string[] cells)
    {
        if (cells.Length != headings.Length)
        {
            throw new ArgumentException($"{headings.Length} cells are needed, not {cells.Length}.", nameof(cells));
        }

        _rows.Add(cells);
    }

    /// <summary>The rows, headings first; no blanks at the ends of lines.</summary>
    public IEnumerable<string> Lines()
    {
        int[] widths = new int[headings.Length];
        foreach (string[] row in _rows)
        {
            for (int i = 0; i < row.Length; i++)
            {
                widths[i] = Math.Max(widths[i], CharacterWidth.Of(row[i]));
            }
        }

        return _rows.Select(row => Line(row, widths));
    }

    private string Line(string[] row, int[] widths)
    {
        StringBuilder line = new();
        for (int i = 0; i < row.Length; i++)
        {
            string padding = new(' ', widths[i] - CharacterWidth.Of(row[i]));
            bool toTheRight = headings[i].StartsWith('>');
            line.Append(i == 0 ? string.Empty : Gap).Append(toTheRight ? padding + row[i] : row[i] + padding);
        }

        return line.ToString().TrimEnd();
    }
}
