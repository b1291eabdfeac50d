using System.Diagnostics;
using Blockchain.Tests.Terminal;

namespace Blockchain.IntegrationTests.Support;

/// <summary>A test that needs a pseudo-terminal.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class TerminalFactAttribute : FactAttribute
{
    public TerminalFactAttribute()
    {
        if (!PseudoTerminal.IsAvailable)
        {
            Skip = "there is no program 'script' here that gives a pseudo-terminal";
        }
    }
}

/// <summary>
/// The built executable in a pseudo-terminal of 80 columns, made by the program <c>script</c> that every Debian and
/// every macOS has. What a person would see is on <see cref="Screen"/>.
/// </summary>
public sealed class PseudoTerminal : IAsyncDisposable
{
    private const int Columns = 80;
    private static readonly string? Script = ((string[])["/usr/bin/script", "/bin/script"]).FirstOrDefault(File.Exists);
    private readonly Process _process;
    private readonly Task _pump;

    private PseudoTerminal(Process process)
    {
        _process = process;
        _pump = PumpAsync();
    }

    /// <summary>Whether this machine has one.</summary>
    public static bool IsAvailable => Script is not null && !OperatingSystem.IsWindows();

    /// <summary>What is seen.</summary>
    public Screen Screen { get; } = new(Columns);

    /// <summary>Starts `blockchain` with these arguments; none of them has blanks or quotes.</summary>
    public static PseudoTerminal Start(TempFolder data, string terminal, params string[] arguments)
    {
        string command =
            $"stty cols {Columns} rows 24; exec dotnet '{ProcessRunner.Executable}' {string.Join(' ', arguments)}";
        ProcessStartInfo start = new(Script!)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = data.Path,
        };
        string[] words = OperatingSystem.IsLinux()
            ? ["-qfec", command, "/dev/null"]
            : ["-q", "/dev/null", "sh", "-c", command];
        foreach (string word in words)
        {
            start.ArgumentList.Add(word);
        }

        start.Environment["BLOCKCHAIN_DATA"] = data.Path;
        start.Environment["TERM"] = terminal;
        start.Environment["LC_ALL"] = "C.UTF-8";
        start.Environment["SHELL"] = "/bin/sh";
        return new PseudoTerminal(Process.Start(start)!);
    }

    /// <summary>Sends keys as a keyboard would.</summary>
    public async Task TypeAsync(string keys)
    {
        await _process.StandardInput.WriteAsync(keys);
        await _process.StandardInput.FlushAsync();
    }

    /// <summary>Waits for the end of the program.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> WaitForExitAsync()
    {
        using CancellationTokenSource patience = new(ProcessRunner.Patience);
        await _process.WaitForExitAsync(patience.Token);
        await _pump.WaitAsync(patience.Token);
        return _process.ExitCode;
    }

    /// <summary>Ends what still runs.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private async Task PumpAsync()
    {
        char[] some = new char[4_096];
        while (await _process.StandardOutput.ReadAsync(some) is > 0 and var count)
        {
            Screen.Write(new string(some, 0, count));
        }
    }
}
