namespace Blockchain.Simulator;

/// <summary>What a simulated world counts, to show that its faults and the protocol's answers to them did
/// happen.</summary>
public enum Happening
{
    /// <summary>Steps of clients and bank.</summary>
    Step,

    /// <summary>Transfers accepted by clients.</summary>
    AcceptedTransfer,

    /// <summary>Transfers that a client refused without asking anybody.</summary>
    RejectedTransfer,

    /// <summary>Transfers that moved money.</summary>
    Success,

    /// <summary>Transfers recorded as aborted.</summary>
    Abort,

    /// <summary>Requests that carried more than one transfer.</summary>
    Batch,

    /// <summary>Balances read at the bank.</summary>
    BalanceRead,

    /// <summary>Critical sections entered.</summary>
    Entered,

    /// <summary>Views made by the bank.</summary>
    View,

    /// <summary>Members that a view took out though they had not said goodbye.</summary>
    Eviction,

    /// <summary>Evictions by the operator of members that were well.</summary>
    WrongEviction,

    /// <summary>Requests refused because their view was over: the fence against pauses.</summary>
    Fence,

    /// <summary>Requests answered from the record, because they had been applied before.</summary>
    Deduplicated,

    /// <summary>Frames passed on by the bank.</summary>
    Relay,

    /// <summary>Catch-ups that brought blocks.</summary>
    CatchUp,

    /// <summary>Crashes of clients.</summary>
    ClientCrash,

    /// <summary>Crashes of the bank.</summary>
    BankCrash,

    /// <summary>Crashes in the middle of a step.</summary>
    MidStepCrash,

    /// <summary>Torn records cut off at a start.</summary>
    TornWrite,

    /// <summary>Crashes of the bank that lost blocks it had ordered and announced.</summary>
    EarlyReleaseLoss,

    /// <summary>Flushes that failed.</summary>
    FailedFlush,

    /// <summary>Flushes that failed because the disk was full.</summary>
    FullDisk,

    /// <summary>Flushes that said they were done and were not.</summary>
    LyingFlush,

    /// <summary>Times the bank lost commits that its disk had reported as flushed.</summary>
    LostCommit,

    /// <summary>Accepted transfers that a client forgot, because its disk had lied.</summary>
    ForgottenTransfer,

    /// <summary>Starts of a client whose chain is shorter than its checkpoint says, because its disk had
    /// lied.</summary>
    ShortenedChain,

    /// <summary>Starts of a client whose count of its starts was an older one, because its disk had lied.</summary>
    LostIncarnation,

    /// <summary>Pauses longer than the lease.</summary>
    Pause,

    /// <summary>Partitions.</summary>
    Partition,

    /// <summary>Messages that a partition stopped.</summary>
    BlockedMessage,

    /// <summary>Messages lost.</summary>
    LostMessage,

    /// <summary>Messages that arrived twice.</summary>
    DuplicatedMessage,

    /// <summary>Messages that were overtaken.</summary>
    ReorderedMessage,

    /// <summary>Messages that took seconds.</summary>
    SlowMessage,

    /// <summary>Clocks that ran wrong.</summary>
    SkewedClock,

    /// <summary>Clients that came while the others worked.</summary>
    LateJoin,

    /// <summary>Clients that left.</summary>
    Departure,

    /// <summary>Times the bank came back from an old backup.</summary>
    Rollback,

    /// <summary>Those of them that ended in a view without members.</summary>
    LonelyRollback,

    /// <summary>Times the bank took blocks back from clients.</summary>
    RollbackRepaired,

    /// <summary>Lies told.</summary>
    Lie,

    /// <summary>Messages of a liar that could not be read.</summary>
    UnreadableMessage,
}

/// <summary>Counts of what happened.</summary>
public sealed class Coverage
{
    private readonly long[] _counts = new long[Enum.GetValues<Happening>().Length];

    /// <summary>How often it happened.</summary>
    public long this[Happening happening] => _counts[(int)happening];

    /// <summary>It happened.</summary>
    public void Count(Happening happening, long times = 1) => _counts[(int)happening] += times;

    /// <summary>Adds the counts of another world.</summary>
    public void Add(Coverage other)
    {
        for (int i = 0; i < _counts.Length; i++)
        {
            _counts[i] += other._counts[i];
        }
    }
}
