using System.Text.RegularExpressions;
using Blockchain.Cli.Options;
using Blockchain.Core.BankNetwork;

namespace Blockchain.Cli.Ledgers;

/// <summary>Finds what a user means by a source.</summary>
public static partial class LedgerSources
{
    private const string Database = "ledger.db";
    private const string Chain = "chain.log";
    private const string Identity = "identity.json";

    /// <summary>The ledgers that a text names: one, or all of a data folder.</summary>
    /// <param name="text">A folder, the name of a client, "bank", or an address.</param>
    /// <param name="folders">Where names are looked up.</param>
    /// <exception cref="CliException">It names nothing.</exception>
    public static IReadOnlyList<LedgerSource> Find(string text, DataFolders folders)
    {
        if (text.Contains("://", StringComparison.Ordinal))
        {
            return [Address(text)];
        }

        if (FromFolder(text, text) is { Count: > 0 } named)
        {
            return named;
        }

        bool isName = ClientName.IsValid(text) && !Path.IsPathRooted(text);
        if (isName && FromFolder(text, Path.Combine(folders.Clients, text)) is { Count: > 0 } client)
        {
            return client;
        }

        if (text == "bank" && FromFolder(text, folders.Bank) is { Count: > 0 } bank)
        {
            return bank;
        }

        if (HostAndPort().IsMatch(text))
        {
            return [Address(text)];
        }

        if (File.Exists(text))
        {
            throw new CliException(
                ExitCode.Usage, $"{text} is a file. Name the folder of a bank or of a client, or an address.");
        }

        throw new CliException(
            ExitCode.Usage,
            Directory.Exists(text)
                ? $"{text} holds no ledger. Name a folder with {Database} or {Chain} in it, or the data folder above."
                : $"there is no folder, client or address '{text}'. Clients are looked for in {folders.Clients}.");
    }

    private static UrlSource Address(string text)
    {
        try
        {
            return new UrlSource(text, Texts.Url(text));
        }
        catch (FormatException fault)
        {
            throw new CliException(ExitCode.Usage, $"'{text}': {fault.Message}.", fault);
        }
    }

    private static List<LedgerSource> FromFolder(string title, string folder)
    {
        if (File.Exists(Path.Combine(folder, Database)))
        {
            return [new BankFolderSource(title, folder)];
        }

        if (File.Exists(Path.Combine(folder, Chain)) || File.Exists(Path.Combine(folder, Identity)))
        {
            return [new ClientFolderSource(title, folder)];
        }

        DataFolders data = new(folder);
        List<LedgerSource> all = [];
        if (File.Exists(Path.Combine(data.Bank, Database)))
        {
            all.Add(new BankFolderSource(data.Bank, data.Bank));
        }

        if (Directory.Exists(data.Clients))
        {
            all.AddRange(Directory.GetDirectories(data.Clients)
                .Where(client => File.Exists(Path.Combine(client, Chain)))
                .Order(StringComparer.Ordinal)
                .Select(client => new ClientFolderSource(client, client)));
        }

        return all;
    }

    [GeneratedRegex(@"^(localhost|[\w.\-]+|\[[0-9a-fA-F:]+\]):\d{1,5}$", RegexOptions.CultureInvariant)]
    private static partial Regex HostAndPort();
}
