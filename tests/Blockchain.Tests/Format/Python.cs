using System.ComponentModel;
using System.Diagnostics;

namespace Blockchain.Tests.Format;

/// <summary>A fact that needs python3; where there is none it is skipped by that name.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PythonFactAttribute : FactAttribute
{
    public PythonFactAttribute()
    {
        if (!Python.IsThere)
        {
            Skip = "python3 is not installed; the second implementation in C# has run.";
        }
    }
}

/// <summary>Runs python3 where there is one.</summary>
internal static class Python
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static bool IsThere { get; } = Probe();

    public static (int Exit, string Output) Run(string[] arguments, string input = "")
    {
        using Process process = Process.Start(new ProcessStartInfo("python3", arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit(Patience).Should().BeTrue("python3 ends");
        return (process.ExitCode, output);
    }

    private static bool Probe()
    {
        try
        {
            return Run(["-c", "import sys; sys.exit(sys.version_info < (3, 8))"]).Exit == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }
}
