using System.Text;

namespace Blockchain.Wire.Terminal;

/// <summary>Ctrl-R: looks backwards through the history while the text looked for is being typed.</summary>
/// <param name="history">Where it looks.</param>
/// <param name="buffer">Shows what is found.</param>
internal sealed class LineSearch(LineHistory history, LineBuffer buffer)
{
    private const int MaxLength = 256;
    private readonly StringBuilder _text = new();
    private string _before = string.Empty;
    private int _found;
    private bool _failed;

    /// <summary>Whether keys go to the search.</summary>
    public bool IsActive { get; private set; }

    /// <summary>What stands before the line meanwhile.</summary>
    public string Prompt => $"({(_failed ? "nothing found" : "search")}) '{_text}': ";

    /// <summary>Begins.</summary>
    public void Start()
    {
        IsActive = true;
        _text.Clear();
        _before = buffer.Text;
        _found = history.Lines.Count;
        _failed = false;
    }

    /// <summary>Takes a key.</summary>
    /// <returns>False when the key ends the search and means what it always means.</returns>
    public bool Handle(ConsoleKeyInfo key)
    {
        bool control = key.Modifiers.HasFlag(ConsoleModifiers.Control);
        switch (key.Key)
        {
            case ConsoleKey.R when control:
                Find(_found);
                return true;
            case ConsoleKey.G or ConsoleKey.C when control:
                buffer.Set(_before);
                IsActive = false;
                return true;
            case ConsoleKey.Escape:
                IsActive = false;
                return true;
        }

        if (key.Key == ConsoleKey.Backspace || key.KeyChar is '\u007f' or '\b')
        {
            _text.Length = Math.Max(0, _text.Length - 1);
            Find(history.Lines.Count);
            return true;
        }

        if (!control && !char.IsControl(key.KeyChar) && _text.Length < MaxLength)
        {
            _text.Append(key.KeyChar);
            Find(_found + 1);
            return true;
        }

        IsActive = false;
        return false;
    }

    private void Find(int before)
    {
        int place = _text.Length == 0 ? -1 : history.Search(_text.ToString(), before);
        _failed = place < 0 && _text.Length > 0;
        if (place >= 0)
        {
            _found = place;
            buffer.Set(history.Lines[place]);
        }
    }
}
