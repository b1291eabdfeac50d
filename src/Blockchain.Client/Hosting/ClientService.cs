using Blockchain.Client.Storage;
using Blockchain.Core.BankNetwork;
using Blockchain.Core.Kernel;
using Blockchain.Wire.Files;
using Microsoft.Extensions.Logging;

namespace Blockchain.Client.Hosting;

/// <summary>
/// One life of a client: the loop around its <see cref="ClientProcess"/>, and everything that the process asks for:
/// links, files, signatures, calls to the bank. Only the loop touches the process; everything else posts to the inbox.
/// </summary>
public sealed partial class ClientService : IClientSession, IAsyncDisposable
{
    // The shortest time that the process reckons with is 250 ms, and every tick wakes two threads.
    private static readonly TimeSpan TickEvery = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LeavePatience = TimeSpan.FromSeconds(2);

    private readonly ClientOptions _options;
    private readonly ClientFolder _folder;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ClientProcess _process;
    private readonly Inbox _inbox = new();
    private readonly EventHub _events = new();
    private readonly Membership _membership = new();
    private readonly DelayLine _delay;
    private readonly ChainWriter _chain;
    private readonly IntentWriter _intents;
    private readonly RequestSigner _signer;
    private readonly BankLink _bank;
    private readonly PeerLinks _peers;
    private readonly BankCalls _calls;
    private readonly HistoryWriter? _history;
    private readonly ClientMetrics _metrics = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _left = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly long _startedAt;
    private ClientOutput.Sign? _unsigned;
    private Task _running = Task.CompletedTask;
    private Exception? _failure;

    internal ClientService(ClientOptions options, ClientFolder folder, string endpoint, TimeProvider time,
        ILogger logger)
    {
        _options = options;
        _folder = folder;
        _time = time;
        _logger = logger;
        _startedAt = time.GetTimestamp();
        _process = new ClientProcess(StateOf(options, folder, endpoint), new EcdsaP256());
        _delay = new DelayLine(options.Delay, _inbox, time);
        _chain = new ChainWriter(folder);
        _intents = new IntentWriter(folder.Intents, _inbox, IntentWriter.Moment);
        _signer = new RequestSigner(folder.Keys, _inbox);
        _bank = new BankLink(options.Bank, folder.Keys, _membership, _inbox, _delay, time, logger);
        _peers = new PeerLinks(folder.Keys, _membership, _inbox, _delay, _metrics, time, logger);
        _calls = new BankCalls(options.Bank, folder.Keys);
        _history = options.History is { } path ? new HistoryWriter(path, folder.Identity.Name, time) : null;
        _history?.Resolve(folder.Ledger, index => folder.Chain.Read(index, 1)[0]);
        _membership.Learn(folder.Ledger);
        if (folder.Identity is { Id: > 0, Ledger: { } ledger, BankKey: { } bankKey })
        {
            _membership.Learn(new Standing(folder.Identity.Id, ledger, bankKey));
        }

        ClientLog.Starts(
            logger, folder.Identity.Name, folder.Incarnation, folder.Ledger.Count, folder.OpenIntents.Count, endpoint,
            BankAddress);
    }

    /// <summary>Name of the client.</summary>
    public string Name => _folder.Identity.Name;

    /// <summary>The client's data folder.</summary>
    public string FolderPath => _folder.Path;

    /// <summary>Completes when the client has stopped; fails with what stopped it, when that was a fault.</summary>
    public Task Completion => _running;

    internal PeerLinks Peers => _peers;

    /// <summary>Own transfers that have settled in this life.</summary>
    public long SettledTransfers => _metrics.Settled;

    /// <summary>The client's counters, for monitors (<see cref="Wire.Http.MetricsText"/>).</summary>
    public Task<string> MetricsAsync() =>
        ReadAsync(process => _metrics.Write(process.Chain.SettledCount, process.Chain.LinksHashed));

    /// <summary>Ends a subscription before the client stops.</summary>
    public void Unsubscribe(System.Threading.Channels.ChannelReader<ClientEvent> events) => _events.Unsubscribe(events);

    internal void Start() => _running = Task.Run(RunAsync);

