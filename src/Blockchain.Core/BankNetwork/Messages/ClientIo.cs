using Blockchain.Core.Kernel;

namespace Blockchain.Core.BankNetwork;

/// <summary>Everything that can happen to a <see cref="ClientProcess"/>. Closed.</summary>
public abstract record ClientInput
{
    private ClientInput()
    {
    }

    /// <summary>Time has passed. Hosts send one several times a second.</summary>
    /// <param name="NowMs">Milliseconds on a clock that never goes back; its zero is of no matter.</param>
    public sealed record Tick(long NowMs) : ClientInput;

    /// <summary>The user wants to pay.</summary>
    /// <param name="Id">A new transfer id.</param>
    /// <param name="To">The account to pay.</param>
    /// <param name="Amount">How much.</param>
    /// <param name="Memo">A note.</param>
    /// <param name="UnixMs">Wall clock, information only.</param>
    public sealed record Submit(TransferId Id, int To, Money Amount, string Memo, long UnixMs) : ClientInput;

    /// <summary>The user wants to pay several times. They are taken together, so that the next request carries all of
    /// them and not the first alone.</summary>
    /// <param name="Submits">One for each, in order.</param>
    public sealed record SubmitAll(IReadOnlyList<Submit> Submits) : ClientInput;

    /// <summary>The intents up to this number are on disk.</summary>
    /// <param name="UpTo">The highest <see cref="ClientOutput.PersistIntent.Number"/> that is durable.</param>
    public sealed record IntentsPersisted(long UpTo) : ClientInput;

    /// <summary>The signature that <see cref="ClientOutput.Sign"/> asked for.</summary>
    /// <param name="Token">The request.</param>
    /// <param name="Epoch">Its view.</param>
    /// <param name="Signature">The client's signature over the digest.</param>
    public sealed record RequestSigned(int Epoch, Token Token, Signature Signature) : ClientInput;

    /// <summary>A frame from a peer, directly or through the bank.</summary>
    /// <param name="Frame">The frame; its sender has been authenticated by the host.</param>
    public sealed record FromPeer(Frame Frame) : ClientInput;

    /// <summary>A direct connection to a peer is up: what it has not acknowledged is sent again.</summary>
    /// <param name="Peer">The peer.</param>
    public sealed record PeerConnected(int Peer) : ClientInput;

    /// <summary>The direct connection to a peer is down: frames go through the bank until it is up again.</summary>
    /// <param name="Peer">The peer.</param>
    public sealed record PeerDisconnected(int Peer) : ClientInput;

    /// <summary>The link to the bank is up.</summary>
    public sealed record BankConnected : ClientInput;

    /// <summary>The link to the bank is down.</summary>
    public sealed record BankDisconnected : ClientInput;

    /// <summary>A message from the bank.</summary>
    /// <param name="Message">The message.</param>
    public sealed record FromBank(BankNetwork.FromBank Message) : ClientInput;

    /// <summary>The bank let the client join.</summary>
    /// <param name="Answer">Its answer.</param>
    public sealed record Joined(JoinAccepted Answer) : ClientInput;

    /// <summary>The bank did not let the client join, or could not be reached (then the reason is null).</summary>
    /// <param name="Reason">Why.</param>
    public sealed record JoinFailed(JoinRefusal? Reason) : ClientInput;

    /// <summary>Blocks that <see cref="ClientOutput.Fetch"/> asked for.</summary>
    /// <param name="From">Index of the first.</param>
    /// <param name="Blocks">The blocks, in order; none when the source has none.</param>
    public sealed record Fetched(long From, IReadOnlyList<Block> Blocks) : ClientInput;

    /// <summary>The source of <see cref="ClientOutput.Fetch"/> did not answer.</summary>
    public sealed record FetchFailed : ClientInput;

    /// <summary>Something that counts as an event of this process, such as a balance query: the clock moves by
    /// one.</summary>
    public sealed record LocalEvent : ClientInput;

    /// <summary>The user wants to leave the view. The host stops when the bank has heard it, or after a
    /// while.</summary>
    public sealed record Leave : ClientInput;
}

/// <summary>Everything a <see cref="ClientProcess"/> can want of its host. Closed.</summary>
public abstract record ClientOutput
{
    private ClientOutput()
    {
    }

