using Blockchain.Core.BankNetwork;

namespace Blockchain.Simulator;

/// <summary>
/// A client's connections and calls. Of two peers the one with the higher number dials; a client dials its bank as soon
/// as it knows its own number.
/// </summary>
internal sealed class ClientLinks(World world, ClientHost host)
{
    private readonly Dictionary<int, Connection> _peers = [];
    private readonly HashSet<int> _dialling = [];
    private IReadOnlyList<MemberInfo> _wanted = [];
    private Connection? _bank;
    private bool _diallingBank;

    /// <summary>The end of a life: every connection is dead on this side, and soon on the other.</summary>
    public void Drop()
    {
        foreach ((int peer, Connection connection) in _peers.OrderBy(pair => pair.Key).ToArray())
        {
            connection.Set(host.Place, false);
            world.Client(connection.Other(host.Place)).Links.LoseLater(host.Id, connection, 50);
        }

        if (_bank is not null)
        {
            _bank.Set(host.Place, false);
            world.Bank.LoseLater(host.Id, _bank, 50);
        }

        _peers.Clear();
        _dialling.Clear();
        _wanted = [];
        _bank = null;
        _diallingBank = false;
    }

    /// <summary>The connection with a peer or with the bank (0) breaks; this side notices after a while.</summary>
    public void LoseLater(int peer, Connection connection, int withinMs) => host.AfterInThisLife(
        world.Random.Between(1, withinMs), () => Lose(peer, connection));

    /// <summary>Every connection that crosses the cut breaks, at each side in its own time.</summary>
    public void Break(int otherPlace, int withinMs)
    {
        if (otherPlace == 0)
        {
            if (_bank is { } bank)
            {
                LoseLater(0, bank, withinMs);
                world.Bank.LoseLater(host.Id, bank, withinMs);
            }

            return;
        }

        ClientHost other = world.Client(otherPlace);
        if (_peers.TryGetValue(other.Id, out Connection? connection) && connection.Other(host.Place) == otherPlace)
        {
            LoseLater(other.Id, connection, withinMs);
            other.Links.LoseLater(host.Id, connection, withinMs);
        }
    }

    /// <summary>Carries out <see cref="ClientOutput.Connect"/>.</summary>
    public void Connect(IReadOnlyList<MemberInfo> peers)
    {
        _wanted = [.. peers];
        foreach (int peer in _peers.Keys.Where(peer => peers.All(wanted => wanted.Id != peer)).Order().ToArray())
        {
            Connection connection = _peers[peer];
            connection.Set(host.Place, false);
            host.AfterInThisLife(0, () => Lose(peer, connection));
            world.Client(connection.Other(host.Place)).Links.LoseLater(host.Id, connection, 50);
        }

        foreach (MemberInfo peer in peers)
        {
            DialLater(peer.Id, world.Random.Between(0, 10));
        }
    }

    /// <summary>Sends on the direct connection; dropped when there is none.</summary>
    public void ToPeer(Frame frame)
    {
        if (!_peers.TryGetValue(frame.To, out Connection? connection))
        {
            return;
        }

        ClientHost other = world.Client(connection.Other(host.Place));
        int life = other.Life;
        int claimed = host.Id;
        Func<Frame?> arrive = world.Wire.Send(frame, host.Liar);
        world.Network.Carry(connection, host.Place, () =>
        {
            if (other.Life == life)
            {
                other.Links.Take(claimed, connection, arrive());
            }
        });
    }

    /// <summary>Sends to the bank; dropped when there is no link.</summary>
    public void ToBank(ToBank message)
    {
        if (_bank is { } connection)
        {
            int id = host.Id;
            int life = world.Bank.Life;
            Func<ToBank?> arrive = world.Wire.Send(message, host.Liar);
            world.Network.Carry(connection, host.Place, () => world.Bank.Receive(life, id, connection, arrive()));
        }
    }

    /// <summary>A message from the bank has arrived.</summary>
    public void FromBank(FromBank message)
    {
        if (message is FromBank.Relayed)
        {
            world.Coverage.Count(Happening.Relay);
        }

        host.Step(new ClientInput.FromBank(message));
    }

    /// <summary>Asks the bank to join.</summary>
    public void Join(JoinRequest request)
    {
        int life = host.Life;
        world.Network.Call(
            host.Place,
            0,
            answer => world.Bank.Join(request, reply => answer(() => host.StepIn(life, reply))),
            () => host.StepIn(life, new ClientInput.JoinFailed(null)));
    }

    /// <summary>Asks the bank or a member for blocks.</summary>
    public void Fetch(int source, long from)
    {
        int life = host.Life;
        ClientHost? peer = source == Limits.Bank ? null : world.FindClient(source);
        if (source != Limits.Bank && peer is null)
        {
            host.AfterInThisLife(1, () => host.Step(new ClientInput.FetchFailed()));
            return;
        }

        world.Network.Call(
            host.Place,
            peer?.Place ?? 0,
            answer =>
            {
                IReadOnlyList<Block>? blocks = peer is null ? world.Bank.Read(from) : peer.Links.Read(from);
                if (blocks is not null)
                {
                    answer(() => Fetched(life, from, blocks));
                }

                return blocks is not null;
            },
            () => host.StepIn(life, new ClientInput.FetchFailed()));
    }

