namespace Blockchain.Wire.Files;

/// <summary>Turns what a platform reports about a disk into one line that names cause and remedy.</summary>
public static class StoreFaults
{
    private const int DiskFullWindows = unchecked((int)0x80070070);
    private const int NoSpace = 28;
    private const int ReadOnlyFileSystem = 30;
    private const int QuotaExceeded = 122;

    /// <summary>Describes a failed access.</summary>
    /// <param name="fault">What the platform reported.</param>
    /// <param name="path">The file or folder.</param>
    public static StoreFaultException From(Exception fault, string path)
    {
        string cause = fault switch
        {
            UnauthorizedAccessException =>
                $"{path} cannot be written: access is denied. Allow writing there, or name another data folder.",
            { HResult: DiskFullWindows or NoSpace or QuotaExceeded } =>
                $"{path} cannot be written: the disk is full. Make room and start again.",
            { HResult: ReadOnlyFileSystem } =>
                $"{path} cannot be written: its file system is read-only. Name another data folder.",
            _ => $"{path} cannot be read or written: {fault.Message.TrimEnd('.')}. Check the disk, then start again.",
        };
        return new StoreFaultException(cause, fault);
    }

    /// <summary>Describes a system call that failed with an error number.</summary>
    /// <param name="call">What was tried, in words.</param>
    /// <param name="path">The file or folder.</param>
    /// <param name="error">The error number of the platform.</param>
    public static StoreFaultException From(string call, string path, int error) => error switch
    {
        NoSpace or QuotaExceeded =>
            new StoreFaultException($"{path}: {call} failed: the disk is full. Make room and start again."),
        _ => new StoreFaultException(
            $"{path}: {call} failed with error {error}. What was written last may be lost; check the disk, then "
                + "start again."),
    };
}
