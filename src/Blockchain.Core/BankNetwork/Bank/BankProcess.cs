using Blockchain.Core.Kernel;

namespace Blockchain.Core.BankNetwork;

/// <summary>What the bank knows when it starts.</summary>
/// <param name="Ledger">Its stored ledger, replayed; empty for a new bank.</param>
/// <param name="BankKey">Its key.</param>
/// <param name="Deposit">What a new account starts with.</param>
/// <param name="LeaseMs">Silence after which a member is evicted, in milliseconds.</param>
/// <param name="ReadBlock">Reads a block that is durable, by index: needed when a request is repeated after its
/// turn.</param>
public sealed record BankState(
    LedgerState Ledger, PublicKey BankKey, Money Deposit, int LeaseMs, Func<long, Block> ReadBlock);

/// <summary>Where the bank stands.</summary>
public enum BankPhase
{
    /// <summary>Started on a stored ledger; hears first, for a lease at most, whether its members know more than it
    /// does. When its last view names nobody, it waits for the first who comes, however long.</summary>
    Gathering,

    /// <summary>Takes back blocks that it has lost (rule 14).</summary>
    Restoring,

    /// <summary>Takes requests.</summary>
    Serving,

    /// <summary>A client holds a checkpoint that contradicts the ledger: no more writes.</summary>
    Alarmed,
}

/// <summary>
/// The bank: orders requests in memory, answers at once, and tells what the disk holds when it does (early release).
/// Makes the views. A state machine like <see cref="ClientProcess"/>.
/// </summary>
/// <remarks>
/// Invariants: a view is announced, and a join answered, only when its row is durable; what was announced durable is
/// never lost by a crash of the bank alone; one view at a time is on its way to the disk, and changes that come
/// meanwhile share the next one.
/// </remarks>
public sealed partial class BankProcess
{
    private const long SignEveryMs = 500;

    private readonly BankState _state;
    private readonly ISignatureScheme _signatures;
    private readonly BankLedger _rules;
    private readonly List<BankOutput> _outputs = [];
    private readonly Queue<Block> _undurable = new();
    private readonly Dictionary<int, Presence> _clients = [];
    private readonly List<long> _durableBalances = [];
    private readonly HashSet<int> _payers = [];
    private long _nowMs;
    private long _unixMs;
    private long _nextSignMs;
    private bool _signing;
    private bool _started;

    /// <summary>Starts from what was stored. The first input is a tick.</summary>
    /// <param name="state">What the bank knows.</param>
    /// <param name="signatures">Checks the signatures of its own checkpoints.</param>
    /// <param name="rules">The rules in force; all of them but in a simulation.</param>
    public BankProcess(BankState state, ISignatureScheme signatures, ProtocolRules rules = ProtocolRules.All)
    {
        _state = state;
        _signatures = signatures;
        _rules = new BankLedger(state.Ledger, ReadAny, rules);
        DurableCount = state.Ledger.Count;
        _durableBalances.AddRange(state.Ledger.Accounts.Select(account => account.Balance.Minor));
    }

    /// <summary>Where the bank stands.</summary>
    public BankPhase Phase { get; private set; } = BankPhase.Gathering;

    /// <summary>Whether it takes requests, or waits for nobody but the first who comes.</summary>
    public bool IsReady =>
        Phase == BankPhase.Serving || (_started && Phase == BankPhase.Gathering && !HasCompany);

    /// <summary>The ledger with everything ordered, durable or not.</summary>
    public LedgerState Ledger => _state.Ledger;

    /// <summary>Blocks on disk.</summary>
    public long DurableCount { get; private set; }

    /// <summary>The current view with the members' addresses, as announced; null before the first.</summary>
    public ViewInfo? View { get; private set; }

    /// <summary>The view that stands: as announced, or, while nobody has come since the start, the stored one that
    /// names nobody; null before the first.</summary>
    public ViewInfo? StandingView => View ?? (IsReady && Ledger.ViewIndex < DurableCount ? DescribeLast() : null);

    /// <summary>The latest signed checkpoint, null before the first.</summary>
    public Checkpoint? Checkpoint { get; private set; }

    /// <summary>Balance of an account after the durable blocks; null when there is no such account among
    /// them.</summary>
    public Money? DurableBalance(int account) =>
        account >= 1 && account <= _durableBalances.Count ? new Money(_durableBalances[account - 1]) : null;

