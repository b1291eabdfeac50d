using System.CommandLine;

namespace Blockchain.Cli.Options;

/// <summary>Settings that several verbs share, so that they are called and explained alike.</summary>
public static class CommonSettings
{
    /// <summary>The data folder.</summary>
    public static Setting<string> Data() => new(
        "--data",
        $"Folder for data; else what {DataFolders.Variable} names, else the user's data folder.",
        "DIR",
        null,
        Texts.Path);

    /// <summary>Output for programs.</summary>
    public static Option<bool> Json() => new("--json")
    {
        Description = "Print JSON on standard output, one object a line.",
    };

    /// <summary>Addresses other than this machine's own.</summary>
    public static Option<bool> AllowRemote() => new("--allow-remote")
    {
        Description = "Let other machines connect; without it only loopback addresses are taken.",
    };

    /// <summary>For processes that another one starts and that must not outlive it.</summary>
    public static Option<bool> WithParent() => new("--with-parent")
    {
        Description = "Stop when standard input ends.",
        Hidden = true,
    };
}
