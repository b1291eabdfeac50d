using System.Threading.Channels;
using Blockchain.Core.BankNetwork;
using Blockchain.Wire.Terminal;

namespace Blockchain.Client.Terminal;

/// <summary>Tells the user at the prompt what happens meanwhile, and keeps what the prompt shows up to date.</summary>
/// <param name="session">The client.</param>
/// <param name="editor">Shows it above the line that is being typed.</param>
/// <param name="time">For the time of day before notices, and for looking now and then.</param>
internal sealed class PromptWatch(IClientSession session, LineEditor editor, TimeProvider time)
{
    private const int MostPayments = 3;
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(50);
    private readonly ChannelReader<ClientEvent> _events = session.Subscribe();
    private readonly List<ClientEvent> _early = [];
    private readonly PromptLine _line = new();
    private readonly Dictionary<TransferId, Token> _tokens = [];
    private readonly HashSet<TransferId> _earlier = [];
    private int[] _members = [];
    private int _shownEpoch;
    private long _seenBlocks;
    private bool _bankWasReachable;

    /// <summary>What stands before the line.</summary>
    public Func<string> Prompt => _line.Text;

    /// <summary>Numbers of the clients that there are.</summary>
    public int[] Accounts { get; private set; } = [];

    /// <summary>Waits for the client to become a member with a link to its bank, so that the first thing it says is who
    /// and where it is; not for a bank that is not there.</summary>
    public async Task<string> BannerAsync(CancellationToken cancellationToken)
    {
        long since = time.GetTimestamp();
        while (time.GetElapsedTime(since) < Patience && !_early.Exists(early => early is ClientEvent.BankUnreachable)
            && !await IsSettledInAsync())
        {
            await Task.Delay(LookAgain, time, cancellationToken);
            while (_events.TryRead(out ClientEvent? happened))
            {
                _early.Add(happened);
            }
        }

        _earlier.UnionWith(_early.OfType<ClientEvent.Settled>().Select(settled => settled.Block.Transfer.Id));
        _earlier.UnionWith(await session.ReadAsync(
            process => process.Pending.Select(transfer => transfer.Id).ToArray()));
        await LookAsync();
        (_shownEpoch, _members, _seenBlocks) = await session.ReadAsync(process => (
            process.View?.Epoch ?? 0, process.View?.Members.Select(member => member.Id).ToArray() ?? [],
            process.Chain.SettledCount));
        _bankWasReachable = session.BankReachable;
        string dot = Console.OutputEncoding.WebName == "utf-8" ? "·" : "-";
        string peers = _line.Peers.Length == 0 ? "no peers yet" : $"peers {string.Join(' ', _line.Peers)}";
        string who = _line.Id == 0 ? "new client" : $"client {_line.Id}";
        string bank = _bankWasReachable ? session.BankAddress : $"{session.BankAddress} (waiting for it)";
        return $"{who} {dot} bank {bank} {dot} {peers} {dot} help";
    }

    /// <summary>The exit code that what has happened calls for: 4 when a ledger contradicts itself, 1 when the bank
    /// refuses the client, else 0.</summary>
    public int ExitCode { get; private set; }

    /// <summary>Tells events until the client stops.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            _ = LookNowAndThenAsync(cancellationToken);
            foreach (ClientEvent happened in _early)
            {
                await TellAsync(happened);
            }

