using System.Text;

namespace Blockchain.Wire.Terminal;

/// <summary>
/// Edits a line at a terminal, with history, search and completion, and lets notices appear above it while it is half
/// typed. Keys are those of readline and redis-cli.
/// </summary>
/// <remarks>
/// One thread calls <see cref="ReadLine"/>; any thread may call <see cref="Notice"/>. Bank and client both have a prompt
/// and may not reference each other, so the editor lives in the project that both reference.
/// </remarks>
/// <param name="terminal">The terminal.</param>
/// <param name="history">Lines typed before.</param>
/// <param name="complete">Completions of the last word of what stands before the cursor: whole words.</param>
public sealed class LineEditor(
    ITerminal terminal, LineHistory history, Func<string, IReadOnlyList<string>> complete)
{
    private const string ClearLine = "\r\u001b[K";
    private const int MaxSearch = 256;
    private readonly Lock _screen = new();
    private readonly LineBuffer _buffer = new();
    private readonly StringBuilder _search = new();
    private Func<string> _prompt = () => string.Empty;
    private bool _reading;
    private bool _searching;
    private string _beforeSearch = string.Empty;
    private int _found = -1;
    private bool _tabbed;

    /// <summary>Reads one line.</summary>
    /// <param name="prompt">Makes the prompt; asked again at every redraw, so that it is never stale.</param>
    /// <returns>The line; null when the user leaves with Ctrl-D on an empty line.</returns>
    public string? ReadLine(Func<string> prompt)
    {
        lock (_screen)
        {
            _prompt = prompt;
            _buffer.Set(string.Empty);
            _reading = true;
            Draw();
        }

        while (true)
        {
            ConsoleKeyInfo key = terminal.ReadKey();
            lock (_screen)
            {
                if (Handle(key) is { } outcome)
                {
                    _reading = false;
                    return outcome.Line;
                }

                Draw();
            }
        }
    }

    /// <summary>Prints lines above the line that is being typed.</summary>
    public void Notice(string text)
    {
        lock (_screen)
        {
            terminal.Write($"{(_reading ? ClearLine : string.Empty)}{text.ReplaceLineEndings("\r\n")}\r\n");
            if (_reading)
            {
                Draw();
            }
        }
    }

    /// <summary>Draws the prompt again, because what it shows has changed.</summary>
    public void Refresh()
    {
        lock (_screen)
        {
            if (_reading)
            {
                Draw();
            }
        }
    }

    /// <summary>Empties the screen.</summary>
    public void Clear()
    {
        lock (_screen)
        {
            terminal.Write("\u001b[H\u001b[2J");
        }
    }

    private Outcome? Handle(ConsoleKeyInfo key)
    {
        bool tabbed = _tabbed;
        _tabbed = false;
        if (_searching && HandleSearch(key))
        {
            return null;
        }

        bool control = key.Modifiers.HasFlag(ConsoleModifiers.Control);
        switch (key.Key)
        {
            case ConsoleKey.Enter:
                return Accept();
            case ConsoleKey.C when control:
                terminal.Write($"{ClearLine}{_prompt()}{_buffer.Text}^C\r\n");
                _buffer.Set(string.Empty);
                return null;
            case ConsoleKey.D when control:
                return DeleteOrLeave();
            case ConsoleKey.Tab:
                Complete(tabbed);
                return null;
            case ConsoleKey.R when control:
                _searching = true;
                _beforeSearch = _buffer.Text;
                _search.Clear();
                _found = -1;
                return null;
            default:
                Edit(key, control);
                return null;
        }
    }

    private Outcome Accept()
    {
        string line = _buffer.Text;
        terminal.Write($"{ClearLine}{_prompt()}{line}\r\n");
        history.Add(line);
        return new Outcome(line);
    }

    private Outcome? DeleteOrLeave()
    {
        if (_buffer.Text.Length > 0)
        {
            _buffer.Delete();
            return null;
        }

        terminal.Write("\r\n");
        return new Outcome(null);
    }

    private void Edit(ConsoleKeyInfo key, bool control)
    {
        bool alt = key.Modifiers.HasFlag(ConsoleModifiers.Alt);
        Action? action = (key.Key, control, alt) switch
        {
            (ConsoleKey.LeftArrow, true, _) or (ConsoleKey.B, _, true) => _buffer.WordLeft,
            (ConsoleKey.RightArrow, true, _) or (ConsoleKey.F, _, true) => _buffer.WordRight,
            (ConsoleKey.LeftArrow, _, _) or (ConsoleKey.B, true, _) => _buffer.Left,
            (ConsoleKey.RightArrow, _, _) or (ConsoleKey.F, true, _) => _buffer.Right,
            (ConsoleKey.Home, _, _) or (ConsoleKey.A, true, _) => _buffer.Home,
            (ConsoleKey.End, _, _) or (ConsoleKey.E, true, _) => _buffer.End,
            (ConsoleKey.W, true, _) or (ConsoleKey.Backspace, _, true) => _buffer.KillWord,
            (ConsoleKey.Backspace, _, _) or (ConsoleKey.H, true, _) => _buffer.Backspace,
            (ConsoleKey.Delete, _, _) => _buffer.Delete,
            (ConsoleKey.K, true, _) => _buffer.KillToEnd,
            (ConsoleKey.U, true, _) => _buffer.KillToStart,
            (ConsoleKey.Y, true, _) => _buffer.Yank,
            (ConsoleKey.T, true, _) => _buffer.Transpose,
            (ConsoleKey.L, true, _) => Clear,
            (ConsoleKey.UpArrow, _, _) or (ConsoleKey.P, true, _) => () => Show(history.Previous(_buffer.Text)),
            (ConsoleKey.DownArrow, _, _) or (ConsoleKey.N, true, _) => () => Show(history.Next()),
            _ => null,
        };
        if (action is not null)
        {
            action();
        }
        else if (key.KeyChar == '\u007f')
        {
            _buffer.Backspace();
        }
        else if (!char.IsControl(key.KeyChar) && !alt)
        {
            _buffer.Insert(key.KeyChar.ToString());
        }
    }

    private void Show(string? line)
    {
        if (line is not null)
        {
            _buffer.Set(line);
        }
    }

    /// <returns>False when the key ends the search and means what it always means.</returns>
    private bool HandleSearch(ConsoleKeyInfo key)
    {
        bool control = key.Modifiers.HasFlag(ConsoleModifiers.Control);
        if (key.Key == ConsoleKey.R && control)
        {
            Find(_found < 0 ? history.Lines.Count : _found);
            return true;
        }

        if ((key.Key is ConsoleKey.G or ConsoleKey.C && control) || key.Key == ConsoleKey.Escape)
        {
            _searching = false;
            _buffer.Set(_beforeSearch);
            return true;
        }

        if (key.Key == ConsoleKey.Backspace || key.KeyChar == '\u007f')
        {
            _search.Length = Math.Max(0, _search.Length - 1);
            Find(history.Lines.Count);
            return true;
        }

        if (!control && !char.IsControl(key.KeyChar) && _search.Length < MaxSearch)
        {
            _search.Append(key.KeyChar);
            Find(history.Lines.Count);
            return true;
        }

        _searching = false;
        return false;
    }

    private void Find(int before)
    {
        int place = history.Search(_search.ToString(), before);
        if (place >= 0)
        {
            _found = place;
            _buffer.Set(history.Lines[place]);
        }
    }

    private void Complete(bool again)
    {
        string before = _buffer.Text[.._buffer.Cursor];
        string after = _buffer.Text[_buffer.Cursor..];
        int wordAt = before.LastIndexOfAny([' ', ';']) + 1;
        IReadOnlyList<string> words = complete(before);
        if (words.Count == 0)
        {
            return;
        }

        string common = words.Aggregate(CommonStart);
        string completed = words.Count == 1 ? words[0] + " " : common;
        if (completed.Length > before.Length - wordAt)
        {
            _buffer.Set(before[..wordAt] + completed + after, wordAt + completed.Length);
        }
        else if (again)
        {
            terminal.Write($"{ClearLine}{string.Join("  ", words)}\r\n");
        }
        else
        {
            _tabbed = true;
        }
    }

    private static string CommonStart(string left, string right)
    {
        int length = 0;
        while (length < left.Length && length < right.Length
            && char.ToLowerInvariant(left[length]) == char.ToLowerInvariant(right[length]))
        {
            length++;
        }

        return left[..length];
    }

    private void Draw()
    {
        string prompt = _searching ? $"(search) '{_search}': " : _prompt();
        LineView view = LineView.Of(CharacterWidth.Of(prompt), _buffer.Text, _buffer.Cursor, terminal.Columns);
        terminal.Write($"{ClearLine}{prompt}{view.Visible}\r{(view.CursorColumn > 0 ? $"\u001b[{view.CursorColumn}C" : string.Empty)}");
    }

    private readonly record struct Outcome(string? Line);
}
