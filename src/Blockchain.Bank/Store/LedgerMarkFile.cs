using Blockchain.Wire.Files;
using Microsoft.Win32.SafeHandles;

namespace Blockchain.Bank.Store;

/// <summary>The mark of a running bank, overwritten in place.</summary>
internal sealed class LedgerMarkFile : IDisposable
{
    private readonly string _path;
    private readonly SafeFileHandle _file;

    private LedgerMarkFile(string path, SafeFileHandle file) => (_path, _file) = (path, file);

    /// <summary>Opens the mark of a folder, or makes it.</summary>
    /// <exception cref="StoreFaultException">It cannot be written.</exception>
    public static LedgerMarkFile Open(LedgerFolder folder)
    {
        try
        {
            return new LedgerMarkFile(
                folder.Mark, File.OpenHandle(folder.Mark, FileMode.OpenOrCreate, FileAccess.Write, FileShare.Read));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw StoreFaults.From(fault, folder.Mark);
        }
    }

    /// <summary>Says how far the ledger is on disk. Call it after the flush.</summary>
    /// <exception cref="StoreFaultException">It cannot be written.</exception>
    public void Write(LedgerMark mark)
    {
        try
        {
            RandomAccess.Write(_file, mark.ToBytes(), 0);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw StoreFaults.From(fault, _path);
        }
    }

    /// <summary>Takes the mark away: the seal says more.</summary>
    /// <exception cref="StoreFaultException">It cannot be taken away.</exception>
    public void Delete()
    {
        Dispose();
        try
        {
            File.Delete(_path);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw StoreFaults.From(fault, _path);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();
}
