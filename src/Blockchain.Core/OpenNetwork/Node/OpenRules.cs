namespace Blockchain.Core.OpenNetwork;

/// <summary>
/// The rules of a full node that a simulation can take out one at a time, to show that its checkers notice
/// (`blockchain soak --network open --without`). Everything that ships runs with <see cref="All"/>.
/// </summary>
[Flags]
public enum OpenRules
{
    /// <summary>Owners sign what they pay, say and vote.</summary>
    Signature = 1,

    /// <summary>The hash of a header meets its target.</summary>
    Work = 2,

    /// <summary>The chain of most work is followed, not the one that came last.</summary>
    MostWork = 4,

    /// <summary>Of two chains of equal work the one seen first is followed.</summary>
    FirstSeen = 8,

    /// <summary>A coinbase pays the reward and the fees and nothing else.</summary>
    Reward = 16,

    /// <summary>A reward is spent only some blocks after it was mined.</summary>
    Maturity = 32,

    /// <summary>A block that is taken off the chain gives back what it spent.</summary>
    Undo = 64,

    /// <summary>The transactions of a block that is taken off the chain wait again.</summary>
    Return = 128,

    /// <summary>What lost to a transaction on the chain is kept, and comes back when that is taken off.</summary>
    Losing = 256,

    /// <summary>A node as designed.</summary>
    All = Signature | Work | MostWork | FirstSeen | Reward | Maturity | Undo | Return | Losing,
}
