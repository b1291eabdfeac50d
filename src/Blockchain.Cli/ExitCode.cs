namespace Blockchain.Cli;

/// <summary>What the process tells its caller when it ends. Scripts depend on these numbers.</summary>
public static class ExitCode
{
    /// <summary>Done.</summary>
    public const int Done = 0;

    /// <summary>A command failed, or a transfer was aborted.</summary>
    public const int Failed = 1;

    /// <summary>The command line, the settings or a command were wrong.</summary>
    public const int Usage = 2;

    /// <summary>The other side could not be reached, or did not answer in time.</summary>
    public const int Unreachable = 3;

    /// <summary>Stored or received data contradict themselves.</summary>
    public const int Integrity = 4;

    /// <summary>Interrupted by Ctrl-C.</summary>
    public const int Interrupted = 130;
}
