using Blockchain.Core.Kernel;

namespace Blockchain.Core.BankNetwork;

/// <summary>
/// A client of the bank network: Lamport's mutual exclusion, the chain, and the transfers that its user wants. A state
/// machine without threads, clocks, sockets or files: one input in, the outputs it causes out.
/// </summary>
/// <remarks>
/// The host owns one loop: <c>foreach (output in process.Step(input)) Dispatch(output)</c>. Outputs only start things;
/// what comes of them returns as input. The rules that the comments name are those of the protocol's description in
/// src/README.md.
/// <para>Invariants: one open request at most; the bank is asked only inside the critical section; what is settled
/// never changes; a user is told that a transfer was taken only when it is on disk, here or at the bank, and from then
/// on it stays until its block has settled.</para>
/// </remarks>
public sealed partial class ClientProcess
{
    private const long JoinRetryMs = 500;
    private const long AskAgainMs = 1_000;
    private const long HeadEveryMs = 5_000;
    private const long CheckpointEveryMs = 1_000;
    private const int HeartbeatsPerLease = 4;
    private const int DefaultLeaseMs = 10_000;

    private readonly ClientState _state;
    private readonly ISignatureScheme _signatures;
    private readonly ProtocolRules _rules;
    private readonly List<ClientOutput> _outputs = [];
    private readonly IntentBook _intents = new();
    private readonly LamportClock _clock;
    private readonly CatchUp _catchUp;
    private readonly HashSet<int> _connected = [];
    private readonly Queue<Frame> _earlyFrames = new();
    private long _earlyBytes;

    private LamportMutex? _mutex;
    private LinkSet? _links;
    private OwnRequest? _own;
    private ViewInfo? _target;
    private string _targetCause = string.Empty;
    private int _joinedEpoch = int.MaxValue;
    private int _leaseMs = DefaultLeaseMs;
    private bool _bankUp;
    private bool _joinInFlight;
    private bool _saidUnreachable;
    private bool _leaveWanted;
    private Checkpoint? _checkpoint;
    private Checkpoint? _checkpointAhead;
    private long _checkpointStored = -1;
    private long _nowMs;
    private long _nextJoinMs;
    private long _nextHeartbeatMs;
    private long _nextHeadMs;
    private long _nextCheckpointMs;
    private bool _started;

    /// <summary>Starts from what was stored. The first step joins.</summary>
    /// <param name="state">What the client knows.</param>
    /// <param name="signatures">Checks the bank's signatures.</param>
    /// <param name="rules">The rules in force; all of them but in a simulation.</param>
    public ClientProcess(ClientState state, ISignatureScheme signatures, ProtocolRules rules = ProtocolRules.All)
    {
        _state = state;
        _signatures = signatures;
        _rules = rules;
        _checkpoint = state.Checkpoint;
        _checkpointStored = state.Checkpoint?.Index ?? -1;
        _clock = new LamportClock(state.Ledger.LastKey.Token.Clock);
        _catchUp = new CatchUp(state.DelayMs);
        Chain = new LedgerChain(state.Ledger);
        Id = state.Ledger.FindOwner(state.PublicKey)?.Id ?? 0;
        if (!rules.HasFlag(ProtocolRules.Rejoin) && Id > 0)
        {
            _joinedEpoch = 0;
        }

        foreach (Transfer transfer in state.Intents)
        {
            _intents.Restore(transfer);
        }
    }

    /// <summary>Own number; 0 before the first join.</summary>
    public int Id { get; private set; }

    /// <summary>Where the client stands.</summary>
    public ClientPhase Phase { get; private set; } = ClientPhase.Joining;

    /// <summary>The Lamport clock.</summary>
    public long Clock => _clock.Time;

    /// <summary>The installed view, null before the first.</summary>
    public ViewInfo? View { get; private set; }

    /// <summary>Settled blocks and what they amount to.</summary>
    public LedgerState Ledger => _state.Ledger;

    /// <summary>Settled and provisional blocks.</summary>
    public LedgerChain Chain { get; }

    /// <summary>The latest checkpoint of the bank that agrees with the settled blocks, null before the first.</summary>
    public Checkpoint? Checkpoint => _checkpoint;

    /// <summary>The highest block that the bank is known to have on disk; index -1 for none.</summary>
    public long DurableIndex => _catchUp.Durable.Index;

