namespace Blockchain.Node;

/// <summary>Every limit of the host of a node, in one place; those of the protocol are
/// <see cref="Core.OpenNetwork.OpenLimits"/>.</summary>
public static class NodeLimits
{
    /// <summary>Things that wait for the loop, handed in over HTTP or TCP.</summary>
    public const int Inbox = 16_384;

    /// <summary>Bytes of blocks and transactions that wait for the disk; then the loop waits for it.</summary>
    public const long UnstoredBytes = 64 << 20;

    /// <summary>Bytes of blocks kept in memory beside those that wait for the disk.</summary>
    public const long CachedBytes = 16 << 20;

    /// <summary>Bytes in one transaction of the database.</summary>
    public const long CommitBytes = 16 << 20;

    /// <summary>Blocks that broke a rule and are remembered, so that they are not fetched again.</summary>
    public const int InvalidBlocks = 10_000;

    /// <summary>Connections that this node dials and keeps.</summary>
    public const int OutgoingPeers = 8;

    /// <summary>Connections of other nodes.</summary>
    public const int IncomingPeers = 48;

    /// <summary>Connections of other nodes from one address that is not of this machine.</summary>
    public const int IncomingPeersPerAddress = 4;

    /// <summary>Bytes that wait for one peer to read; then it is cut off.</summary>
    public const int PeerOutboxBytes = 8 << 20;

    /// <summary>One peer may use one of so many parts of this node's time with what it was not asked for.</summary>
    public const int PeerShare = 4;

    /// <summary>Addresses of nodes that are remembered.</summary>
    public const int KnownAddresses = 1_024;

    /// <summary>Addresses that are not to be let in for a while.</summary>
    public const int Bans = 4_096;

    /// <summary>Connections to the transaction port.</summary>
    public const int TcpConnections = 2_048;

    /// <summary>Bytes of a request that every connection to the transaction port may hold: the longest that can be a
    /// transaction, 70 characters outside the basic plane as Python escapes them, has about 1,100.</summary>
    public const int TcpFreeBytes = 1_280;

    /// <summary>Bytes of longer requests that are not whole yet, on all connections to the transaction port.</summary>
    public const int TcpPartialBytes = 16 << 20;

    /// <summary>Bytes of one request on the transaction port: what 2 bytes can say, less those two.</summary>
    public const int TcpFrameBytes = 65_533;

    /// <summary>How deep the JSON of a request may be nested.</summary>
    public const int JsonDepth = 32;

    /// <summary>Members of a tracker, on all networks together.</summary>
    public const int TrackerMembers = 2_048;

    /// <summary>Members of a tracker from one address that is not of this machine.</summary>
    public const int TrackerMembersPerAddress = 16;

    /// <summary>Addresses in one list of a tracker.</summary>
    public const int TrackerList = 256;

    /// <summary>Bytes of one message to or from a tracker.</summary>
    public const int TrackerMessageBytes = 128 << 10;

    /// <summary>Bytes of the body of an HTTP request.</summary>
    public const int HttpBodyBytes = 256 << 10;

    /// <summary>HTTP connections.</summary>
    public const int HttpConnections = 1_024;

    /// <summary>HTTP connections that became WebSockets.</summary>
    public const int HttpUpgrades = 4_096;

    /// <summary>Blocks in one answer: each is read as a whole.</summary>
    public const int BlockPage = 100;

    /// <summary>Headers, outputs or entries of history in one answer.</summary>
    public const int Page = 2_000;

    /// <summary>Those in an answer when none are said.</summary>
    public const int DefaultPage = 100;

    /// <summary>Addresses in the rich list.</summary>
    public const int RichList = 10;

    /// <summary>Waiting transactions that are listed; all are counted.</summary>
    public const int ListedPending = 1_000;

    /// <summary>Threads that mine.</summary>
    public const int MinerThreads = 256;

    /// <summary>Time of this node that a peer may use at once, before its share counts.</summary>
    public static readonly TimeSpan PeerBurst = TimeSpan.FromSeconds(1);

    /// <summary>What any message of a peer costs at least: reading and waking are not measured.</summary>
    public static readonly TimeSpan PeerMessageCost = TimeSpan.FromMicroseconds(50);

    /// <summary>What a transaction or block of a peer that is refused costs beside the time that it took.</summary>
    public static readonly TimeSpan PeerRefusalCost = TimeSpan.FromMilliseconds(1);

    /// <summary>How long a request on the transaction port may take to arrive.</summary>
    public static readonly TimeSpan TcpFrameTime = TimeSpan.FromSeconds(60);

    /// <summary>How long a connection to the transaction port may be idle.</summary>
    public static readonly TimeSpan TcpIdleTime = TimeSpan.FromMinutes(5);

    /// <summary>How long a client may take to read an answer.</summary>
    public static readonly TimeSpan TcpAnswerTime = TimeSpan.FromSeconds(10);

    /// <summary>How long a member of a tracker may be silent.</summary>
    public static readonly TimeSpan TrackerSilence = TimeSpan.FromSeconds(10);

    /// <summary>The shortest silence: several heartbeats must fit into it.</summary>
    public static readonly TimeSpan ShortestSilence = TimeSpan.FromMilliseconds(500);

    /// <summary>The longest silence: nobody hears longer of a node that is dead.</summary>
    public static readonly TimeSpan LongestSilence = TimeSpan.FromMinutes(10);
}
