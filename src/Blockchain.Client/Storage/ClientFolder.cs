using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Blockchain.Core.BankNetwork;
using Blockchain.Core.Kernel;
using Blockchain.Wire.Files;
using Blockchain.Wire.Keys;

namespace Blockchain.Client.Storage;

/// <summary>
/// The data folder of one client, DATA/clients/NAME, locked and opened for one life: everything that the client knows
/// from its earlier lives. Opening it counts the life (rule 11: a life never resumes an earlier one).
/// </summary>
public sealed class ClientFolder : IDisposable
{
    private const string IdentityName = "identity.json";
    private const string KeyName = "key.pem";
    private const string IncarnationName = "incarnation";
    private readonly FolderLock _lock;

    private ClientFolder(string path, FolderLock folderLock)
    {
        Path = path;
        _lock = folderLock;
    }

    /// <summary>Where it is.</summary>
    public string Path { get; }

    /// <summary>Who the client is.</summary>
    public ClientIdentity Identity { get; private set; } = null!;

    /// <summary>Its key.</summary>
    public KeyPair Keys { get; private set; } = null!;

    /// <summary>Counts the lives, from 1.</summary>
    public long Incarnation { get; private set; }

    /// <summary>The chain on disk.</summary>
    public ChainFile Chain { get; private set; } = null!;

    /// <summary>The accepted transfers on disk.</summary>
    public IntentLog Intents { get; private set; } = null!;

    /// <summary>The chain as it was at the start, replayed.</summary>
    public LedgerState Ledger { get; private set; } = null!;

    /// <summary>The accepted transfers that were not noted as settled at the start.</summary>
    public IReadOnlyList<Transfer> OpenIntents { get; private set; } = [];

    /// <summary>What was known at the start to be on disk; null for nothing.</summary>
    public StoredMark? Mark { get; private set; }

    /// <summary>The folder of a client.</summary>
    /// <param name="dataDirectory">The data folder of the installation.</param>
    /// <param name="name">Name of the client.</param>
    public static string PathOf(string dataDirectory, string name) =>
        System.IO.Path.Combine(dataDirectory, "clients", name);

    /// <summary>Path of the chain in a client's folder.</summary>
    public static string ChainPath(string folder) => System.IO.Path.Combine(folder, "chain.log");

    /// <summary>Path of the mark in a client's folder.</summary>
    public static string MarkPath(string folder) => System.IO.Path.Combine(folder, "checkpoint");

