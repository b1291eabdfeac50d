using Blockchain.Core.Kernel;

namespace Blockchain.Core.BankNetwork;

/// <summary>
/// Records of a stored ledger that are judged together. A block is decoded by itself, and a link checked against the
/// hash stored before it, so no page waits for another: a host judges pages on all its cores, then replays them in
/// order.
/// </summary>
/// <param name="previous">The hash stored before the page; <see cref="Hash.Empty"/> for none.</param>
public sealed class BlockPage(Hash previous)
{
    /// <summary>The most records of a page: enough for the lanes, and so few that its bytes are no large object, whose
    /// memory only a full collection gives back.</summary>
    public const int MaxRecords = 256;

    private readonly CanonicalWriter _bytes = new();
    private readonly List<MessageRange> _ranges = [];
    private readonly List<long> _indexes = [];
    private readonly List<Hash> _hashes = [];
    private readonly List<Block?> _blocks = [];
    private readonly SortedList<int, string> _faults = [];
    private bool _isHashed = true;

    /// <summary>The hash that was stored before the page.</summary>
    public Hash Previous => previous;

    /// <summary>The hash stored with the last record; that before the page when it has none.</summary>
    public Hash Last => _hashes.Count > 0 ? _hashes[^1] : previous;

    /// <summary>Number of records.</summary>
    public int Count => _ranges.Count;

    /// <summary>Whether there is room for another record.</summary>
    public bool HasRoom => Count < MaxRecords;

    /// <summary>Records from the first on whose links hold, if the hash before the page is right. None before
    /// <see cref="Judge"/>.</summary>
    public int Linked { get; private set; }

    /// <summary>Adds a record as it is stored.</summary>
    /// <param name="index">The index that it is stored under.</param>
    /// <param name="canonical">The block's bytes.</param>
    /// <param name="stored">The hash stored with it; null where the source has none, and then the page's links are left
    /// to who replays them.</param>
    public void Add(long index, ReadOnlySpan<byte> canonical, Hash? stored)
    {
        Invariant.Holds(HasRoom && _blocks.Count == 0, "records are added before the page is full or judged");
        _ranges.Add(new MessageRange(_bytes.Length, canonical.Length));
        _bytes.Raw(canonical);
        _indexes.Add(index);
        _isHashed &= stored is not null;
        _hashes.Add(stored ?? default);
    }

    /// <summary>Decodes the blocks and checks the links. It needs nothing but the page: different threads may judge
    /// different pages.</summary>
    public void Judge()
    {
        for (int i = 0; i < Count; i++)
        {
            _blocks.Add(Decode(i));
        }

        if (_isHashed)
        {
            int broken = LinkAudit.FindBroken(
                _bytes.Written,
                System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_ranges),
                System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_hashes),
                previous);
            Linked = broken < 0 ? Count : broken;
        }
    }

    /// <summary>The index that a record is stored under.</summary>
    public long IndexOf(int place) => _indexes[place];

    /// <summary>The bytes of a record.</summary>
    public ReadOnlySpan<byte> CanonicalOf(int place) =>
        _bytes.Written.Slice(_ranges[place].Start, _ranges[place].Length);

    /// <summary>The hash stored with a record; null where some record of the page has none.</summary>
    public Hash? StoredHashOf(int place) => _isHashed ? _hashes[place] : null;

    /// <summary>The block of a record; null when its bytes are none.</summary>
    /// <param name="place">The record's place in the page.</param>
    /// <param name="fault">Why its bytes are no block; null when they are one.</param>
    public Block? BlockOf(int place, out string? fault)
    {
        _faults.TryGetValue(place, out fault);
        return _blocks[place];
    }

    private Block? Decode(int place)
    {
        try
        {
            return Block.Decode(CanonicalOf(place));
        }
        catch (Exception fault) when (fault is FormatFaultException or InvariantException)
        {
            _faults.Add(place, fault.Message);
            return null;
        }
    }
}
