using Blockchain.Core.OpenNetwork;
using Blockchain.Wire.Terminal;

namespace Blockchain.Cli.Wallet;

/// <summary>The wallets of this machine. One whose file is bad does not hide the others.</summary>
/// <param name="folder">The keys.</param>
/// <param name="output">Takes the list.</param>
/// <param name="errors">Takes what is wrong with a file.</param>
/// <param name="asJson">Whether a wallet is an object of JSON.</param>
internal sealed class WalletList(KeyFolder folder, TextWriter output, TextWriter errors, bool asJson)
{
    /// <summary>Lists them.</summary>
    /// <returns>The exit code: that of the first bad file, else 0.</returns>
    public int Show()
    {
        int exit = ExitCode.Done;
        List<(string Name, string Address)> wallets = [];
        foreach (string name in folder.Names())
        {
            try
            {
                Address address = Address.Of(new Ed25519Key(folder.Read(name).PublicKey));
                wallets.Add((name, address.ToString()));
            }
            catch (CliException fault)
            {
                errors.WriteLine(Failures.Prefix + fault.Message);
                exit = exit == ExitCode.Done ? fault.ExitCode : exit;
            }
        }

        if (wallets.Count == 0 && exit == ExitCode.Done && !asJson)
        {
            errors.WriteLine("there is no wallet yet: 'blockchain wallet new' makes one.");
            return exit;
        }

        foreach (string line in asJson ? wallets.Select(Json) : Table(wallets))
        {
            output.WriteLine(line);
        }

        output.Flush();
        return exit;
    }

    private static string Json((string Name, string Address) wallet) => JsonLine.Of(writer =>
    {
        writer.WriteString("wallet", wallet.Name);
        writer.WriteString("address", wallet.Address);
    });

    private static IEnumerable<string> Table(List<(string Name, string Address)> wallets)
    {
        TextTable table = new("wallet", "address");
        wallets.ForEach(wallet => table.Add(PlainText.Of(wallet.Name), wallet.Address));
        return table.Lines();
    }
}
