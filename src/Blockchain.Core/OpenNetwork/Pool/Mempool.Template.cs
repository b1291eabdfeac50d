namespace Blockchain.Core.OpenNetwork;

/// <content>What the next block is made of.</content>
public sealed partial class Mempool
{
    // Header, counts and lengths, and a coinbase with one output and no text.
    private const int ReservedBytes = 256;
    private const int LengthBytes = 4;

    /// <summary>Puts the next block together: free transactions in the order in which they came, as far as their share
    /// of the bytes goes, and payments by fee rate.</summary>
    /// <param name="header">The header but for its Merkle root.</param>
    /// <param name="payee">Who gets reward and fees.</param>
    public BlockTemplate MakeTemplate(Header header, Address payee)
    {
        Selection selection = new(_parameters.MaxBlockBytes);
        foreach (PoolEntry entry in _inOrder.Values.Where(entry => entry.Transaction.IsFree))
        {
            selection.Offer(entry);
        }

        foreach (PoolEntry entry in _byRate)
        {
            selection.Offer(entry);
        }

        int height = _chain.NextHeight;
        Coins fees = new(selection.FeeUnits);
        Coins due = _chain.RewardAt(height) + fees;
        TransactionOutput[] outputs = due > Coins.Zero ? [new TransactionOutput(payee, due)] : [];
        Transaction.Coinbase coinbase = new(height, 0, string.Empty, outputs);
        return new BlockTemplate(header, coinbase, selection.Transactions, fees);
    }

    private sealed class Selection(int maxBytes)
    {
        private readonly HashSet<PoolEntry> _chosen = [];
        private readonly HashSet<PoolEntry> _waiting = [];
        private int _left = maxBytes - ReservedBytes;
        private int _freeLeft = maxBytes / OpenLimits.FreeShare;

        public List<Transaction> Transactions { get; } = [];

        public long FeeUnits { get; private set; }

        /// <summary>Chooses the entry if it fits and all that it builds on are chosen; otherwise it waits for
        /// them.</summary>
        public void Offer(PoolEntry first)
        {
            Queue<PoolEntry> offers = new([first]);
            while (offers.TryDequeue(out PoolEntry? entry))
            {
                if (!entry.Parents.All(_chosen.Contains))
                {
                    _waiting.Add(entry);
                }
                else if (Fits(entry) && _chosen.Add(entry))
                {
                    Take(entry);
                    foreach (PoolEntry child in entry.Children.Where(_waiting.Contains).OrderBy(Sequence))
                    {
                        offers.Enqueue(child);
                    }
                }
            }
        }

        private static long Sequence(PoolEntry entry) => entry.Sequence;

        private static long FeeOf(PoolEntry entry) => ((Transaction.Payment)entry.Transaction).Fee.Units;

        private bool Fits(PoolEntry entry) => entry.Transaction.Size + LengthBytes <= _left
            && (entry.Transaction.IsFree
                ? entry.Transaction.Size <= _freeLeft
                : FeeUnits + FeeOf(entry) <= OpenLimits.AmountUnits / 2);

        private void Take(PoolEntry entry)
        {
            Transactions.Add(entry.Transaction);
            _left -= entry.Transaction.Size + LengthBytes;
            if (entry.Transaction.IsFree)
            {
                _freeLeft -= entry.Transaction.Size;
            }
            else
            {
                FeeUnits += FeeOf(entry);
            }
        }
    }
}
