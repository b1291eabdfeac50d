using System.Net;
using System.Net.WebSockets;
using Blockchain.Core.Kernel;
using Blockchain.Core.OpenNetwork;
using Blockchain.Node.Service;
using Blockchain.Node.Tracking;
using Blockchain.Wire.Http;
using Blockchain.Wire.Links;
using Microsoft.Extensions.Logging;

namespace Blockchain.Node.Peers;

/// <summary>The connections with other nodes: dials, lets in, and keeps their number within limits.</summary>
internal sealed partial class PeerNetwork(
    NodeService service, AddressBook book, TimeProvider time, ILogger<PeerNetwork> logger)
{
    private static readonly TimeSpan LookPeriod = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan SavePeriod = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan DialTime = TimeSpan.FromSeconds(5);
    private readonly Lock _gate = new();
    private readonly Dictionary<IPAddress, int> _incoming = [];
    private readonly BanList _bans = new(NodeLimits.Bans, time);
    private readonly HashSet<Task> _dials = [];
    private readonly HashSet<CancellationTokenSource> _connections = [];
    private bool _isCutOff;
    private NodeMessage? _encodedMessage;
    private byte[] _encoded = [];
    private long _lastPeer;
    private int _incomingCount;

    /// <summary>Dials until told to stop, then waits for the connections to end.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        using PeriodicTimer timer = new(LookPeriod, time);
        long savedAt = time.GetTimestamp();
        try
        {
            while (await timer.WaitForNextTickAsync(stop))
            {
                _dials.RemoveWhere(static dial => dial.IsCompleted);
                while (!IsCutOff && _dials.Count < NodeLimits.OutgoingPeers && book.TakeNext() is { } address)
                {
                    _dials.Add(DialAsync(address, stop));
                }

                if (time.GetElapsedTime(savedAt) >= SavePeriod && book.TakeChanges() is { } changed)
                {
                    savedAt = time.GetTimestamp();
                    service.SavePeers(changed);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The node stops.
        }

        await Task.WhenAll(_dials);
    }

    /// <summary>Whether this node keeps to itself.</summary>
    private bool IsCutOff
    {
        get
        {
            lock (_gate)
            {
                return _isCutOff;
            }
        }
    }

    /// <summary>Ends every connection, and makes and takes no more until <see cref="Rejoin"/>: what a broken network
    /// does, on demand.</summary>
    public void CutOff()
    {
        lock (_gate)
        {
            _isCutOff = true;
            foreach (CancellationTokenSource connection in _connections.ToArray())
            {
                connection.Cancel();
            }
        }
    }

    /// <summary>Ends what <see cref="CutOff"/> began.</summary>
    public void Rejoin()
    {
        lock (_gate)
        {
            _isCutOff = false;
        }
    }

    /// <summary>Lets one more connection from there in, and <see cref="ServeAsync"/> follows; else says why
    /// not.</summary>
    public string? TryAdmit(IPAddress from)
    {
        if (_bans.Contains(from))
        {
            service.Counters.Count(NodeCounters.PeersRefused, "banned");
            return "nodes from this address broke the rules and are not let in for a while.";
        }

        lock (_gate)
        {
            if (_isCutOff)
            {
                return "this node is cut off from the others for now. Try again later.";
            }

            int fromThere = _incoming.GetValueOrDefault(from);
            if (_incomingCount >= NodeLimits.IncomingPeers
                || (fromThere >= NodeLimits.IncomingPeersPerAddress && !IPAddress.IsLoopback(from)))
            {
                service.Counters.Count(NodeCounters.PeersRefused, "full");
                return "this node has as many peers as it takes. Try another.";
            }

            _incoming[from] = fromThere + 1;
            _incomingCount++;
            return null;
        }
    }

    /// <summary>Serves a connection that was let in until it ends.</summary>
    public async Task ServeAsync(Func<Task<WebSocket>> accept, IPAddress from, CancellationToken cancel)
    {
        try
        {
            using WebSocket socket = await accept();
            PeerConnection connection = new(NextId(), socket, from, null, this, service, time);
            await RunAsync(connection, from.ToString(), cancel);
        }
        finally
        {
            lock (_gate)
            {
                _incomingCount--;
                int left = _incoming[from] - 1;
                if (left == 0)
                {
                    _incoming.Remove(from);
                }
                else
                {
                    _incoming[from] = left;
                }
            }
        }
    }

    /// <summary>Keeps the other side of a connection away for a while.</summary>
    internal void Ban(PeerConnection connection, TimeSpan pause)
    {
        if (pause <= TimeSpan.Zero)
        {
            return;
        }

        if (connection.Dialled is { } dialled)
        {
            book.Ban(dialled, pause);
        }
        else
        {
            _bans.Add(connection.From, pause);
        }

        if (connection.Address is { } address)
        {
            book.Ban(address, pause);
        }
    }

    /// <summary>A node at this address is connected and understood.</summary>
    internal void Ready(string address)
    {
        book.Add([address]);
        book.Connected(address);
    }

    /// <summary>The bytes of a message; what goes to many peers is encoded once. Used on the loop only.</summary>
    internal ReadOnlyMemory<byte> Encode(NodeMessage message)
    {
        if (!ReferenceEquals(_encodedMessage, message))
        {
            _encoded = NodeMessageCodec.Encode(message);
            _encodedMessage = message;
        }

        return _encoded;
    }

    private PeerId NextId() => new(Interlocked.Increment(ref _lastPeer));

    private async Task DialAsync(string address, CancellationToken stop)
    {
        using ClientWebSocket socket = new();
        socket.Options.Proxy = null;
        PeerConnection? connection = null;
        try
        {
            using (CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(stop))
            {
                patience.CancelAfter(DialTime);
                await socket.ConnectAsync(NodeAddress.ToWebSocket(address, NodeRoutes.Peer), patience.Token);
            }

            connection = new PeerConnection(NextId(), socket, IPAddress.None, address, this, service, time);
            await RunAsync(connection, address, stop);
        }
        catch (Exception fault) when (IsExpected(fault))
        {
            LogNotReached(address, fault.Message);
        }
        finally
        {
            book.Ended(address, connection?.IsReady ?? false, wasDialled: true);
        }
    }

    private async Task RunAsync(PeerConnection connection, string address, CancellationToken cancel)
    {
        using CancellationTokenSource ended = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        lock (_gate)
        {
            _connections.Add(ended);
            if (_isCutOff)
            {
                ended.Cancel();
            }
        }

        try
        {
            await connection.RunAsync(address, ended.Token);
            LogDown(address, "closed");
        }
        catch (Exception fault) when (IsExpected(fault))
        {
            LogDown(address, fault.Message);
        }
        finally
        {
            lock (_gate)
            {
                _connections.Remove(ended);
            }

            if (connection.Address is { } known)
            {
                book.Ended(known, connection.IsReady, wasDialled: false);
            }
        }
    }

    // How connections fail; anything else is a fault of this program.
    private static bool IsExpected(Exception fault) => fault is WebSocketException or LinkFaultException
        or FormatFaultException or IOException or HttpRequestException or OperationCanceledException
        or NodeBusyException;

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Address} is not reached: {Reason}")]
    private partial void LogNotReached(string address, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "The connection with {Address} ended: {Reason}")]
    private partial void LogDown(string address, string reason);
}
