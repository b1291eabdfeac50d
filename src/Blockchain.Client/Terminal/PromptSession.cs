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
    private readonly TimeProvider _time;
    private readonly CommandRunner _runner;
    private readonly LineEditor _editor;
    private readonly PromptLine _line;
    private readonly CompletionSource _completion;
    private CancellationTokenSource? _command;
    private bool _bankAway;

    /// <summary>Makes the prompt.</summary>
    /// <param name="session">The client.</param>
    /// <param name="terminal">The terminal.</param>
    /// <param name="historyPath">File of the lines typed before; null keeps them in memory.</param>
    /// <param name="time">For the time of day before notices.</param>
    public PromptSession(IClientSession session, ITerminal terminal, string? historyPath, TimeProvider time)
    {
        _session = session;
        _time = time;
        _runner = new CommandRunner(session, time);
        _completion = new CompletionSource();
        _editor = new LineEditor(terminal, new LineHistory(historyPath), _completion.Complete);
        _line = new PromptLine();
        _editor.Interrupted += Interrupt;
    }

    /// <summary>Prompts until the user leaves or the client stops.</summary>
    /// <returns>The exit code: 0, or 4 when the client stopped because a ledger contradicts itself.</returns>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        ChannelReader<ClientEvent> events = _session.Subscribe();
        Task<int> watching = WatchAsync(events, stop.Token);
        await LookAsync();
        _editor.Notice(Banner());
        Channel<string?> lines = Channel.CreateBounded<string?>(1);
        using SemaphoreSlim turn = new(1);
        StartReading(lines, turn, stop.Token);
        try
        {
            while (await NextAsync(lines, watching, stop.Token) is { } line)
            {
                if (await ExecuteAsync(line, stop.Token))
                {
                    break;
                }

                await LookAsync();
                turn.Release();
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return Reply.Interrupted;
        }
        catch (OperationCanceledException)
        {
            // The client has stopped; its last event said why.
        }

        int exit = watching.IsCompleted ? await watching : Reply.Done;
        await stop.CancelAsync();
        return exit;
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
                    string? line = _editor.ReadLine(_line.Text);
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
        Channel<string?> lines, Task<int> watching, CancellationToken cancellationToken)
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
        _editor.Notice(place ?? $"  accepted {transfer.Amount} -> {transfer.To}; it waits for a turn");
        _ = AnnounceAsync(accepted);
    }

    private async Task AnnounceAsync(SubmitResult accepted)
    {
        try
        {
            ClientEvent.Settled settled = await accepted.Settled;
            Notice($"{Texts.SettledLine(settled)}   {Texts.BalanceLine(settled)}");
            await LookAsync();
            _editor.Refresh();
        }
        catch (OperationCanceledException)
        {
            // The client leaves; the transfer is kept and finished when it runs again.
        }
    }

    private void Show(Reply reply) =>
        _editor.Notice(string.Join('\n', reply.Lines.Select(line => line.Length == 0 ? line : $"  {line}")));

    private async Task<int> WatchAsync(ChannelReader<ClientEvent> events, CancellationToken cancellationToken)
    {
        int exit = Reply.Done;
        try
        {
            await foreach (ClientEvent happened in events.ReadAllAsync(cancellationToken))
            {
                await LookAsync();
                LookAtBank(happened);
                if (PromptEvents.Describe(happened) is { } text)
                {
                    Notice(text);
                }
                else
                {
                    _editor.Refresh();
                }

                if (happened is ClientEvent.Alarm)
                {
                    exit = Reply.Integrity;
                }
                else if (happened is ClientEvent.JoinRefused)
                {
                    exit = Reply.Failed;
                }
            }
        }
        catch (OperationCanceledException)
        {
            return exit;
        }

        return exit;
    }

    private void LookAtBank(ClientEvent happened)
    {
        if (_bankAway && _session.BankReachable)
        {
            Notice("the bank is back");
        }

        _bankAway = happened is ClientEvent.BankUnreachable || (_bankAway && !_session.BankReachable);
    }

    private void Notice(string text) =>
        _editor.Notice($"{_time.GetLocalNow():HH:mm:ss}  {text}");

    private async Task LookAsync()
    {
        try
        {
            (_line.Id, _line.Clock, _line.Peers, int[] accounts) = await _session.ReadAsync(process => (
                process.Id, process.Clock,
                process.View?.Members.Select(member => member.Id).Where(id => id != process.Id).ToArray() ?? [],
                process.Ledger.Accounts.Select(account => account.Id).ToArray()));
            _completion.Accounts = accounts;
        }
        catch (OperationCanceledException)
        {
            // The client has stopped; the prompt ends with it.
        }
    }

    private string Banner()
    {
        string dot = Console.OutputEncoding.WebName == "utf-8" ? "·" : "-";
        string peers = _line.Peers.Length == 0 ? "no peers yet" : $"peers {string.Join(' ', _line.Peers)}";
        string who = _line.Id == 0 ? "new client" : $"client {_line.Id}";
        string bank = _session.BankReachable ? _session.BankAddress : $"{_session.BankAddress} (waiting for it)";
        return $"{who} {dot} bank {bank} {dot} {peers} {dot} help";
    }
}
