using Blockchain.Core.BankNetwork;

namespace Blockchain.Simulator;

/// <summary>What a simulated world is made of, besides its seed.</summary>
/// <param name="Clients">Clients that are there from the start.</param>
/// <param name="Allowed">Faults that may happen.</param>
/// <param name="Rules">Rules of the protocol that are in force.</param>
internal sealed record WorldOptions(int Clients, Fault Allowed, ProtocolRules Rules);

/// <summary>
/// One world: everything in it follows from its seed. First a time of work and faults, then the faults end, everything
/// heals, and within a bounded time every accepted transfer must be settled and every chain be the bank's.
/// </summary>
internal sealed class World
{
    private const int HealingMs = 60_000;
    private const int MaxSteps = 2_000_000;
    private readonly FaultInjector _injector;
    private readonly List<ClientHost> _clients = [];
    private readonly HashSet<int> _fullDisks = [];

    /// <summary>Makes the world of a seed.</summary>
    public World(ulong seed, WorldOptions options, Trace? trace)
    {
        Options = options;
        Trace = trace;
        Random = new Prng(seed);
        Plan = new FaultPlan(Random, options.Allowed);
        Deposit = new Money(Random.PerMille(50) ? 0 : Random.Pick([100L, 1_000L, 100_000L]));
        LeaseMs = Random.Pick([1_000, 1_500, 1_500, 3_000, 10_000]);
        MaxBatch = Random.Pick([1, 3, Limits.RequestTransfers, Limits.RequestTransfers]);
        DelayMs = Random.Pick([0, 0, 0, 0, 0, 250]);
        Network = new Network(Schedule, Random, Plan, Coverage);
        Wire = new Wire(this);
        Checks = new WorldChecks(this);
        Bank = new BankHost(this);
        Users = new Users(this);
        _injector = new FaultInjector(this);
        trace?.Begin(this, seed);
    }

    /// <summary>What it is made of.</summary>
    public WorldOptions Options { get; }

    /// <summary>All chance.</summary>
    public Prng Random { get; }

    /// <summary>What goes wrong.</summary>
    public FaultPlan Plan { get; }

    /// <summary>What a new account starts with.</summary>
    public Money Deposit { get; }

    /// <summary>Silence after which the bank evicts, in milliseconds.</summary>
    public int LeaseMs { get; }

    /// <summary>Most transfers in a request.</summary>
    public int MaxBatch { get; }

    /// <summary>For how long clients hold what peers send them, in milliseconds.</summary>
    public int DelayMs { get; }

    /// <summary>Virtual time.</summary>
    public Schedule Schedule { get; } = new();

    /// <summary>The wires.</summary>
    public Network Network { get; }

    /// <summary>What messages and blocks are on their way.</summary>
    public Wire Wire { get; }

    /// <summary>The invariants.</summary>
    public WorldChecks Checks { get; }

    /// <summary>What happened.</summary>
    public Coverage Coverage { get; } = new();

    /// <summary>The bank.</summary>
    public BankHost Bank { get; }

    /// <summary>The people.</summary>
    public Users Users { get; }

    /// <summary>The clients, by place.</summary>
    public IReadOnlyList<ClientHost> Clients => _clients;

    /// <summary>The client that lies, if one does.</summary>
    public ClientHost? Liar { get; private set; }

    /// <summary>Where steps are written, null when nobody reads them.</summary>
    public Trace? Trace { get; }

    /// <summary>The client at a place.</summary>
    public ClientHost Client(int place) => _clients[place - 1];

    /// <summary>The client of this number, null when none has it.</summary>
    public ClientHost? FindClient(int id) => _clients.Find(client => client.Id == id);

    /// <summary>The client that listens at an address in its present life.</summary>
    public ClientHost? FindEndpoint(string endpoint) => _clients.Find(client => client.Endpoint == endpoint);

    /// <summary>Runs to the end.</summary>
    /// <exception cref="ViolationException">An invariant does not hold.</exception>
    public void Run()
    {
        Bank.Start();
        for (int i = 0; i < Options.Clients; i++)
        {
            ClientHost client = AddClient();
            Schedule.After(Random.Between(0, 400), client.Start);
        }

        if (Plan.Has(Fault.Liar))
        {
            Liar = _clients[^1];
            Liar.Liar = new Liar(this, Liar);
        }

        _injector.Begin();
        RunUntil(Random.Between(6_000L, 14_000L), () => false);
        Heal();
        Settle();
        FinalCheck.Run(this);
    }

