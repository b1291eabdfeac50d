using System.Net;
using System.Net.WebSockets;
using Blockchain.Core.Kernel;
using Blockchain.Core.OpenNetwork;
using Blockchain.Node.Service;
using Blockchain.Node.Tracking;
using Blockchain.Wire.Links;

namespace Blockchain.Node.Peers;

/// <summary>One connection with another node. A message is read only when the one before was dealt with, so a peer that
/// says much is slowed down by TCP and takes no memory.</summary>
internal sealed class PeerConnection : IPeerLink
{
    private static readonly TimeSpan NonsenseBan = TimeSpan.FromMinutes(10);
    private readonly PeerId _id;
    private readonly LinkConnection _connection;
    private readonly PeerNetwork _network;
    private readonly NodeService _service;

    public PeerConnection(
        PeerId id, WebSocket socket, IPAddress from, string? dialled, PeerNetwork network, NodeService service)
    {
        _id = id;
        From = from;
        Dialled = dialled;
        _network = network;
        _service = service;
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
    public void Send(NodeMessage message) => _connection.Send(_network.Encode(message));

    /// <inheritdoc/>
    public void Close(string reason, TimeSpan ban)
    {
        _network.Ban(this, ban);
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

        await _service.ReceiveAsync(_id, message);
    }
}
