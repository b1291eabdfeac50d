using System.Collections.Concurrent;
using Blockchain.Wire.Http;

namespace Blockchain.Node.Service;

/// <summary>What a node counts, for monitors: what it took and what it refused, by reason. From any thread.</summary>
public sealed class NodeCounters
{
    /// <summary>Requests of TCP clients that were taken.</summary>
    public const string TcpAccepted = "blockchain_tcp_accepted_total";

    /// <summary>Requests of TCP clients that were refused, by reason.</summary>
    public const string TcpRefused = "blockchain_tcp_refused_total";

    /// <summary>TCP connections that this node closed, by reason.</summary>
    public const string TcpClosed = "blockchain_tcp_closed_total";

    /// <summary>Transactions refused, by reason.</summary>
    public const string TransactionsRefused = "blockchain_transactions_refused_total";

    /// <summary>Transactions that wait or have waited for a block.</summary>
    public const string TransactionsAccepted = "blockchain_transactions_accepted_total";

    /// <summary>Transactions that waited and cannot come any more, by reason.</summary>
    public const string TransactionsDropped = "blockchain_transactions_dropped_total";

    /// <summary>Blocks and headers refused, by reason.</summary>
    public const string BlocksRefused = "blockchain_blocks_refused_total";

    /// <summary>Blocks stored.</summary>
    public const string BlocksStored = "blockchain_blocks_stored_total";

    /// <summary>Blocks of this node's own miner.</summary>
    public const string BlocksMined = "blockchain_blocks_mined_total";

    /// <summary>Blocks asked of other nodes.</summary>
    public const string BlocksRequested = "blockchain_blocks_requested_total";

    /// <summary>Blocks that came from other nodes.</summary>
    public const string BlocksReceived = "blockchain_blocks_received_total";

    /// <summary>Times that the best chain changed to another branch.</summary>
    public const string Reorganizations = "blockchain_reorganizations_total";

    /// <summary>Valid blocks seen beside the best chain.</summary>
    public const string Forks = "blockchain_forks_total";

    /// <summary>Peers that this node hung up on, by reason.</summary>
    public const string PeersDropped = "blockchain_peers_dropped_total";

    /// <summary>Connections of other nodes that were not let in, by reason.</summary>
    public const string PeersRefused = "blockchain_peers_refused_total";

    /// <summary>Times that a peer had to wait, since it had used up its share of this node's time.</summary>
    public const string PeersSlowed = "blockchain_peers_slowed_total";

    /// <summary>Messages of peers that could not be read.</summary>
    public const string MessagesRefused = "blockchain_peer_messages_refused_total";

    /// <summary>Hashes tried by this node's own miner.</summary>
    public const string Hashes = "blockchain_hashes_total";

    /// <summary>Transactions of the database.</summary>
    public const string Commits = "blockchain_commits_total";

    private static readonly (string Name, string Help)[] Families =
    [
        (TcpAccepted, "Requests of TCP clients that were taken."),
        (TcpRefused, "Requests of TCP clients that were refused, by reason."),
        (TcpClosed, "TCP connections that this node closed, by reason."),
        (TransactionsAccepted, "Transactions taken to wait for a block."),
        (TransactionsRefused, "Transactions refused, by reason."),
        (TransactionsDropped, "Waiting transactions given up, by reason."),
        (BlocksRefused, "Blocks and headers refused, by reason."),
        (BlocksStored, "Blocks stored."),
        (BlocksMined, "Blocks found by this node."),
        (BlocksRequested, "Blocks asked of other nodes."),
        (BlocksReceived, "Blocks that came from other nodes."),
        (Reorganizations, "Changes of the best chain to another branch."),
        (Forks, "Valid blocks seen beside the best chain."),
        (PeersDropped, "Peers that this node hung up on, by reason."),
        (PeersRefused, "Connections of other nodes that were not let in, by reason."),
        (PeersSlowed, "Times that a peer had to wait, since it had used up its share of this node's time."),
        (MessagesRefused, "Messages of peers that could not be read."),
        (Hashes, "Hashes tried by this node's miner."),
        (Commits, "Transactions of the database."),
    ];

    private readonly ConcurrentDictionary<(string Name, string Reason), long> _values = new();

    /// <summary>Counts.</summary>
    /// <param name="name">One of the names here.</param>
    /// <param name="reason">Why; from a fixed list, never what a stranger sent.</param>
    /// <param name="by">How many.</param>
    public void Count(string name, string reason = "", long by = 1) =>
        _values.AddOrUpdate((name, reason), by, (_, value) => value + by);

    /// <summary>How often it was counted.</summary>
    public long Of(string name, string reason = "") => _values.GetValueOrDefault((name, reason));

    /// <summary>Everything as monitors want it.</summary>
    public Metric[] ToMetrics()
    {
        List<Metric> metrics = [];
        foreach ((string name, string help) in Families)
        {
            KeyValuePair<(string Name, string Reason), long>[] values =
                [.. _values.Where(value => value.Key.Name == name).OrderBy(value => value.Key.Reason)];
            if (values.Length == 0)
            {
                metrics.Add(new Metric(name, help, 0));
            }

            foreach (((_, string reason), long value) in values)
            {
                string labels = reason.Length == 0 ? string.Empty : $"{{reason=\"{reason}\"}}";
                metrics.Add(new Metric(name + labels, help, value));
            }
        }

        return [.. metrics];
    }
}
