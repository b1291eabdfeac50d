using Blockchain.Core.BankNetwork;
using Blockchain.Core.Kernel;

namespace Blockchain.Simulator;

/// <summary>What the bank server is to a <see cref="BankProcess"/>, on simulated wires, disk and clock.</summary>
internal sealed class BankHost(World world)
{
    private const int TickMs = 50;
    private const long UnixEpochMs = 1_700_000_000_000;
    private readonly Dictionary<int, Connection> _links = [];
    private readonly Dictionary<long, Action<ClientInput>> _calls = [];
    private readonly List<BankInput> _held = [];
    private readonly List<Block> _unflushed = [];
    private readonly PublicKey _key = SimulatedSignatures.KeyOf("the bank");
    private long _callNumber;
    private bool _flushing;
    private int _flushingBlocks;
    private bool _tickHeld;

    /// <summary>Changes with every start and every end of a life.</summary>
    public int Life { get; private set; }

    /// <summary>The process, null while there is none.</summary>
    public BankProcess? Process { get; private set; }

    /// <summary>Stands still.</summary>
    public bool Paused { get; private set; }

    /// <summary>Its database.</summary>
    public BankDisk Disk { get; } = new();

    /// <summary>How wrong its wall clock is; nothing may depend on it.</summary>
    public long WallClockErrorMs { get; set; }

    /// <summary>Its monotonic clock never runs wrong: what skew does to a lease, the clients' clocks show.</summary>
    private BankInput.Tick Now => new(world.Schedule.Now, UnixEpochMs + world.Schedule.Now + WallClockErrorMs);

    /// <summary>Begins a life with what the disk has.</summary>
    public void Start()
    {
        if (Process is not null)
        {
            return;
        }

        Life++;
        LedgerState ledger = Disk.Open();
        BankState state = new(ledger, _key, world.Deposit, world.LeaseMs, index => Disk[index]);
        Process = new BankProcess(state, SimulatedSignatures.Instance, world.Options.Rules);
        world.Note(null, $"starts with {ledger.Count} blocks");
        world.Checks.BankStarts(Disk);
        Step(Now);
        Tick();
    }

    /// <summary>Ends a life at once. A commit under way has happened or has not.</summary>
    public void Kill(string why)
    {
        if (Process is null)
        {
            return;
        }

        if (_flushingBlocks > 0 && world.Random.PerMille(500))
        {
            Commit(flushLies: false);
        }

        if (_unflushed.Count > 0)
        {
            world.Coverage.Count(Happening.EarlyReleaseLoss);
        }

        Life++;
        Process = null;
        Paused = false;
        _flushing = false;
        _flushingBlocks = 0;
        _tickHeld = false;
        _unflushed.Clear();
        _held.Clear();
        _calls.Clear();
        foreach ((int client, Connection connection) in _links.OrderBy(pair => pair.Key).ToArray())
        {
            connection.Set(0, false);
            world.FindClient(client)?.Links.LoseLater(0, connection, 50);
        }

        _links.Clear();
        world.Note(null, $"dies: {why}");
    }

    /// <summary>Stands still for so long.</summary>
    public void Pause(long ms)
    {
        Paused = true;
        world.Note(null, $"stands still for {ms} ms");
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
        world.Note(null, "goes on");
        int life = Life;
        bool tickFirst = world.Random.PerMille(500);
        BankInput[] held = [.. _held];
        _held.Clear();
        if (_tickHeld && tickFirst)
        {
            Step(Now);
        }

        foreach (BankInput input in held)
        {
            StepIn(life, input);
        }

        if (_tickHeld && !tickFirst)
        {
            StepIn(life, Now);
        }

        _tickHeld = false;
    }

    /// <summary>Whether it would take a link from this client now.</summary>
    public bool Accepts(ClientHost client) =>
        Process is not null && !Paused && Process.Ledger.Find(client.Id)?.PublicKey == client.Key;

