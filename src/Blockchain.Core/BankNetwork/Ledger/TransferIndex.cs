using Blockchain.Core.Kernel;

namespace Blockchain.Core.BankNetwork;

/// <summary>
/// Where each transfer stands, by id: the ids by block, 16 bytes each, and hash tables of nothing but indexes, 4 bytes
/// a slot. There are a thousand small tables instead of one: one that doubles with a million entries copies all of them
/// while everybody waits, and all members do so at the same block. Which table it is comes from the time in the id
/// (RFC 9562, section 5.7), so that what is looked up now lies where the last ones did, in the processor's cache.
/// </summary>
/// <remarks>For 2^32 - 1 blocks, whose hashes alone would take 137 GB of memory.</remarks>
public sealed class TransferIndex
{
    private const int Tables = 1 << 10;
    private const int TimeShift = 80;
    private const uint Nothing = 0;
    private readonly Table?[] _tables = new Table?[Tables];
    private readonly PieceList<TransferId> _ids = new();
    private readonly PieceList<Outcome> _outcomes = new();

    /// <summary>Looks up a transfer.</summary>
    /// <param name="id">The transfer.</param>
    /// <param name="index">Index of its block.</param>
    /// <param name="outcome">What became of it.</param>
    /// <returns>False when there is none.</returns>
    public bool TryGet(TransferId id, out long index, out Outcome outcome)
    {
        uint number = Find(id);
        index = number == Nothing ? 0 : number - 1;
        outcome = number == Nothing ? default : _outcomes[index];
        return number != Nothing;
    }

    /// <summary>Whether there is such a transfer.</summary>
    public bool Contains(TransferId id) => Find(id) != Nothing;

    /// <summary>Notes where a transfer stands, in place of what was noted before.</summary>
    /// <param name="id">The transfer.</param>
    /// <param name="index">Index of its block; above those of the transfers before.</param>
    /// <param name="outcome">What became of it.</param>
    public void Add(TransferId id, long index, Outcome outcome)
    {
        Invariant.Holds(index >= _ids.Count && index < uint.MaxValue, "transfers are noted in the order of the blocks");
        while (_ids.Count < index)
        {
            // A block that is no transfer.
            _ids.Add(default);
            _outcomes.Add(default);
        }

        _ids.Add(id);
        _outcomes.Add(outcome);
        (_tables[TableOf(id)] ??= new Table()).Set(_ids, id, (uint)index + 1);
    }

    // 64 ms of ids share a table, and 65 s later others do. A table that somebody fills with ids of his choice is still
    // a hash table.
    private static int TableOf(TransferId id) => (int)(ulong)(id.Value >> (TimeShift + 6)) & (Tables - 1);

    private uint Find(TransferId id) => _tables[TableOf(id)] is { } table ? table.Find(_ids, id) : Nothing;

    /// <summary>Open addressing: numbers of blocks, from 1, at the hash of their ids or behind it. The hash is keyed
    /// anew in every process, so that nobody knows which ids meet.</summary>
    private sealed class Table
    {
        private const int LeastSlots = 16;
        private uint[] _slots = new uint[LeastSlots];
        private int _count;

        public uint Find(PieceList<TransferId> ids, TransferId id) => _slots[SlotOf(ids, id)];

        public void Set(PieceList<TransferId> ids, TransferId id, uint number)
        {
            int slot = SlotOf(ids, id);
            _count += _slots[slot] == Nothing ? 1 : 0;
            _slots[slot] = number;
            if (_count * 4 > _slots.Length * 3)
            {
                Grow(ids);
            }
        }

        private int SlotOf(PieceList<TransferId> ids, TransferId id)
        {
            int slot = id.GetHashCode() & (_slots.Length - 1);
            while (_slots[slot] != Nothing && ids[_slots[slot] - 1] != id)
            {
                slot = (slot + 1) & (_slots.Length - 1);
            }

            return slot;
        }

        private void Grow(PieceList<TransferId> ids)
        {
            uint[] numbers = _slots;
            _slots = new uint[2 * numbers.Length];
            foreach (uint number in numbers)
            {
                if (number != Nothing)
                {
                    _slots[SlotOf(ids, ids[number - 1])] = number;
                }
            }
        }
    }
}
