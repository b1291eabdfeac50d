using Blockchain.Core.Kernel;

namespace Blockchain.Core.BankNetwork;

/// <summary>Everything that can happen to a <see cref="BankProcess"/>. Closed.</summary>
public abstract record BankInput
{
    private BankInput()
    {
    }

    /// <summary>Time has passed. Hosts send one several times a second.</summary>
    /// <param name="NowMs">Milliseconds on a clock that never goes back.</param>
    /// <param name="UnixMs">Wall clock, for the blocks that the bank makes; nothing is decided by it.</param>
    public sealed record Tick(long NowMs, long UnixMs) : BankInput;

    /// <summary>A client wants to be a member; the host has checked that it holds the key.</summary>
    /// <param name="Call">Names the call that waits for <see cref="BankOutput.AnswerJoin"/> or
    /// <see cref="BankOutput.RefuseJoin"/>.</param>
    /// <param name="Request">What it asks.</param>
    public sealed record Join(long Call, JoinRequest Request) : BankInput;

    /// <summary>A client's link is up. The host has checked that it holds the key of account
    /// <paramref name="Client"/>.</summary>
    /// <param name="Client">The client.</param>
    public sealed record Connected(int Client) : BankInput;

    /// <summary>A client's link is down. The client stays a member until its lease is over.</summary>
    /// <param name="Client">The client.</param>
    public sealed record Disconnected(int Client) : BankInput;

    /// <summary>A message of a client.</summary>
    /// <param name="Client">The client.</param>
    /// <param name="Message">The message.</param>
    /// <param name="SignatureHolds">For <see cref="ToBank.Apply"/>: whether the host found the signature to be the
    /// client's. Checked outside the loop, so that nobody waits for it.</param>
    public sealed record Received(int Client, ToBank Message, bool SignatureHolds = false) : BankInput;

    /// <summary>The blocks up to this index are on disk.</summary>
    /// <param name="Index">Index of the last durable block.</param>
    public sealed record Persisted(long Index) : BankInput;

    /// <summary>The signature that <see cref="BankOutput.SignCheckpoint"/> asked for.</summary>
    /// <param name="Checkpoint">The signed checkpoint.</param>
    public sealed record CheckpointSigned(Checkpoint Checkpoint) : BankInput;

    /// <summary>Blocks that <see cref="BankOutput.Fetch"/> asked for.</summary>
    /// <param name="From">Index of the first.</param>
    /// <param name="Blocks">The blocks, in order; none when the client has none.</param>
    public sealed record Fetched(long From, IReadOnlyList<Block> Blocks) : BankInput;

    /// <summary>The client of <see cref="BankOutput.Fetch"/> did not answer.</summary>
    public sealed record FetchFailed : BankInput;

    /// <summary>The operator takes a client out of the view.</summary>
    /// <param name="Client">The client.</param>
    public sealed record Evict(int Client) : BankInput;
}

/// <summary>Everything a <see cref="BankProcess"/> can want of its host. Closed.</summary>
public abstract record BankOutput
{
    private BankOutput()
    {
    }

    /// <summary>
    /// Append these blocks, in one database transaction or together with later ones in one, and say
    /// <see cref="BankInput.Persisted"/> when they are flushed. A flush that fails is never repeated: the bank stops.
    /// </summary>
    /// <param name="From">Index of the first.</param>
    /// <param name="Blocks">The blocks.</param>
    /// <param name="Hashes">Their hashes.</param>
    public sealed record Persist(long From, IReadOnlyList<Block> Blocks, IReadOnlyList<Hash> Hashes) : BankOutput;

    /// <summary>Send to a client on its link; dropped when there is none.</summary>
    /// <param name="Client">The client.</param>
    /// <param name="Message">The message.</param>
    /// <param name="CanWait">Whether it may wait until something else is sent there, or for the next tick.</param>
    public sealed record Send(int Client, FromBank Message, bool CanWait = false) : BankOutput;

    /// <summary>Answer a join.</summary>
    /// <param name="Call">The call.</param>
    /// <param name="Answer">The answer.</param>
    public sealed record AnswerJoin(long Call, JoinAccepted Answer) : BankOutput;

    /// <summary>Refuse a join.</summary>
    /// <param name="Call">The call.</param>
    /// <param name="Reason">Why.</param>
    public sealed record RefuseJoin(long Call, JoinRefusal Reason) : BankOutput;

    /// <summary>Sign this with the bank's key, then say <see cref="BankInput.CheckpointSigned"/>.</summary>
    /// <param name="Index">Index of a durable block.</param>
    /// <param name="Hash">Its hash.</param>
    /// <param name="Digest">What to sign.</param>
    public sealed record SignCheckpoint(long Index, Hash Hash, Hash Digest) : BankOutput;

    /// <summary>Get settled blocks that the bank has lost from a client's chain, over HTTP (rule 14), and answer with
    /// <see cref="BankInput.Fetched"/> or <see cref="BankInput.FetchFailed"/>.</summary>
    /// <param name="Endpoint">Where the client listens.</param>
    /// <param name="From">Index of the first block.</param>
    public sealed record Fetch(string Endpoint, long From) : BankOutput;

    /// <summary>Close the link of a client.</summary>
    /// <param name="Client">The client.</param>
    public sealed record Disconnect(int Client) : BankOutput;

    /// <summary>Something happened that people may want to see.</summary>
    /// <param name="Event">What.</param>
    public sealed record Tell(BankEvent Event) : BankOutput;
}

/// <summary>What the bank tells its operator, its log and its event stream. Closed.</summary>
public abstract record BankEvent
{
    private BankEvent()
    {
    }

    /// <summary>A request was applied; it is durable when <see cref="Durable"/> reaches it.</summary>
    /// <param name="FirstIndex">Index of its first block.</param>
    /// <param name="Token">Its token.</param>
    /// <param name="Outcomes">One per transfer.</param>
    public sealed record Ordered(long FirstIndex, Token Token, IReadOnlyList<Outcome> Outcomes) : BankEvent;

    /// <summary>The ledger is on disk up to here.</summary>
    /// <param name="Index">Index of the last durable block.</param>
    /// <param name="Hash">Its hash.</param>
    public sealed record Durable(long Index, Hash Hash) : BankEvent;

    /// <summary>A request was refused.</summary>
    /// <param name="Client">The sender.</param>
    /// <param name="Token">The token.</param>
    /// <param name="Reason">Why.</param>
    public sealed record Refused(int Client, Token Token, Refusal Reason) : BankEvent;

    /// <summary>A view was made.</summary>
    /// <param name="View">The view.</param>
    /// <param name="Cause">Why, in words.</param>
    public sealed record ViewMade(ViewInfo View, string Cause) : BankEvent;

    /// <summary>The bank had lost blocks and has taken them back from a client (rule 14).</summary>
    /// <param name="Client">The client that had them; 0 for one whose account is among them.</param>
    /// <param name="From">Index of the first.</param>
    /// <param name="Count">How many.</param>
    public sealed record Restored(int Client, long From, long Count) : BankEvent;

    /// <summary>A client holds a checkpoint of this bank that contradicts its ledger: writes stop for good.</summary>
    /// <param name="Client">The client; 0 for one without an account in this ledger.</param>
    /// <param name="Evidence">What contradicts what.</param>
    public sealed record Alarm(int Client, Evidence Evidence) : BankEvent;
}
