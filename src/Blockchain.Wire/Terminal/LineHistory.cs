namespace Blockchain.Wire.Terminal;

/// <summary>
/// The lines typed before, kept in a file per user. A file that cannot be read or written costs the history, never the
/// prompt.
/// </summary>
public sealed class LineHistory
{
    private const int MaxLines = 1_000;
    private readonly string? _path;
    private readonly List<string> _lines = [];
    private int _place;
    private string _draft = string.Empty;

    /// <summary>Starts with what the file holds.</summary>
    /// <param name="path">The file; null keeps the history in memory.</param>
    public LineHistory(string? path)
    {
        _path = path;
        if (path is not null)
        {
            Guarded(Load);
        }

        _place = _lines.Count;
    }

    /// <summary>The lines, oldest first.</summary>
    public IReadOnlyList<string> Lines => _lines;

    /// <summary>Keeps a line, unless it is blank or the same as the one before.</summary>
    public void Add(string line)
    {
        if (line.Trim().Length > 0 && (_lines.Count == 0 || _lines[^1] != line))
        {
            _lines.Add(line);
            if (_lines.Count > MaxLines)
            {
                _lines.RemoveAt(0);
            }

            Guarded(() => Store(line));
        }

        ToEnd();
    }

    /// <summary>Back to the end: no line of the history is shown, nothing is being typed.</summary>
    public void ToEnd()
    {
        _place = _lines.Count;
        _draft = string.Empty;
    }

    /// <summary>The line before the one shown; null at the first.</summary>
    /// <param name="current">What is typed now; kept when it is no line of the history yet.</param>
    public string? Previous(string current)
    {
        if (_place == _lines.Count)
        {
            _draft = current;
        }

        return _place == 0 ? null : _lines[--_place];
    }

    /// <summary>The line after the one shown, at last what was being typed; null at the end.</summary>
    public string? Next()
    {
        if (_place == _lines.Count)
        {
            return null;
        }

        _place++;
        return _place == _lines.Count ? _draft : _lines[_place];
    }

    /// <summary>Looks backwards for a line that contains <paramref name="text"/>.</summary>
    /// <param name="text">What to look for; case does not count.</param>
    /// <param name="before">Only lines before this place are looked at.</param>
    /// <returns>The place of the line; -1 for none.</returns>
    public int Search(string text, int before)
    {
        int place = Math.Min(before, _lines.Count) - 1;
        while (place >= 0 && !_lines[place].Contains(text, StringComparison.OrdinalIgnoreCase))
        {
            place--;
        }

        return place;
    }

    private void Load()
    {
        if (!File.Exists(_path))
        {
            return;
        }

        string[] stored = File.ReadAllLines(_path);
        _lines.AddRange(stored.Where(line => !line.Any(char.IsControl)).TakeLast(MaxLines));
        if (stored.Length > 2 * MaxLines)
        {
            File.WriteAllLines(_path, _lines);
        }
    }

    // Appended, because several prompts of one user share the file. What a user paid is nobody else's business.
    private void Store(string line)
    {
        if (_path is null)
        {
            return;
        }

        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(_path))!);
        FileStreamOptions options =
            new() { Mode = FileMode.Append, Access = FileAccess.Write, Share = FileShare.ReadWrite };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using StreamWriter writer = new(_path, options);
        writer.Write(line + "\n");
    }

    private static void Guarded(Action action)
    {
        try
        {
            action();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The prompt is worth more than its history.
        }
    }
}
