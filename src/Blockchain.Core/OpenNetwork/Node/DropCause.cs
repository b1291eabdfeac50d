namespace Blockchain.Core.OpenNetwork;

/// <summary>Why a node hangs up on a peer. The names are those of the metrics.</summary>
public enum DropCause
{
    /// <summary>This node has as many peers as it takes.</summary>
    TooManyPeers,

    /// <summary>The peer did not say hello, or not first.</summary>
    NoHello,

    /// <summary>It said hello again.</summary>
    SecondHello,

    /// <summary>It speaks another version of the protocol.</summary>
    OtherVersion,

    /// <summary>It is a node of another network.</summary>
    OtherNetwork,

    /// <summary>It is this node itself.</summary>
    Itself,

    /// <summary>The two nodes are connected already.</summary>
    ConnectedTwice,

    /// <summary>Nothing was heard of it for too long.</summary>
    Silent,

    /// <summary>It did not send what it was asked for.</summary>
    NoAnswer,

    /// <summary>It sent headers that do not stand one on another.</summary>
    BrokenHeaders,

    /// <summary>It sent a block or a header that breaks a rule.</summary>
    InvalidBlock,

    /// <summary>It sent a transaction that breaks a rule whatever chain it is for.</summary>
    InvalidTransaction,
}
