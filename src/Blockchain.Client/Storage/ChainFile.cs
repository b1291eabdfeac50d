using Blockchain.Core.BankNetwork;
using Blockchain.Core.Kernel;
using Blockchain.Wire.Audit;
using Blockchain.Wire.Files;

namespace Blockchain.Client.Storage;

/// <summary>
/// The settled chain of a client on disk, append-only. What a stored mark covers was flushed before the mark was, so
/// it must be whole; behind it a stop in the middle of a write may have left rubbish, which is cut and fetched again.
/// One thread appends and flushes; any thread reads.
/// </summary>
public sealed class ChainFile : IDisposable
{
    private const int FlushBytes = 1 << 16;
    private readonly DurableFile _file;
    private readonly CanonicalWriter _pending = new();
    private readonly List<long> _written = [];
    private readonly Lock _gate = new();
    private readonly PieceList<long> _offsets;

    private ChainFile(DurableFile file, PieceList<long> offsets)
    {
        _file = file;
        _offsets = offsets;
    }

    /// <summary>Number of stored blocks.</summary>
    public long Count
    {
        get
        {
            lock (_gate)
            {
                return _offsets.Count;
            }
        }
    }

    /// <summary>Opens the file, replays it and cuts a torn tail.</summary>
    /// <param name="path">The file.</param>
    /// <param name="mark">What must be there: null for nothing.</param>
    /// <param name="ledger">The replay of what is there.</param>
    /// <exception cref="IntegrityException">A block that must be there is not as it was written.</exception>
    /// <exception cref="StoreFaultException">The file cannot be read or written.</exception>
    public static ChainFile Open(string path, StoredMark? mark, out LedgerState ledger)
    {
        PieceList<long> offsets = new();
        long end = Replay(path, mark?.Count ?? 0, offsets, out ledger);
        if (mark is not null)
        {
            Compare(mark, ledger);
        }

        DurableFile file = DurableFile.Open(path);
        if (file.Length > end)
        {
            file.Cut(end);
            file.Flush();
        }

        return new ChainFile(file, offsets);
    }

    /// <summary>Appends settled blocks. They survive the end of the process, and that of the machine after
    /// <see cref="Flush"/>.</summary>
    /// <param name="from">Index of the first: the number of blocks that are stored.</param>
    /// <param name="blocks">The blocks.</param>
    /// <param name="hashes">Their hashes.</param>
    /// <exception cref="StoreFaultException">The disk is full or broken.</exception>
    public void Append(long from, IReadOnlyList<Block> blocks, IReadOnlyList<Hash> hashes)
    {
        Invariant.Holds(from == Count, "blocks are stored in order");
        long start = _file.Length;
        if (start == 0 && blocks.Count > 0)
        {
            _pending.Raw(ChainFormat.Header(hashes[0]));
        }

        for (int i = 0; i < blocks.Count; i++)
        {
            _written.Add(start + _pending.Length);
            ChainFormat.WriteRecord(_pending, blocks[i], hashes[i]);
            if (_pending.Length >= FlushBytes)
            {
                WritePending();
                start = _file.Length;
            }
        }

        WritePending();
    }

    /// <summary>Waits until everything appended is on the disk.</summary>
    /// <exception cref="StoreFaultException">What was appended may be lost.</exception>
    public void Flush() => _file.Flush();

