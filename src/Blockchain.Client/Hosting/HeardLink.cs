using System.Collections.Concurrent;

namespace Blockchain.Client.Hosting;

/// <summary>
/// The connection on which the loop speaks: the one that it has heard of last, and not one that is up already while
/// what came on an earlier one still waits in the inbox. So a hello says everything that earlier connections have told.
/// </summary>
/// <remarks>A bank that was restored from a backup counts on it: it goes by what members say that they hold, and one
/// that then settled more would know of blocks that the bank has given up (rule 14).</remarks>
internal sealed class HeardLink<T>
    where T : class
{
    private readonly ConcurrentQueue<T> _opened = new();

    /// <summary>The connection; null while the loop has heard of none. On the loop only.</summary>
    public T? Current { get; private set; }

    /// <summary>A connection is up; called before the loop is told, once for each time that it is.</summary>
    public void Open(T connection) => _opened.Enqueue(connection);

    /// <summary>The loop has come to where a connection was opened.</summary>
    public void HearOpened() => Current = _opened.TryDequeue(out T? connection) ? connection : null;

    /// <summary>The loop has come to where the connection ended.</summary>
    public void HearClosed() => Current = null;
}
