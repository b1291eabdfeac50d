using Blockchain.Core.Kernel;

namespace Blockchain.Core.BankNetwork;

/// <summary>
/// Checks the links of a stored chain. Where each hash is stored beside its block no link waits for the one before, so
/// they are hashed as many at once as the processor has lanes, and a host may check ranges on all its cores: when each
/// link holds, the chain does.
/// </summary>
public static class LinkAudit
{
    private const int ChunkLength = 256;

    /// <summary>Finds the first block whose stored hash is not the one that its predecessor's and its bytes
    /// give.</summary>
    /// <param name="source">Holds the canonical bytes.</param>
    /// <param name="blocks">Where the blocks of the range stand, in order.</param>
    /// <param name="hashes">The hash stored with each.</param>
    /// <param name="previous">The hash stored with the block before the range; <see cref="Hash.Empty"/> for
    /// none.</param>
    /// <returns>Its place in the range; -1 when every link holds.</returns>
    /// <exception cref="ArgumentException">There is not one hash for each block.</exception>
    public static int FindBroken(
        ReadOnlySpan<byte> source, ReadOnlySpan<MessageRange> blocks, ReadOnlySpan<Hash> hashes, Hash previous)
    {
        if (hashes.Length != blocks.Length)
        {
            throw new ArgumentException("Every block has one hash.", nameof(hashes));
        }

        Span<Hash> before = stackalloc Hash[ChunkLength];
        Span<Hash> found = stackalloc Hash[ChunkLength];
        for (int from = 0; from < blocks.Length; from += ChunkLength)
        {
            int count = Math.Min(ChunkLength, blocks.Length - from);
            ReadOnlySpan<Hash> stored = hashes.Slice(from, count);
            before[0] = previous;
            stored[..^1].CopyTo(before[1..]);
            HashBatch.Links(source, blocks.Slice(from, count), before[..count], found);
            int same = stored.CommonPrefixLength(found[..count]);
            if (same < count)
            {
                return from + same;
            }

            previous = stored[^1];
        }

        return -1;
    }
}
