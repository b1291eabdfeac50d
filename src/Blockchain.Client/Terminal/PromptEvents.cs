using Blockchain.Core.BankNetwork;

namespace Blockchain.Client.Terminal;

/// <summary>Events as notices above the line that is being typed.</summary>
internal static class PromptEvents
{
    /// <summary>The notice for an event; null for one that only moves the clock.</summary>
    public static string? Describe(ClientEvent happened) => happened switch
    {
        ClientEvent.ReplyHeard { Word: "REPLY" } heard =>
            $"reply from {heard.Peer} @{heard.Clock}   {heard.Heard}/{heard.Needed}",
        ClientEvent.ReplyHeard heard =>
            $"heard from {heard.Peer} @{heard.Clock} (its {heard.Word.ToLowerInvariant()})   "
            + $"{heard.Heard}/{heard.Needed}",
        ClientEvent.Refused refused => $"{refused.Token} refused by the bank: {refused.Reason}; it is asked again",
        ClientEvent.Evicted evicted => $"view {evicted.Epoch} is without this client; joining again",
        ClientEvent.PeerFault fault => $"client {fault.Peer} breaks the protocol: {fault.Explanation}",
        ClientEvent.JoinRefused refused => $"the bank does not let this client join: {DescribeJoin(refused.Reason)}",
        ClientEvent.Alarm alarm => "ALARM at " + Texts.OfAlarm(alarm.Evidence),
        _ => null,
    };

    /// <summary>A view, who came and went since the one before, and why.</summary>
    /// <param name="installed">The view.</param>
    /// <param name="before">The members before; empty when this is the first view of this life.</param>
    public static string DescribeView(ClientEvent.Installed installed, IReadOnlyList<int> before)
    {
        int[] members = [.. installed.View.Members.Select(member => member.Id)];
        string[] changes = before.Count == 0 ? [] : [
            .. before.Except(members).Select(id => $"client {id} left"),
            .. members.Except(before).Select(id => $"client {id} joined"),
        ];
        string change = changes.Length == 0 ? string.Empty : $": {string.Join(", ", changes)}";
        string cause = DescribeCause(installed.Cause, changes);
        return $"view {installed.View.Epoch}, members {string.Join(' ', members)}{change}{cause}";
    }

    /// <summary>Why the view was made, as far as who came and went does not say it already.</summary>
    private static string DescribeCause(string cause, string[] changes)
    {
        const string Joined = " joined";
        if (cause.Length == 0 || (changes is [string said] && said == cause))
        {
            return string.Empty;
        }

        bool isOneJoin = changes is [string only] && only.EndsWith(Joined, StringComparison.Ordinal)
            && cause.EndsWith(Joined, StringComparison.Ordinal);
        return $" ({Texts.Plain(isOneJoin ? cause[..^Joined.Length] : cause)})";
    }

    /// <summary>That transfers which waited under a token wait under another one now.</summary>
    /// <param name="requested">The new request.</param>
    /// <param name="tokens">The tokens that its transfers had; default for none.</param>
    /// <returns>Null when none had another one.</returns>
    public static string? DescribeAgain(ClientEvent.Requested requested, IReadOnlyList<Token> tokens)
    {
        int[] again = [.. Enumerable.Range(0, tokens.Count).Where(i => tokens[i] != default)];
        if (again.Length == 0)
        {
            return null;
        }

        Transfer first = requested.Transfers[again[0]];
        string what = again.Length == 1
            ? $"{first.Amount} -> {first.To}, which was {tokens[again[0]]}"
            : $"{again.Length} transfers that were asked for before";
        return $"{requested.Token} is the new token of {what}";
    }

    /// <summary>Where a transfer stands in the queue just after it was accepted; null when it is not requested
    /// yet.</summary>
    public static string? DescribePlace(ClientProcess process, TransferId id)
    {
        IReadOnlyList<QueueEntry> queue = process.Queue;
        for (int place = 0; place < queue.Count; place++)
        {
            QueueEntry entry = queue[place];
            if (entry.Token.Client != process.Id || !entry.Transfers.Any(transfer => transfer.Id == id))
            {
                continue;
            }

            Transfer transfer = entry.Transfers.First(transfer => transfer.Id == id);
            string where = place == 0
                ? "1st in the queue"
                : $"{Ordinal(place + 1)} in the queue, behind {queue[place - 1].Token}";
            return $"  {entry.Token} {transfer.Amount} -> {transfer.To}   replies {entry.Heard}/{entry.Needed}  "
                + $"{where}";
        }

        return null;
    }

    /// <summary>Why the bank does not let a client join, and what to do.</summary>
    public static string DescribeJoin(JoinRefusal reason) => reason switch
    {
        JoinRefusal.NameTaken => "its name belongs to another key. Choose another with --name.",
        JoinRefusal.InvalidName => ClientName.Rule,
        JoinRefusal.Superseded => "a later start of the same client has joined. Is a copy of its folder in use?",
        JoinRefusal.Forked => "the bank's ledger contradicts what it has signed before.",
        _ => reason.ToString(),
    };

    private static string Ordinal(int number) => number switch
    {
        1 => "1st",
        2 => "2nd",
        3 => "3rd",
        _ => $"{number}th",
    };
}
