namespace Blockchain.Cli.Voting;

/// <summary>Whom the dialogue is held with: a person at a terminal, or lines that were written before.</summary>
internal interface IVoteConsole
{
    /// <summary>Asks for a line.</summary>
    /// <returns>The line; null when there are no more.</returns>
    Task<string?> AskAsync(string prompt, CancellationToken cancellation);

    /// <summary>Answers.</summary>
    void Tell(string line);

    /// <summary>Says that something went wrong.</summary>
    void Complain(string line);

    /// <summary>Runs something that takes a while, and that a person may stop waiting for.</summary>
    /// <returns>False when the person did.</returns>
    Task<bool> WaitAsync(Func<CancellationToken, Task> work, CancellationToken cancellation);
}
