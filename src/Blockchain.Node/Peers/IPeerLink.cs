using Blockchain.Core.OpenNetwork;

namespace Blockchain.Node.Peers;

/// <summary>A connection with another node as the loop sees it: an edge, so that the loop can be driven without
/// sockets.</summary>
public interface IPeerLink
{
    /// <summary>Enqueues a message and returns at once.</summary>
    void Send(NodeMessage message);

    /// <summary>Starts to close the connection and returns at once.</summary>
    /// <param name="reason">Why, for the other side.</param>
    /// <param name="ban">For how long the other side is not to come back; zero for no ban.</param>
    void Close(string reason, TimeSpan ban);

    /// <summary>The two nodes have understood each other.</summary>
    /// <param name="address">Where the other is reached; empty when it cannot be.</param>
    void Ready(string address);
}
