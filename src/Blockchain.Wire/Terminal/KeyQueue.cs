using System.Collections.Concurrent;

namespace Blockchain.Wire.Terminal;

/// <summary>
/// Keys as they are typed, read ahead on a thread of their own: what is typed while a command runs is kept for the next
/// line, and Ctrl-C is noticed although nobody waits for a key.
/// </summary>
/// <remarks>Reading without a pause also keeps the console from switching its echo on between two keys.</remarks>
/// <param name="terminal">Where keys come from.</param>
/// <param name="isReading">Whether a line is being read, to which Ctrl-C belongs as any other key.</param>
/// <param name="interrupt">Called at any other Ctrl-C, when what was typed ahead has been dropped: who stops then must
/// not find it.</param>
internal sealed class KeyQueue(ITerminal terminal, Func<bool> isReading, Action interrupt)
{
    private const int Ahead = 4_096;
    private readonly BlockingCollection<ConsoleKeyInfo> _keys = new(Ahead);
    private Exception? _fault;
    private bool _started;

    /// <summary>Whether no key waits: time to draw.</summary>
    public bool IsEmpty => _keys.Count == 0;

    /// <summary>The next key; null when input has ended.</summary>
    /// <exception cref="IOException">The terminal cannot be read.</exception>
    public ConsoleKeyInfo? Take()
    {
        if (!_started)
        {
            _started = true;
            new Thread(Pump) { IsBackground = true, Name = "keys" }.Start();
        }

        if (_keys.TryTake(out ConsoleKeyInfo key, Timeout.Infinite))
        {
            return key;
        }

        return _fault is null ? null : throw new IOException($"the terminal cannot be read: {_fault.Message}", _fault);
    }

    private void Pump()
    {
        try
        {
            while (terminal.ReadKey() is { } key)
            {
                bool isInterrupt = key.Key == ConsoleKey.C && key.Modifiers == ConsoleModifiers.Control;
                if (!isInterrupt || isReading())
                {
                    _keys.Add(key);
                    continue;
                }

                while (_keys.TryTake(out _))
                {
                }

                interrupt();
            }
        }
        catch (Exception fault) when (fault is IOException or InvalidOperationException)
        {
            _fault = fault;
        }

        _keys.CompleteAdding();
    }
}
