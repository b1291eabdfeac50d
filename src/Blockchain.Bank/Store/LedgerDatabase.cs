using Blockchain.Core.BankNetwork;
using Blockchain.Wire.Files;
using Microsoft.Data.Sqlite;

namespace Blockchain.Bank.Store;

/// <summary>
/// Reads the ledger of a stopped bank and changes nothing in its folder, whether it was stopped or killed. For `verify`
/// and `export`; it judges nothing but says what cannot be read.
/// </summary>
/// <remarks>
/// A database whose write-ahead log is empty is opened in place as immutable. One with a log (the bank was killed) is
/// copied together with the log to a temporary folder, since SQLite writes even when it only reads through a log.
/// </remarks>
public sealed class LedgerDatabase : IDisposable
{
    private const int PageLength = 1024;
    private readonly LedgerFolder _folder;
    private readonly SqliteConnection _connection;
    private readonly string? _copy;
    private readonly LogReport _log;

    private LedgerDatabase(LedgerFolder folder, SqliteConnection connection, string? copy, LogReport log)
    {
        _folder = folder;
        _connection = connection;
        _copy = copy;
        _log = log;
    }

    private bool IsSealed => File.Exists(_folder.Seal);

    /// <summary>Opens the ledger of a stopped bank.</summary>
    /// <param name="folder">The bank's data folder, which holds ledger.db.</param>
    /// <exception cref="StoreFaultException">There is no ledger, it cannot be read, or a bank runs on it.</exception>
    /// <exception cref="IntegrityException">The file is no database.</exception>
    public static LedgerDatabase Open(string folder)
    {
        LedgerFolder files = new(folder);
        files.EnsureUnused();
        return OpenHeld(files);
    }

    /// <summary>Blocks as they are stored, in the order of their indexes.</summary>
    /// <exception cref="IntegrityException">A row cannot be read; those before it were yielded.</exception>
    public IEnumerable<StoredRow> ReadBlocks()
    {
        long next = 0;
        while (true)
        {
            (List<StoredRow> page, IntegrityException? fault) = ReadPage(next);
            foreach (StoredRow row in page)
            {
                yield return row;
            }

            if (fault is not null)
            {
                throw fault;
            }

            if (page.Count < PageLength)
            {
                yield break;
            }

            next = page[^1].Index + 1;
        }
    }

    /// <summary>The accounts as they are stored beside the blocks, by number.</summary>
    /// <exception cref="IntegrityException">They cannot be read.</exception>
    public IReadOnlyList<StoredAccount> ReadAccounts() =>
        LedgerTables.ReadAccounts(_connection, _folder, LedgerTables.ReadMeta(_connection, _folder).Count);

    /// <summary>The latest checkpoint stored, null for none.</summary>
    /// <exception cref="IntegrityException">It cannot be read.</exception>
    public Checkpoint? ReadCheckpoint() => LedgerTables.ReadMeta(_connection, _folder).Checkpoint;

    /// <summary>What is wrong with the files as a whole, whether or not it can be seen in a block: something committed
    /// is gone, or the file is not the one that was closed.</summary>
    /// <param name="count">Blocks that can be read.</param>
    /// <returns>Null when nothing is known to be wrong.</returns>
    /// <exception cref="IntegrityException">The tables cannot be read.</exception>
    public StoredFault? FindFault(long count)
    {
        if (_log.Damage is { } damage)
        {
            return new StoredFault(count, damage);
        }

        return FindLoss(count)
            ?? (!LedgerSeal.Holds(_folder) ? new StoredFault(-1, LedgerSeal.Broken) : null)
            ?? (!IsSealed && LedgerTables.FindStructureFault(_connection, _folder) is { } fault
                ? new StoredFault(-1, fault)
                : null);
    }

