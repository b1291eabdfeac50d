using System.Diagnostics;

namespace Blockchain.IntegrationTests.Support;

/// <summary>A small file system in memory that can be filled and emptied again. Linux, and only for root.</summary>
public sealed class SmallDisk : IDisposable
{
    private readonly TempFolder _folder = new();

    /// <summary>Mounts one.</summary>
    /// <param name="bytes">Its size.</param>
    public SmallDisk(long bytes)
    {
        Run("mount", "-t", "tmpfs", "-o", $"size={bytes}", "blockchain-test", Path).Should().BeEmpty();
    }

    /// <summary>Why there can be none here; null when there can.</summary>
    public static string? WhyNot { get; } = Probe();

    /// <summary>Where it is.</summary>
    public string Path => _folder.Path;

    private string Filler => System.IO.Path.Combine(Path, "filler");

    /// <summary>Takes all the room that is left.</summary>
    public void Fill()
    {
        byte[] page = new byte[4096];
        using FileStream file = new(Filler, FileMode.Append, FileAccess.Write, FileShare.None, bufferSize: 0);
        try
        {
            while (true)
            {
                file.Write(page);
            }
        }
        catch (IOException)
        {
            // Full.
        }
    }

    /// <summary>Gives the room back.</summary>
    public void Empty() => File.Delete(Filler);

    public void Dispose()
    {
        Run("umount", Path);
        _folder.Dispose();
    }

    private static string? Probe()
    {
        if (!OperatingSystem.IsLinux())
        {
            return "a small disk is mounted on Linux only";
        }

        if (!Environment.IsPrivilegedProcess)
        {
            return "mounting a small disk takes root";
        }

        try
        {
            new SmallDisk(1 << 16).Dispose();
            return null;
        }
        catch (Exception fault)
        {
            return $"a small disk cannot be mounted here: {fault.Message}";
        }
    }

    private static string Run(string file, params string[] arguments)
    {
        using Process process = Process.Start(
            new ProcessStartInfo(file, arguments) { RedirectStandardError = true, UseShellExecute = false })!;
        string errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? string.Empty : $"{file}: {errors.Trim()} ({process.ExitCode})";
    }
}