    /// <summary>Number of accounts among the durable blocks.</summary>
    public int DurableAccounts => _durableBalances.Count;

    /// <summary>Whether a client's link is up.</summary>
    public bool IsConnected(int client) => _clients.TryGetValue(client, out Presence? presence) && presence.IsConnected;

    /// <summary>Handles one input. The list is valid until the next step. The first input is a tick.</summary>
    public IReadOnlyList<BankOutput> Step(BankInput input)
    {
        _outputs.Clear();
        Invariant.Holds(_started || input is BankInput.Tick, "the first input of a bank is a tick");
        switch (input)
        {
            case BankInput.Tick tick:
                OnTick(tick);
                break;
            case BankInput.Join join:
                OnJoin(join);
                break;
            case BankInput.Connected connected:
                OnConnected(connected.Client);
                break;
            case BankInput.Disconnected disconnected:
                Of(disconnected.Client).IsConnected = false;
                break;
            case BankInput.Received received:
                OnReceived(received);
                break;
            case BankInput.Persisted persisted:
                OnPersisted(persisted.Index);
                break;
            case BankInput.CheckpointSigned signed:
                OnSigned(signed.Checkpoint);
                break;
            case BankInput.Fetched fetched:
                OnFetched(fetched);
                break;
            case BankInput.FetchFailed:
                OnFetchFailed();
                break;
            case BankInput.Evict evict:
                RemoveMember(evict.Client, "evicted by the operator");
                break;
            default:
                throw new InvariantException("the inputs of the bank are closed");
        }

        ChangeViewIfDue();
        return _outputs;
    }

    private void OnTick(BankInput.Tick tick)
    {
        _nowMs = Math.Max(_nowMs, tick.NowMs);
        _unixMs = Math.Max(0, tick.UnixMs);
        if (!_started)
        {
            Start();
        }

        CheckLeases();
        RetryFetch();
        SignIfDue();
    }

    private void SignIfDue()
    {
        if (!_signing && DurableCount - 1 > (Checkpoint?.Index ?? -1) && _nowMs >= _nextSignMs)
        {
            _signing = true;
            _nextSignMs = _nowMs + SignEveryMs;
            long index = DurableCount - 1;
            Hash hash = Ledger.Hashes[index];
            Emit(new BankOutput.SignCheckpoint(index, hash, Checkpoint.Digest(Ledger.LedgerId, index, hash)));
        }
    }

    private void OnConnected(int client)
    {
        Presence presence = Of(client);
        presence.IsConnected = true;
        presence.LastHeardMs = _nowMs;
        if (View is { } view)
        {
            SendView(client, view);
        }

        SendHead(client);
    }

    private void SendHead(int client)
    {
        if (DurableCount > 0)
        {
            Send(client, new FromBank.Durable(DurableCount - 1, Ledger.Hashes[DurableCount - 1]));
        }

        if (Checkpoint is { } checkpoint)
        {
            Send(client, new FromBank.Signed(checkpoint));
        }
    }

    private void OnReceived(BankInput.Received received)
    {
        int client = received.Client;
        Of(client).LastHeardMs = _nowMs;
        switch (received.Message)
        {
            case ToBank.Apply apply:
                OnApply(client, apply.Request, received.SignatureHolds);
                break;
            case ToBank.Heartbeat heartbeat:
                OnHeartbeat(client, heartbeat);
                break;
            case ToBank.Hello hello:
                OnHello(client, hello);
                break;
            case ToBank.Relay relay:
                OnRelay(client, relay.Frame);
                break;
            case ToBank.Leave:
                RemoveMember(client, "left");
                break;
            case ToBank.Announce:
                // For whoever checks signatures; there is nothing to decide here.
                break;
            default:
                throw new InvariantException("the messages to the bank are closed");
        }
    }

    private void OnHeartbeat(int client, ToBank.Heartbeat heartbeat)
    {
        if (View is { } view && heartbeat.Epoch < view.Epoch)
        {
            SendView(client, view);
        }

        if (heartbeat.Settled < DurableCount)
        {
            SendHead(client);
        }
    }

    private void OnRelay(int client, Frame frame)
    {
        if (frame.From == client && frame.To != client && IsConnected(frame.To))
        {
            Send(frame.To, new FromBank.Relayed(frame));
        }
    }