    /// <summary>Reads stored blocks.</summary>
    /// <param name="from">Index of the first.</param>
    /// <param name="count">The most blocks wanted.</param>
    /// <returns>The blocks that there are.</returns>
    /// <exception cref="IntegrityException">A block is no longer as it was written.</exception>
    public IReadOnlyList<Block> Read(long from, int count)
    {
        long[] offsets = OffsetsFrom(from, count);
        if (offsets.Length < 2)
        {
            return [];
        }

        byte[] bytes = new byte[offsets[^1] - offsets[0]];
        int got = _file.Read(offsets[0], bytes);
        Block[] blocks = new Block[offsets.Length - 1];
        for (int i = 0; i < blocks.Length; i++)
        {
            int start = (int)(offsets[i] - offsets[0]);
            int end = (int)(offsets[i + 1] - offsets[0]);
            blocks[i] = end <= got ? Decode(from + i, bytes.AsSpan(start, end - start))
                : throw new IntegrityException(from + i, $"block {from + i} of {_file.Path} is cut off");
        }

        return blocks;
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    /// <summary>Where the records begin, and behind them where the last one ends.</summary>
    private long[] OffsetsFrom(long from, int count)
    {
        lock (_gate)
        {
            if (from < 0 || from >= _offsets.Count || count <= 0)
            {
                return [];
            }

            int number = (int)Math.Min(count, _offsets.Count - from);
            long[] offsets = new long[number + 1];
            for (int i = 0; i < number; i++)
            {
                offsets[i] = _offsets[from + i];
            }

            bool isLast = from + number == _offsets.Count;
            offsets[number] = isLast ? EndOf(offsets[number - 1]) : _offsets[from + number];
            return offsets;
        }
    }

    // The file's length will not do: the next blocks may be half written.
    private long EndOf(long offset)
    {
        Span<byte> prefix = stackalloc byte[ChainFormat.PrefixBytes];
        bool holds = _file.Read(offset, prefix) == prefix.Length & ChainFormat.TryReadPrefix(prefix, out int length);
        return holds ? offset + prefix.Length + length + Hash.Size
            : throw new IntegrityException(_offsets.Count - 1,
                $"block {_offsets.Count - 1} of {_file.Path} has changed");
    }

    private Block Decode(long index, ReadOnlySpan<byte> record)
    {
        if (!ChainFormat.TryReadPrefix(record, out int length)
            || length != record.Length - ChainFormat.PrefixBytes - Hash.Size)
        {
            throw new IntegrityException(index, $"block {index} of {_file.Path} has changed");
        }

        try
        {
            return Block.Decode(record.Slice(ChainFormat.PrefixBytes, length));
        }
        catch (Exception fault) when (fault is FormatFaultException or InvariantException)
        {
            throw new IntegrityException(index, $"block {index} of {_file.Path} has changed: {fault.Message}");
        }
    }

    private void WritePending()
    {
        _file.Append(_pending.Written);
        _pending.Clear();
        lock (_gate)
        {
            foreach (long offset in _written)
            {
                _offsets.Add(offset);
            }
        }

        _written.Clear();
    }

    private static long Replay(string path, long required, PieceList<long> offsets, out LedgerState ledger)
    {
        ledger = new LedgerState();
        using ChainReader reader = ChainReader.Open(path);
        string? fault = null;
        long end = 0;
        foreach (BlockPage page in Lookahead.Judge(reader.Records(), ChainReader.AddTo))
        {
            for (int i = 0; i < page.Count && fault is null; i++)
            {
                fault = Append(ledger, page, i, reader.Ledger);
                if (fault is null)
                {
                    long start = Math.Max(end, ChainFormat.HeaderBytes);
                    offsets.Add(start);
                    end = start + ChainFormat.PrefixBytes + page.CanonicalOf(i).Length + Hash.Size;
                }
            }

            if (fault is not null)
            {
                break;
            }
        }

        fault ??= reader.End == ChainEnd.Damaged ? reader.Explanation : null;
        if (ledger.Count < required)
        {
            throw new IntegrityException(
                ledger.Count,
                $"block {ledger.Count} of {path} is not as it was written: {fault ?? "it is missing"}. "
                    + "Move this file and the checkpoint beside it away: the client then fetches its chain again.");
        }

        // Without a whole first block there is nothing that the header could still be right about.
        return end;
    }

    /// <summary>Appends a record to the replay.</summary>
    /// <returns>Why it does not belong there; null when it does.</returns>
    private static string? Append(LedgerState ledger, BlockPage page, int place, Hash named)
    {
        if (ledger.Count == 0 && page.StoredHashOf(place) != named)
        {
            return "it is not the first block of the ledger that the file's header names";
        }

        if (place >= page.Linked)
        {
            return "its hash does not fit its content";
        }

        if (page.BlockOf(place, out string? fault) is not { } block)
        {
            return fault;
        }

        LedgerFault misplaced = ledger.TryAppend(block, page.StoredHashOf(place)!.Value);
        return misplaced == LedgerFault.None ? null : $"it cannot stand at its place: {misplaced}";
    }

    private static void Compare(StoredMark mark, LedgerState ledger)
    {
        if (mark.Count > 0 && ledger.Hashes[mark.Count - 1] != mark.Head)
        {
            throw new IntegrityException(
                mark.Count - 1, $"block {mark.Count - 1} is not the one that was stored: the chain was rewritten");
        }

        if (mark.Checkpoint is { } checkpoint && checkpoint.Index < ledger.Count
            && ledger.Hashes[checkpoint.Index] != checkpoint.Hash)
        {
            throw new IntegrityException(
                checkpoint.Index,
                $"block {checkpoint.Index} is not the one that the bank signed: the chain was rewritten");
        }
    }
}