    /// <summary>One more client, that has never run.</summary>
    public ClientHost AddClient()
    {
        ClientHost client = new(this, _clients.Count + 1, FormattableString.Invariant($"client-{_clients.Count + 1}"));
        _clients.Add(client);
        Users.Begin(client);
        return client;
    }

    /// <summary>A client dies and comes back after a while.</summary>
    public void Crash(ClientHost client, string why)
    {
        Coverage.Count(Happening.ClientCrash);
        client.Kill(why);
        Schedule.After(Random.Between(20, 2 * LeaseMs), client.Start);
    }

    /// <summary>The bank dies and comes back after a while.</summary>
    public void CrashBank(string why)
    {
        Coverage.Count(Happening.BankCrash);
        Bank.Kill(why);
        Schedule.After(Random.Between(20, LeaseMs), Bank.Start);
    }

    /// <summary>Whether a step is cut short by a crash, and after which of its outputs.</summary>
    /// <returns>How many outputs are carried out; -1 for all.</returns>
    public int CrashesMidStep(Fault fault, int outputs)
    {
        if (outputs == 0 || !Plan.Has(fault) || !Random.PerMille(Plan.MidStepCrashPerMille))
        {
            return -1;
        }

        Coverage.Count(Happening.MidStepCrash);
        return Random.Between(0, outputs - 1);
    }

    /// <summary>How long a flush takes.</summary>
    public int FlushMs() => Random.Between(1, Plan.FlushMs);

    /// <summary>Whether a flush at this place fails.</summary>
    public bool FlushFails(int place)
    {
        if (_fullDisks.Contains(place))
        {
            Coverage.Count(Happening.FullDisk);
            return true;
        }

        bool fails = Plan.Has(Fault.Flush) && Random.PerMille(3);
        Coverage.Count(Happening.FailedFlush, fails ? 1 : 0);
        return fails;
    }

    /// <summary>Whether a flush that says it is done is not.</summary>
    public bool FlushLies()
    {
        bool lies = Plan.Has(Fault.LyingFlush) && Random.PerMille(Plan.LyingPerMille);
        Coverage.Count(Happening.LyingFlush, lies ? 1 : 0);
        return lies;
    }

    /// <summary>A disk fills up, or is given room again.</summary>
    public void SetFull(int place, bool full)
    {
        if (full)
        {
            _fullDisks.Add(place);
        }
        else
        {
            _fullDisks.Remove(place);
        }
    }

    /// <summary>Writes what is no step into the trace.</summary>
    public void Note(ClientHost? client, string what) => Trace?.Note(client, what);

    /// <summary>Nothing goes wrong for a while, and what did is mended.</summary>
    public void BeCalm()
    {
        Plan.Calm = true;
        Network.Heal();
        _fullDisks.Clear();
        Bank.Resume();
        Bank.Start();
        foreach (ClientHost client in _clients)
        {
            client.Skew(1_000);
            client.Resume();
            if (!client.Leaving)
            {
                client.Start();
            }
        }
    }

    /// <summary>Goes on until all is done. A world with one transfer a turn may have much to do; none may stand
    /// still.</summary>
    private void Settle()
    {
        RunUntil(Schedule.Now + HealingMs, () => !_clients.Exists(client => client.Away));
        int before;
        do
        {
            before = Pending();
            RunUntil(Schedule.Now + HealingMs, () => FinalCheck.IsDone(this));
        }
        while (!FinalCheck.IsDone(this) && Pending() < before);
    }

    private int Pending() => _clients.Sum(client => client.Process?.Pending.Count ?? 0);

    private void Heal()
    {
        Note(null, "(all faults end, everything heals)");
        Users.GoHome();
        BeCalm();
        Plan.Over = true;
        foreach (ClientHost client in _clients)
        {
            if (client.Liar is not null)
            {
                client.Retired = true;
                client.Kill("the liar is found out");
                Bank.Evict(client.Id);
            }
            else if (client.Leaving)
            {
                client.Kill("left");
                client.Start();
            }
        }
    }

    private void RunUntil(long time, Func<bool> done)
    {
        long nextLook = 0;
        while (Schedule.Now < time && Schedule.RunNext())
        {
            if (Schedule.Now >= nextLook)
            {
                nextLook = Schedule.Now + 50;
                if (done())
                {
                    return;
                }
            }

            if (Coverage[Happening.Step] > MaxSteps)
            {
                throw new ViolationException("progress", "the processes keep each other busy without end");
            }
        }
    }
}
