using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Blockchain.Wire.Files;

/// <summary>Says in words what SQLite says in numbers.</summary>
public static class SqliteFaults
{
    /// <summary>The exception that names cause and remedy.</summary>
    /// <param name="fault">What SQLite threw.</param>
    /// <param name="database">Path of the database.</param>
    /// <param name="index">Index of the block that was read or written; -1 where it is none.</param>
    public static Exception Explain(SqliteException fault, string database, long index) =>
        fault.SqliteErrorCode switch
    {
        raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB or raw.SQLITE_FORMAT => new IntegrityException(
            index, $"{Path.GetFileName(database)} cannot be read here: SQLite finds its pages malformed"),

        // A table or column that is not there, or holds what it cannot hold, in a file that only this program writes.
        raw.SQLITE_ERROR or raw.SQLITE_MISMATCH or raw.SQLITE_CONSTRAINT or raw.SQLITE_RANGE => new IntegrityException(
            index, $"{Path.GetFileName(database)} does not have the tables that it must have: {Reason(fault)}"),
        raw.SQLITE_FULL => new StoreFaultException(
            $"{database} cannot be written: the disk is full. Make room and start again.", fault),
        raw.SQLITE_READONLY or raw.SQLITE_PERM or raw.SQLITE_AUTH => new StoreFaultException(
            $"{database} cannot be written: it is read-only. Allow writing it and start again.", fault),
        raw.SQLITE_BUSY or raw.SQLITE_LOCKED => new StoreFaultException(
            $"{database} is in use by another process. End that one and start again.", fault),
        raw.SQLITE_CANTOPEN => new StoreFaultException(
            $"{database} cannot be opened: {Reason(fault)}. Check the folder and its permissions.", fault),
        raw.SQLITE_IOERR when fault.SqliteExtendedErrorCode is raw.SQLITE_IOERR_FSYNC or raw.SQLITE_IOERR_DIR_FSYNC =>
            new StoreFaultException(
                $"{database}: flushing failed. What was written last may be lost; check the disk, then start "
                    + "again.",
                fault),
        _ => new StoreFaultException(
            $"{database} cannot be read or written: {Reason(fault)} (SQLite {fault.SqliteExtendedErrorCode}). "
                + "Check the disk, then start again.",
            fault),
    };

    private static string Reason(SqliteException fault)
    {
        int start = fault.Message.IndexOf('\'', StringComparison.Ordinal);
        return start < 0 ? fault.Message.TrimEnd('.') : fault.Message[start..].Trim('\'', '.', ' ');
    }
}
