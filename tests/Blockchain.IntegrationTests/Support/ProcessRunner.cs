using System.Diagnostics;

namespace Blockchain.IntegrationTests.Support;

/// <summary>What a finished process left.</summary>
public sealed record RunResult(int ExitCode, string Output, string Errors)
{
    /// <summary>The lines of its standard output.</summary>
    public string[] Lines => Output.Length == 0 ? [] : Output.Split('\n');

    public override string ToString() => $"exit {ExitCode}\n--- output\n{Output}\n--- errors\n{Errors}";
}

/// <summary>
/// One process of the built `blockchain` executable: started, spoken to, listened to with deadlines, and killed by its
/// id when the test is over, whatever happened.
/// </summary>
public sealed class ProcessRunner : IAsyncDisposable
{
    /// <summary>For all that should take a moment: long enough for a busy machine, short enough to fail.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly string _title;
    private readonly Task _pumps;

    private ProcessRunner(Process process, string title)
    {
        _process = process;
        _title = title;
        _pumps = Task.WhenAll(Output.PumpAsync(process.StandardOutput), Errors.PumpAsync(process.StandardError));
    }

    /// <summary>The built executable that the tests run.</summary>
    public static string Executable { get; } = Path.Combine(AppContext.BaseDirectory, "blockchain.dll");

    /// <summary>Standard output.</summary>
    public OutputLines Output { get; } = new();

    /// <summary>Standard error.</summary>
    public OutputLines Errors { get; } = new();

    /// <summary>Process id.</summary>
    public int Id => _process.Id;

    /// <summary>Whether it has ended.</summary>
    public bool HasExited => _process.HasExited;

    /// <summary>Starts `blockchain` with these arguments.</summary>
    /// <param name="data">Folder that stands for the user's data folder.</param>
    /// <param name="arguments">Verb and options.</param>
    public static ProcessRunner Start(TempFolder data, params string[] arguments) =>
        Start(data, new Dictionary<string, string>(), arguments);

    /// <summary>The same with more environment variables.</summary>
    public static ProcessRunner Start(
        TempFolder data, IReadOnlyDictionary<string, string> environment, params string[] arguments) =>
        StartFile("dotnet", data, environment, [Executable, .. arguments]);

    /// <summary>Starts any program in the same manner, for example a script.</summary>
    public static ProcessRunner StartFile(
        string file, TempFolder data, IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        ProcessStartInfo start = new(file, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = data.Path,
        };
        start.Environment["BLOCKCHAIN_DATA"] = data.Path;
        start.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";

        // These processes end before what the runtime learns of them is worth its price, about a fifth of their time.
        start.Environment["DOTNET_TieredPGO"] = "0";
        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        string title = $"{file} {string.Join(' ', arguments.SkipWhile(argument => argument == Executable))}";
        Process process = Process.Start(start) ?? throw new InvalidOperationException($"{title} did not start.");
        return new ProcessRunner(process, title);
    }

    /// <summary>Runs `blockchain` to its end with a closed standard input.</summary>
    public static Task<RunResult> RunAsync(TempFolder data, params string[] arguments) =>
        RunAsync(data, string.Empty, arguments);

    /// <summary>Runs `blockchain` to its end with this text as standard input.</summary>
    public static async Task<RunResult> RunAsync(TempFolder data, string input, string[] arguments)
    {
        await using ProcessRunner runner = Start(data, arguments);
        await runner.SendAsync(input);
        runner.CloseInput();
        return await runner.WaitForExitAsync();
    }

    /// <summary>Writes to standard input.</summary>
    public async Task SendAsync(string text)
    {
        try
        {
            await _process.StandardInput.WriteAsync(text);
            await _process.StandardInput.FlushAsync();
        }
        catch (IOException) when (_process.WaitForExit(Patience))
        {
            // A process that refuses its arguments ends without reading; its exit code tells the story. The pipe breaks
            // a moment before the end is seen.
        }
    }

    /// <summary>Writes one line to standard input.</summary>
    public Task SendLineAsync(string line) => SendAsync(line + "\n");

    /// <summary>Ends standard input.</summary>
    public void CloseInput()
    {
        try
        {
            _process.StandardInput.Close();
        }
        catch (IOException)
        {
            // The process has closed its end already.
        }
    }

    /// <summary>Waits for the next line of standard output that contains a text.</summary>
    public Task<string> WaitForOutputAsync(string text, TimeSpan? deadline = null) =>
        WaitForAsync(
            Output, line => line.Contains(text, StringComparison.Ordinal), $"'{text}' on its output", deadline);

    /// <summary>Waits for the next line of standard output that fits.</summary>
    public Task<string> WaitForOutputAsync(Func<string, bool> fits, TimeSpan? deadline = null) =>
        WaitForAsync(Output, fits, "a certain line on its output", deadline);

    /// <summary>Waits for the next line of standard error that contains a text.</summary>
    public Task<string> WaitForErrorAsync(string text, TimeSpan? deadline = null) =>
        WaitForAsync(
            Errors, line => line.Contains(text, StringComparison.Ordinal), $"'{text}' on its errors", deadline);

    /// <summary>Waits until the process has ended and all its output is here.</summary>
    public async Task<RunResult> WaitForExitAsync(TimeSpan? deadline = null)
    {
        TimeSpan patience = deadline ?? Patience;
        using CancellationTokenSource timeout = new(patience);
        try
        {
            await _process.WaitForExitAsync(timeout.Token);
            await _pumps.WaitAsync(timeout.Token);
        }
        catch (OperationCanceledException)
        {
            throw Late("its end", patience);
        }

        return new RunResult(_process.ExitCode, Output.Text, Errors.Text);
    }

    /// <summary>Kills the process at once (SIGKILL), and only it.</summary>
    public void Kill() => _process.Kill(entireProcessTree: false);

    /// <summary>Sends a signal. Unix only.</summary>
    public void Signal(UnixSignal signal) => UnixSignals.Send(Id, signal);

    /// <summary>Kills what still runs, with the children it started.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private async Task<string> WaitForAsync(
        OutputLines lines, Func<string, bool> fits, string what, TimeSpan? deadline)
    {
        TimeSpan patience = deadline ?? Patience;
        using CancellationTokenSource timeout = new(patience);
        try
        {
            return await lines.NextAsync(fits, timeout.Token)
                ?? throw new InvalidOperationException($"{_title} ended without {what}.\n{Heard()}");
        }
        catch (OperationCanceledException)
        {
            throw Late(what, patience);
        }
    }

    private TimeoutException Late(string what, TimeSpan patience) =>
        new($"{_title}: {what} did not come within {patience.TotalSeconds:0} s.\n{Heard()}");

    private string Heard() => $"--- output\n{Output.Text}\n--- errors\n{Errors.Text}";
}
