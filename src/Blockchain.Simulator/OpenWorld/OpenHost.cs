using System.Globalization;
using Blockchain.Core.OpenNetwork;

namespace Blockchain.Simulator;

/// <summary>The place of a full node: carries its outputs out, and brings it what comes of them.</summary>
internal sealed class OpenHost
{
    private const int TickMs = 250;
    private readonly OpenWorld _world;
    private readonly bool _isSlow;
    private readonly Dictionary<PeerId, OpenLink> _links = [];
    private readonly SortedSet<string> _known = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _banned = [];
    private readonly Queue<(int Step, NodeOutput.Answer Answer)> _answers = new();
    private readonly Queue<NodeInput> _held = new();
    private int _life;
    private long _pausedUntil;
    private int _flushed;
    private int _written;
    private bool _isFlushing;
    private int _template;
    private bool _isRetired;

    /// <summary>A node that has never run.</summary>
    public OpenHost(OpenWorld world, int place, bool isSlow)
    {
        _world = world;
        _isSlow = isSlow;
        Place = place;
        Address = string.Create(CultureInfo.InvariantCulture, $"10.0.0.{place}:7000");
        Wallet = new OpenWallet(place);
    }

    /// <summary>Its number.</summary>
    public int Place { get; }

    /// <summary>Where it is reached.</summary>
    public string Address { get; }

    /// <summary>Who is paid for its blocks.</summary>
    public OpenWallet Wallet { get; }

    /// <summary>Its disk.</summary>
    public OpenDisk Disk { get; } = new();

    /// <summary>The node; null while it is down.</summary>
    public FullNode? Node { get; private set; }

    /// <summary>Its connections.</summary>
    public IReadOnlyCollection<OpenLink> Links => _links.Values;

    /// <summary>Hears every message before the node does; true when the node is not to hear it.</summary>
    public Func<OpenLink, NodeMessage, bool>? Intercept { get; set; }

    /// <summary>Comes up with what its disk has, when it is down.</summary>
    public void Start()
    {
        if (Node is not null || _isRetired)
        {
            return;
        }

        _life++;
        _known.UnionWith(_world.Hosts.Select(host => host.Address).Where(address => address != Address));
        _world.Coverage.Count(OpenHappening.Restart, _life > 1 ? 1 : 0);
        NodeState state = Disk.Load(_world.NowUnixMs, _world.Random.Bits(), Address);
        _world.Trace($"node {Place} starts with {state.Blocks.Count} blocks and {state.Pending.Count} transactions");
        Node = Guarded("its stored state", () => new FullNode(
            _world.Parameters, new OpenSignatures(), Disk, state, _world.Options.Rules));
        Step(new NodeInput.Tick(_world.NowUnixMs));
        Step(new NodeInput.MinerAddress(Wallet.Address));
        Tick(_life);
    }

    /// <summary>Dies at once.</summary>
    public void Kill()
    {
        if (Node is null)
        {
            return;
        }

        _world.Trace($"node {Place} dies");
        Node = null;
        _life++;
        _template++;
        int kept = _world.Plan.Has(Fault.Torn) ? _world.Random.Between(0, Disk.Waiting) : 0;
        _world.Coverage.Count(OpenHappening.LostWrite, Disk.Waiting - kept);
        Disk.Flush(kept);
        Disk.Crash();
        (_flushed, _written, _isFlushing) = (0, 0, false);
        _answers.Clear();
        _held.Clear();
        foreach (OpenLink link in _links.Values.ToArray())
        {
            link.Break();
        }

        _links.Clear();
    }

    /// <summary>Never comes back.</summary>
    public void Retire()
    {
        _isRetired = true;
        Kill();
    }

    /// <summary>Stands still for a while; what comes meanwhile waits.</summary>
    public void Pause(long forMs)
    {
        _pausedUntil = Math.Max(_pausedUntil, _world.Schedule.Now + forMs);
        _world.Schedule.At(_pausedUntil, TakeHeld);
    }

    /// <summary>Goes on.</summary>
    public void Resume()
    {
        _pausedUntil = 0;
        TakeHeld();
    }

    /// <summary>An end of a connection is up here.</summary>
    public void Connected(OpenLink link, PeerId peer, bool isOutgoing, string address)
    {
        _links[peer] = link;
        Step(new NodeInput.PeerConnected(peer, isOutgoing, address));
    }

    /// <summary>An end of a connection is down here.</summary>
    public void Disconnected(PeerId peer)
    {
        if (_links.Remove(peer))
        {
            Step(new NodeInput.PeerDisconnected(peer));
        }
    }

    /// <summary>A message arrives.</summary>
    public void Receive(OpenLink link, PeerId peer, NodeMessage message)
    {
        if (_links.ContainsKey(peer) && Intercept?.Invoke(link, message) != true)
        {
            Step(new NodeInput.FromPeer(peer, message));
        }
    }

    /// <summary>Whether it lets this address in.</summary>
    public bool LetsIn(string address) =>
        Node is not null && _banned.GetValueOrDefault(address, long.MinValue) <= _world.Schedule.Now;

