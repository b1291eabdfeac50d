namespace Blockchain.Core.BankNetwork;

/// <summary>
/// The request queue of one member, sorted by token. A member has at most one open request, so it is as long as the
/// view at most, and a sorted list beats any tree.
/// </summary>
public sealed class RequestQueue
{
    private readonly List<Entry> _entries = [];

    /// <summary>The requests, earliest first.</summary>
    public IReadOnlyList<Entry> Entries => _entries;

    /// <summary>The earliest token; null when the queue is empty.</summary>
    public Token? Least => _entries.Count > 0 ? _entries[0].Token : null;

    /// <summary>Adds a request at its place; one that is there already stays as it is.</summary>
    public void Add(Token token, IReadOnlyList<Transfer> transfers)
    {
        int place = FirstNotBefore(token);
        if (place == _entries.Count || _entries[place].Token != token)
        {
            _entries.Insert(place, new Entry(token, transfers));
        }
    }

    /// <summary>Removes a request.</summary>
    /// <returns>What it carried; null when it was not there.</returns>
    public IReadOnlyList<Transfer>? Remove(Token token)
    {
        int place = FirstNotBefore(token);
        if (place == _entries.Count || _entries[place].Token != token)
        {
            return null;
        }

        IReadOnlyList<Transfer> transfers = _entries[place].Transfers;
        _entries.RemoveAt(place);
        return transfers;
    }

    /// <summary>Removes every request up to and with <paramref name="token"/>, but for the one to keep.</summary>
    public void RemoveUpTo(Token token, Token? keep)
    {
        if (_entries.Count > 0 && _entries[0].Token <= token)
        {
            _entries.RemoveAll(entry => entry.Token <= token && entry.Token != keep);
        }
    }

    /// <summary>Whether the member has a request in the queue.</summary>
    public bool HasRequestOf(int client) => _entries.Exists(entry => entry.Token.Client == client);

    private int FirstNotBefore(Token token)
    {
        int place = 0;
        while (place < _entries.Count && _entries[place].Token < token)
        {
            place++;
        }

        return place;
    }

    /// <summary>A request and what it carries.</summary>
    /// <param name="Token">Its place in the order.</param>
    /// <param name="Transfers">What its holder will ask the bank to apply.</param>
    public readonly record struct Entry(Token Token, IReadOnlyList<Transfer> Transfers);
}
