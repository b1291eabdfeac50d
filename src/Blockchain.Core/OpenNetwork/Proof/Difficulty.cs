using Blockchain.Core.Kernel;

namespace Blockchain.Core.OpenNetwork;

/// <summary>Sets the target anew after every window of blocks, so that blocks keep coming at the wanted pace whatever
/// the miners' power (Bitcoin Core, <c>CalculateNextWorkRequired</c>).</summary>
public static class Difficulty
{
    /// <summary>The compact target that the block at <paramref name="height"/> must have.</summary>
    /// <remarks>As in Bitcoin, the time measured is that from the first to the last block of the window, which is one
    /// interval less than the window has blocks, while the time wanted is that of all of them.</remarks>
    /// <param name="parameters">The numbers of the network.</param>
    /// <param name="height">The height of the block, 1 for the first behind genesis.</param>
    /// <param name="parentBits">The compact target of the block before.</param>
    /// <param name="firstTimeOfWindow">When <paramref name="height"/> is a multiple of the window: the time of the
    /// block at height less window. Else not used.</param>
    /// <param name="parentTime">The time of the block before.</param>
    public static CompactTarget NextBits(
        NetworkParameters parameters,
        int height,
        CompactTarget parentBits,
        uint firstTimeOfWindow,
        uint parentTime)
    {
        if (!parameters.SetsTargetAt(height))
        {
            return parentBits;
        }

        CompactFault fault = Target.FromCompact(parentBits, out Target old);
        Invariant.Holds(fault == CompactFault.None, "the target of a parent was checked");
        long wanted = parameters.WindowSeconds;
        long taken = Math.Clamp(
            (long)parentTime - firstTimeOfWindow,
            wanted / parameters.MaxAdjustment,
            wanted * parameters.MaxAdjustment);
        UInt256 next = old.Value.Scale((ulong)taken, (ulong)wanted);
        UInt256 limit = parameters.Limit.Value;
        return new Target(next > limit ? limit : next).ToCompact();
    }
}
