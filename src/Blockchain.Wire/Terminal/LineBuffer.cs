using System.Globalization;

namespace Blockchain.Wire.Terminal;

/// <summary>A line being typed: text and cursor, moved by whole characters as people see them. No console
/// here.</summary>
public sealed class LineBuffer
{
    /// <summary>The longest line, in UTF-16 units.</summary>
    public const int MaxLength = 16_384;

    private string _killed = string.Empty;

    /// <summary>The text.</summary>
    public string Text { get; private set; } = string.Empty;

    /// <summary>Place of the cursor in <see cref="Text"/>, in UTF-16 units, always between characters.</summary>
    public int Cursor { get; private set; }

    /// <summary>Replaces the text; the cursor goes to its end.</summary>
    public void Set(string text)
    {
        Text = text;
        Cursor = text.Length;
    }

    /// <summary>Replaces the text and places the cursor.</summary>
    public void Set(string text, int cursor)
    {
        Text = text;
        Cursor = Math.Clamp(cursor, 0, text.Length);
    }

    /// <summary>Types at the cursor.</summary>
    public void Insert(string text)
    {
        if (Text.Length + text.Length <= MaxLength)
        {
            Text = Text.Insert(Cursor, text);
            Cursor += text.Length;
        }
    }

    /// <summary>One character to the left.</summary>
    public void Left() => Cursor = Before(Cursor);

    /// <summary>One character to the right.</summary>
    public void Right() => Cursor = After(Cursor);

    /// <summary>To the start.</summary>
    public void Home() => Cursor = 0;

    /// <summary>To the end.</summary>
    public void End() => Cursor = Text.Length;

    /// <summary>To the start of the word.</summary>
    public void WordLeft() => Cursor = WordStart();

    /// <summary>To the end of the word.</summary>
    public void WordRight() => Cursor = WordEnd();

    /// <summary>Deletes the character before the cursor.</summary>
    public void Backspace() => Remove(Before(Cursor), Cursor, keep: false);

    /// <summary>Deletes the character at the cursor.</summary>
    public void Delete() => Remove(Cursor, After(Cursor), keep: false);

    /// <summary>Deletes to the end; <see cref="Yank"/> brings it back.</summary>
    public void KillToEnd() => Remove(Cursor, Text.Length, keep: true);

    /// <summary>Deletes to the start; <see cref="Yank"/> brings it back.</summary>
    public void KillToStart() => Remove(0, Cursor, keep: true);

    /// <summary>Deletes the word before the cursor, up to a blank; <see cref="Yank"/> brings it back.</summary>
    public void KillWord()
    {
        int start = Cursor;
        while (start > 0 && Text[start - 1] == ' ')
        {
            start--;
        }

        while (start > 0 && Text[start - 1] != ' ')
        {
            start--;
        }

        Remove(start, Cursor, keep: true);
    }

    /// <summary>Deletes to the end of the word; <see cref="Yank"/> brings it back.</summary>
    public void KillWordRight() => Remove(Cursor, WordEnd(), keep: true);

    /// <summary>Types what was killed last.</summary>
    public void Yank() => Insert(_killed);

    /// <summary>Swaps the two characters before the cursor, or around it.</summary>
    public void Transpose()
    {
        int middle = Cursor == Text.Length ? Before(Cursor) : Cursor;
        int start = Before(middle);
        int end = After(middle);
        if (start == middle || middle == end)
        {
            return;
        }

        Text = Text[..start] + Text[middle..end] + Text[start..middle] + Text[end..];
        Cursor = end;
    }

    private int WordStart()
    {
        int place = Cursor;
        while (place > 0 && !char.IsLetterOrDigit(Text[place - 1]))
        {
            place--;
        }

        while (place > 0 && char.IsLetterOrDigit(Text[place - 1]))
        {
            place--;
        }

        return place;
    }

    private int WordEnd()
    {
        int place = Cursor;
        while (place < Text.Length && !char.IsLetterOrDigit(Text[place]))
        {
            place++;
        }

        while (place < Text.Length && char.IsLetterOrDigit(Text[place]))
        {
            place++;
        }

        return place;
    }

    private int Before(int place)
    {
        int last = 0;
        foreach (int start in StringInfo.ParseCombiningCharacters(Text))
        {
            if (start >= place)
            {
                break;
            }

            last = start;
        }

        return last;
    }

    private int After(int place) => place >= Text.Length
        ? Text.Length
        : place + StringInfo.GetNextTextElementLength(Text, place);

    private void Remove(int start, int end, bool keep)
    {
        if (start < end)
        {
            _killed = keep ? Text[start..end] : _killed;
            Text = Text.Remove(start, end - start);
            Cursor = start;
        }
    }
}
