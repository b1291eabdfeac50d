using System.Buffers.Binary;
using Blockchain.Wire.Files;

namespace Blockchain.Bank.Store;

/// <summary>How a write-ahead log ends.</summary>
internal enum LogEnd
{
    /// <summary>Behind the last commit there is nothing of this round of the log.</summary>
    Clean,

    /// <summary>A transaction was being written: it has no good commit frame, and nothing is behind it.</summary>
    Incomplete,

    /// <summary>Something that was on disk is so no longer.</summary>
    Damaged,
}

/// <summary>What a write-ahead log says about itself.</summary>
/// <param name="End">How it ends.</param>
/// <param name="Pages">Pages of ledger.db that committed frames replace: SQLite does not read them there.</param>
/// <param name="Bad">The first frame, from 1, that is none of the log; 0 for the header or when there is none.</param>
/// <param name="CommitsBehind">Commits behind the transaction of that frame.</param>
internal readonly record struct LogReport(LogEnd End, int Pages, long Bad, long CommitsBehind)
{
    /// <summary>What is damaged, in words; null when nothing is known to be.</summary>
    public string? Damage => End != LogEnd.Damaged ? null
        : Bad == 0 ? "the header of ledger.db-wal is damaged, and the commits in that file cannot be read"
        : $"frame {Bad} of ledger.db-wal is damaged: it and what was committed behind it "
            + $"({CommitsBehind} more commits) cannot be read";
}

/// <summary>
/// Reads SQLite's write-ahead log without SQLite, which takes the first frame that does not fit for the end and says
/// nothing of commits behind it. This tells a log that was damaged from one that just ends.
/// </summary>
/// <remarks>
/// Source: "Database File Format", section 4, sqlite.org/fileformat2.html. Header and frames carry a running checksum;
/// a frame belongs to the round of the header while it has its two salts. A commit is flushed before the next
/// transaction writes a frame, so a bad frame with one of a later transaction behind it had been on disk whole. A bad
/// frame in the last transaction is also what a power loss leaves of writes that were not acknowledged.
/// </remarks>
internal sealed class WriteAheadLog
{
    private const int HeaderLength = 32;
    private const int FrameHeaderLength = 24;
    private const int MinPage = 512;
    private const int MaxPage = 65_536;

    // What a disk writes whole or not at all.
    private const int Sector = 512;
    private const uint Magic = 0x377F0682;
    private const uint Version = 3_007_000;

    private readonly Stream _file;
    private readonly byte[] _header = new byte[HeaderLength];
    private readonly HashSet<uint> _pages = [];
    private readonly List<uint> _written = [];
    private byte[] _frame = [];
    private LogChecksum _stored;
    private LogChecksum _computed;
    private long _bad;
    private bool _ended;
    private bool _later;
    private long _behind;

    private WriteAheadLog(Stream file) => _file = file;

    private ReadOnlySpan<byte> Salts => _header.AsSpan(16, 8);

    private bool IsBigEndian => (_header[3] & 1) != 0;

    /// <summary>Reads the log of a bank that does not run.</summary>
    /// <exception cref="StoreFaultException">It cannot be read.</exception>
    public static LogReport Inspect(LedgerFolder folder)
    {
        try
        {
            if (!File.Exists(folder.WriteAheadLog))
            {
                return default;
            }

            using FileStream file = new(
                folder.WriteAheadLog, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 1 << 16);
            return Inspect(file);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw StoreFaults.From(fault, folder.WriteAheadLog);
        }
    }

    /// <summary>Reads a log from its beginning.</summary>
    public static LogReport Inspect(Stream file) => new WriteAheadLog(file).Run();

    private static uint Number(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt32BigEndian(bytes);

    private LogReport Run()
    {
        int read = _file.ReadAtLeast(_header, HeaderLength, throwOnEndOfStream: false);
        if (read < HeaderLength || !_header.AsSpan().ContainsAnyExcept((byte)0))
        {
            return Report(read == 0 ? LogEnd.Clean : LogEnd.Incomplete);
        }

        if (!HeaderHolds())
        {
            // It is flushed before the first frame, and shorter than a sector: no power loss leaves half of it.
            return Report(_file.ReadByte() < 0 ? LogEnd.Incomplete : LogEnd.Damaged);
        }

        _frame = new byte[FrameHeaderLength + (int)Number(_header.AsSpan(8))];
        long frame = 0;
        while (_file.ReadAtLeast(_frame, _frame.Length, throwOnEndOfStream: false) == _frame.Length)
        {
            Take(++frame);
        }

        return Report(_later ? LogEnd.Damaged : _written.Count > 0 ? LogEnd.Incomplete : LogEnd.Clean);
    }

    private LogReport Report(LogEnd end) => new(end, _pages.Count, _bad, _behind);

    private bool HeaderHolds()
    {
        uint page = Number(_header.AsSpan(8));
        _computed = default(LogChecksum).Over(_header.AsSpan(0, 24), IsBigEndian);
        _stored = LogChecksum.Read(_header.AsSpan(24));
        return (Number(_header) & ~1u) == Magic
            && Number(_header.AsSpan(4)) == Version
            && page is >= MinPage and <= MaxPage && (page & (page - 1)) == 0
            && _computed == _stored;
    }

    private void Take(long number)
    {
        bool ofThisRound = _frame.AsSpan(8, 8).SequenceEqual(Salts);
        LogChecksum stored = LogChecksum.Read(_frame.AsSpan(16));
        LogChecksum computed = Over(_computed);

        // Behind a bad frame the chain goes on from what was stored there, or, if that was what changed, from what
        // should have been.
        bool follows = computed == stored || (_bad != 0 && Over(_stored) == stored);
        bool isCommit = Number(_frame.AsSpan(4)) != 0;
        if (_bad == 0 && !(ofThisRound && follows))
        {
            _bad = number;
            _ended = ofThisRound && isCommit && IsInOneSector(number);
        }
        else if (_bad != 0 && ofThisRound && follows)
        {
            TakeBehind(isCommit);
        }

        if (ofThisRound)
        {
            _written.Add(Number(_frame));
        }

        if (_bad == 0 && isCommit)
        {
            _pages.UnionWith(_written);
            _written.Clear();
        }

        (_stored, _computed) = (stored, _bad == 0 || !follows ? computed : stored);
    }

    private void TakeBehind(bool isCommit)
    {
        _later |= _ended;
        _behind += _ended && isCommit ? 1 : 0;
        _ended |= isCommit;
    }

    // A frame that no longer fits may be half old. Its salts are new, so all of its header is, if one sector has it.
    private bool IsInOneSector(long number)
    {
        long start = HeaderLength + ((number - 1) * _frame.Length);
        return (start % Sector) + FrameHeaderLength <= Sector;
    }

    private LogChecksum Over(LogChecksum before) =>
        before.Over(_frame.AsSpan(0, 8), IsBigEndian).Over(_frame.AsSpan(FrameHeaderLength), IsBigEndian);
}
