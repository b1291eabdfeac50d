using Blockchain.Core.Kernel;

namespace Blockchain.Core.BankNetwork;

/// <summary>
/// What a client tells the bank on its link. Each may be lost, repeated or late: the client says it again until the
/// state that it wants has come, and the bank answers the same again. Closed.
/// </summary>
public abstract record ToBank
{
    private ToBank()
    {
    }

    /// <summary>First on every new link: who is there, where it can be reached, and what it has from the
    /// bank.</summary>
    /// <param name="Incarnation">Counts the client's starts; joins of earlier ones are void.</param>
    /// <param name="Endpoint">Where peers reach the client.</param>
    /// <param name="Settled">Number of settled blocks (rule 14).</param>
    /// <param name="Checkpoint">The latest checkpoint that the client holds, null if none (rule 14).</param>
    public sealed record Hello(long Incarnation, string Endpoint, long Settled, Checkpoint? Checkpoint) : ToBank;

    /// <summary>"I am alive": keeps the lease. Says too how far the client has settled and which view it has installed,
    /// so that the bank can tell it what it missed.</summary>
    /// <param name="Epoch">The view installed, 0 for none.</param>
    /// <param name="Settled">Number of settled blocks.</param>
    public sealed record Heartbeat(int Epoch, long Settled) : ToBank;

    /// <summary>"This is what I will ask for": lets the bank check the signature before the sender's turn has come, so
    /// that nobody waits for it then. It orders nothing, says nothing of the transfers, and may be lost or a
    /// lie.</summary>
    /// <param name="Digest">What the client has signed.</param>
    /// <param name="Signature">Its signature.</param>
    public sealed record Announce(Hash Digest, Signature Signature) : ToBank;

    /// <summary>"Apply this": rule 6, sent only inside the critical section.</summary>
    /// <param name="Request">The signed request.</param>
    public sealed record Apply(SignedRequest Request) : ToBank;

    /// <summary>"Pass this on": for a peer that cannot be reached directly.</summary>
    /// <param name="Frame">The frame, for <see cref="Frame.To"/>.</param>
    public sealed record Relay(Frame Frame) : ToBank;

    /// <summary>"I am leaving."</summary>
    public sealed record Leave : ToBank;
}

/// <summary>What the bank tells a client on its link. Closed.</summary>
public abstract record FromBank
{
    private FromBank()
    {
    }

    /// <summary>The current view, once it is durable; again when an address changed or a client seems to have missed
    /// it.</summary>
    /// <param name="View">The view.</param>
    /// <param name="Cause">Why it was made, for people; empty when this life of the bank did not make it.</param>
    public sealed record NewView(ViewInfo View, string Cause) : FromBank;

    /// <summary>The request has its rows: ordered for good unless the bank dies before <see cref="Durable"/> reaches
    /// them.</summary>
    /// <param name="Token">The request answered.</param>
    /// <param name="RecordedToken">The token under which the transfers stand in the ledger: another one when they had
    /// been applied before.</param>
    /// <param name="FirstIndex">Index of the first block.</param>
    /// <param name="Outcomes">One per transfer, in the order of the request.</param>
    /// <param name="Head">Hash of the request's last block.</param>
    public sealed record Receipt(
        Token Token, Token RecordedToken, long FirstIndex, IReadOnlyList<Outcome> Outcomes, Hash Head) : FromBank;

    /// <summary>The request has no row and, under this epoch and token, never will.</summary>
    /// <param name="Token">The request answered.</param>
    /// <param name="Reason">Why.</param>
    public sealed record Refused(Token Token, Refusal Reason) : FromBank;

    /// <summary>Everything up to this block is on disk.</summary>
    /// <param name="Index">Index of the last durable block.</param>
    /// <param name="Hash">Its hash.</param>
    public sealed record Durable(long Index, Hash Hash) : FromBank;

    /// <summary>The same with the bank's signature, now and then.</summary>
    /// <param name="Checkpoint">The checkpoint.</param>
    public sealed record Signed(Checkpoint Checkpoint) : FromBank;