    private void OnApply(int client, SignedRequest request, bool signatureHolds)
    {
        if (Phase != BankPhase.Serving)
        {
            Refuse(client, request.Token, Refusal.Recovering);
            return;
        }

        switch (_rules.Apply(client, request, signatureHolds))
        {
            case ApplyResult.Applied applied:
                Persist(applied.FirstIndex, applied.Blocks, applied.Hashes);
                Send(client, new FromBank.Receipt(
                    request.Token, request.Token, applied.FirstIndex, applied.Outcomes, applied.Hashes[^1]));
                Tell(new BankEvent.Ordered(applied.FirstIndex, request.Token, applied.Outcomes));
                break;
            case ApplyResult.Recorded recorded:
                Send(client, new FromBank.Receipt(
                    request.Token, recorded.Token, recorded.FirstIndex, recorded.Outcomes, recorded.Head));
                break;
            case ApplyResult.Refused refused:
                Refuse(client, request.Token, refused.Reason);
                break;
        }
    }

    private void Refuse(int client, Token token, Refusal reason)
    {
        Send(client, new FromBank.Refused(token, reason));
        Tell(new BankEvent.Refused(client, token, reason));
    }

    private void Persist(long from, IReadOnlyList<Block> blocks, IReadOnlyList<Hash> hashes)
    {
        foreach (Block block in blocks)
        {
            _undurable.Enqueue(block);
        }

        Emit(new BankOutput.Persist(from, blocks, hashes));
    }

    private void OnPersisted(long index)
    {
        Invariant.Holds(index < Ledger.Count, "the disk holds no more than was ordered");
        if (index < DurableCount)
        {
            return;
        }

        _payers.Clear();
        while (DurableCount <= index)
        {
            Count(_undurable.Dequeue());
            DurableCount++;
        }

        FromBank.Durable durable = new(index, Ledger.Hashes[index]);
        foreach ((int client, Presence presence) in _clients)
        {
            if (presence.IsConnected)
            {
                // Only who has paid waits for it. Sending it to the others at once would cost a write for each.
                Emit(new BankOutput.Send(client, durable, CanWait: _payers.Count > 0 && !_payers.Contains(client)));
            }
        }

        Tell(new BankEvent.Durable(durable.Index, durable.Hash));
        AnnounceViewIfDurable();
    }

    private void Count(Block block)
    {
        switch (block)
        {
            case Block.Open open:
                _durableBalances.Add(open.Deposit.Minor);
                break;
            case Block.Payment payment:
                _payers.Add(payment.Transfer.From);
                CountPayment(payment);
                break;
        }
    }

    private void CountPayment(Block.Payment payment)
    {
        if (payment.Outcome == Outcome.Success)
        {
            _durableBalances[payment.Transfer.From - 1] -= payment.Transfer.Amount.Minor;
            _durableBalances[payment.Transfer.To - 1] += payment.Transfer.Amount.Minor;
        }
    }

    private void OnSigned(Checkpoint checkpoint)
    {
        _signing = false;
        Checkpoint = checkpoint;
        foreach ((int client, Presence presence) in _clients)
        {
            if (presence.IsConnected)
            {
                Send(client, new FromBank.Signed(checkpoint));
            }
        }
    }

    private Block ReadAny(long index) => index < DurableCount
        ? _state.ReadBlock(index)
        : _undurable.ElementAt((int)(index - DurableCount));

    private Presence Of(int client)
    {
        if (!_clients.TryGetValue(client, out Presence? presence))
        {
            presence = new Presence { LastHeardMs = _nowMs };
            _clients[client] = presence;
        }

        return presence;
    }

    private void Send(int client, FromBank message) => Emit(new BankOutput.Send(client, message));

    private void Tell(BankEvent happened) => Emit(new BankOutput.Tell(happened));

    private void Emit(BankOutput output) => _outputs.Add(output);

    /// <summary>What the bank knows of a client beside its account; gone when the bank restarts.</summary>
    private sealed class Presence
    {
        public bool IsConnected { get; set; }

        public long LastHeardMs { get; set; }

        public long Incarnation { get; set; }

        public string Endpoint { get; set; } = string.Empty;

        /// <summary>Whether it has said hello since the bank started, so that the bank knows what it holds.</summary>
        public bool HasSpoken { get; set; }

        /// <summary>The incarnation that has joined since the bank started; 0 for none. A later one may have said hello
        /// already, but it is in no view until it joins (rule 11).</summary>
        public long JoinedIncarnation { get; set; }
    }
}
