namespace Blockchain.Core.OpenNetwork;

/// <summary>Names a connection with another node, for as long as it lasts. Hosts never use a number again.</summary>
/// <param name="Value">The number.</param>
public readonly record struct PeerId(long Value)
{
    /// <summary>As people read it.</summary>
    public override string ToString() => $"peer {Value}";
}

/// <summary>A block by name and place.</summary>
/// <param name="Hash">Its hash.</param>
/// <param name="Height">Its height.</param>
public readonly record struct BlockPlace(BlockHash Hash, int Height);

/// <summary>Reads stored blocks. An edge: bodies are on disk. What <see cref="NodeOutput.StoreBlock"/> put out in an
/// earlier step is readable at once, whether it has reached the disk or not.</summary>
public interface IBlockReader
{
    /// <summary>The block of this hash, which was put out to be stored.</summary>
    Block Read(BlockHash hash);
}

/// <summary>Everything that can happen to a <see cref="FullNode"/>. Closed.</summary>
public abstract record NodeInput
{
    private NodeInput()
    {
    }

    /// <summary>Time has passed. Hosts send one several times a second.</summary>
    /// <param name="NowUnixMs">Wall clock, in milliseconds since 1970.</param>
    public sealed record Tick(long NowUnixMs) : NodeInput;

    /// <summary>A connection with another node is up.</summary>
    /// <param name="Peer">Names the connection.</param>
    /// <param name="Outgoing">Whether this node dialled.</param>
    /// <param name="Address">Where the other is: what was dialled, or where it came from.</param>
    public sealed record PeerConnected(PeerId Peer, bool Outgoing, string Address) : NodeInput;

    /// <summary>A connection is down.</summary>
    /// <param name="Peer">The connection.</param>
    public sealed record PeerDisconnected(PeerId Peer) : NodeInput;

    /// <summary>A message from a peer.</summary>
    /// <param name="Peer">The connection.</param>
    /// <param name="Message">What it says.</param>
    public sealed record FromPeer(PeerId Peer, NodeMessage Message) : NodeInput;

    /// <summary>Somebody hands a transaction in. <see cref="NodeOutput.Answer"/> answers.</summary>
    /// <param name="Id">The host's number of the question.</param>
    /// <param name="Transaction">The transaction.</param>
    public sealed record Submit(long Id, Transaction Transaction) : NodeInput;

    /// <summary>The host's miner found a block.</summary>
    /// <param name="Block">The block, from a template.</param>
    public sealed record BlockMined(Block Block) : NodeInput;

    /// <summary>Who is paid for the blocks mined here.</summary>
    /// <param name="Address">The address; null to mine nothing.</param>
    public sealed record MinerAddress(Address? Address) : NodeInput;
}

/// <summary>Everything a <see cref="FullNode"/> can want of its host. Closed. The stores of one step belong into one
/// transaction of the database: a reorganization and the transactions that it gives back are one change.</summary>
public abstract record NodeOutput
{
    private NodeOutput()
    {
    }

    /// <summary>Send to a peer; dropped when it is gone.</summary>
    /// <param name="Peer">The connection.</param>
    /// <param name="Message">What to say.</param>
    public sealed record Send(PeerId Peer, NodeMessage Message) : NodeOutput;

    /// <summary>Close the connection. The node has forgotten it already.</summary>
    /// <param name="Peer">The connection.</param>
    /// <param name="Cause">Why, by name.</param>
    /// <param name="Reason">Why, in words for the log.</param>
    /// <param name="BanMs">For how long its address is not to be let in again; 0 for no ban.</param>
    public sealed record Drop(PeerId Peer, DropCause Cause, string Reason, int BanMs) : NodeOutput;

    /// <summary>Keep this block. It may have been kept before; then the new values count.</summary>
    /// <param name="Block">The block.</param>
    /// <param name="Arrival">Counts the blocks of this node: of two chains of equal work the first seen counts, also
    /// after a restart.</param>
    /// <param name="IsValidated">Whether every rule was checked.</param>
    public sealed record StoreBlock(Block Block, long Arrival, bool IsValidated) : NodeOutput;

    /// <summary>Every rule was checked of a block stored earlier: its signatures need not be checked again.</summary>
    /// <param name="Hash">The block.</param>
    public sealed record MarkValidated(BlockHash Hash) : NodeOutput;

    /// <summary>A block breaks a rule: remember its hash, and forget the block if it was stored.</summary>
    /// <param name="Hash">The block.</param>
    public sealed record MarkInvalid(BlockHash Hash) : NodeOutput;

    /// <summary>Keep a transaction that waits for a block.</summary>
    /// <param name="Transaction">The transaction.</param>
    public sealed record StoreTransaction(Transaction Transaction) : NodeOutput;

    /// <summary>These no longer wait.</summary>
    /// <param name="Ids">The transactions.</param>
    public sealed record ForgetTransactions(IReadOnlyList<TransactionId> Ids) : NodeOutput;

