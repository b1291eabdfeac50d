using Blockchain.Core.BankNetwork;
using Blockchain.Core.Kernel;

namespace Blockchain.Tests.Network;

/// <summary>
/// A bank and its clients in memory, around the shipping state machines. Nothing moves by itself: a test delivers
/// message by message in the order that it wants, or lets all go in the order in which they were sent. Disks and
/// signatures answer at once unless they are held.
/// </summary>
internal sealed partial class TestNetwork
{
    private const int MaxDeliveries = 100_000;
    private const int DefaultLeaseMs = 2_000;

    private readonly List<Envelope> _wire = [];
    private readonly Queue<(int Who, object Input)> _local = new();
    private readonly List<Block> _bankStored = [];
    private readonly ProtocolRules _rules;
    private readonly int _maxBatch;
    private readonly PublicKey _bankKey = TestSignatures.KeyOf("bank");
    private BankProcess _bank = null!;
    private long _sent;

    public TestNetwork(int clients = 3, ProtocolRules rules = ProtocolRules.All, int maxBatch = Limits.RequestTransfers)
    {
        _rules = rules;
        _maxBatch = maxBatch;
        StartBank();
        for (int i = 1; i <= clients; i++)
        {
            AddClient($"client-{i}");
        }
    }

    /// <summary>A message on its way.</summary>
    /// <param name="Number">Counts messages, in the order of sending.</param>
    /// <param name="From">Sender; 0 is the bank.</param>
    /// <param name="To">Receiver.</param>
    /// <param name="Message">A frame, or what client and bank say to each other.</param>
    public sealed record Envelope(long Number, int From, int To, object Message);

    public long NowMs { get; private set; } = 1_000;

    public BankProcess Bank => _bank;

    public List<BankEvent> BankEvents { get; } = [];

    /// <summary>Clients by number, from 1.</summary>
    public List<TestClient> Clients { get; } = [];

    /// <summary>What the bank's disk holds.</summary>
    public IReadOnlyList<Block> BankStored => _bankStored;

    /// <summary>Whether the bank's disk waits with its answer.</summary>
    public bool HoldBankDisk { get; set; }

    /// <summary>Whether the clients' disks wait with their answer about intents.</summary>
    public bool HoldIntents { get; set; }

    /// <summary>Whether every request for blocks fails.</summary>
    public bool HoldFetches { get; set; }

    /// <summary>Clients that stand still: their messages and inputs wait.</summary>
    public HashSet<int> Paused { get; } = [];

    /// <summary>Pairs without a direct connection, the lower number first.</summary>
    public HashSet<(int Low, int High)> Cut { get; } = [];

    public TraceText Trace { get; } = new();

    /// <summary>Frames between members that carry an event of the algorithm, sent so far.</summary>
    public Dictionary<string, int> Sent { get; } = [];

    /// <summary>Writes on links between members so far: what one step sends to one peer goes in one.</summary>
    public long Writes { get; private set; }

    /// <summary>Transactions of the bank so far.</summary>
    public long Commits { get; private set; }

    public IReadOnlyList<Envelope> Wire => _wire;

    public ClientProcess this[int client] => Clients[client - 1].Process;

    /// <summary>Whether two clients are in the critical section at once.</summary>
    public bool InBoth(int first, int second) => this[first].InCriticalSection && this[second].InCriticalSection;

    public static LedgerState Replay(IEnumerable<Block> blocks)
    {
        LedgerState state = new();
        foreach (Block block in blocks)
        {
            Invariant.Holds(state.TryAppend(block) == LedgerFault.None, "a stored ledger replays");
        }

        return state;
    }

    /// <summary>A new client joins; everything that follows from it is delivered.</summary>
    public TestClient AddClient(string name)
    {
        TestClient client = new(name);
        Clients.Add(client);
        client.Start(_rules, _maxBatch);
        Tick();
        Run();
        return client;
    }

    /// <summary>The user of a client wants to pay.</summary>
    public TransferId Pay(int from, int to, string amount, string memo = "")
    {
        Money.Parse(amount, out Money money).Should().Be(AmountFault.None);
        TransferId id = new(((UInt128)from << 64) | (UInt128)(++_sent));
        Feed(from, new ClientInput.Submit(id, to, money, memo, NowMs));
        return id;
    }

    /// <summary>Gives an input to a client, or with number 0 to the bank, and whatever follows at once from
    /// it.</summary>
    public void Feed(int who, object input)
    {
        _local.Enqueue((who, input));
        while (_local.TryDequeue(out (int Who, object Input) next))
        {
            if (next.Who == Limits.Bank)
            {
                StepBank((BankInput)next.Input);
            }
            else if (Clients[next.Who - 1].IsUp)
            {
                StepClient(next.Who, (ClientInput)next.Input);
            }
        }
    }

    /// <summary>Time passes, and everybody notices.</summary>
    public void Tick(long ms = 50)
    {
        NowMs += ms;
        Feed(Limits.Bank, new BankInput.Tick(NowMs, NowMs));
        for (int i = 1; i <= Clients.Count; i++)
        {
            if (!Paused.Contains(i))
            {
                Feed(i, new ClientInput.Tick(NowMs));
            }
        }
    }