    /// <summary>Locks and opens the folder of a client; makes client and folder if there is none.</summary>
    /// <param name="dataDirectory">The data folder of the installation.</param>
    /// <param name="name">Name of the client.</param>
    /// <param name="bank">Address of its bank.</param>
    /// <param name="time">The clock; null for the machine's.</param>
    /// <exception cref="StoreFaultException">It is in use, or cannot be read or written.</exception>
    /// <exception cref="IntegrityException">What it holds was changed by something else.</exception>
    public static ClientFolder Open(string dataDirectory, string name, string bank, TimeProvider? time = null)
    {
        string path = PathOf(dataDirectory, name);
        ClientFolder folder = new(path, FolderLock.Take(path));
        try
        {
            folder.Load(name, bank, time ?? TimeProvider.System);
            return folder;
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    /// <summary>Locks the first folder client-N that no client has yet.</summary>
    /// <param name="dataDirectory">The data folder of the installation.</param>
    /// <param name="bank">Address of the bank.</param>
    /// <param name="above">Only numbers above this one.</param>
    /// <param name="number">The number found.</param>
    /// <param name="time">The clock; null for the machine's.</param>
    /// <exception cref="StoreFaultException">No folder can be made.</exception>
    public static ClientFolder OpenNew(
        string dataDirectory, string bank, int above, out int number, TimeProvider? time = null)
    {
        const int Most = 100_000;
        for (number = above + 1; number <= Most; number++)
        {
            string name = string.Create(CultureInfo.InvariantCulture, $"client-{number}");
            if (Directory.Exists(PathOf(dataDirectory, name)))
            {
                continue;
            }

            // Another new client may look for a name at the same moment; the folder's lock decides who gets this one.
            FolderLock? folderLock = TryTake(PathOf(dataDirectory, name));
            if (folderLock is null)
            {
                continue;
            }

            ClientFolder folder = new(PathOf(dataDirectory, name), folderLock);
            if (System.IO.File.Exists(folder.File(KeyName)))
            {
                folder.Dispose();
                continue;
            }

            folder.Load(name, bank, time ?? TimeProvider.System);
            return folder;
        }

        throw new StoreFaultException($"{dataDirectory} has {Most} clients. Name one with --name.");
    }

    /// <summary>Notes what the bank said about itself at the first join, or that it moved.</summary>
    /// <exception cref="StoreFaultException">The disk is full or broken.</exception>
    public void Update(ClientIdentity identity)
    {
        if (identity != Identity)
        {
            Identity = identity;
            identity.Write(File(IdentityName));
        }
    }

    /// <summary>Stores a mark; the chain must have been flushed up to it.</summary>
    /// <exception cref="StoreFaultException">The disk is full or broken.</exception>
    public void WriteMark(StoredMark mark) => CheckpointFile.Write(MarkPath(Path), mark);

    /// <summary>Removes the folder of a client that the bank never let join and that accepted nothing.</summary>
    public void Discard()
    {
        Dispose();
        try
        {
            Directory.Delete(Path, recursive: true);
        }
        catch (IOException)
        {
            // It holds nothing of worth; the next new client passes it over.
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Chain?.Dispose();
        Intents?.Dispose();
        Keys?.Dispose();
        _lock.Dispose();
    }

    private static FolderLock? TryTake(string path)
    {
        try
        {
            return FolderLock.Take(path);
        }
        catch (StoreFaultException) when (System.IO.File.Exists(System.IO.Path.Combine(path, "lock")))
        {
            return null;
        }
    }

    private string File(string name) => System.IO.Path.Combine(Path, name);

    private void Load(string name, string bank, TimeProvider time)
    {
        ClientIdentity? stored = ClientIdentity.Read(File(IdentityName));
        Keys = LoadKeys(isKnown: stored is { Id: > 0 });
        Identity = (stored ?? new ClientIdentity(name, bank, 0, null, null)) with { Bank = bank };
        if (Identity != stored)
        {
            Identity.Write(File(IdentityName));
        }

        Incarnation = CountLife(time.GetUtcNow().ToUnixTimeMilliseconds());
        Mark = CheckpointFile.Read(MarkPath(Path));
        Chain = ChainFile.Open(ChainPath(Path), Mark, out LedgerState ledger);
        Ledger = ledger;
        if (Identity.Ledger is { } known && ledger.Count > 0
            && (known != ledger.LedgerId || Identity.BankKey != ledger.BankKey))
        {
            throw new IntegrityException(0,
                $"block 0 of {ChainPath(Path)} begins another ledger than the one this client joined");
        }

        Intents = IntentLog.Open(File("intents.log"), out IReadOnlyList<Transfer> open);
        OpenIntents = open;
    }

    private KeyPair LoadKeys(bool isKnown)
    {
        string path = File(KeyName);
        try
        {
            if (System.IO.File.Exists(path))
            {
                return KeyPair.Load(System.IO.File.ReadAllText(path));
            }
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw StoreFaults.From(fault, path);
        }
        catch (Exception fault) when (fault is FormatFaultException or CryptographicException)
        {
            throw new StoreFaultException(
                $"{path} holds no key of this program. Restore it: the account cannot be used without.", fault);
        }

        if (isKnown)
        {
            throw new StoreFaultException($"{path} is missing. Restore it: the account cannot be used without.");
        }

        KeyPair keys = KeyPair.Create();
        DurableFile.Replace(path, Encoding.ASCII.GetBytes(keys.ExportPem()),
            UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return keys;
    }

    // Not only the number before and one: a disk that says it has flushed and has not may show an older number, and a
    // life under the number of another would be taken for that one and go on in its view, with nothing remembered.
    private long CountLife(long unixMs)
    {
        string path = File(IncarnationName);
        try
        {
            long before = 0;
            if (System.IO.File.Exists(path)
                && !long.TryParse(System.IO.File.ReadAllText(path), NumberStyles.None, CultureInfo.InvariantCulture,
                    out before))
            {
                throw new StoreFaultException(
                    $"{path} does not hold a number. Write a number above that of all starts so far.");
            }

            long now = Math.Max(checked(before + 1), unixMs);
            DurableFile.Replace(path, Encoding.ASCII.GetBytes(now.ToString(CultureInfo.InvariantCulture)));
            return now;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw StoreFaults.From(fault, path);
        }
    }
}
