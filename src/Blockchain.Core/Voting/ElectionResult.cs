using Blockchain.Core.OpenNetwork;

namespace Blockchain.Core.Voting;

/// <summary>Votes for one choice.</summary>
/// <param name="Choice">The choice.</param>
/// <param name="Votes">How many chose it.</param>
public readonly record struct Tally(string Choice, int Votes);

/// <summary>Where an election stands on the best chain. The first ballot of a voter counts; a later one is on no
/// chain.</summary>
/// <param name="Name">Name of the election.</param>
/// <param name="Definition">What defined it; null when nothing did and everybody may vote for anything.</param>
/// <param name="Ballots">Ballots counted.</param>
/// <param name="Tallies">The choices, the most votes first, equal ones by name; choices of the definition without
/// votes included.</param>
public sealed record ElectionResult(
    string Name, Transaction.Election? Definition, int Ballots, IReadOnlyList<Tally> Tallies)
{
    /// <summary>Voters on its roll; 0 when everybody may vote.</summary>
    public int RollSize => Definition?.Roll.Count ?? 0;

    /// <summary>The choices with most votes: several when they are equal, none while nobody has voted.</summary>
    public IReadOnlyList<string> Leaders => Ballots == 0
        ? []
        : [.. Tallies.TakeWhile(tally => tally.Votes == Tallies[0].Votes).Select(tally => tally.Choice)];

    /// <summary>Counts an election.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="chain">The best chain.</param>
    /// <returns>The result, or null when there is neither an election nor a ballot of that name.</returns>
    public static ElectionResult? Of(string name, ChainState chain)
    {
        if (!chain.Elections.TryGetValue(name, out ElectionState? state))
        {
            return null;
        }

        IEnumerable<string> defined = state.Definition?.Choices ?? [];
        Tally[] tallies = [.. state.Count.Keys.Union(defined, StringComparer.Ordinal)
            .Select(choice => new Tally(choice, state.Count.GetValueOrDefault(choice)))
            .OrderByDescending(tally => tally.Votes)
            .ThenBy(tally => tally.Choice, StringComparer.Ordinal)];
        return new ElectionResult(name, state.Definition, state.Ballots.Count, tallies);
    }
}