    /// <summary>Time passes in small steps, with all messages delivered but those to hold or to lose.</summary>
    public void RunFor(long ms, Func<Envelope, bool>? hold = null, Func<Envelope, bool>? lose = null)
    {
        for (long end = NowMs + ms; NowMs < end;)
        {
            Tick();
            _wire.RemoveAll(envelope => lose?.Invoke(envelope) ?? false);
            Run(envelope => !(hold?.Invoke(envelope) ?? false) && !(lose?.Invoke(envelope) ?? false));
        }
    }

    /// <summary>Time passes until such a message is under way, with everything else delivered.</summary>
    public void RunUntil<T>(int from, int to)
    {
        for (int i = 0; i < 1_000 && !_wire.Exists(Is<T>(from, to)); i++)
        {
            Tick();
            Run(envelope => !Is<T>(from, to)(envelope));
        }
    }

    /// <summary>Delivers everything that is under way and whatever is sent because of it, oldest first.</summary>
    public void Run(Func<Envelope, bool>? only = null)
    {
        for (int i = 0; i < MaxDeliveries; i++)
        {
            if (_wire.Find(envelope => !Paused.Contains(envelope.To) && (only?.Invoke(envelope) ?? true))
                is not { } next)
            {
                return;
            }

            Deliver(next);
        }

        throw new InvariantException("messages go on and on");
    }

    /// <summary>Delivers the oldest message of this kind from one process to another.</summary>
    public void Deliver<T>(int from, int to) => Deliver(Find<T>(from, to));

    /// <summary>The oldest message of this kind under way from one process to another.</summary>
    public Envelope Find<T>(int from, int to) => _wire.Find(Is<T>(from, to))
        ?? throw new InvalidOperationException($"no {typeof(T).Name} is under way from {from} to {to}");

    /// <summary>Delivers any message: frames in whatever order, what the bank and a client say to each other in its
    /// own.</summary>
    public void DeliverAny(Random random)
    {
        Envelope any = _wire[random.Next(_wire.Count)];
        Deliver(any.Message is Frame
            ? any
            : _wire.Find(other => other.From == any.From && other.To == any.To && other.Message is not Frame)!);
    }

    public void Deliver(Envelope envelope)
    {
        _wire.Remove(envelope);
        if (envelope.To != Limits.Bank && !Clients[envelope.To - 1].IsUp)
        {
            return;
        }

        Trace.Delivered(envelope);
        switch (envelope.Message)
        {
            case Frame frame:
                Feed(envelope.To, new ClientInput.FromPeer(frame));
                break;
            case FromBank fromBank:
                Feed(envelope.To, new ClientInput.FromBank(fromBank));
                break;
            case ToBank toBank:
                Feed(Limits.Bank, new BankInput.Received(envelope.From, toBank, Holds(envelope.From, toBank)));
                break;
        }
    }

    /// <summary>Loses a message.</summary>
    public void Lose(Envelope envelope) => _wire.Remove(envelope);

    /// <summary>Delivers a message and keeps another copy under way.</summary>
    public void DeliverCopy(Envelope envelope)
    {
        Deliver(envelope);
        _wire.Insert(0, envelope);
    }

    /// <summary>A client's process dies; what was under way to it is lost.</summary>
    public void Kill(int client)
    {
        Clients[client - 1].IsUp = false;
        _wire.RemoveAll(envelope => envelope.To == client || envelope.From == client);
        Feed(Limits.Bank, new BankInput.Disconnected(client));
        foreach (TestClient other in Clients.Where(other => other.Connected.Remove(client)))
        {
            Feed(Clients.IndexOf(other) + 1, new ClientInput.PeerDisconnected(client));
        }
    }

    /// <summary>A client that was killed starts again from its disk.</summary>
    public void Restart(int client) => Clients[client - 1].Start(_rules, _maxBatch);

    /// <summary>The bank dies and starts again with what its disk holds, or only with the first blocks of it.</summary>
    public void RestartBank(int? keep = null)
    {
        _wire.RemoveAll(envelope => envelope.To == Limits.Bank || envelope.From == Limits.Bank);
        if (keep is { } count)
        {
            _bankStored.RemoveRange(count, _bankStored.Count - count);
        }

        StartBank();
        for (int i = 1; i <= Clients.Count; i++)
        {
            Feed(i, new ClientInput.BankDisconnected());
            if (this[i].Id > 0)
            {
                ConnectBank(i);
            }
        }
    }

    /// <summary>The bank's disk answers everything that it was asked to hold.</summary>
    public void FlushBankDisk()
    {
        Flush();
        Feed(Limits.Bank, new BankInput.Tick(NowMs, NowMs));
    }

    private static Predicate<Envelope> Is<T>(int from, int to) => envelope => envelope.From == from && envelope.To == to
        && (envelope.Message is T || (envelope.Message as Frame)?.Message is T);

    private void StartBank()
    {
        _unflushed.Clear();
        BankState state = new(
            Replay(_bankStored), _bankKey, new Money(1_000), DefaultLeaseMs, index => _bankStored[(int)index]);
        _bank = new BankProcess(state, new TestSignatures(), _rules);
        Feed(Limits.Bank, new BankInput.Tick(NowMs, NowMs));
    }

    private bool Holds(int client, ToBank message) => message is ToBank.Apply apply
        && _bank.Ledger.Find(client) is { } account
        && apply.Request.Signature == TestSignatures.Sign(account.PublicKey,
        apply.Request.Digest(_bank.Ledger.LedgerId));

    private void ConnectBank(int client)
    {
        _local.Enqueue((Limits.Bank, new BankInput.Connected(client)));
        Feed(client, new ClientInput.BankConnected());
    }
}
