using Blockchain.Core.BankNetwork;
using Blockchain.Core.Kernel;

namespace Blockchain.Wire.Http;

/// <summary>Blocks for catching up: canonical bytes, each block behind its length. A tenth of the work that JSON
/// makes.</summary>
public static class BlockStream
{
    /// <summary>Accept this, and <c>/ledger</c> and <c>/chain</c> answer in this form.</summary>
    public const string ContentType = "application/octet-stream";

    /// <summary>The blocks as bytes; at most <see cref="Limits.FetchBlocks"/>.</summary>
    public static byte[] Write(IReadOnlyList<Block> blocks)
    {
        Invariant.Holds(blocks.Count <= Limits.FetchBlocks, "an answer has at most 4,096 blocks");
        CanonicalWriter writer = new();
        foreach (Block block in blocks)
        {
            writer.Prefixed(block.Canonical.Span);
        }

        return writer.ToArray();
    }

    /// <summary>The blocks again.</summary>
    /// <exception cref="FormatFaultException">The bytes are no such sequence, or there are too many blocks.</exception>
    public static IReadOnlyList<Block> Read(ReadOnlySpan<byte> bytes)
    {
        CanonicalReader reader = new(bytes);
        List<Block> blocks = [];
        while (reader.Remaining > 0)
        {
            if (blocks.Count == Limits.FetchBlocks)
            {
                throw new FormatFaultException($"an answer has more than {Limits.FetchBlocks} blocks");
            }

            blocks.Add(Block.Decode(reader.Prefixed()));
        }

        return blocks;
    }
}
