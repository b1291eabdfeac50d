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
    /// <inheritdoc/>
    public async Task<string?> AskAsync(string prompt, CancellationToken cancellation)
    {
        if (showsPrompts)
        {
            await output.WriteAsync(prompt.AsMemory(), cancellation);
            await output.FlushAsync(cancellation);
        }

        string? line = await input.ReadLineAsync(cancellation);
        if (showsPrompts)
        {
            // What was typed is not echoed here, so the answer begins a line of its own.
            await output.WriteLineAsync();
        }

        return line;
    }

    /// <inheritdoc/>
    public void Tell(string line)
    {
        output.WriteLine(line);
        output.Flush();
    }

    /// <inheritdoc/>
    public void Complain(string line)
    {
        errors.WriteLine(line);
        errors.Flush();
    }

    /// <inheritdoc/>
    public async Task<bool> WaitAsync(Func<CancellationToken, Task> work, CancellationToken cancellation)
    {
        await work(cancellation);
        return true;
    }
}
