using Blockchain.Core.BankNetwork;
using Blockchain.Core.Kernel;

namespace Blockchain.Simulator;

/// <summary>
/// What the client service is to a <see cref="ClientProcess"/>, on simulated wires, disk and clock: it carries out the
/// outputs of one step, and everything comes back as a later input.
/// </summary>
internal sealed class ClientHost
{
    private const int TickMs = 50;
    private const int LeavingMs = 2_000;
    private readonly World _world;
    private readonly List<ClientInput> _held = [];
    private readonly ClientLinks _links;
    private readonly ClientStore _store;
    private long _startedMs;
    private long _clockOffsetMs;
    private int _clockPerMille = 1_000;
    private bool _tickHeld;

    /// <summary>A client that has never run.</summary>
    public ClientHost(World world, int place, string name)
    {
        _world = world;
        Place = place;
        Name = name;
        Key = SimulatedSignatures.KeyOf(name);
        _links = new ClientLinks(world, this);
        _store = new ClientStore(world, this);
    }

    /// <summary>Its place on the wires, from 1. Its number as a client is another matter: the bank gives it.</summary>
    public int Place { get; }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>Its key.</summary>
    public PublicKey Key { get; }

    /// <summary>Changes with every start and every end of a life: what was meant for an earlier one is
    /// dropped.</summary>
    public int Life { get; private set; }

    /// <summary>The process, null while there is none.</summary>
    public ClientProcess? Process { get; private set; }

    /// <summary>Its number, 0 while unknown. Kept over lives.</summary>
    public int Id { get; private set; }

    /// <summary>Stands still.</summary>
    public bool Paused { get; private set; }

    /// <summary>The user asked it to leave.</summary>
    public bool Leaving { get; private set; }

    /// <summary>It never starts again.</summary>
    public bool Retired { get; set; }

    /// <summary>It does not start again before others have come.</summary>
    public bool Away { get; set; }

    /// <summary>It lies.</summary>
    public Liar? Liar { get; set; }

    /// <summary>How many settled blocks the checks have compared in this life.</summary>
    public long SettledSeen { get; set; }

    /// <summary>Its disk.</summary>
    public ClientDisk Disk { get; } = new();

    /// <summary>Its connections.</summary>
    public ClientLinks Links => _links;

    /// <summary>Where peers reach this life.</summary>
    public string Endpoint => FormattableString.Invariant($"{Place}.{Life}");

    /// <summary>Its own clock, which may run wrong but never back.</summary>
    private long LocalMs => _clockOffsetMs + (_world.Schedule.Now * _clockPerMille / 1_000);

    /// <summary>Lets its clock run at another speed from now on, without a step back.</summary>
    public void Skew(int perMille)
    {
        _clockOffsetMs += _world.Schedule.Now * (_clockPerMille - perMille) / 1_000;
        _clockPerMille = perMille;
    }

    /// <summary>Lets its clock jump ahead.</summary>
    public void JumpClock(long ms) => _clockOffsetMs += ms;

    /// <summary>Begins a life with what the disk has.</summary>
    public void Start()
    {
        if (Process is not null || Retired || Away)
        {
            return;
        }

        Life++;
        Leaving = false;
        (LedgerState ledger, IReadOnlyList<Transfer> intents) = Disk.Open(LocalMs, _world.FlushLies(), _world.Coverage);
        _startedMs = _world.Schedule.Now;
        ClientState state = new()
        {
            Name = Name,
            PublicKey = Key,
            Incarnation = Disk.Incarnation,
            Endpoint = Endpoint,
            Ledger = ledger,
            Checkpoint = Disk.Checkpoint,
            Intents = intents,
            MaxBatch = _world.MaxBatch,
            DelayMs = _world.DelayMs,
        };
        Process = new ClientProcess(state, SimulatedSignatures.Instance, _world.Options.Rules);
        _store.Reset();
        SettledSeen = 0;
        _world.Note(this, $"starts, incarnation {Disk.Incarnation}, {ledger.Count} blocks, {intents.Count} intents");
        Step(new ClientInput.Tick(LocalMs));
        Tick();
    }

    /// <summary>Ends a life at once, as SIGKILL does.</summary>
    public void Kill(string why)
    {
        if (Process is null)
        {
            return;
        }

        Life++;
        Process = null;
        Paused = false;
        _held.Clear();
        _tickHeld = false;
        _links.Drop();
        // A machine takes longer to come back than the clock needs to move on.
        bool clockMoved = _world.Schedule.Now > _startedMs;
        Disk.LoseUnflushed(_world.Random, _world.Plan.Has(Fault.Torn), clockMoved, _world.Coverage);

        _world.Note(this, $"dies: {why}");
    }

