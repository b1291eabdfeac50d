namespace Blockchain.Wire.Files;

/// <summary>
/// Keeps a data folder to one process at a time. The operating system drops the lock when the process ends, however it
/// ends, so a lock file that was left behind means nothing.
/// </summary>
public sealed class FolderLock : IDisposable
{
    private const string FileName = "lock";
    private readonly FileStream _file;

    private FolderLock(FileStream file) => _file = file;

    /// <summary>Creates the folder if need be and locks it.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="StoreFaultException">Another process has it, or it cannot be written.</exception>
    public static FolderLock Take(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
            string path = Path.Combine(folder, FileName);
            return new FolderLock(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException fault) when (IsTaken(folder, fault))
        {
            throw new StoreFaultException(
                $"the data folder {folder} is in use by another process. End that one, or name another folder.", fault);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw StoreFaults.From(fault, folder);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    // .NET reports a lock that is held as a sharing violation on Windows and as "would block" elsewhere.
    private static bool IsTaken(string folder, IOException fault)
    {
        const int SharingViolation = unchecked((int)0x80070020);
        const int WouldBlockLinux = 11;
        const int WouldBlockMac = 35;
        return Directory.Exists(folder)
            && fault.HResult is SharingViolation or WouldBlockLinux or WouldBlockMac;
    }
}
