namespace Blockchain.Cli.Voting;

/// <summary>Lines from a pipe or from the command line.</summary>
/// <param name="input">The lines.</param>
/// <param name="output">For answers.</param>
/// <param name="errors">For what goes wrong.</param>
/// <param name="showsPrompts">Whether questions are written: a program that talks to this one may wait for
/// them.</param>
internal sealed class LineConsole(TextReader input, TextWriter output, TextWriter errors, bool showsPrompts)
    : IVoteConsole
{
    private readonly Lock _gate = new();
    private bool _isAsking;

    /// <inheritdoc/>
    public async Task<string?> AskAsync(string prompt, CancellationToken cancellation)
    {
        if (showsPrompts)
        {
            lock (_gate)
            {
                output.Write(prompt);
                output.Flush();
                _isAsking = true;
            }
        }

        string? line = await input.ReadLineAsync(cancellation);
        lock (_gate)
        {
            EndQuestion();
        }

        return line;
    }

    /// <inheritdoc/>
    public void Tell(string line)
    {
        lock (_gate)
        {
            EndQuestion();
            output.WriteLine(line);
            output.Flush();
        }
    }

    /// <inheritdoc/>
    public void Complain(string line)
    {
        lock (_gate)
        {
            EndQuestion();
            errors.WriteLine(line);
            errors.Flush();
        }
    }

    /// <inheritdoc/>
    public async Task<bool> WaitAsync(Func<CancellationToken, Task> work, CancellationToken cancellation)
    {
        await work(cancellation);
        return true;
    }

    // What was typed is not echoed here, so whatever follows a question begins a line of its own.
    private void EndQuestion()
    {
        if (_isAsking)
        {
            _isAsking = false;
            output.WriteLine();
            output.Flush();
        }
    }
}
