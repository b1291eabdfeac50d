using System.Net.WebSockets;

namespace Blockchain.Wire.Links.Tcp;

/// <summary>What a host and the listener of its port share.</summary>
/// <param name="maxConnections">Connections of all kinds at a time; more are closed at once.</param>
/// <param name="patience">How long a connection may say nothing before it counts as one for HTTP.</param>
internal sealed class LinkPort(int maxConnections, TimeSpan patience)
{
    private volatile Func<WebSocket, CancellationToken, Task>? _serve;
    private int _connections;

    /// <summary>How long a connection may say nothing before it counts as one for HTTP.</summary>
    public TimeSpan Patience => patience;

    /// <summary>Takes a link until it ends; null while the host takes none.</summary>
    public Func<WebSocket, CancellationToken, Task>? Serve
    {
        get => _serve;
        set => _serve = value;
    }

    /// <summary>Counts a connection.</summary>
    /// <returns>False when there is no room for it.</returns>
    public bool TryEnter()
    {
        if (Interlocked.Increment(ref _connections) <= maxConnections)
        {
            return true;
        }

        Leave();
        return false;
    }

    /// <summary>A connection that was counted has ended.</summary>
    public void Leave() => Interlocked.Decrement(ref _connections);
}
