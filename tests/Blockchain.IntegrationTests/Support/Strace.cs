using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace Blockchain.IntegrationTests.Support;

/// <summary>Runs a program whose flushes fail from some point on.</summary>
public static class Strace
{
    /// <summary>Why it cannot be used here; null when it can.</summary>
    public static string? WhyNot { get; } = Probe();

    /// <summary>What to put before the program.</summary>
    /// <param name="from">The first flush of each thread that fails, from 1.</param>
    /// <param name="log">Takes what strace itself has to say.</param>
    /// <param name="file">The file whose flushes fail; null for every file.</param>
    public static string[] FailingFlushes(int from, string log, string? file = null) =>
    [
        "strace", "--follow-forks", "--seccomp-bpf", "--output", log, "--trace=fsync,fdatasync",
        .. file is null ? Array.Empty<string>() : ["--trace-path", file],
        string.Create(CultureInfo.InvariantCulture, $"--inject=fsync,fdatasync:error=EIO:when={from}+"),
    ];

    private static string? Probe()
    {
        if (!OperatingSystem.IsLinux())
        {
            return "strace is a program for Linux";
        }

        try
        {
            ProcessStartInfo start = new("strace", [.. FailingFlushes(1, "/dev/null")[1..], "true"])
            {
                RedirectStandardError = true,
                UseShellExecute = false,
            };
            using Process process = Process.Start(start)!;
            string errors = process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0 ? null : $"strace cannot trace here: {errors.Trim()}";
        }
        catch (Win32Exception)
        {
            return "strace is not installed";
        }
    }
}
