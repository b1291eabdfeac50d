using System.ComponentModel;
using System.Diagnostics;

namespace Blockchain.IntegrationTests.Node;

/// <summary>A test that runs a client in Python.</summary>
public sealed class PythonFactAttribute : FactAttribute
{
    public PythonFactAttribute()
    {
        try
        {
            using Process python = Process.Start(
                new ProcessStartInfo("python3", "--version") { RedirectStandardOutput = true })!;
            python.WaitForExit();
        }
        catch (Win32Exception)
        {
            Skip = "python3 is not installed";
        }
    }
}

/// <summary>A test that opens many files in this process.</summary>
public sealed class OpenFilesFactAttribute : FactAttribute
{
    public OpenFilesFactAttribute(int needed)
    {
        if (Limit() is { } limit && limit < needed)
        {
            Skip = $"the limit of open files is {limit}, and {needed} are needed; raise it with ulimit -n";
        }
    }

    // .NET raises the soft limit to the hard one at the start of a process.
    private static long? Limit()
    {
        const string Path = "/proc/self/limits";
        const string Name = "Max open files";
        string? line = File.Exists(Path)
            ? File.ReadLines(Path).FirstOrDefault(line => line.StartsWith(Name, StringComparison.Ordinal))
            : null;
        string? soft = line?[Name.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault();
        return long.TryParse(soft, out long limit) ? limit : null;
    }
}
