namespace Blockchain.Core.BankNetwork;

/// <summary>
/// Where each transfer stands, by id. A thousand small tables instead of one: one that doubles with a million entries
/// copies a hundred megabytes while everybody waits, and all members do so at the same block.
/// </summary>
public sealed class TransferIndex
{
    private const int Tables = 1 << 10;
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

    // The last bits are random in an id that an honest client makes (RFC 9562, section 5.7). A table that somebody
    // fills with ids of his choice is still a hash table.
    private static int TableOf(TransferId id) => (int)(ulong)id.Value & (Tables - 1);
}