    /// <summary>Transfers accepted and not settled, in the order of acceptance.</summary>
    public IReadOnlyCollection<Transfer> Pending => _intents.Transfers;

    /// <summary>Whether the client is inside the critical section.</summary>
    public bool InCriticalSection => _own is { HasEntered: true };

    /// <summary>Whether the queue has no request but the own.</summary>
    public bool IsAloneInQueue => _mutex is { Queue.Entries.Count: <= 1 };

    /// <summary>The member whose turn it is; 0 when nobody asks for one.</summary>
    public int NextInQueue => _mutex?.Queue.Least?.Client ?? 0;

    /// <summary>Peers with a direct connection now.</summary>
    public IReadOnlySet<int> ConnectedPeers => _connected;

    /// <summary>The request queue, earliest first.</summary>
    public IReadOnlyList<QueueEntry> Queue => _mutex is null
        ? []
        : [.. _mutex.Queue.Entries.Select(entry => new QueueEntry(
            entry.Token, entry.Transfers, _mutex.HeardLaterThan(entry.Token), _mutex.Others.Count))];

    /// <summary>Handles one input. The list is valid until the next step.</summary>
    public IReadOnlyList<ClientOutput> Step(ClientInput input)
    {
        _outputs.Clear();
        if (!_started)
        {
            Start();
        }

        if (Phase == ClientPhase.Stopped)
        {
            StepStopped(input);
            return _outputs;
        }

        Handle(input);
        Advance();
        return _outputs;
    }

    /// <summary>Which of Lamport's conditions the own request still waits for.</summary>
    public WhyReport Why()
    {
        if (_mutex is null || _own is null)
        {
            string idle = _intents.Count == 0 ? "no request" : $"no request; {_intents.Count} transfers wait for it";
            string outside = Phase switch
            {
                ClientPhase.Member => idle,
                ClientPhase.Leaving => "leaving the view",
                ClientPhase.Stopped => "the client has stopped",
                _ => "not a member yet: waiting for the bank and for what the ledger has that is not here",
            };
            return new WhyReport(null, outside, []);
        }

        List<Condition> conditions = [.. _mutex.Explain()];
        string state = _own.HasEntered ? "in the critical section, waiting for the bank" : "waiting";
        return new WhyReport(_own.Token, state, conditions);
    }

    private void Start()
    {
        _started = true;
        foreach (Transfer transfer in _state.Intents.Where(intent => Ledger.TryFind(intent.Id, out _, out _)))
        {
            _intents.Settle(transfer.Id, out _);
            Emit(new ClientOutput.ForgetIntent(transfer.Id));
        }
    }

    private void StepStopped(ClientInput input)
    {
        IReadOnlyList<ClientInput.Submit> submits = input switch
        {
            ClientInput.Submit submit => [submit],
            ClientInput.SubmitAll all => all.Submits,
            _ => [],
        };
        foreach (ClientInput.Submit submit in submits)
        {
            Tell(new ClientEvent.Rejected(submit.Id, SubmitFault.Stopped));
        }
    }

    private void Handle(ClientInput input)
    {
        switch (input)
        {
            case ClientInput.Tick tick:
                OnTick(tick.NowMs);
                break;
            case ClientInput.Submit submit:
                OnSubmit(submit);
                break;
            case ClientInput.SubmitAll all:
                foreach (ClientInput.Submit submit in all.Submits)
                {
                    OnSubmit(submit);
                }

                break;
            case ClientInput.IntentsPersisted persisted:
                OnIntentsPersisted(persisted.UpTo);
                break;
            case ClientInput.RequestSigned signed:
                OnSigned(signed);
                break;
            case ClientInput.FromPeer fromPeer:
                OnFrame(fromPeer.Frame);
                break;
            case ClientInput.FromBank fromBank:
                OnBankMessage(fromBank.Message);
                break;
            case ClientInput.Fetched fetched:
                OnFetched(fetched);
                break;
            case ClientInput.FetchFailed:
                _catchUp.Finished(helped: false, _nowMs);
                break;
            case ClientInput.LocalEvent:
                _clock.Tick();
                break;
            case ClientInput.Leave:
                OnLeave();
                break;
            default:
                HandleConnection(input);
                break;
        }
    }

