namespace Blockchain.Core.Kernel;

/// <summary>SHA-256 of SHA-256, as Bitcoin hashes headers, transactions and the nodes of its trees. The second round
/// takes away what can be appended to data whose single SHA-256 is known.</summary>
public static class Hash256
{
    /// <summary>Double SHA-256 of <paramref name="data"/>.</summary>
    public static Hash Of(ReadOnlySpan<byte> data)
    {
        Span<byte> digest = stackalloc byte[Hash.Size];
        Sha256.HashData(data, digest);
        return Hash.Of(digest);
    }

    /// <summary>Double SHA-256 of two hashes, one behind the other: a node of a tree above its two children.</summary>
    public static Hash OfPair(Hash left, Hash right)
    {
        Span<byte> pair = stackalloc byte[2 * Hash.Size];
        left.CopyTo(pair);
        right.CopyTo(pair[Hash.Size..]);
        return Of(pair);
    }
}
