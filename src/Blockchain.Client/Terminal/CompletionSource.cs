namespace Blockchain.Client.Terminal;

/// <summary>What Tab completes: commands at the start of a command, clients and words of the grammar behind it.</summary>
internal sealed class CompletionSource
{
    /// <summary>Numbers of the clients that there are.</summary>
    public int[] Accounts { get; set; } = [];

    public IReadOnlyList<string> Complete(string before)
    {
        string command = before[(before.LastIndexOf(';') + 1)..].TrimStart();
        string last = command[(command.LastIndexOf(' ') + 1)..];
        string[] words =
            [.. command.Split(' ', StringSplitOptions.RemoveEmptyEntries).SkipLast(last.Length > 0 ? 1 : 0), last];
        IEnumerable<string> candidates = words.Length == 1
            ? CommandTable.Names.Where(name => !name.Contains(' ') && name.Length > 1)
            : Behind(CommandTable.Find(words[0])?.Name, words.Length - 1);
        return [.. candidates.Where(word => word.StartsWith(last, StringComparison.OrdinalIgnoreCase)).Order()];
    }

    private IEnumerable<string> Behind(string? command, int place) => (command, place) switch
    {
        ("transfer", 1) => Accounts.Select(id => id.ToString()),
        ("transfer", > 2) => ["--wait"],
        ("balance", 1) => [.. Accounts.Select(id => id.ToString()), "all"],
        ("history", 1) => Accounts.Select(id => id.ToString()),
        ("print chain", 1) => ["all", "chain", "last"],
        ("help", 1) => CommandTable.Names.Where(name => name.Length > 1),
        _ => [],
    };
}
