namespace Blockchain.Core.BankNetwork;

/// <summary>
/// Where each transfer stands, by id. A thousand small tables instead of one: one that doubles with a million entries
/// copies a hundred megabytes while everybody waits, and all members do so at the same block. Which table it is comes
/// from the time in the id (RFC 9562, section 5.7), so that what is looked up now lies where the last ones did, in the
/// processor's cache.
/// </summary>
public sealed class TransferIndex
{
    private const int Tables = 1 << 10;
    private const int TimeShift = 80;
    private readonly Dictionary<TransferId, long>?[] _tables = new Dictionary<TransferId, long>?[Tables];

    /// <summary>Looks up a transfer.</summary>
    /// <param name="id">The transfer.</param>
    /// <param name="value">What was noted for it.</param>
    /// <returns>False when there is none.</returns>
    public bool TryGet(TransferId id, out long value)
    {
        value = 0;
        return _tables[TableOf(id)] is { } table && table.TryGetValue(id, out value);
    }

    /// <summary>Whether there is such a transfer.</summary>
    public bool Contains(TransferId id) => _tables[TableOf(id)] is { } table && table.ContainsKey(id);

    /// <summary>Notes something for a transfer, in place of what was noted before.</summary>
    public void Set(TransferId id, long value) => (_tables[TableOf(id)] ??= [])[id] = value;

    // 64 ms of ids share a table, and 65 s later others do. A table that somebody fills with ids of his choice is still
    // a hash table.
    private static int TableOf(TransferId id) => (int)(ulong)(id.Value >> (TimeShift + 6)) & (Tables - 1);
}
