using System.Net.WebSockets;

namespace Blockchain.Wire.Links;

/// <summary>A link ended otherwise than by being closed, or did not come about.</summary>
/// <param name="message">Why, as one plain sentence.</param>
/// <param name="inner">What the platform reported.</param>
public sealed class LinkFaultException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Why a connection ended: a breach of RFC 6455 is named, everything else is a loss.</summary>
    internal static string Explain(Exception end, string lost) =>
        end is WebSocketException { WebSocketErrorCode: WebSocketError.Faulted }
            ? "the other side breaks the WebSocket protocol: " + end.Message
            : lost;
}