    private void HandleConnection(ClientInput input)
    {
        switch (input)
        {
            case ClientInput.PeerConnected peer:
                _connected.Add(peer.Peer);
                _links?.Connected(peer.Peer, _nowMs);
                break;
            case ClientInput.PeerDisconnected peer:
                _connected.Remove(peer.Peer);
                _links?.Disconnected(peer.Peer, _nowMs);
                break;
            case ClientInput.BankConnected:
                OnBankConnected();
                break;
            case ClientInput.BankDisconnected:
                _bankUp = false;
                break;
            case ClientInput.Joined joined:
                OnJoined(joined.Answer);
                break;
            case ClientInput.JoinFailed failed:
                OnJoinFailed(failed.Reason);
                break;
            default:
                throw new InvariantException("the inputs of a client are closed");
        }
    }

    /// <summary>What any input may have made possible.</summary>
    private void Advance()
    {
        if (Phase == ClientPhase.Stopped)
        {
            return;
        }

        TryInstall();
        TryRequest();
        TryEnter();
        TryFetch();
        TryLeave();
    }

    private void OnTick(long nowMs)
    {
        _nowMs = Math.Max(_nowMs, nowMs);
        if (Phase == ClientPhase.Joining && !_joinInFlight && _nowMs >= _nextJoinMs && !StaysInView)
        {
            _joinInFlight = true;
            Emit(new ClientOutput.Join(new JoinRequest(
                _state.Name, _state.PublicKey, _state.Incarnation, _state.Endpoint, Chain.SettledCount, _checkpoint)));
        }

        if (_bankUp && _nowMs >= _nextHeartbeatMs)
        {
            SendHeartbeat();
        }

        if (_own is { HasEntered: true } own && _nowMs - own.AskedMs >= AskAgainMs)
        {
            Ask(own);
        }

        _links?.Tick(Clock, _nowMs);
        if (_checkpoint is { } checkpoint && _links is not null && _nowMs >= _nextHeadMs)
        {
            _nextHeadMs = _nowMs + HeadEveryMs;
            _links.BroadcastUnsequenced(Clock, new PeerMessage.Head(checkpoint));
        }

        StoreCheckpoint();
    }

    /// <summary>Sabotage of rule 11: a client that was restarted waits to hear the view that its earlier life was
    /// in.</summary>
    private bool StaysInView => !_rules.HasFlag(ProtocolRules.Rejoin) && Id > 0 && View is null;

    private void SendHeartbeat()
    {
        _nextHeartbeatMs = _nowMs + (_leaseMs / HeartbeatsPerLease);
        SendToBank(new ToBank.Heartbeat(View?.Epoch ?? 0, Chain.SettledCount));
        if (Phase == ClientPhase.Leaving)
        {
            SendToBank(new ToBank.Leave());
        }
    }

    private void OnBankConnected()
    {
        _bankUp = true;
        _saidUnreachable = false;
        SendToBank(new ToBank.Hello(_state.Incarnation, _state.Endpoint, Chain.SettledCount, _checkpoint));
        SendHeartbeat();
        if (_own is { HasEntered: true } own)
        {
            Ask(own);
        }
    }

    private void OnLeave()
    {
        _leaveWanted = true;
        if (Phase is ClientPhase.Joining)
        {
            Phase = ClientPhase.Leaving;
        }
    }

    /// <summary>Leaves between two turns, not inside one: the receipt of an own turn is worth waiting for.</summary>
    private void TryLeave()
    {
        if (_leaveWanted && Phase is ClientPhase.Member or ClientPhase.Installing && !InCriticalSection)
        {
            Phase = ClientPhase.Leaving;
            SendToBank(new ToBank.Leave());
        }
    }

    /// <summary>Stops for good, with the evidence told: going on could only spread a ledger that is wrong
    /// somewhere.</summary>
    private void Alarm(long index, Hash own, Hash other, Checkpoint? proof, string explanation)
    {
        Phase = ClientPhase.Stopped;
        _mutex = null;
        _links = null;
        Tell(new ClientEvent.Alarm(new Evidence(index, own, other, proof, explanation)));
    }

    private void SendToBank(ToBank message) => Emit(new ClientOutput.ToBank(message));

    private void Tell(ClientEvent happened) => Emit(new ClientOutput.Tell(happened));

    private void Emit(ClientOutput output) => _outputs.Add(output);
}