    /// <summary>Answers a peer that wants blocks; null when nobody is there.</summary>
    public IReadOnlyList<Block>? Read(long from)
    {
        if (host.Process is null || host.Paused)
        {
            return null;
        }

        IReadOnlyList<Block> blocks = world.Wire.Copy(host.Disk.Read(from, Limits.FetchBlocks));
        return host.Liar is null ? blocks : host.Liar.Rewrite(blocks);
    }

    /// <summary>This side of a connection ends now.</summary>
    public void Lose(int peer, Connection connection)
    {
        connection.Set(host.Place, false);
        if (peer == Limits.Bank && _bank == connection)
        {
            _bank = null;
            host.Step(new ClientInput.BankDisconnected());
            DialBank();
        }
        else if (_peers.TryGetValue(peer, out Connection? current) && current == connection)
        {
            _peers.Remove(peer);
            host.Step(new ClientInput.PeerDisconnected(peer));
            DialLater(peer, 100);
        }
    }

    /// <summary>Opens the link to the bank, and tries again until it is open.</summary>
    public void DialBank()
    {
        if (_bank is not null || _diallingBank || host.Id == 0 || host.Process is null)
        {
            return;
        }

        _diallingBank = true;
        host.AfterInThisLife(world.Random.Between(1, 60), () =>
        {
            _diallingBank = false;
            if (_bank is null)
            {
                TryBank();
            }
        });
    }

    /// <summary>The connection was authenticated when it was made. A frame that names another sender, or that cannot be
    /// read, closes it; all others wait for the time that the user asked for.</summary>
    private void Take(int from, Connection connection, Frame? frame)
    {
        if (frame is null || frame.From != from)
        {
            Lose(from, connection);
            world.Client(connection.Other(host.Place)).Links.LoseLater(host.Id, connection, 50);
        }
        else if (world.DelayMs == 0)
        {
            host.Step(new ClientInput.FromPeer(frame));
        }
        else
        {
            host.AfterInThisLife(world.DelayMs, () => host.Step(new ClientInput.FromPeer(frame)));
        }
    }

    private void TryBank()
    {
        bool reachable = world.Network.Reaches(host.Place, 0) && world.Network.Reaches(0, host.Place);
        if (!reachable || host.Paused || !world.Bank.Accepts(host))
        {
            DialBank();
            return;
        }

        Connection connection = new(host.Place, 0);
        _bank = connection;
        connection.Set(host.Place, true);
        world.Bank.Connect(host, connection);
        host.Step(new ClientInput.BankConnected());
    }

    private void Fetched(int life, long from, IReadOnlyList<Block> blocks)
    {
        if (life == host.Life && blocks.Count > 0)
        {
            world.Coverage.Count(Happening.CatchUp);
        }

        host.StepIn(life, new ClientInput.Fetched(from, blocks));
    }

    private void DialLater(int peer, long ms)
    {
        if (host.Id <= peer || _peers.ContainsKey(peer) || !_dialling.Add(peer))
        {
            return;
        }

        host.AfterInThisLife(ms, () =>
        {
            _dialling.Remove(peer);
            if (!_peers.ContainsKey(peer) && _wanted.FirstOrDefault(wanted => wanted.Id == peer) is { } member)
            {
                Dial(member);
            }
        });
    }

    /// <summary>Both sides prove their keys: whoever else is found at the address is not taken for the
    /// member.</summary>
    private void Dial(MemberInfo member)
    {
        ClientHost? other = world.FindEndpoint(member.Endpoint);
        bool reachable = other is not null && !host.Paused && other.Links.Accepts(host) && other.Id == member.Id
            && world.Network.Reaches(host.Place, other.Place) && world.Network.Reaches(other.Place, host.Place);
        if (!reachable)
        {
            DialLater(member.Id, world.Random.Between(50, 400));
            return;
        }

        Connection connection = new(host.Place, other!.Place);
        other.Links.Accept(host.Id, connection);
        _peers[member.Id] = connection;
        connection.Set(host.Place, true);
        host.Step(new ClientInput.PeerConnected(member.Id));
    }

    private bool Accepts(ClientHost dialler) =>
        host.Process is not null && !host.Paused && host.Process.Ledger.Find(dialler.Id)?.PublicKey == dialler.Key;

    private void Accept(int peer, Connection connection)
    {
        if (_peers.TryGetValue(peer, out Connection? old))
        {
            Lose(peer, old);
        }

        if (host.Process is not null)
        {
            _peers[peer] = connection;
            connection.Set(host.Place, true);
            host.Step(new ClientInput.PeerConnected(peer));
        }
    }
}