    /// <summary>A client's link is up. An older one of the same client ends.</summary>
    public void Connect(ClientHost client, Connection connection)
    {
        int life = Life;
        if (_links.TryGetValue(client.Id, out Connection? old))
        {
            Lose(client.Id, old);
        }

        if (life == Life)
        {
            _links[client.Id] = connection;
            connection.Set(0, true);
            Step(new BankInput.Connected(client.Id));
        }
    }

    /// <summary>A client's link breaks; the bank notices after a while.</summary>
    public void LoseLater(int client, Connection connection, int withinMs) =>
        AfterInThisLife(world.Random.Between(1, withinMs), () => Lose(client, connection));

    /// <summary>A message on a client's link.</summary>
    public void Receive(int life, int client, Connection connection, ToBank? message)
    {
        if (life != Life || Process is null)
        {
            return;
        }

        if (message is null)
        {
            Lose(client, connection);
            world.FindClient(client)?.Links.LoseLater(0, connection, 50);
        }
        else
        {
            bool holds = message is ToBank.Apply apply && SignatureHolds(client, apply.Request);
            Step(new BankInput.Received(client, message, holds));
        }
    }

    /// <summary>A call to join. False when nobody is there.</summary>
    public bool Join(JoinRequest request, Action<ClientInput> reply)
    {
        if (Process is null)
        {
            return false;
        }

        _calls.Add(++_callNumber, reply);
        Step(new BankInput.Join(_callNumber, request));
        return true;
    }

    /// <summary>The durable ledger from an index on; null when nobody is there.</summary>
    public IReadOnlyList<Block>? Read(long from) =>
        Process is null || Paused ? null : world.Wire.Copy(Disk.Read(from, Limits.FetchBlocks));

    /// <summary>The operator takes a client out of the view.</summary>
    public void Evict(int client) => Step(new BankInput.Evict(client));

    private bool SignatureHolds(int client, SignedRequest request)
    {
        Account? account = Process!.Ledger.Find(client);
        return account is not null && request.Transfers.Count > 0 && SimulatedSignatures.Instance.Verify(
            account.PublicKey, request.Digest(Process.Ledger.LedgerId), request.Signature);
    }

    private void Lose(int client, Connection connection)
    {
        connection.Set(0, false);
        if (_links.TryGetValue(client, out Connection? current) && current == connection)
        {
            _links.Remove(client);
            Step(new BankInput.Disconnected(client));
        }
    }

    private void Tick() => AfterInThisLife(TickMs, () =>
    {
        Step(Now);
        Tick();
    });

    private void AfterInThisLife(long ms, Action action)
    {
        int life = Life;
        world.Schedule.After(ms, () =>
        {
            if (life == Life)
            {
                action();
            }
        });
    }

    private void StepIn(int life, BankInput input)
    {
        if (life == Life)
        {
            Step(input);
        }
    }

    private void Step(BankInput input)
    {
        if (Process is null)
        {
            return;
        }

        if (Paused)
        {
            _tickHeld |= input is BankInput.Tick;
            if (input is not BankInput.Tick)
            {
                _held.Add(input);
            }

            return;
        }

        IReadOnlyList<BankOutput> outputs;
        try
        {
            outputs = Process.Step(input);
        }
        catch (Exception fault)
        {
            world.Trace?.Bank(this, input, []);
            throw new ViolationException("bank stops", $"{fault.GetType().Name}: {fault.Message}", fault);
        }

        world.Coverage.Count(Happening.Step);
        world.Trace?.Bank(this, input, outputs);
        world.Checks.AfterBankStep(this, outputs);
        Dispatch(outputs);
    }

    private void Dispatch(IReadOnlyList<BankOutput> outputs)
    {
        int life = Life;
        int crashAfter = world.CrashesMidStep(Fault.BankCrash, outputs.Count);
        for (int i = 0; i < outputs.Count && life == Life; i++)
        {
            if (i == crashAfter)
            {
                world.CrashBank("in the middle of a step");
                return;
            }

            Dispatch(outputs[i]);
        }
    }

