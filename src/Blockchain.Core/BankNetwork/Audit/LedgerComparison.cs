using Blockchain.Core.Kernel;

namespace Blockchain.Core.BankNetwork;

/// <summary>How two ledgers relate.</summary>
public enum LedgerRelation
{
    /// <summary>The same blocks.</summary>
    Equal,

    /// <summary>The first is the beginning of the second.</summary>
    FirstIsPrefix,

    /// <summary>The second is the beginning of the first.</summary>
    SecondIsPrefix,

    /// <summary>They hold different blocks at the same index.</summary>
    Parted,
}

/// <summary>Compares two ledgers by their hashes: a hash stands for every block up to its own.</summary>
/// <param name="Relation">How they relate.</param>
/// <param name="Common">Blocks that both share from index 0 on; when they part, the index of the first that
/// differs.</param>
public sealed record LedgerComparison(LedgerRelation Relation, long Common)
{
    /// <summary>Finds the first difference in a logarithmic number of steps: once two chains part, every later hash
    /// differs.</summary>
    /// <param name="first">Hashes of one ledger, by index.</param>
    /// <param name="second">Hashes of the other.</param>
    public static LedgerComparison Compare(PieceList<Hash> first, PieceList<Hash> second)
    {
        long shorter = Math.Min(first.Count, second.Count);
        if (shorter == 0 || first[shorter - 1] == second[shorter - 1])
        {
            return new LedgerComparison(Relate(first.Count, second.Count), shorter);
        }

        long equal = 0;
        long different = shorter - 1;
        while (equal < different)
        {
            long middle = equal + ((different - equal) / 2);
            if (first[middle] == second[middle])
            {
                equal = middle + 1;
            }
            else
            {
                different = middle;
            }
        }

        return new LedgerComparison(LedgerRelation.Parted, different);
    }

    private static LedgerRelation Relate(long first, long second) => first.CompareTo(second) switch
    {
        < 0 => LedgerRelation.FirstIsPrefix,
        > 0 => LedgerRelation.SecondIsPrefix,
        _ => LedgerRelation.Equal,
    };
}
