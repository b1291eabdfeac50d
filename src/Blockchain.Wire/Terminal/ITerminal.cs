namespace Blockchain.Wire.Terminal;

/// <summary>The edge to a real terminal, so that the editor can be tested without one.</summary>
public interface ITerminal
{
    /// <summary>Columns of the window now.</summary>
    int Columns { get; }

    /// <summary>Waits for a key. The cursor's place is never asked for meanwhile: on Unix that would wait for the same input.</summary>
    ConsoleKeyInfo ReadKey();

    /// <summary>Writes text with control sequences.</summary>
    void Write(string text);
}

/// <summary>The process's own console.</summary>
public sealed class ConsoleTerminal : ITerminal
{
    private const int DefaultColumns = 80;

    /// <summary>Takes Ctrl-C as a key, so that it clears the line instead of ending the process.</summary>
    public ConsoleTerminal()
    {
        Console.TreatControlCAsInput = true;
        if (OperatingSystem.IsWindows())
        {
            WindowsConsole.EnableSequences();
        }
    }

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
    public ConsoleKeyInfo ReadKey() => Console.ReadKey(intercept: true);

    /// <inheritdoc/>
    public void Write(string text)
    {
        Console.Out.Write(text);
        Console.Out.Flush();
    }
}
