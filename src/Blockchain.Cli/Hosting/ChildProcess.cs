using System.Diagnostics;
using System.Threading.Channels;

namespace Blockchain.Cli.Hosting;

/// <summary>
/// Another process of this executable, spoken to over its standard streams. It ends when its standard input does, and
/// that ends with this process, however this process ends.
/// </summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    private const int MaxLines = 1_024;
    private const int MaxErrors = 20;
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(5);

    private readonly Process _process;
    private readonly string _title;
    private readonly Queue<string> _errors = [];
    private readonly Task _pumps;

    private readonly Channel<string> _lines = Channel.CreateBounded<string>(
        new BoundedChannelOptions(MaxLines) { FullMode = BoundedChannelFullMode.DropOldest });

    private ChildProcess(Process process, string title)
    {
        _process = process;
        _title = title;
        _pumps = Task.WhenAll(PumpOutputAsync(), PumpErrorsAsync());
    }

    /// <summary>Starts one.</summary>
    /// <param name="title">What to call it when it fails.</param>
    /// <param name="arguments">Verb and options.</param>
    public static ChildProcess Start(string title, params IEnumerable<string> arguments)
    {
        string self = Environment.ProcessPath
            ?? throw new CliException(
                ExitCode.Failed, "the path of this executable is not known, so that no other can be started.");
        bool isRuntime = Path.GetFileNameWithoutExtension(self) == "dotnet";
        IEnumerable<string> all = isRuntime ? arguments.Prepend(typeof(ChildProcess).Assembly.Location) : arguments;
        Process? process = Process.Start(new ProcessStartInfo(self, all)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            CreateNoWindow = true,
        });
        return process is null
            ? throw new CliException(ExitCode.Failed, $"the process of {title} cannot be started.")
            : new ChildProcess(process, title);
    }

    /// <summary>What it is called when it fails.</summary>
    public string Title => _title;

    /// <summary>Processor time that it has used, and the memory that it has now; nothing when it has ended.</summary>
    public (TimeSpan Processor, long MemoryBytes) Usage()
    {
        try
        {
            _process.Refresh();
            return (_process.TotalProcessorTime, _process.WorkingSet64);
        }
        catch (InvalidOperationException)
        {
            return default;
        }
    }

    /// <summary>Writes a line to its standard input.</summary>
    /// <exception cref="CliException">It has ended.</exception>
    public async Task SendAsync(string line)
    {
        try
        {
            await _process.StandardInput.WriteLineAsync(line);
            await _process.StandardInput.FlushAsync();
        }
        catch (IOException)
        {
            throw await EndedAsync();
        }
    }

    /// <summary>The next line of its standard output.</summary>
    /// <exception cref="CliException">It has ended, or says nothing for too long.</exception>
    public async Task<string> ReadAsync(TimeSpan patience, CancellationToken cancellation)
    {
        using CancellationTokenSource timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        timeout.CancelAfter(patience);
        try
        {
            return await _lines.Reader.ReadAsync(timeout.Token);
        }
        catch (ChannelClosedException)
        {
            throw await EndedAsync();
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new CliException(
                ExitCode.Unreachable, $"{_title} has not answered for {patience.TotalSeconds:0} s.{Said()}");
        }
    }

    /// <summary>Refuses to go on when it has ended, which nobody wanted.</summary>
    /// <exception cref="CliException">It has.</exception>
    public async Task EnsureRunningAsync()
    {
        if (_process.HasExited)
        {
            throw await EndedAsync();
        }
    }

    /// <summary>Ends its standard input and waits for its end; kills it when that takes too long.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            _process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It has closed its end before.
        }

        using CancellationTokenSource patience = new(StopPatience);
        try
        {
            await _process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        await _pumps;
        _process.Dispose();
    }

    private async Task PumpOutputAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            _lines.Writer.TryWrite(line);
        }

        _lines.Writer.Complete();
    }

    private async Task PumpErrorsAsync()
    {
        while (await _process.StandardError.ReadLineAsync() is { } line)
        {
            lock (_errors)
            {
                bool isOwn = line.StartsWith(Failures.Prefix, StringComparison.Ordinal);
                _errors.Enqueue(isOwn ? line[Failures.Prefix.Length..] : line);
                if (_errors.Count > MaxErrors)
                {
                    _errors.Dequeue();
                }
            }
        }
    }

    private async Task<CliException> EndedAsync()
    {
        using CancellationTokenSource patience = new(StopPatience);
        await _process.WaitForExitAsync(patience.Token).ContinueWith(_ => { }, TaskScheduler.Default);

        // A process that was killed has a code that says nothing here.
        int exitCode = _process.HasExited
            && _process.ExitCode is (>= ExitCode.Failed and <= ExitCode.Integrity) or ExitCode.Interrupted
                ? _process.ExitCode
                : ExitCode.Failed;
        await Task.WhenAny(_pumps, Task.Delay(StopPatience));
        return new CliException(exitCode, $"{_title} has ended.{Said()}");
    }

    private string Said()
    {
        lock (_errors)
        {
            return _errors.Count == 0 ? string.Empty : $" It said: {string.Join(Environment.NewLine, _errors)}";
        }
    }
}
