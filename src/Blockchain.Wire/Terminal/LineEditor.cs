namespace Blockchain.Wire.Terminal;

/// <summary>
/// Edits a line at a terminal, with history, search and completion, and lets notices appear above it while it is half
/// typed. Keys are those of readline and redis-cli.
/// </summary>
/// <remarks>
/// One thread calls <see cref="ReadLine"/>; any thread may call <see cref="Notice"/>. Bank and client both have a
/// prompt and may not reference each other, so the editor lives in the project that both reference.
/// </remarks>
public sealed class LineEditor
{
    private const string ClearLine = "\r\u001b[K";
    private const string ShortPrompt = "> ";
    private const int MaxListed = 100;
    private const int LeastRoom = 8;
    private readonly ITerminal _terminal;
    private readonly LineHistory _history;
    private readonly Func<string, IReadOnlyList<string>> _complete;
    private readonly KeyQueue _keys;
    private readonly Lock _screen = new();
    private readonly LineBuffer _buffer = new();
    private readonly LineSearch _search;
    private Func<string> _prompt = () => string.Empty;
    private bool _reading;
    private bool _tabbed;
    private char _highSurrogate;

    /// <summary>Makes the editor; it reads no key yet.</summary>
    /// <param name="terminal">The terminal.</param>
    /// <param name="history">Lines typed before.</param>
    /// <param name="complete">Completions of the last word of what stands before the cursor: whole words.</param>
    public LineEditor(ITerminal terminal, LineHistory history, Func<string, IReadOnlyList<string>> complete)
    {
        _terminal = terminal;
        _history = history;
        _complete = complete;
        _search = new LineSearch(history, _buffer);
        _keys = new KeyQueue(terminal, IsReading, () => Interrupted?.Invoke());
        terminal.Resized += Refresh;
    }

    /// <summary>Ctrl-C was pressed while no line was being read: whatever runs should stop.</summary>
    public event Action? Interrupted;

    /// <summary>Whether the terminal is wide enough for this prompt; else a short one stands for it.</summary>
    public bool Fits(string prompt) => CharacterWidth.Of(prompt) + LeastRoom <= _terminal.Columns;

