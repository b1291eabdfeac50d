using System.Globalization;
using System.Text;

namespace Blockchain.Simulator;

/// <summary>What a simulated open network counts, to show that its faults and the nodes' answers to them did
/// happen.</summary>
public enum OpenHappening
{
    /// <summary>Steps of nodes.</summary>
    Step,

    /// <summary>Blocks found by honest miners.</summary>
    BlockMined,

    /// <summary>Transactions that a node took from a user.</summary>
    AcceptedTransaction,

    /// <summary>Transactions that a node refused to a user, for a named reason.</summary>
    RefusedTransaction,

    /// <summary>Accepted transactions found on the best chain at the end.</summary>
    ConfirmedTransaction,

    /// <summary>Accepted transactions that lost to another at the end.</summary>
    ConflictingTransaction,

    /// <summary>Valid blocks beside the best chain.</summary>
    Fork,

    /// <summary>Reorganizations: a best chain that gave blocks up.</summary>
    Reorganization,

    /// <summary>Reorganizations that gave up one block.</summary>
    ShallowReorganization,

    /// <summary>Reorganizations that gave up three blocks or more.</summary>
    DeepReorganization,

    /// <summary>The most blocks that one reorganization gave up.</summary>
    DeepestReorganization,

    /// <summary>Transactions of blocks that were given up, waiting again.</summary>
    ReturnedTransaction,

    /// <summary>Transactions that had lost to another and wait again, since that was given up.</summary>
    RevivedTransaction,

    /// <summary>Blocks that came before the one they stand on.</summary>
    Orphan,

    /// <summary>Messages with headers that a node asked for.</summary>
    HeaderBatch,

    /// <summary>Blocks received from peers.</summary>
    FetchedBlock,

    /// <summary>Transactions received from peers.</summary>
    RelayedTransaction,

    /// <summary>Blocks refused, for a named reason.</summary>
    RefusedBlock,

    /// <summary>Peers dropped.</summary>
    Drop,

    /// <summary>Peers banned.</summary>
    Ban,

    /// <summary>Crashes between two steps.</summary>
    Crash,

    /// <summary>Crashes in the middle of a step.</summary>
    MidStepCrash,

    /// <summary>Starts with what the disk had kept.</summary>
    Restart,

    /// <summary>Crashes that lost steps which were not on disk yet.</summary>
    LostWrite,

    /// <summary>Connections made.</summary>
    Connection,

    /// <summary>Connections that broke.</summary>
    BrokenConnection,

    /// <summary>Partitions.</summary>
    Partition,

    /// <summary>Lies told.</summary>
    Lie,

    /// <summary>Blocks of a liar that a node judged.</summary>
    JudgedLie,
}

/// <summary>Counts of what happened in open networks.</summary>
public sealed class OpenCoverage
{
    private readonly long[] _counts = new long[Enum.GetValues<OpenHappening>().Length];

    /// <summary>How often it happened.</summary>
    public long this[OpenHappening happening] => _counts[(int)happening];

    /// <summary>What never happened.</summary>
    public IReadOnlyList<OpenHappening> Missing =>
        [.. Enum.GetValues<OpenHappening>().Where(happening => this[happening] == 0)];

    /// <summary>It happened.</summary>
    public void Count(OpenHappening happening, long times = 1) => _counts[(int)happening] += times;

    /// <summary>It happened to this extent; the most counts.</summary>
    public void Most(OpenHappening happening, long extent) =>
        _counts[(int)happening] = Math.Max(_counts[(int)happening], extent);

    /// <summary>Adds the counts of another world.</summary>
    public void Add(OpenCoverage other)
    {
        foreach (OpenHappening happening in Enum.GetValues<OpenHappening>())
        {
            if (happening == OpenHappening.DeepestReorganization)
            {
                Most(happening, other[happening]);
            }
            else
            {
                Count(happening, other[happening]);
            }
        }
    }

    /// <summary>One line each.</summary>
    public override string ToString()
    {
        StringBuilder text = new();
        foreach (OpenHappening happening in Enum.GetValues<OpenHappening>())
        {
            string name = string.Concat(happening.ToString().Select(static (letter, place) =>
                place > 0 && char.IsUpper(letter)
                    ? $" {char.ToLowerInvariant(letter)}"
                    : $"{char.ToLowerInvariant(letter)}"));
            text.Append(CultureInfo.InvariantCulture, $"  {name,-24} {this[happening],14:#,0}\n");
        }

        return text.ToString();
    }
}