    /// <summary>What these files alone cannot vouch for, in words; null after a clean stop.</summary>
    public string? DescribeDoubt()
    {
        if (IsSealed)
        {
            return null;
        }

        string known = LedgerMark.TryRead(_folder, out LedgerMark mark, out _)
            ? $"what ledger.mark knows to be on disk ({mark.Blocks} blocks) is here"
            : "no ledger.mark says how much was on disk: verify it together with a client";
        string replaced = _log.Pages == 0
            ? string.Empty
            : $"; {_log.Pages} pages of ledger.db are replaced by ledger.db-wal and were not read";
        string tail = _log.End != LogEnd.Incomplete
            ? string.Empty
            : "; the last transaction in ledger.db-wal is incomplete and does not count. If a power loss cut it, it "
                + "was not acknowledged; to be sure, verify together with a client";
        return $"the bank was not stopped cleanly; {known}{replaced}{tail}";
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _connection.Dispose();
        DeleteCopy(_copy);
    }

    /// <summary>The same for a folder that this process holds already.</summary>
    internal static LedgerDatabase OpenHeld(LedgerFolder folder)
    {
        SqliteLibrary.Initialize();
        string? copy = null;
        SqliteConnection? connection = null;
        try
        {
            LogReport log = WriteAheadLog.Inspect(folder);
            copy = HasLog(folder) ? Copy(folder) : null;
            string source = copy is null
                ? new Uri(Path.GetFullPath(folder.Database)).AbsoluteUri + "?immutable=1"
                : new LedgerFolder(copy).Database;
            connection = new SqliteConnection(new SqliteConnectionStringBuilder
            {
                DataSource = source,
                Mode = copy is null ? SqliteOpenMode.ReadOnly : SqliteOpenMode.ReadWrite,
                Pooling = false,
            }.ToString());
            LedgerTables.Guard(folder, () => 0, connection.Open);
            return new LedgerDatabase(folder, connection, copy, log);
        }
        catch (Exception fault)
        {
            connection?.Dispose();
            DeleteCopy(copy);
            if (fault is IOException or UnauthorizedAccessException)
            {
                throw StoreFaults.From(fault, folder.Database);
            }

            throw;
        }
    }

    private static bool HasLog(LedgerFolder folder) =>
        new FileInfo(folder.WriteAheadLog) is { Exists: true, Length: > 0 };

    private static string Copy(LedgerFolder folder)
    {
        string copy = Directory.CreateTempSubdirectory("blockchain-ledger-").FullName;
        LedgerFolder to = new(copy);
        File.Copy(folder.Database, to.Database);
        File.Copy(folder.WriteAheadLog, to.WriteAheadLog);
        if (!OperatingSystem.IsWindows())
        {
            // A read-only source makes read-only copies, and SQLite must write to these.
            File.SetUnixFileMode(to.Database, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            File.SetUnixFileMode(to.WriteAheadLog, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        return copy;
    }

    private static void DeleteCopy(string? copy)
    {
        if (copy is not null)
        {
            Directory.Delete(copy, recursive: true);
        }
    }

    private StoredFault? FindLoss(long count)
    {
        if (!LedgerMark.TryRead(_folder, out LedgerMark mark, out bool isDamaged))
        {
            return isDamaged ? new StoredFault(-1, "ledger.mark holds no mark: it was changed") : null;
        }

        long checkpointed = ReadCheckpoint()?.Index + 1 ?? 0;
        mark.TryFindLoss(count, checkpointed, index => ReadPage(index).Rows[0].Hash, out StoredFault? loss);
        return loss;
    }

    // Row by row when a page cannot be read as a whole, so that everything before the damage is seen.
    private (List<StoredRow> Rows, IntegrityException? Fault) ReadPage(long from)
    {
        try
        {
            return (LedgerTables.ReadRows(_connection, _folder, from, PageLength), null);
        }
        catch (IntegrityException)
        {
            return ReadSingly(from);
        }
    }

    private (List<StoredRow> Rows, IntegrityException? Fault) ReadSingly(long from)
    {
        List<StoredRow> rows = [];
        try
        {
            while (rows.Count < PageLength && LedgerTables.ReadRows(_connection, _folder, from, 1) is [var row])
            {
                rows.Add(row);
                from = row.Index + 1;
            }

            return (rows, null);
        }
        catch (IntegrityException fault)
        {
            return (rows, fault);
        }
    }
}
