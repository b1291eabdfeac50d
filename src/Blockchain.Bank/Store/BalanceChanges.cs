using Blockchain.Core.BankNetwork;

namespace Blockchain.Bank.Store;

/// <summary>What a batch of blocks does to the accounts in all: one update per account, however many
/// transfers.</summary>
public sealed class BalanceChanges
{
    private readonly SortedDictionary<int, long> _minor = [];
    private readonly List<Block.Open> _opened = [];

    /// <summary>Adds up the blocks.</summary>
    public BalanceChanges(IReadOnlyList<Block> blocks)
    {
        foreach (Block block in blocks)
        {
            Add(block);
        }
    }

    /// <summary>Accounts opened, with their deposits; <see cref="Minor"/> comes on top.</summary>
    public IReadOnlyList<Block.Open> Opened => _opened;

    /// <summary>Change in minor units by account, without those that end up at 0.</summary>
    public IEnumerable<KeyValuePair<int, long>> Minor => _minor.Where(static change => change.Value != 0);

    private void Add(Block block)
    {
        if (block is Block.Open open)
        {
            _opened.Add(open);
        }
        else if (block is Block.Payment { Outcome: Outcome.Success, Transfer: var transfer })
        {
            Move(transfer.From, -transfer.Amount.Minor);
            Move(transfer.To, transfer.Amount.Minor);
        }
    }

    private void Move(int account, long minor) => _minor[account] = _minor.GetValueOrDefault(account) + minor;
}
