using Blockchain.Core.OpenNetwork;

namespace Blockchain.Tests.Node;

/// <summary>Blocks with all the work they need, on whatever block a test likes.</summary>
internal static class BlockMaker
{
    // Long enough ago that a test may make as many blocks as it likes.
    private static readonly uint FirstTime = (uint)DateTimeOffset.UtcNow.ToUnixTimeSeconds() - 3_600;

    /// <summary>Makes one.</summary>
    /// <param name="parent">The block below.</param>
    /// <param name="height">Its height.</param>
    /// <param name="transactions">What follows the coinbase.</param>
    /// <param name="payee">Number of the seed whose address is paid.</param>
    /// <param name="rewardUnits">What is paid; null for the reward.</param>
    /// <param name="laterSeconds">How much later than usual its time is.</param>
    public static Block Make(
        BlockHash parent,
        int height,
        Transaction[] transactions,
        int payee = 9,
        long? rewardUnits = null,
        uint laterSeconds = 0)
    {
        Coins reward = new(rewardUnits ?? TestNode.Easy.RewardUnitsAt(height));
        Transaction.Coinbase coinbase = new(
            height, 0, "made", [new TransactionOutput(TestNode.AddressOf(Sample.Seed(payee)), reward)]);
        Transaction[] all = [coinbase, .. transactions];
        Header header = new(
            Header.CurrentVersion, parent, Block.RootOf(all, out _), FirstTime + laterSeconds + (uint)height,
            TestNode.Easy.StartBits, 0);
        while (!TestNode.Easy.Limit.IsMetBy(header.ComputeHash()))
        {
            header = header with { Nonce = header.Nonce + 1 };
        }

        return new Block(header, all);
    }
}