    /// <summary>One step of the node, with everything that comes of it.</summary>
    public void Step(NodeInput input)
    {
        if (Node is null)
        {
            return;
        }

        if (_world.Schedule.Now < _pausedUntil)
        {
            _held.Enqueue(input);
            return;
        }

        _world.Coverage.Count(OpenHappening.Step);
        NodeOutput[] outputs = [.. Guarded(OpenText.Of(input), () => Node.Step(input))];
        _world.TraceStep(this, input, outputs);
        _world.Checks.Step(this, input, outputs);
        if (_world.Plan.Has(Fault.Crash) && _world.Random.PerMille(_world.Plan.MidStepCrashPerMille))
        {
            // The stores of a step are one transaction: it is there or not, and nothing that came after is.
            _world.Coverage.Count(OpenHappening.MidStepCrash);
            Write(outputs);
            _world.Coverage.Count(OpenHappening.Crash);
            Kill();
            _world.Schedule.After(_world.Random.Between(20, 5_000), Start);
            return;
        }

        Write(outputs);
        foreach (NodeOutput output in outputs)
        {
            Dispatch(output);
        }
    }

    private void TakeHeld()
    {
        while (_world.Schedule.Now >= _pausedUntil && _held.TryDequeue(out NodeInput? input))
        {
            Step(input);
        }
    }

    private T Guarded<T>(string input, Func<T> run)
    {
        try
        {
            return run();
        }
        catch (Exception fault)
        {
            throw new ViolationException("crash", $"node {Place} throws on {input}: {fault.Message}", fault);
        }
    }

    private void IfAlive(int life, Action action)
    {
        if (life == _life && Node is not null)
        {
            action();
        }
    }

    private void Tick(int life)
    {
        IfAlive(life, () =>
        {
            Dial();
            Step(new NodeInput.Tick(_world.NowUnixMs));
            _world.Schedule.After(TickMs, () => Tick(life));
        });
    }

    // One attempt a tick, with those it is not connected to.
    private void Dial()
    {
        HashSet<string> connected = [.. _links.Values.Select(link => link.Other(this).Address)];
        string[] others = [.. _known.Where(address => !connected.Contains(address) && LetsIn(address))];
        if (others.Length > 0 && _world.Random.PerMille(300)
            && _world.Find(_world.Random.Pick(others)) is { } other && other != this)
        {
            OpenLink.Dial(_world, this, other);
        }
    }

    private void Write(NodeOutput[] outputs)
    {
        NodeOutput[] stores = [.. outputs.Where(static output => output is NodeOutput.StoreBlock
            or NodeOutput.MarkValidated or NodeOutput.MarkInvalid or NodeOutput.StoreTransaction
            or NodeOutput.ForgetTransactions or NodeOutput.PeersLearned)];
        if (stores.Length > 0)
        {
            Disk.Write(stores);
            _written++;
        }

        foreach (NodeOutput.Answer answer in outputs.OfType<NodeOutput.Answer>())
        {
            _answers.Enqueue((_written, answer));
        }

        Flush();
    }

    private void Flush()
    {
        if (Disk.Waiting == 0)
        {
            LetAnswersOut();
            return;
        }

        if (_isFlushing)
        {
            return;
        }

        _isFlushing = true;
        int life = _life;
        int steps = Disk.Waiting;
        _world.Schedule.After(_world.Random.Between(1, _world.Plan.FlushMs), () => IfAlive(life, () =>
        {
            _isFlushing = false;
            Disk.Flush(steps);
            _flushed += steps;
            Flush();
            LetAnswersOut();
        }));
    }

    private void LetAnswersOut()
    {
        while (_answers.TryPeek(out (int Step, NodeOutput.Answer Answer) next) && next.Step <= _flushed)
        {
            _answers.Dequeue();
            _world.Users.Answered(this, next.Answer);
        }
    }

    private void Dispatch(NodeOutput output)
    {
        switch (output)
        {
            case NodeOutput.Send send when _links.TryGetValue(send.Peer, out OpenLink? link):
                link.Send(this, send.Message);
                break;
            case NodeOutput.Drop drop when _links.Remove(drop.Peer, out OpenLink? link):
                _world.Coverage.Count(OpenHappening.Drop);
                _world.Coverage.Count(OpenHappening.Ban, drop.BanMs > 0 ? 1 : 0);
                if (drop.BanMs > 0)
                {
                    _banned[link.Other(this).Address] = _world.Schedule.Now + drop.BanMs;
                }

                link.Break();
                break;
            case NodeOutput.PeersLearned learned:
                _known.UnionWith(learned.Addresses.Where(address => _world.Find(address) is not null));
                break;
            case NodeOutput.Mine mine:
                Mine(mine.Template);
                break;
            case NodeOutput.StopMining:
                _template++;
                break;
        }
    }

    /// <summary>Work is trivial; finding it takes a while nevertheless, that the seed gives.</summary>
    private void Mine(BlockTemplate template)
    {
        int number = ++_template;
        int life = _life;
        long gap = _world.BlockGapMs * _world.Hosts.Count;
        long after = (long)(-Math.Log(_world.Random.Between(1, 1_000) / 1_000.0) * gap) + (_isSlow ? gap : 1);
        _world.Schedule.After(after, () => IfAlive(life, () =>
        {
            if (number != _template || (_world.IsQuiet && Place != 1))
            {
                return;
            }

            ulong extra = _world.Random.Bits();
            uint time = Math.Max(template.Header.Time, (uint)(_world.NowUnixMs / 1_000));
            Header header = template.HeaderWith(extra) with { Time = time };
            uint nonce = Miner.Search(header, 0, uint.MaxValue, MinerPath.Scalar)!.Value;
            _world.Coverage.Count(OpenHappening.BlockMined);
            Step(new NodeInput.BlockMined(template.ToBlock(header with { Nonce = nonce }, extra)));
        }));
    }
}
