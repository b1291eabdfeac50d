namespace Blockchain.Core.OpenNetwork;

/// <summary>What can be said about a block without knowing a chain. Cheap rules first.</summary>
public static class BlockForm
{
    /// <summary>Checks size, Merkle root, the place of the coinbase, the share of free transactions, and the form of
    /// every transaction; no work and no signatures.</summary>
    public static BlockRefusal Check(Block block, NetworkParameters parameters)
    {
        BlockFault fault = CheckWhole(block, parameters);
        if (fault != BlockFault.None)
        {
            return new BlockRefusal(fault);
        }

        for (int i = 0; i < block.Transactions.Count; i++)
        {
            Refusal refusal = TransactionForm.Check(block.Transactions[i]);
            if (refusal != Refusal.None)
            {
                return new BlockRefusal(BlockFault.InvalidTransaction, refusal, i);
            }
        }

        return BlockRefusal.None;
    }

    private static BlockFault CheckWhole(Block block, NetworkParameters parameters)
    {
        // Before everything that the header commits to: else another's valid header could be made to look invalid.
        if (block.ComputeMerkleRoot(out bool mutated) != block.Header.MerkleRoot)
        {
            return BlockFault.WrongMerkleRoot;
        }

        if (mutated)
        {
            return BlockFault.RepeatedTransactions;
        }

        if (block.Transactions.Count == 0)
        {
            return BlockFault.NoTransactions;
        }

        if (block.Size > parameters.MaxBlockBytes)
        {
            return BlockFault.TooLarge;
        }

        if (block.Transactions[0] is not Transaction.Coinbase)
        {
            return BlockFault.NoCoinbase;
        }

        if (block.Transactions.Skip(1).Any(transaction => transaction is Transaction.Coinbase))
        {
            return BlockFault.SecondCoinbase;
        }

        return block.Transactions.Where(transaction => transaction.IsFree).Sum(transaction => transaction.Size)
            > parameters.MaxBlockBytes / OpenLimits.FreeShare
                ? BlockFault.TooManyFree
                : BlockFault.None;
    }
}
