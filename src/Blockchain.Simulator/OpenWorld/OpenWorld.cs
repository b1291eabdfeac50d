using System.Globalization;
using Blockchain.Core.OpenNetwork;

namespace Blockchain.Simulator;

/// <summary>What a simulated open network is made of, besides its seed.</summary>
/// <param name="Nodes">Full nodes.</param>
/// <param name="Allowed">Faults that may happen.</param>
/// <param name="Rules">Rules of the nodes in force.</param>
internal sealed record OpenWorldOptions(int Nodes, Fault Allowed, OpenRules Rules);

/// <summary>
/// A network of full nodes: everything in it follows from its seed. First a time of work and faults; then the faults
/// end, users and all miners but one stop, and the honest nodes must come to one tip with nothing lost.
/// </summary>
internal sealed class OpenWorld
{
    /// <summary>Faults that an open network has: a connection delivers once and in order or breaks, and there is no
    /// bank.</summary>
    public const Fault Possible = Fault.Loss | Fault.Delay | Fault.Partition | Fault.Crash | Fault.Torn | Fault.Pause
        | Fault.Liar;

    private const int SettlingMs = 240_000;
    private const int MaxSteps = 400_000;
    private readonly OpenInjector _injector;
    private readonly List<OpenHost> _hosts = [];
    private readonly Action<string>? _trace;

    /// <summary>Makes the world of a seed.</summary>
    public OpenWorld(ulong seed, OpenWorldOptions options, Action<string>? trace)
    {
        Options = options;
        _trace = trace;
        Random = new Prng(seed);
        Plan = new FaultPlan(Random, options.Allowed & Possible);
        Network = new Network(Schedule, Random, Plan, Wires);
        Checks = new OpenChecks(this);
        BlockGapMs = Random.Pick([1_500, 3_000, 6_000]);
        for (int place = 1; place <= options.Nodes; place++)
        {
            _hosts.Add(new OpenHost(this, place, isSlow: place > 1 && Random.PerMille(300)));
        }

        Liar = Plan.Has(Fault.Liar) && options.Nodes > 2 ? new OpenLiar(this, _hosts[^1]) : null;
        Users = new OpenUsers(this);
        _injector = new OpenInjector(this);
        Trace($"# seed {seed}, {options.Nodes} nodes, faults {Plan.Chosen}");
    }

    /// <summary>What it is made of.</summary>
    public OpenWorldOptions Options { get; }

    /// <summary>The numbers of the network.</summary>
    public NetworkParameters Parameters { get; } = NetworkParameters.Test;

    /// <summary>All chance.</summary>
    public Prng Random { get; }

    /// <summary>What goes wrong.</summary>
    public FaultPlan Plan { get; }

    /// <summary>Virtual time.</summary>
    public Schedule Schedule { get; } = new();

    /// <summary>The wires.</summary>
    public Network Network { get; }

    /// <summary>What happened on the wires.</summary>
    public Coverage Wires { get; } = new();

    /// <summary>What happened else.</summary>
    public OpenCoverage Coverage { get; } = new();

    /// <summary>The invariants.</summary>
    public OpenChecks Checks { get; }

    /// <summary>The people.</summary>
    public OpenUsers Users { get; }

    /// <summary>The liar, if there is one: its node is the last.</summary>
    public OpenLiar? Liar { get; }

    /// <summary>The nodes, by place from 1.</summary>
    public IReadOnlyList<OpenHost> Hosts => _hosts;

    /// <summary>The nodes that do not lie.</summary>
    public IEnumerable<OpenHost> Honest => _hosts.Where(host => host != Liar?.Host);

    /// <summary>Mean time between two blocks of one miner, in milliseconds.</summary>
    public int BlockGapMs { get; }

    /// <summary>Whether the users have gone home.</summary>
    public bool IsQuiet { get; private set; }

    /// <summary>Wall clock, in milliseconds since 1970.</summary>
    public long NowUnixMs => (Parameters.GenesisTime * 1_000L) + 3_600_000 + Schedule.Now;

    /// <summary>The node that listens at an address.</summary>
    public OpenHost? Find(string address) => _hosts.Find(host => host.Address == address);

    /// <summary>Runs to the end.</summary>
    /// <exception cref="ViolationException">An invariant does not hold.</exception>
    public void Run()
    {
        foreach (OpenHost host in _hosts)
        {
            Schedule.After(Random.Between(0, 500), host.Start);
        }

        Users.Begin();
        Liar?.Begin();
        _injector.Begin();
        RunUntil(Random.Between(20_000L, 60_000L), static () => false);
        Trace("# all faults end");
        Plan.Over = true;
        IsQuiet = true;
        Network.Heal();
        Liar?.Host.Retire();
        foreach (OpenHost host in Honest)
        {
            host.Resume();
            host.Start();
        }

        RunUntil(Schedule.Now + SettlingMs, Checks.IsSettled);
        Checks.Final();
    }

    /// <summary>Writes a line, when somebody reads.</summary>
    public void Trace(string line) => _trace?.Invoke(string.Create(
        CultureInfo.InvariantCulture, $"{Coverage[OpenHappening.Step],6} {Schedule.Now / 1_000m,8:0.000} {line}"));

    /// <summary>Writes a step, when somebody reads.</summary>
    public void TraceStep(OpenHost host, NodeInput input, IReadOnlyList<NodeOutput> outputs)
    {
        if (_trace is not null && (input is not NodeInput.Tick || outputs.Count > 0))
        {
            Trace($"node {host.Place}: {OpenText.Of(input)} | {string.Join("; ", outputs.Select(OpenText.Of))}");
        }
    }

    private void RunUntil(long time, Func<bool> done)
    {
        long nextLook = 0;
        while (Schedule.Now < time && Schedule.RunNext())
        {
            if (Schedule.Now >= nextLook)
            {
                nextLook = Schedule.Now + 1_000;
                if (done())
                {
                    return;
                }
            }

            if (Coverage[OpenHappening.Step] > MaxSteps)
            {
                throw new ViolationException("progress", "the nodes keep each other busy without end");
            }
        }
    }
}
