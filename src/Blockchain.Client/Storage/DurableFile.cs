using System.ComponentModel;
using System.Runtime.InteropServices;
using Blockchain.Wire.Files;
using Microsoft.Win32.SafeHandles;

namespace Blockchain.Client.Storage;

/// <summary>
/// A file that is appended to and flushed for good. The flush of .NET does not report a failure of the platform's
/// (FileStream.Flush(true) and RandomAccess.FlushToDisk swallow it), so this one asks the platform itself. One thread
/// at a time may append, cut or flush; any thread may read below <see cref="Length"/>.
/// </summary>
public sealed class DurableFile : IDisposable
{
    private const int ReserveBytes = 256 << 10;
    private readonly SafeFileHandle _handle;
    private long _length;
    private long _reserved;

    private DurableFile(string path, SafeFileHandle handle, long length)
    {
        Path = path;
        _handle = handle;
        _length = length;
    }

    /// <summary>Where the file is.</summary>
    public string Path { get; }

    /// <summary>Bytes in it, flushed or not.</summary>
    public long Length => Volatile.Read(ref _length);

    /// <summary>Opens the file for appending; makes it, and makes its name durable, if it does not exist.</summary>
    /// <exception cref="StoreFaultException">It cannot be written.</exception>
    public static DurableFile Open(string path)
    {
        try
        {
            bool isNew = !File.Exists(path);
            SafeFileHandle handle = File.OpenHandle(
                path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read | FileShare.Delete);
            if (isNew)
            {
                FlushFolder(System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path))!);
            }

            return new DurableFile(path, handle, RandomAccess.GetLength(handle));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw StoreFaults.From(fault, path);
        }
    }

    /// <summary>Replaces the file at <paramref name="path"/> as one step: after a crash it holds the old bytes or the
    /// new.</summary>
    /// <exception cref="StoreFaultException">It cannot be written.</exception>
    public static void Replace(string path, ReadOnlySpan<byte> bytes, UnixFileMode? mode = null)
    {
        string temporary = path + ".new";
        try
        {
            File.Delete(temporary);
            FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (mode is { } bits && !OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = bits;
            }

            using (FileStream stream = new(temporary, options))
            {
                stream.Write(bytes);
                stream.Flush();
                Flush(stream.SafeFileHandle, temporary);
            }

            File.Move(temporary, path, overwrite: true);
            FlushFolder(System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path))!);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw StoreFaults.From(fault, path);
        }
    }

    /// <summary>Appends; the bytes survive the end of this process at once, and that of the machine after
    /// <see cref="Flush()"/>.</summary>
    /// <exception cref="StoreFaultException">The disk is full or broken.</exception>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        try
        {
            RandomAccess.Write(_handle, bytes, _length);
            Volatile.Write(ref _length, _length + bytes.Length);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw StoreFaults.From(fault, Path);
        }
    }

    /// <summary>Has zeros stand where the next bytes go, many at a time: a flush of what takes their place writes that
    /// alone and not a new length of the file, too. After a crash they stand behind the end.</summary>
    /// <param name="bytes">How much is about to be appended.</param>
    /// <exception cref="StoreFaultException">The disk is full or broken.</exception>
    public void Reserve(int bytes)
    {
        if (_length + bytes <= _reserved || bytes > ReserveBytes)
        {
            return;
        }

        try
        {
            long from = Math.Max(_length, _reserved);
            RandomAccess.Write(_handle, new byte[ReserveBytes], from);
            _reserved = from + ReserveBytes;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw StoreFaults.From(fault, Path);
        }
    }

    /// <summary>Reads up to the length of <paramref name="buffer"/>.</summary>
    /// <returns>Bytes read; fewer than asked for only at the end of the file.</returns>
    /// <exception cref="StoreFaultException">The disk is broken.</exception>
    public int Read(long offset, Span<byte> buffer)
    {
        try
        {
            int total = 0;
            while (total < buffer.Length
                && RandomAccess.Read(_handle, buffer[total..], offset + total) is > 0 and var read)
            {
                total += read;
            }

            return total;
        }
        catch (IOException fault)
        {
            throw StoreFaults.From(fault, Path);
        }
    }

    /// <summary>Cuts the file behind <paramref name="length"/> bytes.</summary>
    /// <exception cref="StoreFaultException">The disk is broken.</exception>
    public void Cut(long length)
    {
        try
        {
            RandomAccess.SetLength(_handle, length);
            Volatile.Write(ref _length, length);
            _reserved = 0;
        }
        catch (IOException fault)
        {
            throw StoreFaults.From(fault, Path);
        }
    }

    /// <summary>Waits until everything appended is on the disk. Never repeat it when it fails.</summary>
    /// <exception cref="StoreFaultException">What was appended since the last flush may be lost.</exception>
    public void Flush() => Flush(_handle, Path);

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();

    /// <summary>Makes the names in a folder durable; on Windows the file system does so by itself.</summary>
    internal static void FlushFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        int descriptor = open(folder, 0);
        if (descriptor < 0)
        {
            throw StoreFaults.From("opening the folder", folder, Marshal.GetLastPInvokeError());
        }

        int result = fsync(descriptor);
        int error = Marshal.GetLastPInvokeError();
        _ = close(descriptor);
        if (result != 0)
        {
            throw StoreFaults.From("flushing", folder, error);
        }
    }

    private static void Flush(SafeFileHandle handle, string path)
    {
        if (OperatingSystem.IsWindows())
        {
            if (!FlushFileBuffers(handle))
            {
                throw new StoreFaultException(
                    $"{path}: flushing failed: {new Win32Exception().Message} Check the disk, then start again.");
            }

            return;
        }

        if (OperatingSystem.IsMacOS())
        {
            // On a Mac fsync leaves data in the drive; .NET asks for more, and fsync behind it reports what failed.
            RandomAccess.FlushToDisk(handle);
        }

        // The length is flushed when it has changed; the time of the last write, which the other flushes too, is not.
        int result = OperatingSystem.IsLinux() ? fdatasync(handle) : fsync(handle);
        if (result != 0)
        {
            throw StoreFaults.From("flushing", path, Marshal.GetLastPInvokeError());
        }
    }

#pragma warning disable IDE1006 // The names are the platform's.
    [DllImport("libc", SetLastError = true)]
    private static extern int fsync(SafeFileHandle handle);

    [DllImport("libc", SetLastError = true)]
    private static extern int fdatasync(SafeFileHandle handle);

    [DllImport("libc", SetLastError = true)]
    private static extern int fsync(int descriptor);

    [DllImport("libc", SetLastError = true, CharSet = CharSet.Ansi, BestFitMapping = false,
        ThrowOnUnmappableChar = true)]
    private static extern int open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", SetLastError = true)]
    private static extern int close(int descriptor);

    [DllImport("kernel32", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static extern bool FlushFileBuffers(SafeFileHandle handle);
#pragma warning restore IDE1006
}
