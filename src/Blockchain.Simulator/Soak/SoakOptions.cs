using System.Globalization;
using Blockchain.Core.BankNetwork;

namespace Blockchain.Simulator;

/// <summary>What to simulate.</summary>
public sealed record SoakOptions
{
    /// <summary>Most clients that a world can begin with.</summary>
    public const int MaxClients = 16;

    /// <summary>The first seed.</summary>
    public ulong First { get; init; } = 1;

    /// <summary>The last seed, included.</summary>
    public ulong Last { get; init; } = 1_000;

    /// <summary>Clients that are there from the start, 1 to 16.</summary>
    public int Clients { get; init; } = 3;

    /// <summary>Faults that may happen.</summary>
    public Fault Faults { get; init; } = Fault.All;

    /// <summary>Rules of the protocol in force.</summary>
    public ProtocolRules Rules { get; init; } = ProtocolRules.All;

    /// <summary>Worlds that run at once.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>How many seeds there are.</summary>
    public ulong Count => Last - First + 1;

    /// <summary>The options as the command line takes them, without the seeds.</summary>
    public string Words
    {
        get
        {
            string faults = Faults switch
            {
                Fault.All => "all",
                Fault.None => "none",
                _ => string.Join(',', Simulator.Faults.Each.Where(fault => Faults.HasFlag(fault))
                    .Select(fault => fault.Word())),
            };
            string without = RuleWords.Without(Rules, ProtocolRules.All);
            return string.Create(CultureInfo.InvariantCulture, $"--clients {Clients} --faults {faults}{without}");
        }
    }

    /// <summary>Reads one seed, or two with <c>..</c> between them.</summary>
    public static bool TryParseSeeds(string text, out ulong first, out ulong last)
    {
        string[] ends = text.Split("..");
        last = 0;
        bool read = ulong.TryParse(ends[0], NumberStyles.None, CultureInfo.InvariantCulture, out first)
            && ulong.TryParse(ends[^1], NumberStyles.None, CultureInfo.InvariantCulture, out last);
        return read && ends.Length <= 2 && first <= last && last < ulong.MaxValue;
    }

    /// <summary>Reads the names of rules to take out, with commas between them.</summary>
    public static bool TryParseWithout(string text, out ProtocolRules rules) =>
        RuleWords.TryParseWithout(text, ProtocolRules.All, out rules);
}
