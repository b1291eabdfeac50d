using Blockchain.Core.Kernel;

namespace Blockchain.Core.OpenNetwork;

/// <summary>The numbers in which one network differs from another. They stand in its first block, so that nodes with
/// other numbers have another network.</summary>
public sealed record NetworkParameters
{
    private const int MaxHalvings = 63;

    /// <summary>The name of the network.</summary>
    public required string Name { get; init; }

    /// <summary>Seconds wanted between two blocks.</summary>
    public int SpacingSeconds { get; init; } = 10;

    /// <summary>Blocks after which the target is set anew.</summary>
    public int RetargetWindow { get; init; } = 20;

    /// <summary>The most by which the target is multiplied or divided at once.</summary>
    public int MaxAdjustment { get; init; } = 4;

    /// <summary>Whether the target is ever set anew; without, every block is as hard as the first.</summary>
    public bool Retargets { get; init; } = true;

    /// <summary>The easiest target, in compact form.</summary>
    public required CompactTarget LimitBits { get; init; }

    /// <summary>The target of the first blocks, in compact form.</summary>
    public required CompactTarget StartBits { get; init; }

    /// <summary>What the first blocks pay to their miners, in units of 10^-8 coin.</summary>
    public long RewardUnits { get; init; } = 50 * Coins.UnitsPerCoin;

    /// <summary>Blocks after which the reward is halved.</summary>
    public int HalvingInterval { get; init; } = 210_000;

    /// <summary>The most bytes of a block, its header included.</summary>
    public int MaxBlockBytes { get; init; } = 500_000;

    /// <summary>How many blocks deep a reward must be before it may be spent, so that a reorganization seldom takes it
    /// from who was paid with it.</summary>
    public int CoinbaseMaturity { get; init; } = 10;

    /// <summary>The time of the first block, in seconds since 1970.</summary>
    public uint GenesisTime { get; init; } = 1_767_225_600;

    /// <summary>Seconds that a window should take.</summary>
    public long WindowSeconds => (long)RetargetWindow * SpacingSeconds;

    /// <summary>The easiest target.</summary>
    public Target Limit
    {
        get
        {
            CompactFault fault = Target.FromCompact(LimitBits, out Target limit);
            Invariant.Holds(fault == CompactFault.None, "the limit of a network is a target");
            return limit;
        }
    }

    /// <summary>The standard network: a block every 10 seconds, which one thread of an older processor can find at the
    /// start (16.7 million hashes). Any name is a network of its own.</summary>
    /// <param name="name">The name.</param>
    public static NetworkParameters Open(string name) => new()
    {
        Name = name,
        LimitBits = new CompactTarget(0x1f00_ffff),
        StartBits = new CompactTarget(0x1e00_ffff),
    };

    /// <summary>For tests: every second hash will do, always, and rewards can be spent soon.</summary>
    public static NetworkParameters Test { get; } = new()
    {
        Name = "test",
        LimitBits = new CompactTarget(0x207f_ffff),
        StartBits = new CompactTarget(0x207f_ffff),
        Retargets = false,
        HalvingInterval = 150,
        CoinbaseMaturity = 2,
    };

    /// <summary>Bitcoin's numbers, for its headers and targets. Its transactions are others.</summary>
    public static NetworkParameters Bitcoin { get; } = new()
    {
        Name = "bitcoin",
        SpacingSeconds = 600,
        RetargetWindow = 2_016,
        LimitBits = new CompactTarget(0x1d00_ffff),
        StartBits = new CompactTarget(0x1d00_ffff),
        MaxBlockBytes = 1_000_000,
        CoinbaseMaturity = 100,
        GenesisTime = 1_231_006_505,
    };

    /// <summary>Whether the block at this height has a target of its own, instead of its parent's.</summary>
    public bool SetsTargetAt(int height) => Retargets && height % RetargetWindow == 0;

    /// <summary>What the block at this height creates for its miner, without fees, in units of 10^-8 coin.</summary>
    public long RewardUnitsAt(int height) =>
        height / HalvingInterval is var halvings && halvings <= MaxHalvings ? RewardUnits >> halvings : 0;
}
