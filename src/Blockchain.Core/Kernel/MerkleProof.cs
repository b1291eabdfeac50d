namespace Blockchain.Core.Kernel;

/// <summary>
/// Shows with one hash a level that a leaf stands in a <see cref="MerkleTree"/>, to one who knows only the root
/// (Bitcoin paper, section 8, "Simplified Payment Verification").
/// </summary>
/// <remarks>A node inside the tree has the form of a leaf whose data are 64 bytes long (CVE-2017-12842). Who proves
/// data by this must not accept data of 64 bytes.</remarks>
/// <param name="Index">The place of the leaf, from 0.</param>
/// <param name="Siblings">The nodes that the path to the root is paired with, the leaf's first.</param>
public sealed record MerkleProof(int Index, IReadOnlyList<Hash> Siblings)
{
    /// <summary>The most siblings: a tree of as many leaves as an index can count.</summary>
    public const int MaxSiblings = 31;

    /// <summary>Bytes that a node inside the tree is the hash of.</summary>
    public const int NodeBytes = 2 * Hash.Size;

    /// <summary>Makes the proof of one of the leaves.</summary>
    /// <param name="leaves">All leaves in order.</param>
    /// <param name="index">The place of the one to prove.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such leaf.</exception>
    public static MerkleProof Make(ReadOnlySpan<Hash> leaves, int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, leaves.Length);
        List<Hash> siblings = [];
        Hash[] level = leaves.ToArray();
        int place = index;
        for (int count = level.Length; count > 1; count = (count + 1) / 2)
        {
            siblings.Add(level[Math.Min(place ^ 1, count - 1)]);
            MerkleTree.Raise(level.AsSpan(0, count));
            place /= 2;
        }

        return new MerkleProof(index, siblings);
    }

    /// <summary>Whether the proof leads from the leaf to the root. A proof of the wrong form yields false.</summary>
    /// <param name="leaf">The leaf said to stand at <see cref="Index"/>.</param>
    /// <param name="root">The root that is known.</param>
    public bool Check(Hash leaf, Hash root)
    {
        if (Index < 0 || Siblings.Count > MaxSiblings || (long)Index >> Siblings.Count != 0)
        {
            return false;
        }

        Hash node = leaf;
        for (int i = 0; i < Siblings.Count; i++)
        {
            bool isRight = ((Index >> i) & 1) == 1;
            if (isRight && Siblings[i] == node)
            {
                // Only a left node is paired with itself: this index counts a repeated end (CVE-2012-2459).
                return false;
            }

            node = isRight ? Hash256.OfPair(Siblings[i], node) : Hash256.OfPair(node, Siblings[i]);
        }

        return node == root;
    }

    /// <summary>By value, the siblings included.</summary>
    public bool Equals(MerkleProof? other) =>
        other is not null && Index == other.Index && Siblings.SequenceEqual(other.Siblings);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Index, Siblings.Count);
}
