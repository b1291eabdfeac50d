using Blockchain.Core.Kernel;

namespace Blockchain.Core.OpenNetwork;

/// <summary>
/// A block without its work. A miner varies the nonce, then the extra nonce in the coinbase, and may set a later time.
/// </summary>
public sealed class BlockTemplate
{
    private readonly Transaction.Coinbase _coinbase;
    private readonly Transaction[] _transactions;
    private readonly MerkleProof _branch;

    internal BlockTemplate(
        Header header, Transaction.Coinbase coinbase, IReadOnlyList<Transaction> transactions, Coins fees)
    {
        _coinbase = coinbase;
        _transactions = [.. transactions];
        Fees = fees;
        Transaction[] all = [coinbase, .. transactions];
        Hash[] leaves = [.. all.Select(transaction => transaction.Id.Leaf)];
        _branch = MerkleProof.Make(leaves, 0);
        Header = header with { MerkleRoot = MerkleTree.Root(leaves, out _) };
    }

    /// <summary>The header with nonce 0 and extra nonce 0. Its time is the earliest that is allowed, or that of the
    /// clock when the template was made.</summary>
    public Header Header { get; }

    /// <summary>Height of the block.</summary>
    public int Height => _coinbase.Height;

    /// <summary>Sum of the fees.</summary>
    public Coins Fees { get; }

    /// <summary>Number of transactions, the coinbase included.</summary>
    public int TransactionCount => _transactions.Length + 1;

    /// <summary>The header with another coinbase, for when all nonces are used up. Costs a hash or two a level of the
    /// Merkle tree.</summary>
    /// <param name="extraNonce">Any number; 0 gives <see cref="Header"/>.</param>
    public Header HeaderWith(ulong extraNonce)
    {
        Hash node = CoinbaseWith(extraNonce).Id.Leaf;
        foreach (Hash sibling in _branch.Siblings)
        {
            node = Hash256.OfPair(node, sibling);
        }

        return Header with { MerkleRoot = node };
    }

    /// <summary>The block with this header.</summary>
    /// <param name="header">A header of <see cref="HeaderWith"/>, with a nonce that does the work.</param>
    /// <param name="extraNonce">The extra nonce that it was made with.</param>
    public Block ToBlock(Header header, ulong extraNonce) =>
        new(header, [CoinbaseWith(extraNonce), .. _transactions]);

    private Transaction.Coinbase CoinbaseWith(ulong extraNonce) => extraNonce == _coinbase.ExtraNonce
        ? _coinbase
        : new Transaction.Coinbase(_coinbase.Height, extraNonce, _coinbase.Text, _coinbase.Outputs);
}
