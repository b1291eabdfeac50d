namespace Blockchain.Client.Terminal;

/// <summary>What Tab completes: commands at the start of a command, clients and words of the grammar behind
/// it.</summary>
internal static class CompletionSource
{
    // An alias that only shortens its command would keep Tab from going on to the whole word.
    private static readonly string[] Commands =
    [
        .. CommandTable.Names.Where(name => name.Length > 1 && !name.Contains(' ')
            && (CommandTable.Find(name)!.Name is var whole
                && (whole == name || whole.Contains(' ') || !whole.StartsWith(name, StringComparison.Ordinal)))),
    ];

    /// <summary>Completions of the last word.</summary>
    /// <param name="before">What stands before the cursor.</param>
    /// <param name="accounts">Numbers of the clients that there are.</param>
    public static IReadOnlyList<string> Complete(string before, int[] accounts)
    {
        string command = before[(before.LastIndexOf(';') + 1)..].TrimStart();
        string last = command[(command.LastIndexOf(' ') + 1)..];
        string[] words =
            [.. command.Split(' ', StringSplitOptions.RemoveEmptyEntries).SkipLast(last.Length > 0 ? 1 : 0), last];
        IEnumerable<string> candidates = words.Length == 1
            ? Commands
            : Behind(CommandTable.Find(words[0])?.Name, words.Length - 1, accounts);
        return [.. candidates.Where(word => word.StartsWith(last, StringComparison.OrdinalIgnoreCase)).Order()];
    }

    private static IEnumerable<string> Behind(string? command, int place, int[] accounts) => (command, place) switch
    {
        ("transfer", 1) => accounts.Select(id => id.ToString()),
        ("transfer", > 2) => ["--wait"],
        ("balance", 1) => [.. accounts.Select(id => id.ToString()), "all"],
        ("history", 1) => [.. accounts.Select(id => id.ToString()), "last"],
        ("history", 2) => ["last"],
        ("print chain", 1) => ["all", "chain", "last"],
        ("help", 1) => Commands,
        _ => [],
    };
}
