using System.Collections.Concurrent;
using Blockchain.Wire.Terminal;

namespace Blockchain.Tests.Terminal;

/// <summary>A terminal in memory: keys from the test, and a screen to look at.</summary>
internal sealed class FakeTerminal(int columns = 40) : ITerminal, IDisposable
{
    private readonly BlockingCollection<ConsoleKeyInfo?> _keys = [];

    public event Action? Resized;

    public int Columns { get; set; } = columns;

    public Screen Screen { get; } = new(columns);

    public ConsoleKeyInfo? ReadKey() => _keys.Take();

    public void Write(string text) => Screen.Write(text);

    /// <summary>Types text as a console hands it over; control characters are Ctrl with their letter.</summary>
    public void Type(string text)
    {
        foreach (char c in text)
        {
            _keys.Add(KeyOf(c));
        }
    }

    public void Press(ConsoleKey key, ConsoleModifiers modifiers = ConsoleModifiers.None, char c = '\0') => _keys.Add(
        new ConsoleKeyInfo(
            c, key, modifiers.HasFlag(ConsoleModifiers.Shift), modifiers.HasFlag(ConsoleModifiers.Alt),
            modifiers.HasFlag(ConsoleModifiers.Control)));

    /// <summary>Alt with a letter.</summary>
    public void Alt(char letter) =>
        Press(ConsoleKey.A + (char.ToUpperInvariant(letter) - 'A'), ConsoleModifiers.Alt, letter);

    /// <summary>Ctrl with a letter.</summary>
    public void Control(char letter) => _keys.Add(KeyOf((char)(char.ToUpperInvariant(letter) - '@')));

    /// <summary>The terminal goes away.</summary>
    public void HangUp() => _keys.Add(null);

    public void Resize(int columns)
    {
        Columns = columns;
        Resized?.Invoke();
    }

    public void Dispose() => _keys.Dispose();

    private static ConsoleKeyInfo KeyOf(char c)
    {
        ConsoleKey key = c switch
        {
            '\r' => ConsoleKey.Enter,
            '\t' => ConsoleKey.Tab,
            '\u007f' => ConsoleKey.Backspace,
            >= '\u0001' and <= '\u001a' => ConsoleKey.A + (c - 1),
            >= 'a' and <= 'z' => ConsoleKey.A + (c - 'a'),
            >= 'A' and <= 'Z' => ConsoleKey.A + (c - 'A'),
            >= '0' and <= '9' => ConsoleKey.D0 + (c - '0'),
            ' ' => ConsoleKey.Spacebar,
            _ => ConsoleKey.None,
        };
        bool control = c is >= '\u0001' and <= '\u001a' and not '\r' and not '\t';
        return new ConsoleKeyInfo(c, key, char.IsAsciiLetterUpper(c), alt: false, control);
    }
}
