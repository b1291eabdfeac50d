using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Blockchain.Core.Kernel;
using Blockchain.Wire.Files;

namespace Blockchain.Bank.Store;

/// <summary>
/// How far the ledger is known to be on disk. Written after each flush and never flushed itself, so it costs no time:
/// a process that is killed leaves the last one, a power loss an earlier one, and none says more than is true. So a
/// database that holds less than its mark has lost something.
/// </summary>
/// <param name="Blocks">Durable blocks.</param>
/// <param name="Head">Hash of the last of them.</param>
/// <param name="Checkpointed">Blocks that the latest durable checkpoint covers; 0 for none.</param>
internal readonly record struct LedgerMark(long Blocks, Hash Head, long Checkpointed)
{
    /// <summary>Bytes of a mark: two numbers of 20 digits, a hash, and SHA-256 of the text before it, with a space
    /// between and a line feed at the end. Less than a sector, which a disk writes whole or not at all.</summary>
    public const int Length = 20 + 1 + 64 + 1 + 20 + 1 + 64 + 1;

    private const int Signed = Length - 65;

    /// <summary>The bytes of the mark.</summary>
    public byte[] ToBytes()
    {
        string text = string.Create(CultureInfo.InvariantCulture, $"{Blocks:D20} {Head} {Checkpointed:D20} ");
        return Encoding.ASCII.GetBytes(text + Digest(Encoding.ASCII.GetBytes(text)) + "\n");
    }

    /// <summary>Reads a mark.</summary>
    /// <returns>False when the bytes are no mark.</returns>
    public static bool TryParse(ReadOnlySpan<byte> bytes, out LedgerMark mark)
    {
        mark = default;
        string text = Encoding.ASCII.GetString(bytes);
        if (text.Length != Length || text[Signed..] != Digest(bytes[..Signed]) + "\n")
        {
            return false;
        }

        string[] fields = text.Split(' ');
        if (!Hash.TryParse(fields[1], out Hash head))
        {
            return false;
        }

        mark = new LedgerMark(
            long.Parse(fields[0], CultureInfo.InvariantCulture), head,
            long.Parse(fields[2], CultureInfo.InvariantCulture));
        return true;
    }

    /// <summary>Reads the mark of a bank that does not run.</summary>
    /// <param name="folder">The bank's folder.</param>
    /// <param name="mark">The mark.</param>
    /// <param name="isDamaged">Whether there is a file that holds something else.</param>
    /// <returns>False when there is none.</returns>
    /// <exception cref="StoreFaultException">The file cannot be read.</exception>
    public static bool TryRead(LedgerFolder folder, out LedgerMark mark, out bool isDamaged)
    {
        (mark, isDamaged) = (default, false);
        try
        {
            if (!File.Exists(folder.Mark))
            {
                return false;
            }

            byte[] bytes = File.ReadAllBytes(folder.Mark);
            bool holds = TryParse(bytes, out mark);

            // A file that no flush has covered can be empty or zero after a power loss.
            isDamaged = !holds && bytes.AsSpan().ContainsAnyExcept((byte)0);
            return holds;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw StoreFaults.From(fault, folder.Mark);
        }
    }

    /// <summary>Says what a database lacks of what was durable.</summary>
    /// <param name="blocks">Blocks that it holds.</param>
    /// <param name="checkpointed">Blocks that its checkpoint covers; 0 for none.</param>
    /// <param name="hashOf">Gives the stored hash of a block that it holds.</param>
    /// <param name="loss">The first block that is not as it was, and why.</param>
    public bool TryFindLoss(
        long blocks, long checkpointed, Func<long, Hash> hashOf, [NotNullWhen(true)] out StoredFault? loss)
    {
        loss = blocks < Blocks
                ? new StoredFault(blocks, $"the ledger ends here, and {Blocks} blocks were on disk, says ledger.mark. "
                    + "If ledger.db was put back from a backup on purpose, delete ledger.mark and ledger.db-wal")
            : Blocks > 0 && hashOf(Blocks - 1) != Head
                ? new StoredFault(Blocks - 1, $"its hash was {Head.Short}, says ledger.mark, and another is stored")
            : checkpointed < Checkpointed
                ? new StoredFault(
                    Checkpointed - 1, "a checkpoint up to here was on disk, says ledger.mark, and is gone")
            : null;
        return loss is not null;
    }

    private static string Digest(ReadOnlySpan<byte> text) => Convert.ToHexStringLower(SHA256.HashData(text));
}

/// <summary>Something wrong with what is stored.</summary>
/// <param name="Index">The first bad block; -1 when it is in no block.</param>
/// <param name="Explanation">What contradicts what.</param>
public sealed record StoredFault(long Index, string Explanation);
