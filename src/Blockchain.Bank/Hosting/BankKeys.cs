using Blockchain.Bank.Store;
using Blockchain.Core.BankNetwork;
using Blockchain.Core.Kernel;
using Blockchain.Wire.Files;
using Blockchain.Wire.Keys;

namespace Blockchain.Bank.Hosting;

/// <summary>The bank's key pair on disk: what proves that it is the same bank as before.</summary>
internal static class BankKeys
{
    /// <summary>Loads the key of a folder, or makes it for a bank that has none yet.</summary>
    /// <param name="folder">The bank's data folder, held by this process.</param>
    /// <param name="isNew">Whether the ledger is empty.</param>
    /// <exception cref="StoreFaultException">The key is gone, unreadable, or cannot be written.</exception>
    public static KeyPair LoadOrCreate(LedgerFolder folder, bool isNew)
    {
        if (File.Exists(folder.Key))
        {
            return Load(folder);
        }

        if (!isNew)
        {
            throw new StoreFaultException(
                $"{folder.Key} is gone, and the ledger beside it is bound to it. Put it back from a backup.");
        }

        KeyPair keys = KeyPair.Create();
        LedgerFolder.WriteFile(folder.Key, keys.ExportPem(), secret: true);
        return keys;
    }

    /// <summary>Makes sure that the ledger is this key's.</summary>
    /// <exception cref="StoreFaultException">It is another's.</exception>
    public static void EnsureFits(LedgerFolder folder, KeyPair keys, LedgerState ledger)
    {
        if (ledger.Count > 0 && ledger.BankKey != keys.PublicKey)
        {
            throw new StoreFaultException(
                $"{folder.Key} is not the key of the ledger beside it. Put the right one back from a backup.");
        }
    }

    private static KeyPair Load(LedgerFolder folder)
    {
        try
        {
            return KeyPair.Load(File.ReadAllText(folder.Key));
        }
        catch (FormatFaultException fault)
        {
            throw new StoreFaultException($"{folder.Key} holds no P-256 key. Put it back from a backup.", fault);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw StoreFaults.From(fault, folder.Key);
        }
    }
}