    private void Dispatch(BankOutput output)
    {
        switch (output)
        {
            case BankOutput.Persist persist:
                _unflushed.AddRange(persist.Blocks);
                Flush();
                break;
            case BankOutput.Send send:
                Send(send.Client, send.Message);
                break;
            case BankOutput.AnswerJoin answer:
                Reply(answer.Call, new ClientInput.Joined(answer.Answer));
                break;
            case BankOutput.RefuseJoin refuse:
                Reply(refuse.Call, new ClientInput.JoinFailed(refuse.Reason));
                break;
            case BankOutput.SignCheckpoint sign:
                Sign(sign);
                break;
            case BankOutput.Fetch fetch:
                Fetch(fetch.Endpoint, fetch.From);
                break;
            case BankOutput.Disconnect disconnect:
                Disconnect(disconnect.Client);
                break;
            case BankOutput.Tell:
                break;
            default:
                throw new ViolationException("simulator", $"{output.GetType().Name} is not carried out");
        }
    }

    private void Flush()
    {
        if (_flushing || _unflushed.Count == 0)
        {
            return;
        }

        _flushing = true;

        // The commit takes what is there when it begins, at the end of the step that asked for it.
        AfterInThisLife(0, () => _flushingBlocks = _unflushed.Count);
        AfterInThisLife(world.FlushMs(), Flushed);
    }

    private void Commit(bool flushLies)
    {
        Disk.Commit(world.Wire.Copy(_unflushed.GetRange(0, _flushingBlocks)), flushLies);
        _unflushed.RemoveRange(0, _flushingBlocks);
    }

    private void Flushed()
    {
        if (world.FlushFails(0))
        {
            world.CrashBank("a flush failed");
            return;
        }

        Commit(world.FlushLies());
        _flushing = false;
        _flushingBlocks = 0;
        world.Checks.BankCommitted(Disk);
        int life = Life;
        Step(new BankInput.Persisted(Disk.Count - 1));
        if (life == Life)
        {
            Flush();
        }
    }

    private void Sign(BankOutput.SignCheckpoint sign)
    {
        Checkpoint checkpoint = new(sign.Index, sign.Hash, SimulatedSignatures.Sign(_key, sign.Digest));
        AfterInThisLife(world.Random.Between(0, 5), () => Step(new BankInput.CheckpointSigned(checkpoint)));
    }

    private void Fetch(string endpoint, long from)
    {
        int life = Life;
        ClientHost? client = world.FindEndpoint(endpoint);
        if (client is null)
        {
            AfterInThisLife(1, () => Step(new BankInput.FetchFailed()));
            return;
        }

        world.Network.Call(
            0,
            client.Place,
            answer =>
            {
                IReadOnlyList<Block>? blocks = client.Links.Read(from);
                if (blocks is not null)
                {
                    answer(() => StepIn(life, new BankInput.Fetched(from, blocks)));
                }

                return blocks is not null;
            },
            () => StepIn(life, new BankInput.FetchFailed()));
    }

    private void Send(int client, FromBank message)
    {
        if (_links.TryGetValue(client, out Connection? connection) && world.FindClient(client) is { } host)
        {
            int life = host.Life;
            Func<FromBank?> arrive = world.Wire.Send(message);
            world.Network.Carry(connection, 0, () =>
            {
                if (host.Life == life)
                {
                    host.Links.FromBank(arrive()!);
                }
            });
        }
    }

    private void Reply(long call, ClientInput answer)
    {
        if (_calls.Remove(call, out Action<ClientInput>? reply))
        {
            reply(answer);
        }
    }

    private void Disconnect(int client)
    {
        if (_links.TryGetValue(client, out Connection? connection))
        {
            connection.Set(0, false);
            _links.Remove(client);
            world.FindClient(client)?.Links.LoseLater(0, connection, 50);
            AfterInThisLife(0, () => Step(new BankInput.Disconnected(client)));
        }
    }
}