    /// <summary>A frame that a peer sent through the bank.</summary>
    /// <param name="Frame">The frame.</param>
    public sealed record Relayed(Frame Frame) : FromBank;
}

/// <summary>Why the bank gives a request no row. The numbers are part of the format.</summary>
public enum Refusal : byte
{
    /// <summary>The request was made under another view than the current one.</summary>
    Epoch = 1,

    /// <summary>The sender is no member of the current view.</summary>
    NotMember = 2,

    /// <summary>The signature is not the sender's, or a transfer pays from an account that is not the
    /// sender's.</summary>
    BadSignature = 3,

    /// <summary>A later token has been applied: the fence.</summary>
    Stale = 4,

    /// <summary>The transfer's id stands in the ledger with another content.</summary>
    Conflict = 5,

    /// <summary>Some of the transfers stand in the ledger and some do not, or they stand there in other company or in
    /// another order, or one stands twice in the request.</summary>
    PartlyKnown = 6,

    /// <summary>The bank has lost blocks and takes them back first, or waits after its start to hear whether it
    /// has.</summary>
    Recovering = 7,

    /// <summary>The token's clock is impossibly far ahead of the ledger's.</summary>
    ClockTooFar = 8,
}

/// <summary>A view as the bank announces it: the VIEW block's content and where the members are.</summary>
/// <param name="Epoch">Number of the view.</param>
/// <param name="Index">Index of its VIEW block.</param>
/// <param name="Hash">Hash of that block.</param>
/// <param name="Clock">Clock of that block's token: the least that a member's clock may show.</param>
/// <param name="Members">The members, ascending by id.</param>
public sealed record ViewInfo(int Epoch, long Index, Hash Hash, long Clock, IReadOnlyList<MemberInfo> Members)
{
    /// <summary>As a trace shows it.</summary>
    public override string ToString() =>
        $"view {Epoch} at {Index} clock {Clock} members {string.Join(' ', Members.Select(m => m.Id))}";
}

/// <summary>One member of a view.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Endpoint">Where it listens; empty while the bank does not know.</param>
public sealed record MemberInfo(int Id, string Endpoint);

/// <summary>A client's request to be a member, over HTTP.</summary>
/// <param name="Name">Name of the client.</param>
/// <param name="PublicKey">Key of the client; an account is found again by it.</param>
/// <param name="Incarnation">Counts the client's starts.</param>
/// <param name="Endpoint">Where peers reach it.</param>
/// <param name="Settled">Number of settled blocks that it has stored (rule 14).</param>
/// <param name="Checkpoint">The latest checkpoint that the client holds, null if none.</param>
public sealed record JoinRequest(
    string Name, PublicKey PublicKey, long Incarnation, string Endpoint, long Settled, Checkpoint? Checkpoint);

/// <summary>The bank's yes to a <see cref="JoinRequest"/>.</summary>
/// <param name="Incarnation">The incarnation that joined.</param>
/// <param name="Id">The client's number.</param>
/// <param name="Ledger">Hash of the ledger's first block.</param>
/// <param name="BankKey">The key with which the bank signs.</param>
/// <param name="LeaseMs">Silence after which a member is evicted, in milliseconds.</param>
/// <param name="View">The first view that this incarnation may install.</param>
public sealed record JoinAccepted(
    long Incarnation, int Id, Hash Ledger, PublicKey BankKey, int LeaseMs, ViewInfo View);

/// <summary>Why the bank does not let a client join.</summary>
public enum JoinRefusal
{
    /// <summary>Another key owns an account of this name.</summary>
    NameTaken,

    /// <summary>The name has characters or a length that is not allowed.</summary>
    InvalidName,

    /// <summary>The key is no point of the curve.</summary>
    InvalidKey,

    /// <summary>The view is full.</summary>
    Full,

    /// <summary>A later incarnation of the same client has joined.</summary>
    Superseded,

    /// <summary>The bank waits, or takes back what it lost; ask again.</summary>
    Recovering,

    /// <summary>The client holds a checkpoint that contradicts the bank's ledger.</summary>
    Forked,
}
