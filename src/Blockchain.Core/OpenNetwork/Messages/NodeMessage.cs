namespace Blockchain.Core.OpenNetwork;

/// <summary>What nodes say to one another. Closed. <see cref="NodeMessageCodec"/> has the bytes.</summary>
public abstract record NodeMessage
{
    private NodeMessage()
    {
    }

    /// <summary>The first message on a connection, from both sides.</summary>
    /// <param name="Version">The protocol that the sender speaks.</param>
    /// <param name="Network">Hash of its genesis block; another network is turned away.</param>
    /// <param name="Agent">A random number of this run of the node: finds out a connection with oneself, or a second
    /// one with the same node.</param>
    /// <param name="Listen">Where the sender can be reached; empty when it cannot.</param>
    /// <param name="Height">Height of its tip.</param>
    /// <param name="Work">Work of its best chain.</param>
    public sealed record Hello(
        int Version, BlockHash Network, ulong Agent, string Listen, int Height, Work Work) : NodeMessage;

    /// <summary>Asks for the headers of the other side's best chain behind the last block that both have.</summary>
    /// <param name="Locator">Blocks of the sender's chain, from its tip back, see <see cref="BlockLocator"/>.</param>
    /// <param name="Stop">The last header wanted; <see cref="BlockHash.Zero"/> for as many as fit.</param>
    public sealed record GetHeaders(IReadOnlyList<BlockHash> Locator, BlockHash Stop) : NodeMessage;

    /// <summary>Answers <see cref="GetHeaders"/>: headers in order, each on the one before.</summary>
    /// <param name="List">At most 2,000; fewer when there are no more.</param>
    public sealed record Headers(IReadOnlyList<Header> List) : NodeMessage;

    /// <summary>Asks for blocks.</summary>
    /// <param name="Hashes">At most 64.</param>
    public sealed record GetBlocks(IReadOnlyList<BlockHash> Hashes) : NodeMessage;

    /// <summary>A block, asked for.</summary>
    /// <param name="Block">The block.</param>
    public sealed record BlockBody(Block Block) : NodeMessage;

    /// <summary>These blocks that were asked for are not sent.</summary>
    /// <param name="Hashes">At most 64.</param>
    public sealed record NotFound(IReadOnlyList<BlockHash> Hashes) : NodeMessage;

    /// <summary>Announces what the sender has.</summary>
    /// <param name="Blocks">New blocks.</param>
    /// <param name="Transactions">Transactions that wait for a block. Both lists together have at most 1,000.</param>
    public sealed record InventoryOf(
        IReadOnlyList<BlockHash> Blocks, IReadOnlyList<TransactionId> Transactions) : NodeMessage;

    /// <summary>Asks for transactions that wait for a block.</summary>
    /// <param name="Ids">At most 1,000.</param>
    public sealed record GetTransactions(IReadOnlyList<TransactionId> Ids) : NodeMessage;

    /// <summary>Transactions, asked for; what is no longer there is left out.</summary>
    /// <param name="List">In an order in which none stands before one that it builds on.</param>
    public sealed record TransactionBodies(IReadOnlyList<Transaction> List) : NodeMessage;

    /// <summary>Asks where other nodes are reached.</summary>
    public sealed record GetPeers : NodeMessage
    {
        /// <summary>The only one.</summary>
        public static readonly GetPeers Instance = new();
    }

    /// <summary>Where other nodes are reached.</summary>
    /// <param name="Addresses">At most 256.</param>
    public sealed record PeersAre(IReadOnlyList<string> Addresses) : NodeMessage;

    /// <summary>Asks for a sign of life.</summary>
    /// <param name="Number">Comes back in <see cref="Pong"/>.</param>
    public sealed record Ping(long Number) : NodeMessage;

    /// <summary>Answers <see cref="Ping"/>.</summary>
    /// <param name="Number">The number of the ping.</param>
    public sealed record Pong(long Number) : NodeMessage;
}
