namespace Blockchain.Core.BankNetwork;

/// <summary>
/// A Lamport timestamp made total by the client's id: "a =&gt; b" of Lamport 1978, section "Ordering the Events
/// Totally".
/// </summary>
/// <param name="Clock">Logical clock of the client when it asked.</param>
/// <param name="Client">Id of the client; 0 is the bank.</param>
public readonly record struct Token(long Clock, int Client) : IComparable<Token>
{
    /// <summary>Before every token.</summary>
    public static readonly Token Zero;

    /// <summary>By clock, then by client.</summary>
    public int CompareTo(Token other) =>
        Clock != other.Clock ? Clock.CompareTo(other.Clock) : Client.CompareTo(other.Client);

    /// <summary>Earlier in the total order.</summary>
    public static bool operator <(Token left, Token right) => left.CompareTo(right) < 0;

    /// <summary>Later in the total order.</summary>
    public static bool operator >(Token left, Token right) => left.CompareTo(right) > 0;

    /// <summary>Earlier or the same.</summary>
    public static bool operator <=(Token left, Token right) => left.CompareTo(right) <= 0;

    /// <summary>Later or the same.</summary>
    public static bool operator >=(Token left, Token right) => left.CompareTo(right) >= 0;

    /// <summary>As people read it: (clock,client).</summary>
    public override string ToString() => $"({Clock},{Client})";
}

/// <summary>What blocks are sorted by: the token of their request, then their place in it.</summary>
/// <param name="Token">Token of the request.</param>
/// <param name="Seq">Place in the request, from 0.</param>
public readonly record struct BlockKey(Token Token, int Seq) : IComparable<BlockKey>
{
    /// <summary>By token, then by place.</summary>
    public int CompareTo(BlockKey other)
    {
        int byToken = Token.CompareTo(other.Token);
        return byToken != 0 ? byToken : Seq.CompareTo(other.Seq);
    }

    /// <summary>Earlier in the chain.</summary>
    public static bool operator <(BlockKey left, BlockKey right) => left.CompareTo(right) < 0;

    /// <summary>Later in the chain.</summary>
    public static bool operator >(BlockKey left, BlockKey right) => left.CompareTo(right) > 0;

    /// <summary>Earlier or the same.</summary>
    public static bool operator <=(BlockKey left, BlockKey right) => left.CompareTo(right) <= 0;

    /// <summary>Later or the same.</summary>
    public static bool operator >=(BlockKey left, BlockKey right) => left.CompareTo(right) >= 0;

    /// <summary>As people read it: (clock,client)#seq.</summary>
    public override string ToString() => $"{Token}#{Seq}";
}
