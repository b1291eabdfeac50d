using System.Globalization;
using System.Text;

namespace Blockchain.Wire.Terminal;

/// <summary>Which part of a long line fits the terminal, and where its cursor is shown. One row, scrolled
/// sideways.</summary>
/// <param name="Visible">The part that is shown.</param>
/// <param name="CursorColumn">Columns before the cursor, the prompt included.</param>
public readonly record struct LineView(string Visible, int CursorColumn)
{
    /// <summary>Cuts the line so that the cursor is visible and nothing reaches the last column.</summary>
    /// <param name="promptColumns">Columns of the prompt.</param>
    /// <param name="text">The line.</param>
    /// <param name="cursor">Place of the cursor in it.</param>
    /// <param name="columns">Columns of the terminal.</param>
    public static LineView Of(int promptColumns, string text, int cursor, int columns)
    {
        int room = Math.Max(1, columns - promptColumns - 1);
        int before = 0;
        int start = cursor;
        int[] starts = StringInfo.ParseCombiningCharacters(text);
        for (int i = Array.FindLastIndex(starts, place => place < cursor); i >= 0; i--)
        {
            int end = i + 1 < starts.Length ? starts[i + 1] : text.Length;
            int width = CharacterWidth.Of(text.AsSpan(starts[i], end - starts[i]));
            if (before + width > room)
            {
                break;
            }

            before += width;
            start = starts[i];
        }

        StringBuilder visible = new();
        int shown = 0;
        for (int place = start; place < text.Length;)
        {
            int length = StringInfo.GetNextTextElementLength(text, place);
            shown += CharacterWidth.Of(text.AsSpan(place, length));
            if (shown > room)
            {
                break;
            }

            visible.Append(text, place, length);
            place += length;
        }

        return new LineView(visible.ToString(), promptColumns + before);
    }
}