    /// <summary>Stops without leaving the view, as a crash would, but with everything written. May be called
    /// again.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _calls.Dispose();
        _folder.Dispose();
    }

    private static ClientState StateOf(ClientOptions options, ClientFolder folder, string endpoint) => new()
    {
        Name = folder.Identity.Name,
        PublicKey = folder.Keys.PublicKey,
        Incarnation = folder.Incarnation,
        Endpoint = endpoint,
        Ledger = folder.Ledger,
        Checkpoint = folder.Mark?.Checkpoint,
        Intents = folder.OpenIntents,
        MaxBatch = options.MaxBatch,
        DelayMs = (int)options.Delay.TotalMilliseconds,
    };

    private async Task RunAsync()
    {
        Task writers = Task.WhenAll(Guard(_chain.RunAsync), Guard(_intents.RunAsync), Guard(_signer.RunAsync));
        Task links = Task.WhenAll(
            Guard(() => _bank.RunAsync(_stop.Token)), Guard(() => _delay.RunAsync(_stop.Token)), Guard(TickAsync));
        await Guard(LoopAsync).ConfigureAwait(false);
        await _stop.CancelAsync().ConfigureAwait(false);
        _inbox.Close();
        _peers.Dispose();
        await links.ConfigureAwait(false);
        _intents.Close();
        _signer.Close();
        _chain.Close();
        await writers.ConfigureAwait(false);
        CancelWaiters();
        _events.Close();
        _history?.Dispose();
        _left.TrySetResult();
        if (_failure is not null)
        {
            throw _failure;
        }

        ClientLog.Stopped(_logger);
    }

    /// <summary>Runs a part of the client; whatever it fails with stops the client, loudly.</summary>
    private async Task Guard(Func<Task> part)
    {
        try
        {
            await part().ConfigureAwait(false);
        }
        catch (Exception fault) when (_stop.IsCancellationRequested
            && (fault is OperationCanceledException or ObjectDisposedException))
        {
            // Asked to stop.
        }
        catch (Exception fault)
        {
            Fail(fault);
        }
    }

    private void Fail(Exception fault)
    {
        if (Interlocked.CompareExchange(ref _failure, fault, null) is null)
        {
            ClientLog.Fails(_logger, fault.Message, fault);
        }

        _stop.Cancel();
    }

    private async Task TickAsync()
    {
        using PeriodicTimer timer = new(TickEvery, _time);
        do
        {
            long nowMs = (long)_time.GetElapsedTime(_startedAt).TotalMilliseconds;
            await _inbox.PostAsync(new ClientInput.Tick(nowMs), _stop.Token).ConfigureAwait(false);
            _chain.Tick();
        }
        while (await timer.WaitForNextTickAsync(_stop.Token).ConfigureAwait(false));
    }

    private Task LoopAsync() => _inbox.Loop.RunAsync(DoAsync, FlushAsync, static () => false, _stop.Token);

    private ValueTask DoAsync(InboxItem item)
    {
        item.Look?.Invoke(_process);
        return item.Input is { } input ? StepAsync(input) : ValueTask.CompletedTask;
    }

    /// <summary>Writes what was sent, and then signs what is to be signed: the peers reply meanwhile. Alone, on this
    /// thread, since another would take as long to be woken as a signature takes.</summary>
    private async ValueTask FlushAsync()
    {
        Flush();
        if (_unsigned is not { } sign)
        {
            return;
        }

        _unsigned = null;
        if (!_process.IsAloneInQueue)
        {
            _signer.Sign(sign);
            return;
        }

        Signature signature = _folder.Keys.Sign(sign.Digest);
        await StepAsync(new ClientInput.RequestSigned(sign.Epoch, sign.Token, signature)).ConfigureAwait(false);

        // The peers may have replied meanwhile: then all goes to the bank in one write.
        if (_inbox.Loop.Count == 0)
        {
            Flush();
        }
    }

    private void Flush()
    {
        _bank.Flush();
        _peers.Flush(_process.NextInQueue);
        _intents.Hurry();
    }

    private async ValueTask StepAsync(ClientInput input)
    {
        Witness(input);
        long before = _process.Clock;
        IReadOnlyList<ClientOutput> outputs = _process.Step(input);
        if (_logger.IsEnabled(LogLevel.Debug) && (outputs.Count > 0 || _process.Clock != before))
        {
            ClientLog.In(_logger, before, _process.Clock, ClientText.Of(input));
        }

        for (int i = 0; i < outputs.Count; i++)
        {
            if (_logger.IsEnabled(LogLevel.Debug) && outputs[i] is not ClientOutput.Tell)
            {
                ClientLog.Out(_logger, _process.Clock, ClientText.Of(outputs[i]));
            }

            await DispatchAsync(outputs[i]).ConfigureAwait(false);
        }
    }

    /// <summary>Notes what the links need to know, before the process acts on it.</summary>
    private void Witness(ClientInput input)
    {
        switch (input)
        {
            case ClientInput.BankConnected:
                _bank.HearOpened();
                break;
            case ClientInput.BankDisconnected:
                _bank.HearClosed();
                break;
            case ClientInput.Joined { Answer: var answer }:
                Recognise(answer);
                _membership.Learn(answer.View);
                break;
            case ClientInput.FromBank { Message: FromBank.NewView view }:
                _membership.Learn(view.View);
                break;
            case ClientInput.Submit submit:
                _history?.Invoked(submit, _process.Id);
                break;
            case ClientInput.SubmitAll all:
                foreach (ClientInput.Submit submit in all.Submits)
                {
                    _history?.Invoked(submit, _process.Id);
                }

                break;
        }
    }

    /// <summary>The bank that answers must be the one that this folder belongs to.</summary>
    private void Recognise(JoinAccepted answer)
    {
        ClientIdentity known = _folder.Identity;
        if (known.Ledger is { } ledger && (ledger != answer.Ledger || known.BankKey != answer.BankKey))
        {
            throw new StoreFaultException(
                $"the data folder {_folder.Path} belongs to another ledger than that of the bank at {BankAddress}. "
                + "Give the address of its own bank, or another --name.");
        }

        _folder.Update(known with { Id = answer.Id, Ledger = answer.Ledger, BankKey = answer.BankKey });
        _membership.Learn(new Standing(answer.Id, answer.Ledger, answer.BankKey));
    }
}
