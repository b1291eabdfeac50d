using Blockchain.Core.BankNetwork;

namespace Blockchain.Bank.Service;

/// <summary>Which durable blocks concern an account: 8 bytes for each side of a transfer. Used on the loop
/// only.</summary>
internal sealed class AccountHistory
{
    private readonly List<List<long>> _accounts = [];

    /// <summary>Takes note of a durable block.</summary>
    public void Add(long index, Block block)
    {
        switch (block)
        {
            case Block.Open open:
                _accounts.Add([index]);
                Core.Kernel.Invariant.Holds(_accounts.Count == open.Account, "accounts are numbered in order");
                break;
            case Block.Payment { Transfer: var transfer }:
                Note(transfer.From, index);
                if (transfer.To != transfer.From)
                {
                    Note(transfer.To, index);
                }

                break;
        }
    }

    /// <summary>Indexes of an account's blocks from a place on, in order.</summary>
    /// <param name="account">The account.</param>
    /// <param name="from">Index of the first block that may be among them.</param>
    /// <param name="limit">How many at most.</param>
    /// <returns>Null when there is no such account.</returns>
    public long[]? Find(int account, long from, int limit)
    {
        if (account < 1 || account > _accounts.Count)
        {
            return null;
        }

        List<long> indexes = _accounts[account - 1];
        int start = indexes.BinarySearch(from);
        start = start < 0 ? ~start : start;
        return [.. indexes.GetRange(start, Math.Min(limit, indexes.Count - start))];
    }

    // An aborted transfer may name a receiver that does not exist.
    private void Note(int account, long index)
    {
        if (account >= 1 && account <= _accounts.Count)
        {
            _accounts[account - 1].Add(index);
        }
    }
}
