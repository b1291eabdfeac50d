namespace Blockchain.Cli;

/// <summary>Ends the process with one line on standard error and an exit code.</summary>
/// <param name="exitCode">One of <see cref="Cli.ExitCode"/>.</param>
/// <param name="message">The cause and, where there is one, the remedy: "cause. Remedy."</param>
/// <param name="inner">What was caught, for the log.</param>
public sealed class CliException(int exitCode, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>The code to end with.</summary>
    public int ExitCode { get; } = exitCode;
}
