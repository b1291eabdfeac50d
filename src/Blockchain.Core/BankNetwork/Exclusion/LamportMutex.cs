using Blockchain.Core.Kernel;

namespace Blockchain.Core.BankNetwork;

/// <summary>
/// Mutual exclusion by Lamport's rules (1978, section "Ordering the Events Totally", rules 1 to 5), for one member in
/// one view. Needs links that deliver each message once and in order; without that it is wrong.
/// </summary>
/// <remarks>
/// Two additions, both safe: a member with an open request of its own owes no reply, because its request or its release
/// carries a later clock on the same link; and a settled block counts as its holder's release (rule 4 of the design).
/// </remarks>
public sealed class LamportMutex
{
    private readonly Dictionary<int, long> _lastHeard;
    private readonly int _self;

    /// <summary>Starts with an empty queue and nothing heard, as every view does.</summary>
    /// <param name="self">Own number.</param>
    /// <param name="others">Numbers of the other members.</param>
    /// <param name="clock">The clock of this process; it outlives the view.</param>
    public LamportMutex(int self, IEnumerable<int> others, LamportClock clock)
    {
        _self = self;
        _lastHeard = others.ToDictionary(other => other, _ => -1L);
        Clock = clock;
    }

    /// <summary>The clock of this process.</summary>
    public LamportClock Clock { get; }

    /// <summary>Every open request that this member knows of, its own too.</summary>
    public RequestQueue Queue { get; } = new();

    /// <summary>Token of the own open request; null for none.</summary>
    public Token? Own { get; private set; }

    /// <summary>Numbers of the other members.</summary>
    public IReadOnlyCollection<int> Others => _lastHeard.Keys;

    /// <summary>
    /// Rule 5: the own request is the least in the queue, and a message with a later token has come from every other
    /// member.
    /// </summary>
    public bool IsGranted => Own is { } own && Queue.Least == own && HeardLaterThan(own) == _lastHeard.Count;

    /// <summary>Rule 1: takes the next time and queues the own request. The caller sends it to every other
    /// member.</summary>
    /// <returns>The token of the request.</returns>
    public Token Request(IReadOnlyList<Transfer> transfers)
    {
        Invariant.Holds(Own is null, "a member has one open request");
        Token token = new(Clock.Tick(), _self);
        Own = token;
        Queue.Add(token, transfers);
        return token;
    }

    /// <summary>Any message: moves the clock behind it, and remembers the latest time heard from its sender.</summary>
    public void Hear(int from, long messageTime)
    {
        Clock.Receive(messageTime);
        _lastHeard[from] = Math.Max(_lastHeard[from], messageTime);
    }

    /// <summary>Rule 2: queues the request of another member.</summary>
    /// <returns>Whether a reply is owed: not when an own request is open.</returns>
    public bool OnRequest(Token token, IReadOnlyList<Transfer> transfers)
    {
        Queue.Add(token, transfers);
        return Own is null;
    }

    /// <summary>Rule 4: another member has had its turn.</summary>
    /// <returns>What its request carried; null when the queue no longer had it.</returns>
    public IReadOnlyList<Transfer>? OnRelease(Token token) => Queue.Remove(token);

    /// <summary>Rule 3: the own turn is over. The caller tells every other member.</summary>
    public void Release()
    {
        Invariant.Holds(Own.HasValue, "only an open request is released");
        Queue.Remove(Own.Value);
        Own = null;
    }

    /// <summary>Implied release: everything up to this token has had its turn or never will.</summary>
    public void Settle(Token head) => Queue.RemoveUpTo(head, Own);

    /// <summary>How many other members have been heard from later than <paramref name="token"/>.</summary>
    public int HeardLaterThan(Token token)
    {
        int heard = 0;
        foreach ((int member, long time) in _lastHeard)
        {
            if (new Token(time, member) > token)
            {
                heard++;
            }
        }

        return heard;
    }

    /// <summary>The conditions of rule 5 for the own request, the failing ones first, for people.</summary>
    public IReadOnlyList<Condition> Explain()
    {
        if (Own is not { } own)
        {
            return [];
        }

        List<Condition> conditions = [ExplainQueue(own)];
        foreach ((int member, long time) in _lastHeard.OrderBy(pair => pair.Key))
        {
            bool holds = new Token(time, member) > own;
            conditions.Add(new Condition(holds, $"later word from {member}", holds ? $"@{time}" : $"none after {own}"));
        }

        return [.. conditions.OrderBy(condition => condition.Holds)];
    }

    private Condition ExplainQueue(Token own) => Queue.Least is { } least && least != own
        ? new Condition(false, "least in my queue", $"{least} is ahead")
        : new Condition(true, "least in my queue", $"{own} is first");
}
