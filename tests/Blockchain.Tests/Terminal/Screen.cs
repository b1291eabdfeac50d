using System.Text;
using Blockchain.Wire.Terminal;

namespace Blockchain.Tests.Terminal;

/// <summary>
/// What a person sees: a terminal as far as line editing needs one. It takes the bytes of a program and knows the rows
/// and the cursor. Any thread may use it.
/// </summary>
public sealed class Screen(int columns)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly Lock _gate = new();
    private readonly List<string[]> _rows = [new string[columns]];
    private readonly StringBuilder _pending = new();
    private readonly StringBuilder _raw = new();
    private TaskCompletionSource _changed = New();
    private int _row;
    private int _column;
    private int _top;

    /// <summary>Columns of the window.</summary>
    public int Columns => columns;

    /// <summary>Everything written so far, control sequences included.</summary>
    public string Raw
    {
        get
        {
            lock (_gate)
            {
                return _raw.ToString();
            }
        }
    }

    /// <summary>All rows, the ones scrolled off included, without blanks at their ends.</summary>
    public string[] Rows
    {
        get
        {
            lock (_gate)
            {
                return [.. _rows.Skip(_top).Select(Text)];
            }
        }
    }

    /// <summary>The row of the cursor with a bar at its place.</summary>
    public string Line
    {
        get
        {
            lock (_gate)
            {
                string before = Text(_rows[_row][.._column], trim: false);
                return before + "|" + Text(_rows[_row][_column..]);
            }
        }
    }

    /// <summary>Takes what the program writes.</summary>
    public void Write(string text)
    {
        TaskCompletionSource changed;
        lock (_gate)
        {
            _raw.Append(text);
            _pending.Append(text);
            string waiting = _pending.ToString();
            int at = 0;
            while (at < waiting.Length && TryTake(waiting, at, out int length))
            {
                at += length;
            }

            _pending.Remove(0, at);
            changed = _changed;
            _changed = New();
        }

        changed.SetResult();
    }

    /// <summary>Waits until what is seen is so.</summary>
    public async Task UntilAsync(Func<Screen, bool> holds, string what)
    {
        using CancellationTokenSource patience = new(Patience);
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                changed = _changed.Task;
            }

            if (holds(this))
            {
                return;
            }

            try
            {
                await changed.WaitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                throw new TimeoutException($"{what} was not seen, but\n{string.Join('\n', Rows)}\n{Line}");
            }
        }
    }

    /// <summary>Waits until the row of the cursor looks like this, with a bar for the cursor.</summary>
    public Task UntilLineAsync(string line) => UntilAsync(screen => screen.Line == line, $"'{line}'");

    /// <summary>Waits until a row contains this text.</summary>
    public Task UntilRowAsync(string text) => UntilAsync(
        screen => screen.Rows.Any(row => row.Contains(text, StringComparison.Ordinal)), $"'{text}'");

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static string Text(string[] cells) => Text(cells, trim: true);

    // A wide character stands in its first cell; its second holds an empty text.
    private static string Text(string[] cells, bool trim)
    {
        string text = string.Concat(cells.Select(cell => cell ?? " "));
        return trim ? text.TrimEnd() : text;
    }

    /// <returns>False when the rest is only the beginning of something.</returns>
    private bool TryTake(string text, int at, out int length)
    {
        length = 1;
        switch (text[at])
        {
            case '\r':
                _column = 0;
                return true;
            case '\n':
                NextRow();
                return true;
            case '\b':
                _column = Math.Max(0, _column - 1);
                return true;
            case '\u0007':
                return true;
            case '\u001b':
                return TryTakeSequence(text, at, out length);
        }

        if (char.IsHighSurrogate(text[at]) && at + 1 == text.Length)
        {
            return false;
        }

        Rune.DecodeFromUtf16(text.AsSpan(at), out Rune rune, out length);
        Put(rune);
        return true;
    }

    private bool TryTakeSequence(string text, int at, out int length)
    {
        length = 0;
        if (at + 1 == text.Length)
        {
            return false;
        }

        if (text[at + 1] != '[')
        {
            length = text[at + 1] is '(' or ')' ? 3 : 2;
            return at + length <= text.Length;
        }

        int end = at + 2;
        while (end < text.Length && text[end] is >= '\u0020' and <= '\u003f')
        {
            end++;
        }

        if (end == text.Length)
        {
            return false;
        }

        length = end + 1 - at;
        Obey(text[end], text[(at + 2)..end]);
        return true;
    }

    private void Obey(char final, string parameters)
    {
        int number = int.TryParse(parameters, out int given) ? given : 0;
        switch (final)
        {
            case 'C':
                _column = Math.Min(columns - 1, _column + Math.Max(1, number));
                break;
            case 'D':
                _column = Math.Max(0, _column - Math.Max(1, number));
                break;
            case 'K':
                Array.Clear(_rows[_row], _column, columns - _column);
                break;
            case 'J' when number == 2:
                _top = _rows.Count;
                _rows.Add(new string[columns]);
                _row = _top;
                _column = 0;
                break;
            case 'H' or 'm' or 'h' or 'l':
                break;
            default:
                throw new InvalidOperationException($"The sequence ESC [ {parameters} {final} is not known here.");
        }
    }

    private void Put(Rune rune)
    {
        int width = CharacterWidth.Of(rune);
        if (width == 0)
        {
            int place = Math.Max(0, _column - 1);
            place = _rows[_row][place] is { Length: 0 } ? place - 1 : place;
            _rows[_row][place] += rune.ToString();
            return;
        }

        if (_column + width > columns)
        {
            _column = 0;
            NextRow();
        }

        _rows[_row][_column] = rune.ToString();
        if (width == 2)
        {
            _rows[_row][_column + 1] = string.Empty;
        }

        _column = Math.Min(_column + width, columns);
        if (_column == columns)
        {
            _column = 0;
            NextRow();
        }
    }

    private void NextRow()
    {
        _row++;
        if (_row == _rows.Count)
        {
            _rows.Add(new string[columns]);
        }
    }
}