            await foreach (ClientEvent happened in _events.ReadAllAsync(cancellationToken))
            {
                await TellAsync(happened);
            }
        }
        catch (OperationCanceledException)
        {
            // The prompt ends.
        }
    }

    /// <summary>A line with the time of day.</summary>
    public void Notice(string text) => editor.Notice($"{time.GetLocalNow():HH:mm:ss}  {text}");

    /// <summary>Takes what the prompt shows from the client.</summary>
    public async Task LookAsync()
    {
        try
        {
            (_line.Id, _line.Clock, _line.Peers, Accounts) = await session.ReadAsync(process => (
                process.Id, process.Clock,
                process.View?.Members.Select(member => member.Id).Where(id => id != process.Id).ToArray() ?? [],
                process.Ledger.Accounts.Select(account => account.Id).ToArray()));
        }
        catch (OperationCanceledException)
        {
            // The client has stopped; the prompt ends with it.
        }
    }

    // The bank's answer and its blocks come over HTTP, so a client can be a member before its link is up.
    private async Task<bool> IsSettledInAsync() => await session.ReadAsync(process => process.Phase) switch
    {
        ClientPhase.Member => session.BankReachable,
        ClientPhase.Stopped => true,
        _ => false,
    };

    private async Task TellAsync(ClientEvent happened)
    {
        ExitCode = happened is ClientEvent.Installed ? Reply.Done : StopReason.Of(happened)?.Exit ?? ExitCode;
        await LookAsync();
        if (Describe(happened) is { } text)
        {
            Notice(text);
        }
        else
        {
            editor.Refresh();
        }
    }

    // A transfer of this session is told by the one who waits for it; this tells what the session does not know.
    private string? Describe(ClientEvent happened)
    {
        switch (happened)
        {
            case ClientEvent.Installed installed:
                int[] before = _members;
                _members = [.. installed.View.Members.Select(member => member.Id)];
                return installed.View.Epoch <= _shownEpoch ? null : PromptEvents.DescribeView(installed, before);
            case ClientEvent.Requested requested:
                Token[] tokens = [.. requested.Transfers.Select(transfer => _tokens.GetValueOrDefault(transfer.Id))];
                foreach (Transfer transfer in requested.Transfers)
                {
                    _tokens[transfer.Id] = requested.Token;
                }

                return PromptEvents.DescribeAgain(requested, tokens);
            case ClientEvent.Settled settled:
                _tokens.Remove(settled.Block.Transfer.Id);
                return _earlier.Remove(settled.Block.Transfer.Id)
                    ? $"from before: {Texts.SettledLine(settled)}   {Texts.BalanceLine(settled)}"
                    : null;
            default:
                return PromptEvents.Describe(happened);
        }
    }

    // The clock moves, payments arrive and the bank goes and comes without an event for the user of this client.
    private async Task LookNowAndThenAsync(CancellationToken cancellationToken)
    {
        using PeriodicTimer timer = new(LookEvery, time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                string before = _line.Text();
                await LookAsync();
                LookAtBank();
                await LookAtPaymentsAsync();
                if (_line.Text() != before)
                {
                    editor.Refresh();
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The prompt ends.
        }
    }

    private void LookAtBank()
    {
        bool isReachable = session.BankReachable;
        if (isReachable != _bankWasReachable)
        {
            _bankWasReachable = isReachable;
            Notice(isReachable
                ? "the bank is there"
                : "the bank cannot be reached; still trying. Accepted transfers are kept.");
        }
    }

    private async Task LookAtPaymentsAsync()
    {
        List<Transfer> received = [];
        try
        {
            long count = await session.ReadAsync(process => process.Chain.SettledCount);
            while (_seenBlocks < count)
            {
                StoredBlock[] blocks = await session.ReadBlocksAsync(
                    _seenBlocks, (int)Math.Min(count - _seenBlocks, Limits.FetchBlocks));
                received.AddRange(blocks.Select(block => block.Block).OfType<Block.Payment>()
                    .Where(block => block.Outcome == Outcome.Success && block.Transfer.To == _line.Id)
                    .Select(block => block.Transfer));
                _seenBlocks += Math.Max(1, blocks.Length);
            }
        }
        catch (Exception e) when (e is IOException or Wire.Files.IntegrityException or Wire.Files.StoreFaultException)
        {
            // A chain that cannot be read is told to whoever asks for it.
            return;
        }

        foreach (Transfer transfer in received.Take(MostPayments))
        {
            string memo = transfer.Memo.Length == 0 ? string.Empty : $"   {Texts.Plain(transfer.Memo)}";
            Notice($"received {transfer.Amount} from {transfer.From}{memo}");
        }

        if (received.Count > MostPayments)
        {
            Money sum = new(received.Skip(MostPayments).Sum(transfer => transfer.Amount.Minor));
            Notice($"received {received.Count - MostPayments} more payments, {sum} in all");
        }
    }
}
