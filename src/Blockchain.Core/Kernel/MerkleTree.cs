namespace Blockchain.Core.Kernel;

/// <summary>
/// Bitcoin's Merkle tree: each node is <see cref="Hash256"/> of its two children, and the last node of an odd level is
/// paired with itself (Bitcoin developer reference, "Merkle trees").
/// </summary>
public static class MerkleTree
{
    /// <summary>The root over <paramref name="leaves"/>; a hash of zeros over none.</summary>
    /// <param name="leaves">The leaves in order.</param>
    /// <param name="mutated">Whether two nodes that are paired are equal without being one and the same. Since the last
    /// node of an odd level is paired with itself, a list with its end repeated has the root of the list without
    /// (CVE-2012-2459): a block with such leaves is refused and its hash must not be marked as invalid, because an
    /// honest block has it too.</param>
    public static Hash Root(ReadOnlySpan<Hash> leaves, out bool mutated)
    {
        mutated = false;
        if (leaves.IsEmpty)
        {
            return default;
        }

        Hash[] level = leaves.ToArray();
        for (int count = level.Length; count > 1; count = (count + 1) / 2)
        {
            mutated |= HasEqualPair(level.AsSpan(0, count));
            Raise(level.AsSpan(0, count));
        }

        return level[0];
    }

    /// <summary>Puts the parents of the nodes of a level at its start.</summary>
    internal static void Raise(Span<Hash> level)
    {
        for (int i = 0; i < level.Length; i += 2)
        {
            level[i / 2] = Hash256.OfPair(level[i], level[Math.Min(i + 1, level.Length - 1)]);
        }
    }

    private static bool HasEqualPair(ReadOnlySpan<Hash> level)
    {
        for (int i = 0; i + 1 < level.Length; i += 2)
        {
            if (level[i] == level[i + 1])
            {
                return true;
            }
        }

        return false;
    }
}
