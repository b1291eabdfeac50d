using System.Net;

namespace Blockchain.Node.Peers;

/// <summary>Machines whose nodes are not let in for a while. This machine itself is never among them: on it one node
/// that lies would shut out all others. From any thread.</summary>
internal sealed class BanList(int limit, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<IPAddress, DateTimeOffset> _until = [];

    /// <summary>Shuts a machine out.</summary>
    public void Add(IPAddress from, TimeSpan pause)
    {
        if (IPAddress.IsLoopback(from) || pause <= TimeSpan.Zero)
        {
            return;
        }

        lock (_gate)
        {
            DateTimeOffset now = time.GetUtcNow();
            if (_until.Count >= limit)
            {
                IPAddress[] expired = [.. _until.Where(ban => ban.Value <= now).Select(static ban => ban.Key)];
                foreach (IPAddress over in expired)
                {
                    _until.Remove(over);
                }
            }

            if (_until.Count < limit)
            {
                _until[from] = now + pause;
            }
        }
    }

    /// <summary>Whether it is shut out now.</summary>
    public bool Contains(IPAddress from)
    {
        lock (_gate)
        {
            return _until.TryGetValue(from, out DateTimeOffset until) && until > time.GetUtcNow();
        }
    }
}