    /// <summary>Ask the bank to join, over HTTP. Answer with <see cref="ClientInput.Joined"/> or
    /// <see cref="ClientInput.JoinFailed"/>.</summary>
    /// <param name="Request">What to ask.</param>
    public sealed record Join(JoinRequest Request) : ClientOutput;

    /// <summary>Send to the bank on its link; dropped when there is none.</summary>
    /// <param name="Message">The message.</param>
    public sealed record ToBank(BankNetwork.ToBank Message) : ClientOutput;

    /// <summary>Send to a peer on the direct connection; dropped when there is none.</summary>
    /// <param name="Frame">The frame.</param>
    public sealed record ToPeer(Frame Frame) : ClientOutput;

    /// <summary>Keep connections with these peers, and with no others.</summary>
    /// <param name="Peers">The other members of the view.</param>
    public sealed record Connect(IReadOnlyList<MemberInfo> Peers) : ClientOutput;

    /// <summary>Write the intent to disk and flush it, then say <see cref="ClientInput.IntentsPersisted"/>. Several
    /// may share a flush, and none is needed for one that is settled before it is written.</summary>
    /// <param name="Number">Counts intents of this run, from 1.</param>
    /// <param name="Transfer">The transfer.</param>
    public sealed record PersistIntent(long Number, Transfer Transfer) : ClientOutput;

    /// <summary>Note on disk that the intent is settled; no flush needed, a lost note is found out at the next
    /// start.</summary>
    /// <param name="Id">The transfer.</param>
    public sealed record ForgetIntent(TransferId Id) : ClientOutput;

    /// <summary>Sign this digest with the client's key, then say <see cref="ClientInput.RequestSigned"/>.</summary>
    /// <param name="Epoch">The view.</param>
    /// <param name="Token">The request.</param>
    /// <param name="Digest">What to sign.</param>
    public sealed record Sign(int Epoch, Token Token, Hash Digest) : ClientOutput;

    /// <summary>Append settled blocks to the stored chain, in order.</summary>
    /// <param name="From">Index of the first.</param>
    /// <param name="Blocks">The blocks.</param>
    /// <param name="Hashes">Their hashes.</param>
    public sealed record Store(long From, IReadOnlyList<Block> Blocks, IReadOnlyList<Hash> Hashes) : ClientOutput;

    /// <summary>Keep the bank's signed checkpoint, once the blocks up to it are flushed.</summary>
    /// <param name="Checkpoint">The checkpoint.</param>
    public sealed record StoreCheckpoint(Checkpoint Checkpoint) : ClientOutput;

    /// <summary>Get blocks, from the bank or a member, and answer with <see cref="ClientInput.Fetched"/> or
    /// <see cref="ClientInput.FetchFailed"/>.</summary>
    /// <param name="Source">0 for the bank, else a member.</param>
    /// <param name="From">Index of the first block.</param>
    public sealed record Fetch(int Source, long From) : ClientOutput;

    /// <summary>Something happened that people may want to see.</summary>
    /// <param name="Event">What.</param>
    public sealed record Tell(ClientEvent Event) : ClientOutput;
}

/// <summary>What a client tells its user, its log and its event stream. Closed.</summary>
public abstract record ClientEvent
{
    private ClientEvent()
    {
    }

    /// <summary>The transfer is on disk, here or at the bank, and will be finished or reported, whatever
    /// happens.</summary>
    /// <param name="Transfer">The transfer.</param>
    public sealed record Accepted(Transfer Transfer) : ClientEvent;

    /// <summary>The transfer is refused here; nothing was stored or sent.</summary>
    /// <param name="Id">The transfer.</param>
    /// <param name="Reason">Why.</param>
    public sealed record Rejected(TransferId Id, SubmitFault Reason) : ClientEvent;

    /// <summary>The own request was sent.</summary>
    /// <param name="Token">Its token.</param>
    /// <param name="Transfers">What it carries.</param>
    public sealed record Requested(Token Token, IReadOnlyList<Transfer> Transfers) : ClientEvent;

