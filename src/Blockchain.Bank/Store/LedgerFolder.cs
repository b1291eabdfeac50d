using System.Runtime.Versioning;
using System.Text;
using Blockchain.Wire.Files;

namespace Blockchain.Bank.Store;

/// <summary>The names in a bank's data folder.</summary>
/// <param name="Path">The folder.</param>
public sealed record LedgerFolder(string Path)
{
    private const string LockName = "lock";

    /// <summary>The SQLite database.</summary>
    public string Database => In("ledger.db");

    /// <summary>SQLite's write-ahead log; it holds committed blocks when the bank was not stopped cleanly.</summary>
    public string WriteAheadLog => In("ledger.db-wal");

    /// <summary>SHA-256 of the database, there only while the bank is stopped after a clean stop.</summary>
    public string Seal => In("ledger.seal");

    /// <summary>How far the ledger was known to be on disk; there while the bank runs and after a kill.</summary>
    public string Mark => In("ledger.mark");

    /// <summary>The bank's key pair, PEM.</summary>
    public string Key => In("bank.key");

    /// <summary>Makes sure that there is a ledger and no bank runs on it, and changes nothing.</summary>
    /// <exception cref="StoreFaultException">There is none, or another process uses it.</exception>
    public void EnsureUnused()
    {
        if (!File.Exists(Database))
        {
            throw new StoreFaultException($"there is no ledger.db in {Path}. Give the data folder of a bank.");
        }

        try
        {
            if (File.Exists(In(LockName)))
            {
                new FileStream(In(LockName), FileMode.Open, FileAccess.Read, FileShare.None).Dispose();
            }
        }
        catch (UnauthorizedAccessException)
        {
            // A folder that only its owner may lock can still be read; what is read is checked anyway.
        }
        catch (IOException fault)
        {
            throw new StoreFaultException(
                $"the data folder {Path} is in use by a running bank. Stop it, or give its address instead.", fault);
        }
    }

    /// <summary>Writes a small file whole or not at all.</summary>
    /// <param name="path">The file.</param>
    /// <param name="text">What it holds.</param>
    /// <param name="secret">Whether only its owner may read it, where the platform knows owners.</param>
    /// <exception cref="StoreFaultException">It cannot be written.</exception>
    internal static void WriteFile(string path, string text, bool secret)
    {
        string temporary = path + ".new";
        FileStreamOptions options = new() { Mode = FileMode.Create, Access = FileAccess.Write };
        if (secret && !OperatingSystem.IsWindows())
        {
            RestrictToOwner(options);
        }

        try
        {
            File.Delete(temporary);
            using (FileStream file = new(temporary, options))
            {
                file.Write(Encoding.UTF8.GetBytes(text));
                file.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw StoreFaults.From(fault, path);
        }
    }

    [UnsupportedOSPlatform("windows")]
    private static void RestrictToOwner(FileStreamOptions options) =>
        options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private string In(string name) => System.IO.Path.Combine(Path, name);
}
