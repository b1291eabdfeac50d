namespace Blockchain.Core.OpenNetwork;

/// <summary>
/// Says in few hashes which chain one has: the last ten blocks, then blocks at doubling distances, the first block at
/// the end. Whoever reads it finds the last block in common, give or take the distance (Bitcoin Core,
/// <c>CBlockLocator</c>).
/// </summary>
public static class BlockLocator
{
    private const int Dense = 10;

    /// <summary>Makes the locator of a chain.</summary>
    /// <param name="height">Height of the chain's tip.</param>
    /// <param name="hashAt">Hash of its block at a height.</param>
    public static IReadOnlyList<BlockHash> Make(int height, Func<int, BlockHash> hashAt)
    {
        List<BlockHash> locator = [];
        int step = 1;
        for (int at = height; at > 0; at -= step)
        {
            locator.Add(hashAt(at));
            step = locator.Count >= Dense ? 2 * step : step;
        }

        locator.Add(hashAt(0));
        return locator;
    }
}
