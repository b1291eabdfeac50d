using System.Net;

namespace Blockchain.Node.Tracking;

/// <summary>Why a tracker takes a node in or not.</summary>
internal enum JoinResult
{
    /// <summary>It is a member.</summary>
    Joined,

    /// <summary>There are too many members.</summary>
    Full,

    /// <summary>There are too many members from there.</summary>
    TooManyFromThere,
}

/// <summary>One member of a tracker.</summary>
/// <param name="network">Its network.</param>
/// <param name="address">Where it is reached.</param>
/// <param name="from">Where its connection comes from.</param>
internal sealed class Member(string network, string address, IPAddress from)
{
    public string Network { get; } = network;

    public string Address { get; } = address;

    public IPAddress From { get; } = from;

    /// <summary>When it was heard last, a time stamp.</summary>
    public long Heard { get; set; }

    /// <summary>Tells the connection that there is something to send, or that it is over.</summary>
    public required Action Wake { get; init; }

    /// <summary>The number of the list that it was sent last.</summary>
    public long SentVersion { get; set; }

    /// <summary>Why it is no member any more; null while it is one.</summary>
    public string? GoneBecause { get; set; }
}

/// <summary>The members of a tracker by network. A node that joins again at its address replaces its earlier
/// connection. From any thread.</summary>
internal sealed class MemberList(int limit, int limitPerAddress)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Dictionary<string, Member>> _networks = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _versions = new(StringComparer.Ordinal);
    private readonly Dictionary<IPAddress, int> _perAddress = [];
    private long _lastVersion;
    private int _count;

    /// <summary>Members on all networks.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _count;
            }
        }
    }

    /// <summary>Takes a node in.</summary>
    public JoinResult TryJoin(Member member, long now)
    {
        lock (_gate)
        {
            if (_networks.GetValueOrDefault(member.Network)?.GetValueOrDefault(member.Address) is { } earlier)
            {
                Take(earlier, "replaced by a newer connection from the same address");
            }

            int fromThere = _perAddress.GetValueOrDefault(member.From);
            if (_count >= limit)
            {
                return JoinResult.Full;
            }

            if (fromThere >= limitPerAddress && !IPAddress.IsLoopback(member.From))
            {
                return JoinResult.TooManyFromThere;
            }

            if (!_networks.TryGetValue(member.Network, out Dictionary<string, Member>? members))
            {
                members = new Dictionary<string, Member>(StringComparer.Ordinal);
                _networks.Add(member.Network, members);
            }

            member.Heard = now;
            members.Add(member.Address, member);
            _perAddress[member.From] = fromThere + 1;
            _count++;
            Changed(member.Network);
            return JoinResult.Joined;
        }
    }

    /// <summary>It is still there.</summary>
    public void Hear(Member member, long now)
    {
        lock (_gate)
        {
            member.Heard = now;
        }
    }

    /// <summary>It goes, or was lost.</summary>
    public void Remove(Member member, string reason)
    {
        lock (_gate)
        {
            Take(member, reason);
        }
    }

    /// <summary>Removes those that were silent since a moment.</summary>
    /// <returns>How many.</returns>
    public int RemoveSilentSince(long moment)
    {
        lock (_gate)
        {
            Member[] silent =
            [
                .. _networks.Values.SelectMany(members => members.Values).Where(member => member.Heard <= moment),
            ];
            foreach (Member member in silent)
            {
                Take(member, "silent for too long");
            }

            return silent.Length;
        }
    }

    /// <summary>The addresses of a network, at most so many: a different part for each member when there are more, so
    /// that the network hangs together.</summary>
    public string[] List(string network, string? without, int most)
    {
        lock (_gate)
        {
            return ListHeld(network, without, most);
        }
    }

    /// <summary>The list for a member when it has changed since it was sent last; null when it has not.</summary>
    public string[]? TakeNews(Member member, int most)
    {
        lock (_gate)
        {
            long version = _versions.GetValueOrDefault(member.Network);
            if (member.GoneBecause is not null || member.SentVersion == version)
            {
                return null;
            }

            member.SentVersion = version;
            return ListHeld(member.Network, member.Address, most);
        }
    }

    private string[] ListHeld(string network, string? without, int most)
    {
        if (!_networks.TryGetValue(network, out Dictionary<string, Member>? members))
        {
            return [];
        }

        string[] all = [.. members.Keys.Where(address => address != without)];
        if (all.Length > most)
        {
            Random.Shared.Shuffle(all);
        }

        return [.. all.Take(most).Order(StringComparer.Ordinal)];
    }

    private void Take(Member member, string reason)
    {
        if (member.GoneBecause is not null)
        {
            return;
        }

        member.GoneBecause = reason;
        if (_networks.GetValueOrDefault(member.Network) is not { } members
            || members.GetValueOrDefault(member.Address) != member)
        {
            return;
        }

        members.Remove(member.Address);
        _count--;
        int left = _perAddress[member.From] - 1;
        if (left == 0)
        {
            _perAddress.Remove(member.From);
        }
        else
        {
            _perAddress[member.From] = left;
        }

        Changed(member.Network);
        member.Wake();
    }

    private void Changed(string network)
    {
        Dictionary<string, Member> members = _networks[network];
        if (members.Count == 0)
        {
            _networks.Remove(network);
            _versions.Remove(network);
            return;
        }

        _versions[network] = ++_lastVersion;
        foreach (Member member in members.Values)
        {
            member.Wake();
        }
    }
}
