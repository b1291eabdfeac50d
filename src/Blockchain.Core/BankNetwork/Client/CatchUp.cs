using Blockchain.Core.Kernel;

namespace Blockchain.Core.BankNetwork;

/// <summary>
/// Decides when a client fetches blocks instead of waiting for releases, and from whom: the bank first, then the
/// members in turn, whoever answers.
/// </summary>
public sealed class CatchUp(int patienceMs)
{
    private const long PatienceMs = 250;
    private const long RetryMs = 250;

    // Under load the bank's word about a block often comes before the release that brings it, so several are kept.
    private const int MaxMarks = 1_024;

    private readonly List<(long Index, Hash Hash)> _marks = [];
    private long _waitingSinceMs = -1;
    private long _notBeforeMs;
    private int _turn;
    private bool _urgent;

    /// <summary>The highest block that is known to be on the bank's disk; index -1 for none.</summary>
    public (long Index, Hash Hash) Durable => _marks.Count > 0 ? _marks[^1] : (-1, default);

    /// <summary>Whether an answer is outstanding.</summary>
    public bool InFlight { get; private set; }

    /// <summary>The bank's disk holds this block.</summary>
    public void Learn(long index, Hash hash)
    {
        if (index <= Durable.Index)
        {
            return;
        }

        if (_marks.Count == MaxMarks)
        {
            _marks.RemoveRange(0, MaxMarks / 2);
        }

        _marks.Add((index, hash));
    }

    /// <summary>The highest durable block among the first <paramref name="count"/> of the ledger; index -1 for
    /// none.</summary>
    public (long Index, Hash Hash) DurableWithin(long count)
    {
        int place = _marks.FindLastIndex(mark => mark.Index < count);
        return place < 0 ? (-1, default) : _marks[place];
    }

    /// <summary>Releases will not do: fetch at the next chance.</summary>
    public void Hurry() => _urgent = true;

    /// <summary>Whether to fetch now.</summary>
    /// <param name="settled">Number of settled blocks.</param>
    /// <param name="nowMs">Now.</param>
    public bool IsDue(long settled, long nowMs)
    {
        if (Durable.Index < settled)
        {
            _waitingSinceMs = -1;
            _urgent = false;
            return false;
        }

        if (_waitingSinceMs < 0)
        {
            _waitingSinceMs = nowMs;
        }

        return !InFlight && nowMs >= _notBeforeMs
            && (_urgent || nowMs - _waitingSinceMs >= PatienceMs + (2L * patienceMs));
    }

    /// <summary>Blocks have settled, so releases do come: wait afresh.</summary>
    /// <param name="settled">Number of settled blocks.</param>
    public void Progressed(long settled)
    {
        _waitingSinceMs = -1;
        int passed = _marks.FindIndex(mark => mark.Index >= settled);
        _marks.RemoveRange(0, passed < 0 ? _marks.Count - 1 : passed);
    }

    /// <summary>Starts a fetch.</summary>
    /// <param name="members">The other members, who have the chain too.</param>
    /// <returns>0 for the bank, else a member.</returns>
    public int Start(IReadOnlyList<int> members)
    {
        InFlight = true;
        int place = _turn % (members.Count + 1);
        return place == 0 ? Limits.Bank : members[place - 1];
    }

    /// <summary>The answer came.</summary>
    /// <param name="helped">Whether it brought the chain forward; if not, the next source is asked.</param>
    /// <param name="nowMs">Now.</param>
    public void Finished(bool helped, long nowMs)
    {
        InFlight = false;
        if (helped)
        {
            _turn = 0;
            _notBeforeMs = nowMs;
            return;
        }

        _turn++;
        _notBeforeMs = nowMs + RetryMs;
    }
}
