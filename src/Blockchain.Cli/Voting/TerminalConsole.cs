using System.Threading.Channels;
using Blockchain.Wire.Terminal;

namespace Blockchain.Cli.Voting;

/// <summary>A person at a terminal: the line is edited, notices appear above it, and Ctrl-C ends a wait.</summary>
internal sealed class TerminalConsole : IVoteConsole
{
    private readonly LineEditor _editor;
    private readonly Channel<string> _questions = Channel.CreateBounded<string>(1);
    private readonly Channel<string?> _answers = Channel.CreateBounded<string?>(1);
    private CancellationTokenSource? _wait;
    private bool _hasEnded;

    /// <summary>Starts to listen to keys.</summary>
    public TerminalConsole(ITerminal terminal, string? historyPath)
    {
        _editor = new LineEditor(terminal, new LineHistory(historyPath), _ => []);
        _editor.Interrupted += Interrupt;
        new Thread(Read) { IsBackground = true, Name = "keys" }.Start();
    }

    /// <inheritdoc/>
    public async Task<string?> AskAsync(string prompt, CancellationToken cancellation)
    {
        if (_hasEnded)
        {
            return null;
        }

        await _questions.Writer.WriteAsync(prompt, cancellation);
        string? answer = await _answers.Reader.ReadAsync(cancellation);
        _hasEnded = answer is null;
        return answer;
    }

    /// <inheritdoc/>
    public void Tell(string line) => _editor.Notice(line);

    /// <inheritdoc/>
    public void Complain(string line) => _editor.Notice(line);

    /// <inheritdoc/>
    public async Task<bool> WaitAsync(Func<CancellationToken, Task> work, CancellationToken cancellation)
    {
        using CancellationTokenSource wait = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Volatile.Write(ref _wait, wait);
        try
        {
            await work(wait.Token);
            return true;
        }
        catch (OperationCanceledException) when (wait.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            return false;
        }
        finally
        {
            Volatile.Write(ref _wait, null);
        }
    }

    private void Interrupt()
    {
        try
        {
            Volatile.Read(ref _wait)?.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The wait has just ended.
        }
    }

    // On a narrow terminal the question stands above the line.
    private string? Read(string prompt)
    {
        if (_editor.Fits(prompt))
        {
            return _editor.ReadLine(() => prompt);
        }

        _editor.Notice(prompt.TrimEnd());
        return _editor.ReadLine(() => "> ");
    }

    // A console cannot be read with a token, so that keys are awaited on a thread of their own.
    private void Read()
    {
        try
        {
            while (true)
            {
                string prompt = _questions.Reader.ReadAsync().AsTask().GetAwaiter().GetResult();
                string? line = Read(prompt);
                _answers.Writer.TryWrite(line);
                if (line is null)
                {
                    return;
                }
            }
        }
        catch (Exception fault) when (fault is InvalidOperationException or IOException)
        {
            // The terminal is gone.
            _answers.Writer.TryWrite(null);
        }
    }
}
