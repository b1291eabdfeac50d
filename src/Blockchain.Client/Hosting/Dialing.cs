using System.Net.WebSockets;
using Blockchain.Core.Kernel;
using Blockchain.Wire.Keys;
using Blockchain.Wire.Links;

namespace Blockchain.Client.Hosting;

/// <summary>How links are begun, to the bank and to peers alike.</summary>
internal static class Dialing
{
    /// <summary>How long a connection may take to stand and to be proven.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>The address of a process's links, from the address of the process.</summary>
    public static Uri LinkAddress(Uri address) => new UriBuilder(address)
    {
        Scheme = address.Scheme == "https" ? "wss" : "ws",
        Path = "/link",
        Query = string.Empty,
    }.Uri;

    /// <summary>Connects, and proves who is on both ends.</summary>
    /// <returns>The connection, for the caller to dispose of.</returns>
    public static async Task<WebSocket> DialAsync(
        Uri address, Standing self, KeyPair keys, int peer, PublicKey peerKey, TimeProvider time,
        CancellationToken cancellationToken)
    {
        using CancellationTokenSource patience = new(Patience, time);
        using CancellationTokenSource both =
            CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        WebSocket socket = await LinkDial.ConnectAsync(address, both.Token).ConfigureAwait(false);
        try
        {
            await Handshake.ConnectAsync(socket, self.Ledger, self.Id, keys, peer, peerKey, both.Token)
                .ConfigureAwait(false);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Whether this is how connections fail, and not a fault of this program.</summary>
    public static bool IsExpected(Exception fault) => fault
        is WebSocketException or LinkFaultException or FormatFaultException or IOException or HttpRequestException
        or OperationCanceledException;
}
