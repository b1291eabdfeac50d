using System.Runtime.InteropServices;

namespace Blockchain.Wire.Terminal;

/// <summary>The edge to a real terminal, so that the editor can be tested without one.</summary>
public interface ITerminal
{
    /// <summary>The window has another size now. Raised on any thread.</summary>
    event Action? Resized;

    /// <summary>Columns of the window now.</summary>
    int Columns { get; }

    /// <summary>Waits for a key. The cursor's place is never asked for meanwhile: on Unix that would wait for the same
    /// input.</summary>
    /// <returns>The key; null when input has ended.</returns>
    ConsoleKeyInfo? ReadKey();

    /// <summary>Writes text with control sequences.</summary>
    void Write(string text);
}

/// <summary>The process's own console.</summary>
public sealed class ConsoleTerminal : ITerminal, IDisposable
{
    private const int DefaultColumns = 80;
    private const int EmptyKeys = 16;
    private readonly PosixSignalRegistration? _resize;

    /// <summary>Takes Ctrl-C as a key, so that it clears the line instead of ending the process.</summary>
    public ConsoleTerminal()
    {
        Console.TreatControlCAsInput = true;
        if (OperatingSystem.IsWindows())
        {
            WindowsConsole.EnableSequences();
        }
        else
        {
            _resize = PosixSignalRegistration.Create(PosixSignal.SIGWINCH, _ => Resized?.Invoke());
        }
    }

    /// <inheritdoc/>
    public event Action? Resized;

    /// <inheritdoc/>
    public int Columns
    {
        get
        {
            try
            {
                return Console.WindowWidth is > 0 and var width ? width : DefaultColumns;
            }
            catch (IOException)
            {
                return DefaultColumns;
            }
        }
    }

    /// <inheritdoc/>
    public ConsoleKeyInfo? ReadKey()
    {
        // A console whose terminal is gone answers with empty keys at once, for ever.
        for (int i = 0; i < EmptyKeys; i++)
        {
            ConsoleKeyInfo key = Console.ReadKey(intercept: true);
            if (key != default)
            {
                return key;
            }
        }

        return null;
    }

    /// <inheritdoc/>
    public void Write(string text)
    {
        Console.Out.Write(text);
        Console.Out.Flush();
    }

    /// <summary>Stops to listen for another size.</summary>
    public void Dispose() => _resize?.Dispose();
}
