using System.Threading.Channels;
using Blockchain.Core.BankNetwork;
using Blockchain.Wire.Terminal;

namespace Blockchain.Client.Terminal;

/// <summary>
/// The client's prompt at a terminal: a transfer returns at once, and what becomes of it appears above the line that is
/// being typed.
/// </summary>
public sealed class PromptSession
{
    private readonly IClientSession _session;
    private readonly CommandRunner _runner;
    private readonly LineEditor _editor;
    private readonly PromptWatch _watch;
    private CancellationTokenSource? _command;

    /// <summary>Makes the prompt.</summary>
    /// <param name="session">The client.</param>
    /// <param name="terminal">The terminal.</param>
    /// <param name="historyPath">File of the lines typed before; null keeps them in memory.</param>
    /// <param name="time">For the time of day before notices.</param>
    public PromptSession(IClientSession session, ITerminal terminal, string? historyPath, TimeProvider time)
    {
        _session = session;
        _runner = new CommandRunner(session, time);
        _editor = new LineEditor(terminal, new LineHistory(historyPath), before => Complete(before));
        _watch = new PromptWatch(session, _editor, time);
        _editor.Interrupted += Interrupt;
    }

    /// <summary>Prompts until the user leaves or the client stops.</summary>
    /// <returns>The exit code: 0, or what stopped the client calls for, or 130 when it was told to stop.</returns>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            _editor.Notice(await _watch.BannerAsync(stop.Token));
        }
        catch (OperationCanceledException)
        {
            return cancellationToken.IsCancellationRequested ? Reply.Interrupted : Reply.Failed;
        }

        Task watching = _watch.RunAsync(stop.Token);
        Channel<string?> lines = Channel.CreateBounded<string?>(1);
        using SemaphoreSlim turn = new(1);
        StartReading(lines, turn, stop.Token);
        bool left = false;
        try
        {
            while (await NextAsync(lines, watching, stop.Token) is { } line)
            {
                left = await ExecuteAsync(line, stop.Token);
                if (left)
                {
                    break;
                }

                await _watch.LookAsync();
                turn.Release();
            }
        }
        catch (OperationCanceledException)
        {
            // Told to stop, or the client has stopped; its last event said why.
        }

        // A signal ends keys, events and commands at once, in any order: what ended first does not say why.
        bool interrupted = !left && cancellationToken.IsCancellationRequested;
        int exit = interrupted || watching.IsCompleted ? _watch.ExitCode : Reply.Done;
        await stop.CancelAsync();
        return interrupted && exit == Reply.Done ? Reply.Interrupted : exit;
    }

    // Keys are awaited on a thread of their own: a console cannot be read with a token.
    private void StartReading(Channel<string?> lines, SemaphoreSlim turn, CancellationToken cancellationToken)
    {
        Thread thread = new(() =>
        {
            try
            {
                while (true)
                {
                    turn.Wait(cancellationToken);
                    string? line = _editor.ReadLine(_watch.Prompt);
                    lines.Writer.TryWrite(line);
                    if (line is null)
                    {
                        return;
                    }
                }
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException
                or InvalidOperationException or IOException)
            {
                lines.Writer.TryComplete();
            }
        })
        {
            IsBackground = true,
            Name = "keys",
        };
        thread.Start();
    }

    private static async Task<string?> NextAsync(
        Channel<string?> lines, Task watching, CancellationToken cancellationToken)
    {
        Task<bool> typed = lines.Reader.WaitToReadAsync(cancellationToken).AsTask();
        await Task.WhenAny(typed, watching);
        if (!typed.IsCompleted)
        {
            return null;
        }

        return await typed && lines.Reader.TryRead(out string? line) ? line : null;
    }

    /// <returns>Whether to leave.</returns>
    private async Task<bool> ExecuteAsync(string line, CancellationToken cancellationToken)
    {
        using CancellationTokenSource command = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Volatile.Write(ref _command, command);
        try
        {
            return await ExecuteCommandsAsync(line, command.Token);
        }
        catch (OperationCanceledException) when (command.IsCancellationRequested
            && !cancellationToken.IsCancellationRequested)
        {
            _editor.Notice("  no longer waited for; what was accepted goes on");
            return false;
        }
        finally
        {
            Volatile.Write(ref _command, null);
        }
    }

    // Ctrl-C while a command runs.
    private void Interrupt()
    {
        try
        {
            Volatile.Read(ref _command)?.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The command has just ended.
        }
    }

    /// <returns>Whether to leave.</returns>
    private async Task<bool> ExecuteCommandsAsync(string line, CancellationToken cancellationToken)
    {
        foreach (ReadResult read in CommandParser.Parse(line))
        {
            switch (read.Command)
            {
                case null:
                    _editor.Notice($"  {read.Fault!.Message}");
                    break;
                case Command.Exit:
                    return true;
                case Command.Clear:
                    _editor.Clear();
                    break;
                case Command.Transfer { Wait: false } transfer:
                    await SubmitAsync(transfer);
                    break;
                default:
                    Show(await _runner.RunAsync(read.Command, cancellationToken));
                    break;
            }
        }

        return false;
    }

    private async Task SubmitAsync(Command.Transfer transfer)
    {
        (SubmitResult? accepted, Reply? refused) = await _runner.SubmitAsync(transfer);
        if (accepted is null)
        {
            Show(refused!);
            return;
        }

        string? place = await _session.ReadAsync(process => PromptEvents.DescribePlace(process, accepted.Id));
        string remark = _session.BankReachable ? string.Empty : "; it is paid when the bank is there";
        if (!accepted.Settled.IsCompleted)
        {
            _editor.Notice(place ?? $"  accepted {transfer.Amount} -> {transfer.To}{remark}");
        }

        _ = AnnounceAsync(accepted);
    }

    private async Task AnnounceAsync(SubmitResult accepted)
    {
        try
        {
            ClientEvent.Settled settled = await accepted.Settled;
            _watch.Notice($"{Texts.SettledLine(settled)}   {Texts.BalanceLine(settled)}");
            await _watch.LookAsync();
            _editor.Refresh();
        }
        catch (OperationCanceledException)
        {
            // The client leaves; the transfer is kept and finished when it runs again.
        }
    }

    private IReadOnlyList<string> Complete(string before) => CompletionSource.Complete(before, _watch.Accounts);

    private void Show(Reply reply) =>
        _editor.Notice(string.Join('\n', reply.Lines.Select(line => line.Length == 0 ? line : $"  {line}")));
}
