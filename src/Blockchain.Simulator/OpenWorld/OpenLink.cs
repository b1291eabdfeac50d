using Blockchain.Core.OpenNetwork;

namespace Blockchain.Simulator;

/// <summary>One connection between two nodes. It keeps the order; what would be lost on it breaks it, and each end
/// finds out in its own time.</summary>
internal sealed class OpenLink
{
    private static readonly (int MinMs, int MaxMs) Notice = (2, 1_000);
    private readonly OpenWorld _world;
    private readonly Connection _connection;
    private readonly OpenHost _dialler;
    private readonly OpenHost _dialled;
    private readonly PeerId _atDialler;
    private readonly PeerId _atDialled;
    private bool _isBroken;

    private OpenLink(OpenWorld world, OpenHost dialler, OpenHost dialled)
    {
        _world = world;
        _dialler = dialler;
        _dialled = dialled;
        _connection = new Connection(dialler.Place, dialled.Place);
        long number = world.Coverage[OpenHappening.Connection];
        _atDialler = new PeerId(2 * number);
        _atDialled = new PeerId((2 * number) + 1);
    }

    /// <summary>Tries to connect.</summary>
    public static void Dial(OpenWorld world, OpenHost from, OpenHost to)
    {
        if (!world.Network.Reaches(from.Place, to.Place) || !world.Network.Reaches(to.Place, from.Place)
            || !to.LetsIn(from.Address))
        {
            return;
        }

        world.Coverage.Count(OpenHappening.Connection);
        OpenLink link = new(world, from, to);
        link._connection.Set(from.Place, true);
        link._connection.Set(to.Place, true);
        from.Connected(link, link._atDialler, isOutgoing: true, to.Address);
        to.Connected(link, link._atDialled, isOutgoing: false, from.Address);
    }

    /// <summary>The node at the other end.</summary>
    public OpenHost Other(OpenHost host) => host == _dialler ? _dialled : _dialler;

    /// <summary>Sends a message from one end.</summary>
    public void Send(OpenHost from, NodeMessage message)
    {
        if (_isBroken)
        {
            return;
        }

        OpenHost to = Other(from);
        byte[] bytes = NodeMessageCodec.Encode(message);
        if (!_world.Network.Carry(_connection, from.Place, () => Arrive(to, bytes)))
        {
            Break();
        }
    }

    /// <summary>Sends bytes that no message has.</summary>
    public void SendGarbage(OpenHost from, byte[] bytes)
    {
        OpenHost to = Other(from);
        if (!_isBroken)
        {
            _world.Network.Carry(_connection, from.Place, () => Arrive(to, bytes));
        }
    }

    /// <summary>It breaks.</summary>
    public void Break()
    {
        if (_isBroken)
        {
            return;
        }

        _isBroken = true;
        _world.Coverage.Count(OpenHappening.BrokenConnection);
        BreakAt(_dialler, _atDialler);
        BreakAt(_dialled, _atDialled);
    }

    private void BreakAt(OpenHost host, PeerId peer) => _world.Schedule.After(
        _world.Random.Between(Notice.MinMs, Notice.MaxMs),
        () =>
        {
            _connection.Set(host.Place, false);
            host.Disconnected(peer);
        });

    private void Arrive(OpenHost host, byte[] bytes)
    {
        NodeMessage message;
        try
        {
            message = NodeMessageCodec.Decode(bytes);
        }
        catch (Core.Kernel.FormatFaultException)
        {
            // A host closes a connection on which it cannot read.
            Break();
            return;
        }

        host.Receive(this, host == _dialler ? _atDialler : _atDialled, message);
    }
}