    /// <summary>Reads one line.</summary>
    /// <param name="prompt">Makes the prompt; asked again at every redraw, so that it is never stale.</param>
    /// <returns>The line; null when the user leaves with Ctrl-D on an empty line, or when input has ended.</returns>
    /// <exception cref="IOException">The terminal cannot be read.</exception>
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
            ConsoleKeyInfo? key = _keys.Take();
            lock (_screen)
            {
                Outcome? outcome = key is { } typed ? Handle(typed) : new Outcome(null);
                if (outcome is not null)
                {
                    _reading = false;
                    return outcome.Value.Line;
                }

                // A paste is drawn once, not letter by letter.
                if (_keys.IsEmpty)
                {
                    Draw();
                }
            }
        }
    }

    /// <summary>Prints lines above the line that is being typed. Control characters in them are shown as question
    /// marks.</summary>
    public void Notice(string text)
    {
        string lines = PlainText.Of(text.ReplaceLineEndings("\n")).Replace("\n", "\r\n", StringComparison.Ordinal);
        lock (_screen)
        {
            _terminal.Write($"{(_reading ? ClearLine : string.Empty)}{lines}\r\n");
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
            _terminal.Write("\u001b[H\u001b[2J");
        }
    }

    private bool IsReading()
    {
        lock (_screen)
        {
            return _reading;
        }
    }

    private Outcome? Handle(ConsoleKeyInfo key)
    {
        bool tabbed = _tabbed;
        _tabbed = false;
        if (_search.IsActive && _search.Handle(key))
        {
            return null;
        }

        bool control = key.Modifiers.HasFlag(ConsoleModifiers.Control);
        switch (key.Key)
        {
            case ConsoleKey.Enter:
            case ConsoleKey.J or ConsoleKey.M when control:
                return Accept();
            case ConsoleKey.C when control:
                _terminal.Write($"{ClearLine}{_prompt()}{_buffer.Text}^C\r\n");
                _buffer.Set(string.Empty);
                _history.ToEnd();
                return null;
            case ConsoleKey.D when control:
                return DeleteOrLeave();
            case ConsoleKey.Tab:
                Complete(tabbed);
                return null;
            case ConsoleKey.R when control:
                _search.Start();
                return null;
            default:
                Edit(key, control);
                return null;
        }
    }

    private Outcome Accept()
    {
        string line = _buffer.Text;
        _terminal.Write($"{ClearLine}{_prompt()}{line}\r\n");
        _history.Add(line);
        return new Outcome(line);
    }

    private Outcome? DeleteOrLeave()
    {
        if (_buffer.Text.Length > 0)
        {
            _buffer.Delete();
            return null;
        }

        _terminal.Write("\r\n");
        return new Outcome(null);
    }

    private void Edit(ConsoleKeyInfo key, bool control)
    {
        bool alt = key.Modifiers.HasFlag(ConsoleModifiers.Alt);
        bool printable = !char.IsControl(key.KeyChar);

        // Some keyboards type characters such as @ with a key that counts as Ctrl and Alt together.
        bool typed = printable && control == alt;
        if (typed || Action(key.Key, control, alt) is not { } action)
        {
            Type(key.KeyChar, typed);
            return;
        }

        action();
    }

    private void Type(char c, bool typed)
    {
        if (c == '\u007f')
        {
            _buffer.Backspace();
        }
        else if (char.IsHighSurrogate(c))
        {
            _highSurrogate = c;
        }
        else if (typed)
        {
            string text = char.IsLowSurrogate(c) ? $"{_highSurrogate}{c}" : c.ToString();
            _buffer.Insert(text);
        }
    }

    private Action? Action(ConsoleKey key, bool control, bool alt) => (key, control, alt) switch
    {
        (ConsoleKey.LeftArrow, true, _) or (ConsoleKey.LeftArrow or ConsoleKey.B, _, true) => _buffer.WordLeft,
        (ConsoleKey.RightArrow, true, _) or (ConsoleKey.RightArrow or ConsoleKey.F, _, true) => _buffer.WordRight,
        (ConsoleKey.LeftArrow, _, _) or (ConsoleKey.B, true, _) => _buffer.Left,
        (ConsoleKey.RightArrow, _, _) or (ConsoleKey.F, true, _) => _buffer.Right,
        (ConsoleKey.Home, _, _) or (ConsoleKey.A, true, _) => _buffer.Home,
        (ConsoleKey.End, _, _) or (ConsoleKey.E, true, _) => _buffer.End,
        (ConsoleKey.W, true, _) or (ConsoleKey.Backspace, _, true) => _buffer.KillWord,
        (ConsoleKey.Backspace, _, _) or (ConsoleKey.H, true, _) => _buffer.Backspace,
        (ConsoleKey.Delete, _, _) => _buffer.Delete,
        (ConsoleKey.D, _, true) => _buffer.KillWordRight,
        (ConsoleKey.K, true, _) => _buffer.KillToEnd,
        (ConsoleKey.U, true, _) => _buffer.KillToStart,
        (ConsoleKey.Y, true, _) => _buffer.Yank,
        (ConsoleKey.T, true, _) => _buffer.Transpose,
        (ConsoleKey.L, true, _) => Clear,
        (ConsoleKey.UpArrow, _, _) or (ConsoleKey.P, true, _) => () => Show(_history.Previous(_buffer.Text)),
        (ConsoleKey.DownArrow, _, _) or (ConsoleKey.N, true, _) => () => Show(_history.Next()),
        _ => null,
    };

    private void Show(string? line)
    {
        if (line is not null)
        {
            _buffer.Set(line);
        }
    }

    private void Complete(bool again)
    {
        string before = _buffer.Text[.._buffer.Cursor];
        string after = _buffer.Text[_buffer.Cursor..];
        int wordAt = before.LastIndexOfAny([' ', ';']) + 1;
        IReadOnlyList<string> words = _complete(before);
        if (words.Count == 0)
        {
            return;
        }

        string common = words.Aggregate(CommonStart);
        string blank = words.Count > 1 || after.StartsWith(' ') ? string.Empty : " ";
        if (common.Length + blank.Length > before.Length - wordAt)
        {
            _buffer.Set(before[..wordAt] + common + blank + after, wordAt + common.Length + blank.Length);
        }
        else if (again)
        {
            string more = words.Count > MaxListed ? $"  and {words.Count - MaxListed} more" : string.Empty;
            _terminal.Write($"{ClearLine}{string.Join("  ", words.Take(MaxListed))}{more}\r\n");
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
        string prompt = _search.IsActive ? _search.Prompt : _prompt();
        int columns = _terminal.Columns;
        prompt = Fits(prompt) ? prompt : ShortPrompt;
        LineView view = LineView.Of(CharacterWidth.Of(prompt), _buffer.Text, _buffer.Cursor, columns);
        string toCursor = view.CursorColumn > 0 ? $"\u001b[{view.CursorColumn}C" : string.Empty;
        _terminal.Write($"{ClearLine}{prompt}{view.Visible}\r{toCursor}");
    }

    private readonly record struct Outcome(string? Line);
}