    /// <summary>A later word from a member that the own request waits for.</summary>
    /// <param name="Peer">The member.</param>
    /// <param name="Clock">Its clock.</param>
    /// <param name="Word">What it said: REPLY, or the REQUEST or RELEASE that says the same.</param>
    /// <param name="Heard">Members heard so far.</param>
    /// <param name="Needed">Members to hear in all.</param>
    public sealed record ReplyHeard(int Peer, long Clock, string Word, int Heard, int Needed) : ClientEvent;

    /// <summary>The critical section is ours.</summary>
    /// <param name="Token">The own request.</param>
    public sealed record Entered(Token Token) : ClientEvent;

    /// <summary>The critical section is left.</summary>
    /// <param name="Token">The own request.</param>
    public sealed record Left(Token Token) : ClientEvent;

    /// <summary>The own transfer is settled: durable at the bank, and its place and outcome never change.</summary>
    /// <param name="Index">Index of the block.</param>
    /// <param name="Hash">Its hash.</param>
    /// <param name="Block">The block.</param>
    /// <param name="Balance">The own balance after this block.</param>
    public sealed record Settled(long Index, Hash Hash, Block.Payment Block, Money Balance) : ClientEvent
    {
        /// <summary>The own balance before this block.</summary>
        public Money BalanceBefore =>
            Block.Outcome == Outcome.Success ? new Money(Balance.Minor + Block.Transfer.Amount.Minor) : Balance;
    }

    /// <summary>The bank refused the own request; its transfers will be asked for again.</summary>
    /// <param name="Token">The own request.</param>
    /// <param name="Reason">Why.</param>
    public sealed record Refused(Token Token, Refusal Reason) : ClientEvent;

    /// <summary>A view is installed.</summary>
    /// <param name="View">The view.</param>
    /// <param name="Cause">Why the bank made it, in the bank's words; empty when it did not say.</param>
    public sealed record Installed(ViewInfo View, string Cause) : ClientEvent;

    /// <summary>A later view does not name this client; it will join again.</summary>
    /// <param name="Epoch">The later view.</param>
    public sealed record Evicted(int Epoch) : ClientEvent;

    /// <summary>The bank does not let the client join; it stops trying unless the reason passes by itself.</summary>
    /// <param name="Reason">Why.</param>
    public sealed record JoinRefused(JoinRefusal Reason) : ClientEvent;

    /// <summary>The bank cannot be reached; the client keeps trying.</summary>
    public sealed record BankUnreachable : ClientEvent;

    /// <summary>A member breaks the protocol. What it said is dropped, and it is no longer listened to in this
    /// view.</summary>
    /// <param name="Peer">The member.</param>
    /// <param name="Explanation">What it did, in words.</param>
    public sealed record PeerFault(int Peer, string Explanation) : ClientEvent;

    /// <summary>The bank or a member contradicts what is settled: evidence of a rewritten ledger. The client stops
    /// asking.</summary>
    /// <param name="Evidence">What contradicts what.</param>
    public sealed record Alarm(Evidence Evidence) : ClientEvent;
}

/// <summary>Two statements that cannot both be true of one ledger.</summary>
/// <param name="Index">The index they are about.</param>
/// <param name="Own">The hash settled here.</param>
/// <param name="Other">The hash stated by the other side.</param>
/// <param name="Proof">The other side's signed checkpoint, if it has one.</param>
/// <param name="Explanation">In words, for people.</param>
public sealed record Evidence(long Index, Hash Own, Hash Other, Checkpoint? Proof, string Explanation);

/// <summary>Why a client refuses a transfer without sending anything.</summary>
public enum SubmitFault
{
    /// <summary>The client has no account yet: it has never joined.</summary>
    NoAccount,

    /// <summary>The receiver is the sender.</summary>
    SelfTransfer,

    /// <summary>No account has this number.</summary>
    UnknownAccount,

    /// <summary>The amount is 0, negative or above the limit.</summary>
    InvalidAmount,

    /// <summary>The memo is too long or not well-formed text.</summary>
    InvalidMemo,

    /// <summary>100,000 transfers are waiting already.</summary>
    TooManyPending,

    /// <summary>The id was used before.</summary>
    DuplicateId,

    /// <summary>The client is leaving, or stopped because of an alarm.</summary>
    Stopped,
}
