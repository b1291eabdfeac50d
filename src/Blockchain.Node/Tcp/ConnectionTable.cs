using System.Net.Sockets;

namespace Blockchain.Node.Tcp;

/// <summary>
/// The connections of the transaction port, at most so many. When one more comes, the one that has been idle longest
/// makes room: first of those that never sent a request that was taken, so that a crowd of idle connections does not
/// push out clients.
/// </summary>
internal sealed class ConnectionTable(int limit)
{
    private readonly Lock _gate = new();
    private readonly LinkedList<Entry> _strangers = new();
    private readonly LinkedList<Entry> _clients = new();
    private int _busy;

    /// <summary>Connections now.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _strangers.Count + _clients.Count + _busy;
            }
        }
    }

    /// <summary>Takes a new connection in, idle for now.</summary>
    /// <param name="socket">The connection.</param>
    /// <param name="now">A time stamp in ticks of the clock.</param>
    /// <param name="displaced">The connection that must be closed for it; null for none.</param>
    /// <returns>Null when every connection is busy: there is no room.</returns>
    public Entry? Add(Socket socket, long now, out Socket? displaced)
    {
        lock (_gate)
        {
            displaced = null;
            if (_strangers.Count + _clients.Count + _busy >= limit)
            {
                if ((_strangers.First ?? _clients.First) is not { } oldest)
                {
                    return null;
                }

                displaced = oldest.Value.Socket;
                oldest.List!.Remove(oldest);
                oldest.Value.IsGone = true;
            }

            Entry entry = new(socket) { IdleSince = now };
            _strangers.AddLast(entry.Node);
            return entry;
        }
    }

    /// <summary>A request has come on it: it is not idle until that is answered.</summary>
    /// <returns>False when it was displaced.</returns>
    public bool TryBegin(Entry entry)
    {
        lock (_gate)
        {
            if (entry.IsGone)
            {
                return false;
            }

            entry.Node.List!.Remove(entry.Node);
            _busy++;
            return true;
        }
    }

    /// <summary>The request was answered: it is idle again.</summary>
    public void End(Entry entry, long now)
    {
        lock (_gate)
        {
            _busy--;
            entry.IdleSince = now;
            (entry.IsClient ? _clients : _strangers).AddLast(entry.Node);
        }
    }

    /// <summary>It is closed.</summary>
    public void Remove(Entry entry)
    {
        lock (_gate)
        {
            if (entry.IsGone)
            {
                return;
            }

            entry.IsGone = true;
            if (entry.Node.List is { } list)
            {
                list.Remove(entry.Node);
            }
            else
            {
                _busy--;
            }
        }
    }

    /// <summary>Those idle since a moment or longer; they count as gone.</summary>
    public IReadOnlyList<Socket> TakeIdleSince(long moment)
    {
        lock (_gate)
        {
            List<Socket> idle = [];
            foreach (LinkedList<Entry> list in (LinkedList<Entry>[])[_strangers, _clients])
            {
                while (list.First is { } oldest && oldest.Value.IdleSince <= moment)
                {
                    list.RemoveFirst();
                    oldest.Value.IsGone = true;
                    idle.Add(oldest.Value.Socket);
                }
            }

            return idle;
        }
    }

    /// <summary>All of them, to be closed.</summary>
    public IReadOnlyList<Socket> TakeAll() => TakeIdleSince(long.MaxValue);

    /// <summary>One connection's place.</summary>
    internal sealed class Entry
    {
        public Entry(Socket socket)
        {
            Socket = socket;
            Node = new LinkedListNode<Entry>(this);
        }

        public Socket Socket { get; }

        public LinkedListNode<Entry> Node { get; }

        public long IdleSince { get; set; }

        public bool IsGone { get; set; }

        /// <summary>Whether a request of it was taken.</summary>
        public bool IsClient { get; set; }
    }
}
