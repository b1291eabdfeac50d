using Blockchain.Node.Tracking;

namespace Blockchain.Node.Peers;

/// <summary>
/// The nodes that this one knows of: whom to dial, when, and whom not. Bounded: what never answered makes room first,
/// and what the user named stays. Where a node was reached once is worth more than what was only heard of: thousands
/// of invented addresses neither push it out nor get its turn. From any thread.
/// </summary>
internal sealed class AddressBook(int limit, TimeProvider time)
{
    private const int Choices = 8;
    private const int MaxDoublings = 10;

    // A node that was reached and then fails more often in a row waits like all others.
    private const int LastingFailures = 3;
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private readonly HashSet<string> _own = new(StringComparer.Ordinal);
    private bool _changed;

    /// <summary>Addresses known.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _entries.Count;
            }
        }
    }

    /// <summary>Says where this node itself is reached, which it must not dial.</summary>
    public void AddOwn(string address)
    {
        lock (_gate)
        {
            _own.Add(address);
            _entries.Remove(address);
        }
    }

    /// <summary>Learns addresses; what is none is passed over.</summary>
    /// <param name="addresses">What somebody said.</param>
    /// <param name="isPinned">Whether the user named them.</param>
    public void Add(IEnumerable<string> addresses, bool isPinned = false)
    {
        lock (_gate)
        {
            foreach (string text in addresses)
            {
                if (!NodeAddress.TryParse(text, out string? address) || _own.Contains(address))
                {
                    continue;
                }

                if (_entries.TryGetValue(address, out Entry? known))
                {
                    known.IsPinned |= isPinned;
                }
                else if (_entries.Count < limit || TryMakeRoom())
                {
                    _entries.Add(address, new Entry { IsPinned = isPinned });
                    _changed = true;
                }
            }
        }
    }

    /// <summary>An address to dial now, which counts as connected from here on; null when there is none.</summary>
    public string? TakeNext()
    {
        lock (_gate)
        {
            long now = time.GetTimestamp();
            KeyValuePair<string, Entry>[] due =
            [
                .. _entries.Where(entry => entry.Value.Connections == 0 && entry.Value.NextAt <= now)
                    .OrderBy(entry => entry.Value.Rank)
                    .ThenBy(entry => entry.Value.Failures)
                    .Take(Choices),
            ];
            if (due.Length == 0)
            {
                return null;
            }

            Rank best = due[0].Value.Rank;
            int choices = best == Rank.Named ? 1 : due.Count(entry => entry.Value.Rank == best);
            string address = due[Random.Shared.Next(choices)].Key;
            _entries[address].Connections++;
            return address;
        }
    }

    /// <summary>The node at this address has dialled this one.</summary>
    public void Connected(string address)
    {
        lock (_gate)
        {
            if (_entries.TryGetValue(address, out Entry? entry))
            {
                entry.Connections++;
                entry.Failures = 0;
            }
        }
    }

    /// <summary>A connection has ended, or did not come about.</summary>
    /// <param name="address">Where it was dialled, or where the node said that it is reached.</param>
    /// <param name="wasGood">Whether the two had understood each other.</param>
    /// <param name="wasDialled">Whether it was dialled: what a node says of itself may be invented.</param>
    public void Ended(string address, bool wasGood, bool wasDialled)
    {
        lock (_gate)
        {
            if (!_entries.TryGetValue(address, out Entry? entry))
            {
                return;
            }

            entry.Connections = Math.Max(0, entry.Connections - 1);
            entry.Failures = wasGood ? 0 : entry.Failures + 1;
            entry.WasReached |= wasGood && wasDialled;
            double factor = Math.Pow(2, Math.Min(entry.Failures, MaxDoublings));
            TimeSpan pause = TimeSpan.FromTicks((long)Math.Min(FirstPause.Ticks * factor, LongestPause.Ticks));
            entry.NextAt = Later(pause * (0.75 + (Random.Shared.NextDouble() / 2)));
        }
    }

    /// <summary>Is not to be dialled for a while.</summary>
    public void Ban(string address, TimeSpan pause)
    {
        lock (_gate)
        {
            if (_entries.TryGetValue(address, out Entry? entry))
            {
                entry.NextAt = Math.Max(entry.NextAt, Later(pause));
            }
        }
    }

    /// <summary>How often in a row no understanding came about with who is there.</summary>
    public int FailuresOf(string address)
    {
        lock (_gate)
        {
            return _entries.GetValueOrDefault(address)?.Failures ?? 0;
        }
    }

    /// <summary>The addresses known, without the own.</summary>
    public string[] List()
    {
        lock (_gate)
        {
            return [.. _entries.Keys.Order(StringComparer.Ordinal)];
        }
    }

    /// <summary>The addresses when they have changed since the last call; null when not.</summary>
    public string[]? TakeChanges()
    {
        lock (_gate)
        {
            if (!_changed)
            {
                return null;
            }

            _changed = false;
            return [.. _entries.Keys];
        }
    }

    private long Later(TimeSpan pause) =>
        time.GetTimestamp() + (long)(pause.TotalSeconds * time.TimestampFrequency);

    private bool TryMakeRoom()
    {
        string? worst = _entries.Where(entry => !entry.Value.IsPinned && entry.Value.Connections == 0)
            .Where(entry => entry.Value.Failures > (entry.Value.WasReached ? MaxDoublings : 0))
            .OrderBy(entry => entry.Value.WasReached)
            .ThenByDescending(entry => entry.Value.Failures)
            .Select(entry => entry.Key)
            .FirstOrDefault();
        return worst is not null && _entries.Remove(worst);
    }

    // Who is dialled first.
    private enum Rank
    {
        Named,
        Reached,
        HeardOf,
    }

    private sealed class Entry
    {
        public bool IsPinned { get; set; }

        public bool WasReached { get; set; }

        public int Connections { get; set; }

        public int Failures { get; set; }

        public long NextAt { get; set; } = long.MinValue;

        public Rank Rank => IsPinned ? Rank.Named
            : WasReached && Failures <= LastingFailures ? Rank.Reached
            : Rank.HeardOf;
    }
}
