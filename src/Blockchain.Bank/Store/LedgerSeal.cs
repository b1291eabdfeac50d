using System.Security.Cryptography;
using Blockchain.Wire.Files;

namespace Blockchain.Bank.Store;

/// <summary>
/// SHA-256 of the whole database file, written when the bank stops cleanly and taken away when it starts. While the
/// bank is stopped it shows any changed byte, also one in space that SQLite does not use.
/// </summary>
internal static class LedgerSeal
{
    /// <summary>What is wrong with a sealed file, in words.</summary>
    public const string Broken =
        "ledger.db is not the file that the bank closed: its SHA-256 is not the one in ledger.seal";

    /// <summary>Seals a closed database.</summary>
    /// <exception cref="StoreFaultException">The seal cannot be written.</exception>
    public static void Write(LedgerFolder folder) =>
        LedgerFolder.WriteFile(folder.Seal, Digest(folder) + "\n", secret: false);

    /// <summary>Whether the database is as it was sealed, or was not sealed.</summary>
    public static bool Holds(LedgerFolder folder) =>
        !File.Exists(folder.Seal) || File.ReadAllText(folder.Seal) == Digest(folder) + "\n";

    private static string Digest(LedgerFolder folder)
    {
        using FileStream file = File.OpenRead(folder.Database);
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }
}