    /// <summary>Stands still for so long.</summary>
    public void Pause(long ms)
    {
        Paused = true;
        _world.Note(this, $"stands still for {ms} ms");
        AfterInThisLife(ms, Resume);
    }

    /// <summary>Goes on, and finds everything that came meanwhile.</summary>
    public void Resume()
    {
        if (!Paused || Process is null)
        {
            return;
        }

        Paused = false;
        _world.Note(this, "goes on");
        ClientInput[] held = [.. _held];
        _held.Clear();
        bool tickFirst = _world.Random.PerMille(500);
        int life = Life;
        if (_tickHeld && tickFirst)
        {
            Step(new ClientInput.Tick(LocalMs));
        }

        foreach (ClientInput input in held)
        {
            StepIn(life, input);
        }

        if (_tickHeld && !tickFirst)
        {
            StepIn(life, new ClientInput.Tick(LocalMs));
        }

        _tickHeld = false;
    }

    /// <summary>Says goodbye and stops.</summary>
    public void Leave()
    {
        Leaving = true;
        _world.Note(this, "is told to leave");
        Step(new ClientInput.Leave());
        AfterInThisLife(LeavingMs, () => Kill("left"));
    }

    /// <summary>Lets something happen later, unless this life is over by then.</summary>
    public void AfterInThisLife(long ms, Action action)
    {
        int life = Life;
        _world.Schedule.After(ms, () =>
        {
            if (life == Life)
            {
                action();
            }
        });
    }

    /// <summary>One input if the life goes on.</summary>
    public void StepIn(int life, ClientInput input)
    {
        if (life == Life)
        {
            Step(input);
        }
    }

    /// <summary>One input, and all that comes of it.</summary>
    public void Step(ClientInput input)
    {
        if (Process is null)
        {
            return;
        }

        if (Paused)
        {
            Hold(input);
            return;
        }

        long clock = Process.Clock;
        IReadOnlyList<ClientOutput> outputs;
        try
        {
            outputs = Process.Step(input);
        }
        catch (Exception fault)
        {
            _world.Trace?.Client(this, clock, input, []);
            throw new ViolationException("client stops", $"client {Name}: {fault.GetType().Name}: {fault.Message}",
                fault);
        }

        Id = Process.Id == 0 ? Id : Process.Id;
        _links.DialBank();

        _world.Coverage.Count(Happening.Step);
        _world.Trace?.Client(this, clock, input, outputs);
        _world.Checks.AfterClientStep(this, outputs);
        Dispatch(outputs);
    }

    private void Hold(ClientInput input)
    {
        if (input is ClientInput.Tick)
        {
            _tickHeld = true;
        }
        else
        {
            _held.Add(input);
        }
    }

    private void Tick() => AfterInThisLife(TickMs, () =>
    {
        Step(new ClientInput.Tick(LocalMs));
        Tick();
    });

    private void Dispatch(IReadOnlyList<ClientOutput> outputs)
    {
        int life = Life;
        int crashAfter = _world.CrashesMidStep(Fault.Crash, outputs.Count);
        for (int i = 0; i < outputs.Count && life == Life; i++)
        {
            if (i == crashAfter)
            {
                _world.Crash(this, "in the middle of a step");
                return;
            }

            ClientOutput? output = Liar is null ? outputs[i] : Liar.Twist(outputs[i]);
            if (output is not null)
            {
                Dispatch(output);
            }
        }
    }

    private void Dispatch(ClientOutput output)
    {
        switch (output)
        {
            case ClientOutput.Join join:
                _links.Join(Liar is null ? join.Request : Liar.Twist(join.Request));
                break;
            case ClientOutput.ToBank toBank:
                _links.ToBank(toBank.Message);
                break;
            case ClientOutput.ToPeer toPeer:
                _links.ToPeer(toPeer.Frame);
                break;
            case ClientOutput.Connect connect:
                _links.Connect(connect.Peers);
                break;
            case ClientOutput.Sign sign:
                Sign(sign);
                break;
            case ClientOutput.Fetch fetch:
                _links.Fetch(fetch.Source, fetch.From);
                break;
            case ClientOutput.Tell tell:
                _world.Users.Told(this, tell.Event);
                break;
            default:
                _store.Write(output);
                break;
        }
    }

    private void Sign(ClientOutput.Sign sign)
    {
        Signature signature = SimulatedSignatures.Sign(Key, sign.Digest);
        AfterInThisLife(
            _world.Random.Between(0, 5),
            () => Step(new ClientInput.RequestSigned(sign.Epoch, sign.Token, signature)));
    }
}
