namespace Blockchain.Core.BankNetwork;

/// <summary>Every limit of the bank network, in one place. Each is enforced where bytes come in, and tested.</summary>
public static class Limits
{
    /// <summary>The number that stands for the bank where a client's id is expected.</summary>
    public const int Bank = 0;

    /// <summary>Bytes in one frame between processes: 1 MiB.</summary>
    public const int FrameBytes = 1 << 20;

    /// <summary>Bytes that a request's transfers may take, so that the request fits a frame with room for its
    /// header.</summary>
    public const int RequestBytes = FrameBytes - 1024;

    /// <summary>Transfers in one request: what a 16-bit place can count with room to spare.</summary>
    public const int RequestTransfers = 8_190;

    /// <summary>Transfers accepted from the user and not yet settled, at one client.</summary>
    public const int PendingTransfers = 100_000;

    /// <summary>Members of a view.</summary>
    public const int Members = 256;

    /// <summary>Characters in the name of a client.</summary>
    public const int NameCharacters = 32;

    /// <summary>Characters in the memo of a transfer.</summary>
    public const int MemoCharacters = 70;

    /// <summary>Characters in what the bank says of why it made a view.</summary>
    public const int CauseCharacters = 256;

    /// <summary>The largest amount, in minor units.</summary>
    public const long AmountMinor = 1_000_000_000_000_000;

    /// <summary>Frames that wait for their predecessors on one link, and unacknowledged frames kept for sending again.
    /// A member has at most a handful of messages under way, so the limit is only met by a peer that
    /// misbehaves.</summary>
    public const int LinkWindow = 4_096;

    /// <summary>Frames of a view not installed yet that are kept until it is.</summary>
    public const int EarlyFrames = 4_096;

    /// <summary>Bytes of frames that wait for their view or for their predecessors, at each place where frames wait.
    /// Honest members have a handful of messages under way; what is dropped is sent again.</summary>
    public const int WaitingBytes = 16 * FrameBytes;

    /// <summary>How far ahead of what is known a clock may be before it is taken for a lie: a clock that is driven to
    /// its end would stop its owner.</summary>
    public const long ClockAhead = 1L << 40;

    /// <summary>Joins that wait for a view at the bank.</summary>
    public const int WaitingJoins = Members;

    /// <summary>Blocks in one answer to a catch-up request.</summary>
    public const int FetchBlocks = 4_096;

    /// <summary>Blocks at one client that are known but not settled.</summary>
    public const int ProvisionalBlocks = 4 * RequestTransfers * 16;

    /// <summary>Characters in the address at which a client is reached.</summary>
    public const int EndpointCharacters = 256;
}
