namespace Blockchain.Cli.Options;

/// <summary>Where data lives: one folder per bank and per client name, below the user's data folder.</summary>
/// <param name="Root">The data folder.</param>
public sealed record DataFolders(string Root)
{
    /// <summary>Environment variable that names the data folder.</summary>
    public const string Variable = "BLOCKCHAIN_DATA";

    /// <summary>Folder of the bank.</summary>
    public string Bank => Path.Combine(Root, "bank");

    /// <summary>Folder that holds one folder per client.</summary>
    public string Clients => Path.Combine(Root, "clients");

    /// <summary>Folder of the keys that own coins of the open network.</summary>
    public string Wallets => Path.Combine(Root, "wallets");

    /// <summary>Folder of the keys that vote and that open elections.</summary>
    public string Voters => Path.Combine(Root, "voters");

    /// <summary>Folder of the oracle's keys.</summary>
    public string Oracle => Path.Combine(Root, "oracle");

    /// <summary>Finds the data folder: the option, else <see cref="Variable"/>, else the platform's place.</summary>
    /// <param name="option">Value of --data, null when it was not given.</param>
    public static DataFolders Find(string? option)
    {
        string? named = option ?? Environment.GetEnvironmentVariable(Variable);
        return new DataFolders(string.IsNullOrWhiteSpace(named) ? Default() : Path.GetFullPath(named));
    }

    private static string Default()
    {
        string home = Environment.GetFolderPath(
            Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify);
        if (OperatingSystem.IsWindows())
        {
            return Path.Combine(
                Environment.GetFolderPath(
                    Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify),
                "blockchain");
        }

        if (OperatingSystem.IsMacOS())
        {
            return Path.Combine(home, "Library", "Application Support", "blockchain");
        }

        string? xdg = Environment.GetEnvironmentVariable("XDG_DATA_HOME");
        return Path.Combine(
            Path.IsPathRooted(xdg) ? xdg : Path.Combine(home, ".local", "share"), "blockchain");
    }
}
