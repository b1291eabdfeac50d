using System.Net;
using System.Net.WebSockets;
using Blockchain.Core.Kernel;
using Blockchain.Core.OpenNetwork;
using Blockchain.Node.Service;
using Blockchain.Node.Tracking;
using Blockchain.Wire.Links;

namespace Blockchain.Node.Peers;

/// <summary>One connection with another node. A message is read only when the one before was dealt with, and when the
/// peer has not used up its share of this node's time, so a peer that says much is slowed down by TCP and takes no
/// memory.</summary>
internal sealed class PeerConnection : IPeerLink
{
    private static readonly TimeSpan NonsenseBan = TimeSpan.FromMinutes(10);
    private readonly PeerId _id;
    private readonly LinkConnection _connection;
    private readonly PeerNetwork _network;
    private readonly NodeService _service;
    private readonly TimeProvider _time;
    private readonly PeerBudget _budget;
    private readonly CancellationTokenSource _closing = new();
    private int _blocksAsked;
    private int _headersAsked;

    public PeerConnection(
        PeerId id,
        WebSocket socket,
        IPAddress from,
        string? dialled,
        PeerNetwork network,
        NodeService service,
        TimeProvider time)
    {
        _id = id;
        From = from;
        Dialled = dialled;
        _network = network;
        _service = service;
        _time = time;
        _budget = new PeerBudget(time);
        _connection = new LinkConnection(socket, null, NodeLimits.PeerOutboxBytes);
    }

    /// <summary>Where it comes from; none for one that was dialled.</summary>
    public IPAddress From { get; }

    /// <summary>What was dialled; null for one that came in.</summary>
    public string? Dialled { get; }

    /// <summary>Where the other node says that it is reached, when that is not what was dialled.</summary>
    public string? Address { get; private set; }

    /// <summary>Whether the two have understood each other.</summary>
    public bool IsReady { get; private set; }

    /// <inheritdoc/>
    public void Send(NodeMessage message)
    {
        switch (message)
        {
            case NodeMessage.GetBlocks get:
                Interlocked.Add(ref _blocksAsked, get.Hashes.Count);
                break;
            case NodeMessage.GetHeaders:
                Interlocked.Increment(ref _headersAsked);
                break;
        }

        _connection.Send(_network.Encode(message));
    }

    /// <inheritdoc/>
    public void Close(string reason, TimeSpan ban)
    {
        _network.Ban(this, ban);
        _ = _closing.CancelAsync();
        _ = _connection.CloseAsync(reason);
    }

    /// <inheritdoc/>
    public void Ready(string address)
    {
        IsReady = true;
        if (NodeAddress.TryParse(address, out string? plain) && plain != Dialled)
        {
            Address = plain;
            _network.Ready(plain);
        }
    }

    /// <summary>Serves the connection until it ends.</summary>
    /// <exception cref="LinkFaultException">It did not end cleanly.</exception>
    public async Task RunAsync(string address, CancellationToken cancel)
    {
        await using CancellationTokenRegistration stopping = cancel.Register(_closing.Cancel);
        await _service.AttachAsync(_id, Dialled is not null, address, this);
        try
        {
            await _connection.RunAsync(ReceiveAsync, cancel);
        }
        finally
        {
            _service.Detach(_id);
        }
    }

    private async ValueTask ReceiveAsync(ReadOnlyMemory<byte> frame)
    {
        long startedAt = _time.GetTimestamp();
        NodeMessage message;
        try
        {
            message = NodeMessageCodec.Decode(frame.Span);
        }
        catch (FormatFaultException)
        {
            _service.Counters.Count(NodeCounters.MessagesRefused);
            _network.Ban(this, NonsenseBan);
            throw;
        }

        TimeSpan decoded = _time.GetElapsedTime(startedAt);
        MessageCost cost = await _service.ReceiveAsync(_id, message);
        if (!WasAsked(message))
        {
            await SlowDownAsync(_budget.Charge(decoded + cost.Worked, cost.Refused));
        }
    }

    private async ValueTask SlowDownAsync(TimeSpan pause)
    {
        if (pause > TimeSpan.Zero)
        {
            _service.Counters.Count(NodeCounters.PeersSlowed);
            await Task.Delay(pause, _time, _closing.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    // What this node has asked for is its own work: catching up must not be slowed down.
    private bool WasAsked(NodeMessage message)
    {
        switch (message)
        {
            case NodeMessage.BlockBody:
                return Take(ref _blocksAsked, 1);
            case NodeMessage.Headers:
                return Take(ref _headersAsked, 1);
            case NodeMessage.NotFound missing:
                Take(ref _blocksAsked, missing.Hashes.Count);
                return false;
            default:
                return false;
        }
    }

    // Only the reader takes, so there is at least as much as it saw.
    private static bool Take(ref int asked, int count)
    {
        int there = Math.Min(count, Volatile.Read(ref asked));
        Interlocked.Add(ref asked, -there);
        return there > 0;
    }
}
