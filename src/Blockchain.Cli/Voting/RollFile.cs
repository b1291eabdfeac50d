using Blockchain.Core.OpenNetwork;

namespace Blockchain.Cli.Voting;

/// <summary>A file with the voters of an election: a line each, the id, a blank, the key; <c>#</c> begins a
/// comment.</summary>
internal static class RollFile
{
    /// <summary>Reads a file.</summary>
    /// <exception cref="CliException">It cannot be read, or a line is not one voter.</exception>
    public static IReadOnlyList<RollEntry> Read(string path)
    {
        try
        {
            return Parse(File.ReadLines(path), path);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new CliException(
                ExitCode.Failed, $"the roll {path} cannot be read: {fault.Message.TrimEnd('.')}. Name another.", fault);
        }
    }

    /// <summary>Reads lines.</summary>
    /// <param name="lines">The lines.</param>
    /// <param name="name">What to call them when one is wrong.</param>
    /// <exception cref="CliException">A line is not one voter.</exception>
    public static IReadOnlyList<RollEntry> Parse(IEnumerable<string> lines, string name)
    {
        List<RollEntry> roll = [];
        HashSet<string> voters = new(StringComparer.Ordinal);
        int number = 0;
        foreach (string line in lines)
        {
            number++;
            string text = line.Trim();
            if (text.Length == 0 || text[0] == '#')
            {
                continue;
            }

            int blank = text.LastIndexOfAny([' ', '\t']);
            if (blank < 0 || !Ed25519Key.TryParse(text.AsSpan(blank + 1), out Ed25519Key key))
            {
                throw Wrong(name, number, "it is not a voter's id, a blank and a key of 64 hexadecimal digits");
            }

            string voter = text[..blank].TrimEnd();
            if (!voters.Add(voter))
            {
                throw Wrong(name, number, $"voter '{voter}' stands on the roll already");
            }

            if (roll.Count == OpenLimits.Roll)
            {
                throw Wrong(name, number, $"a roll has at most {OpenLimits.Roll} voters");
            }

            roll.Add(new RollEntry(voter, key));
        }

        return roll.Count > 0
            ? roll
            : throw new CliException(
                ExitCode.Usage, $"the roll {name} has no voter. Leave --roll out to let everybody vote.");
    }

    private static CliException Wrong(string name, int number, string cause) =>
        new(ExitCode.Usage, $"{name}, line {number}: {cause}. 'blockchain vote key VOTER' prints such a line.");
}
