namespace Blockchain.Cli.Hosting;

/// <summary>Tells whether somebody sits in front of this process.</summary>
public static class Prompting
{
    /// <summary>Whether both ends are a terminal: keys come from a person, and what is written is seen.</summary>
    public static bool IsTerminal => !Console.IsInputRedirected && !Console.IsOutputRedirected;
}
