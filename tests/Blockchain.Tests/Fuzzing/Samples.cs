using Blockchain.Core.BankNetwork;
using Blockchain.Core.Kernel;
using Blockchain.Tests.Format;

namespace Blockchain.Tests.Fuzzing;

/// <summary>Valid inputs: the vectors of FORMAT.md, which are the same in every run.</summary>
internal static class Samples
{
    public static readonly Vectors Vectors = new(VectorDocument.Load().Read());

    public static IReadOnlyList<Block> Blocks => Vectors.Ledger;

    public static Hash LedgerId => Blocks[0].HashAfter(Hash.Empty);

    public static Hash[] Hashes { get; } = [.. Blocks.Select((_, i) =>
        Blocks.Take(i + 1).Aggregate(Hash.Empty, static (previous, block) => block.HashAfter(previous)))];

    public static PublicKey BankKey => ((Block.View)Blocks[0]).BankKey;

    public static Signature Signature => ((Block.Payment)Blocks[^1]).Signature!.Value;

    public static Checkpoint Checkpoint
    {
        get
        {
            CanonicalReader reader = new(Of("checkpoint", "bytes"));
            return Checkpoint.Read(ref reader);
        }
    }

    public static byte[] Of(string vector, string field) => Convert.FromHexString(Vectors.All[vector][field]);

    public static byte[][] Messages(int firstKind, int lastKind) =>
    [
        .. Vectors.All.Where(pair => pair.Key.StartsWith("message ", StringComparison.Ordinal))
            .Select(pair => Convert.FromHexString(pair.Value["bytes"]))
            .Where(bytes => bytes[1] >= firstKind && bytes[1] <= lastKind),
    ];
}
