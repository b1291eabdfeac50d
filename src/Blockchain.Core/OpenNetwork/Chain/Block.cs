using System.Runtime.InteropServices;
using Blockchain.Core.Kernel;

namespace Blockchain.Core.OpenNetwork;

/// <summary>A header and the transactions that it commits to. Immutable; encoded once.</summary>
public sealed class Block
{
    private const int MinTransactionBytes = 4 + 1;
    private readonly Transaction[] _transactions;
    private byte[]? _canonical;

    /// <summary>Puts a block together. Whether the header commits to the transactions is another question.</summary>
    public Block(Header header, IReadOnlyList<Transaction> transactions)
    {
        Header = header;
        Hash = header.ComputeHash();
        _transactions = [.. transactions];
    }

    /// <summary>The header.</summary>
    public Header Header { get; }

    /// <summary>The header's hash, which names the block.</summary>
    public BlockHash Hash { get; }

    /// <summary>The transactions, the coinbase first.</summary>
    public IReadOnlyList<Transaction> Transactions => _transactions;

    /// <summary>Header, number of transactions (4 bytes), each transaction behind its length (4 bytes).</summary>
    public ReadOnlyMemory<byte> Canonical => _canonical ??= Encode();

    /// <summary>Bytes of the canonical form.</summary>
    public int Size => Canonical.Length;

    /// <summary>The root over the ids of the transactions.</summary>
    /// <param name="mutated">Whether a repeated end makes the list look like another, see
    /// <see cref="MerkleTree.Root"/>.</param>
    public Hash ComputeMerkleRoot(out bool mutated) => RootOf(_transactions, out mutated);

    /// <summary>The root over the ids of these transactions.</summary>
    public static Hash RootOf(IReadOnlyList<Transaction> transactions, out bool mutated) =>
        MerkleTree.Root(LeavesOf(transactions), out mutated);

    /// <summary>Proves to who knows the header that the transaction at this place is in the block.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such place.</exception>
    public MerkleProof Prove(int index) => MerkleProof.Make(LeavesOf(_transactions), index);

    /// <summary>Reads one block and insists that nothing follows. Nothing in it refers to <paramref name="bytes"/>
    /// afterwards.</summary>
    /// <exception cref="FormatFaultException">The bytes are not exactly one block.</exception>
    public static Block Decode(ReadOnlySpan<byte> bytes)
    {
        CanonicalReader reader = new(bytes);
        Header header = Header.Read(reader.Raw(Header.Size));
        int count = reader.U32();
        if ((long)count * MinTransactionBytes > reader.Remaining)
        {
            throw new FormatFaultException($"a block says it has {count} transactions; they are not there");
        }

        Transaction[] transactions = new Transaction[count];
        for (int i = 0; i < count; i++)
        {
            transactions[i] = Transaction.Decode(reader.Prefixed());
        }

        reader.End();
        return new Block(header, transactions) { _canonical = bytes.ToArray() };
    }

    /// <summary>Height is not in a block; hash and number of transactions are.</summary>
    public override string ToString() => $"block {Hash} of {_transactions.Length} transactions";

    private static ReadOnlySpan<Hash> LeavesOf(IReadOnlyList<Transaction> transactions)
    {
        List<Hash> leaves = new(transactions.Count);
        foreach (Transaction transaction in transactions)
        {
            leaves.Add(transaction.Id.Leaf);
        }

        return CollectionsMarshal.AsSpan(leaves);
    }

    private byte[] Encode()
    {
        CanonicalWriter writer = new();
        Span<byte> header = stackalloc byte[Header.Size];
        Header.Write(header);
        writer.Raw(header);
        writer.U32(_transactions.Length);
        foreach (Transaction transaction in _transactions)
        {
            writer.Prefixed(transaction.Canonical.Span);
        }

        return writer.ToArray();
    }
}
