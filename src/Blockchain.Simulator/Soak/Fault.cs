namespace Blockchain.Simulator;

/// <summary>What can go wrong in a simulated world. Which of the allowed ones do, and how often, the seed
/// says.</summary>
[Flags]
public enum Fault
{
    /// <summary>Nothing goes wrong.</summary>
    None = 0,

    /// <summary>Messages and calls vanish.</summary>
    Loss = 1 << 0,

    /// <summary>Messages and calls arrive twice.</summary>
    Duplicate = 1 << 1,

    /// <summary>Messages take seconds.</summary>
    Delay = 1 << 2,

    /// <summary>Messages overtake each other on a link.</summary>
    Reorder = 1 << 3,

    /// <summary>Some parties cannot reach some others, in one direction or both.</summary>
    Partition = 1 << 4,

    /// <summary>A client dies between two steps or in the middle of one, and comes back with what its disk
    /// kept.</summary>
    Crash = 1 << 5,

    /// <summary>The same for the bank.</summary>
    BankCrash = 1 << 6,

    /// <summary>What was not flushed at a crash is kept in part, the last record torn.</summary>
    Torn = 1 << 7,

    /// <summary>A flush fails: the process stops.</summary>
    Flush = 1 << 8,

    /// <summary>A disk is full for a while: every flush fails until there is room.</summary>
    Full = 1 << 9,

    /// <summary>A process stands still for longer than the lease and goes on as if nothing had been.</summary>
    Pause = 1 << 10,

    /// <summary>Clocks run at different speeds and jump ahead.</summary>
    Skew = 1 << 11,

    /// <summary>New clients come while the others work.</summary>
    Join = 1 << 12,

    /// <summary>Clients leave, and come back later.</summary>
    Leave = 1 << 13,

    /// <summary>The operator evicts members that are alive and well.</summary>
    Evict = 1 << 14,

    /// <summary>The bank comes back from an old backup (rule 14).</summary>
    Backup = 1 << 15,

    /// <summary>One client lies: forged, replayed and spoiled messages, rewritten blocks, requests out of
    /// turn.</summary>
    Liar = 1 << 16,

    /// <summary>A flush says that it is done and is not: a loss of power takes what it was to keep.</summary>
    LyingFlush = 1 << 17,

    /// <summary>Everything above.</summary>
    All = (1 << 18) - 1,
}

/// <summary>Names of faults, as the command line takes them.</summary>
public static class Faults
{
    /// <summary>Every single fault.</summary>
    public static IReadOnlyList<Fault> Each { get; } =
        [.. Enum.GetValues<Fault>().Where(fault => fault is not Fault.None and not Fault.All)];

    /// <summary>The fault's name on the command line.</summary>
    public static string Word(this Fault fault) => fault switch
    {
        Fault.BankCrash => "bank-crash",
        Fault.LyingFlush => "lying-flush",
        _ => fault.ToString().ToLowerInvariant(),
    };

    /// <summary>Reads <c>all</c>, <c>none</c>, or names with commas between them.</summary>
    /// <param name="text">What was typed.</param>
    /// <param name="faults">The faults meant.</param>
    /// <param name="unknown">The word that is no fault, when the answer is false.</param>
    public static bool TryParse(string text, out Fault faults, out string unknown)
    {
        faults = Fault.None;
        unknown = string.Empty;
        foreach (string word in text.Split(',', StringSplitOptions.TrimEntries))
        {
            string wanted = word.ToLowerInvariant();
            Fault found = wanted == "all" ? Fault.All : Each.FirstOrDefault(fault => fault.Word() == wanted);
            if (found == Fault.None && wanted != "none")
            {
                unknown = word;
                return false;
            }

            faults |= found;
        }

        return true;
    }
}
