namespace Blockchain.Cli.Hosting;

/// <summary>Tells whether somebody sits in front of this process.</summary>
public static class Prompting
{
    /// <summary>Whether both ends are a terminal that can move its cursor: keys come from a person, and a line can be
    /// edited. Without one, lines are read as they come.</summary>
    public static bool IsTerminal =>
        !Console.IsInputRedirected && !Console.IsOutputRedirected
        && Environment.GetEnvironmentVariable("TERM") != "dumb";
}
