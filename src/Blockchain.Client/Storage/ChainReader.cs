using Blockchain.Core.BankNetwork;
using Blockchain.Core.Kernel;
using Blockchain.Wire.Files;

namespace Blockchain.Client.Storage;

/// <summary>How reading a chain ended.</summary>
public enum ChainEnd
{
    /// <summary>It has not.</summary>
    None,

    /// <summary>The last record is whole.</summary>
    Clean,

    /// <summary>The last record breaks off: its writer was stopped in the middle, or is writing it now.</summary>
    Torn,

    /// <summary>Bytes have changed: no interrupted write leaves them so.</summary>
    Damaged,
}

/// <summary>
/// Reads the records of a chain.log in order, without changing or locking it: also while its client runs. It checks
/// only that there are records; what is in them is for an auditor.
/// </summary>
public sealed class ChainReader : IDisposable
{
    private const int BufferBytes = 1 << 18;
    private readonly Stream _stream;
    private readonly byte[] _record = new byte[ChainFormat.PrefixBytes + ChainFormat.MaxBlockBytes + Hash.Size];
    private int _length;

    private ChainReader(Stream stream) => _stream = stream;

    /// <summary>The ledger that the header names; default when the file is empty or its header is bad.</summary>
    public Hash Ledger { get; private set; }

    /// <summary>Number of the records read so far.</summary>
    public long Count { get; private set; }

    /// <summary>Where the next record begins: behind the last whole one.</summary>
    public long Offset { get; private set; }

    /// <summary>How reading ended.</summary>
    public ChainEnd End { get; private set; }

    /// <summary>What is damaged, in words; null when nothing is.</summary>
    public string? Explanation { get; private set; }

    /// <summary>The canonical bytes of the block read last; valid until the next read.</summary>
    public ReadOnlySpan<byte> Canonical => _record.AsSpan(ChainFormat.PrefixBytes, _length);

    /// <summary>The hash stored with it.</summary>
    public Hash StoredHash => new(_record.AsSpan(ChainFormat.PrefixBytes + _length, Hash.Size));

    /// <summary>Opens a file. One that does not exist reads as empty.</summary>
    /// <exception cref="StoreFaultException">It cannot be read.</exception>
    public static ChainReader Open(string path)
    {
        try
        {
            Stream stream = !File.Exists(path) ? Stream.Null : new FileStream(
                path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, BufferBytes,
                FileOptions.SequentialScan);
            ChainReader reader = new(stream);
            reader.ReadHeader();
            return reader;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw StoreFaults.From(fault, path);
        }
    }

    /// <summary>Moves to the next record.</summary>
    /// <returns>False at the end; then <see cref="End"/> says of which kind.</returns>
    public bool Read()
    {
        if (End != ChainEnd.None)
        {
            return false;
        }

        int got = Fill(_record.AsSpan(0, ChainFormat.PrefixBytes));
        if (got < ChainFormat.PrefixBytes)
        {
            return Stop(got == 0 ? ChainEnd.Clean : ChainEnd.Torn);
        }

        if (!ChainFormat.TryReadPrefix(_record, out int length))
        {
            return RestIsZero()
                ? Stop(ChainEnd.Torn)
                : Stop(ChainEnd.Damaged, "the length of its record is damaged");
        }

        int rest = length + Hash.Size;
        if (Fill(_record.AsSpan(ChainFormat.PrefixBytes, rest)) < rest)
        {
            return Stop(ChainEnd.Torn);
        }

        _length = length;
        Count++;
        Offset += ChainFormat.PrefixBytes + rest;
        return true;
    }

    /// <summary>Reads on to the end, or to a number of records; each is read when it is asked for.</summary>
    /// <param name="atMost">Where to stop, as <see cref="Count"/> counts.</param>
    /// <returns>This reader, once a record.</returns>
    public IEnumerable<ChainReader> Records(long atMost = long.MaxValue)
    {
        while (Count < atMost && Read())
        {
            yield return this;
        }
    }

    /// <summary>Adds the record read last to a page.</summary>
    public static void AddTo(BlockPage page, ChainReader reader) =>
        page.Add(reader.Count - 1, reader.Canonical, reader.StoredHash);

    /// <inheritdoc/>
    public void Dispose() => _stream.Dispose();

    private void ReadHeader()
    {
        Span<byte> header = stackalloc byte[ChainFormat.HeaderBytes];
        int got = Fill(header);
        if (got < header.Length)
        {
            Stop(got == 0 ? ChainEnd.Clean : ChainEnd.Torn);
            return;
        }

        Offset = got;
        string? fault = ChainFormat.TryReadHeader(header, out Hash ledger);
        Ledger = ledger;
        if (fault is not null)
        {
            Stop(ChainEnd.Damaged, fault);
        }
    }

    private bool Stop(ChainEnd end, string? explanation = null)
    {
        End = end;
        Explanation = explanation;
        return false;
    }

    private int Fill(Span<byte> buffer) => _stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);

    // A machine that loses power can leave the end of a file as zeros: the length was written, the bytes were not.
    private bool RestIsZero()
    {
        Span<byte> chunk = _record;
        if (chunk[..ChainFormat.PrefixBytes].ContainsAnyExcept((byte)0))
        {
            return false;
        }

        while (Fill(chunk) is > 0 and var got)
        {
            if (chunk[..got].ContainsAnyExcept((byte)0))
            {
                return false;
            }
        }

        return true;
    }
}
