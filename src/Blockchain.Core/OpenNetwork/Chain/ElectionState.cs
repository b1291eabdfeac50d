using Blockchain.Core.Kernel;

namespace Blockchain.Core.OpenNetwork;

/// <summary>A ballot that counts.</summary>
/// <param name="Choice">What was chosen.</param>
/// <param name="Transaction">The ballot's transaction.</param>
public readonly record struct CountedBallot(string Choice, TransactionId Transaction);

/// <summary>An election as the best chain has it: its definition if there is one, its ballots, and their
/// count.</summary>
public sealed class ElectionState
{
    private readonly Dictionary<string, CountedBallot> _ballots = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, int> _count = new(StringComparer.Ordinal);

    /// <summary>The election; null when nobody defined it.</summary>
    public Transaction.Election? Definition { get; internal set; }

    /// <summary>The ballots by voter.</summary>
    public IReadOnlyDictionary<string, CountedBallot> Ballots => _ballots;

    /// <summary>Votes by choice; choices without votes are left out.</summary>
    public IReadOnlyDictionary<string, int> Count => _count;

    internal bool IsEmpty => Definition is null && _ballots.Count == 0;

    internal void Add(Transaction.Ballot ballot)
    {
        _ballots.Add(ballot.Voter, new CountedBallot(ballot.Choice, ballot.Id));
        _count[ballot.Choice] = _count.GetValueOrDefault(ballot.Choice) + 1;
    }

    internal void Remove(Transaction.Ballot ballot)
    {
        Invariant.Holds(_ballots.Remove(ballot.Voter), "a ballot that is taken back was counted");
        int left = _count[ballot.Choice] - 1;
        if (left == 0)
        {
            _count.Remove(ballot.Choice);
        }
        else
        {
            _count[ballot.Choice] = left;
        }
    }
}