    /// <summary>Answers <see cref="NodeInput.Submit"/>. To be let out when the stores before it are on disk.</summary>
    /// <param name="Id">The host's number of the question.</param>
    /// <param name="Transaction">The transaction's id; zero when it is too malformed to have one.</param>
    /// <param name="Refusal"><see cref="Refusal.None"/> when it waits for a block now, or why not.</param>
    public sealed record Answer(long Id, TransactionId Transaction, Refusal Refusal) : NodeOutput;

    /// <summary>Mine on this template instead of what was mined before.</summary>
    /// <param name="Template">What to mine.</param>
    public sealed record Mine(BlockTemplate Template) : NodeOutput;

    /// <summary>Mine nothing until the next template.</summary>
    public sealed record StopMining : NodeOutput;

    /// <summary>The best chain has another tip.</summary>
    /// <param name="OldTip">The tip before.</param>
    /// <param name="NewTip">The tip now.</param>
    /// <param name="Disconnected">Blocks no longer on the best chain, from the old tip down; empty when the chain only
    /// grew.</param>
    /// <param name="Connected">Blocks that are on it now, upwards.</param>
    public sealed record TipChanged(
        BlockPlace OldTip,
        BlockPlace NewTip,
        IReadOnlyList<BlockPlace> Disconnected,
        IReadOnlyList<BlockPlace> Connected) : NodeOutput;

    /// <summary>Addresses of nodes not known before: worth keeping and dialling.</summary>
    /// <param name="Addresses">Where they say they are.</param>
    public sealed record PeersLearned(IReadOnlyList<string> Addresses) : NodeOutput;

    /// <summary>Something that people and counters may want to see.</summary>
    /// <param name="Event">What.</param>
    public sealed record Noted(NodeEvent Event) : NodeOutput;
}

/// <summary>What a node tells its log, its counters and its event stream. Closed.</summary>
public abstract record NodeEvent
{
    private NodeEvent()
    {
    }

    /// <summary>A block or header is not taken.</summary>
    /// <param name="Hash">The block.</param>
    /// <param name="Refusal">Why.</param>
    /// <param name="From">Who sent it; null for the own miner and the own store.</param>
    public sealed record BlockRefused(BlockHash Hash, BlockRefusal Refusal, PeerId? From) : NodeEvent;

    /// <summary>A transaction is not taken.</summary>
    /// <param name="Id">The transaction; zero when it is too malformed to have an id.</param>
    /// <param name="Refusal">Why.</param>
    /// <param name="From">Who sent it; null when it was handed in here.</param>
    public sealed record TransactionRefused(TransactionId Id, Refusal Refusal, PeerId? From) : NodeEvent;

    /// <summary>A transaction waits for a block now.</summary>
    /// <param name="Transaction">The transaction.</param>
    /// <param name="From">Who sent it; null when it was handed in here.</param>
    public sealed record TransactionAccepted(Transaction Transaction, PeerId? From) : NodeEvent;

    /// <summary>A transaction that waited cannot come any more, or not for now.</summary>
    /// <param name="Id">The transaction.</param>
    /// <param name="Refusal">What it came to conflict with; <see cref="Refusal.PoolFull"/> when it was displaced,
    /// <see cref="Refusal.None"/> when it waited too long.</param>
    public sealed record TransactionDropped(TransactionId Id, Refusal Refusal) : NodeEvent;

    /// <summary>Transactions of blocks that are no longer on the best chain wait again.</summary>
    /// <param name="Ids">The transactions.</param>
    public sealed record TransactionsReturned(IReadOnlyList<TransactionId> Ids) : NodeEvent;

    /// <summary>A valid block stands beside the best chain.</summary>
    /// <param name="Block">The block.</param>
    /// <param name="Tip">The tip, which has as much work or more.</param>
    public sealed record ForkSeen(BlockPlace Block, BlockPlace Tip) : NodeEvent;

    /// <summary>A block waits for the block before it.</summary>
    /// <param name="Hash">The block.</param>
    /// <param name="Previous">What it waits for.</param>
    public sealed record OrphanKept(BlockHash Hash, BlockHash Previous) : NodeEvent;

    /// <summary>The times of the best chain are so far ahead of the clock here that the next block would be refused:
    /// nothing is mined meanwhile.</summary>
    /// <param name="UntilUnixSeconds">What the clock must show, in seconds since 1970.</param>
    public sealed record MinerWaits(long UntilUnixSeconds) : NodeEvent;

    /// <summary>A peer said who it is and is listened to now.</summary>
    /// <param name="Peer">The connection.</param>
    /// <param name="Address">Where it can be reached; empty when it cannot.</param>
    /// <param name="Height">Height of its tip.</param>
    public sealed record PeerReady(PeerId Peer, string Address, int Height) : NodeEvent;
}
