using System.Globalization;
using System.Text;

namespace Blockchain.Simulator;

/// <summary>What came of a soak. The same seeds give the same text.</summary>
/// <param name="Options">What was simulated.</param>
/// <param name="Coverage">What happened in all worlds; of use when none failed.</param>
/// <param name="Failure">The lowest seed that failed, null when none did.</param>
/// <param name="LastEvents">The last lines of its trace.</param>
public sealed record SoakReport(
    SoakOptions Options, Coverage Coverage, SeedResult? Failure, IReadOnlyList<string> LastEvents)
{
    /// <summary>What could have happened with these faults and never did.</summary>
    public IReadOnlyList<Happening> Missing =>
        [.. Enum.GetValues<Happening>().Where(happening => Coverage[happening] == 0)];

    /// <summary>The report as text.</summary>
    public override string ToString()
    {
        StringBuilder text = new();
        string seeds = Options.First == Options.Last ? $"{Options.First}" : $"{Options.First}..{Options.Last}";
        text.Append(CultureInfo.InvariantCulture, $"soak --seeds {seeds} {Options.Words}\n");
        if (Failure is null)
        {
            WriteCoverage(text);
            text.Append(CultureInfo.InvariantCulture,
                $"{Options.Count} {(Options.Count == 1 ? "seed" : "seeds")} passed\n");
        }
        else
        {
            WriteFailure(text, Failure);
        }

        return text.ToString();
    }

    /// <summary>Words of a name: early release loss.</summary>
    private static string Words(Happening happening) => string.Concat(happening.ToString().Select(
        (letter, place) => place > 0 && char.IsUpper(letter)
            ? $" {char.ToLowerInvariant(letter)}"
            : $"{char.ToLowerInvariant(letter)}"));

    private void WriteCoverage(StringBuilder text)
    {
        foreach (Happening happening in Enum.GetValues<Happening>())
        {
            text.Append(CultureInfo.InvariantCulture, $"  {Words(happening),-24} {Coverage[happening],14:#,0}\n");
        }
    }

    private void WriteFailure(StringBuilder text, SeedResult failure)
    {
        text.Append(CultureInfo.InvariantCulture, $"seed {failure.Seed}, step {failure.Coverage[Happening.Step]}: ");
        text.Append(failure.Violation).Append("\nthe last events:\n");
        foreach (string line in LastEvents)
        {
            text.Append("  ").Append(line).Append('\n');
        }

        text.Append(CultureInfo.InvariantCulture, $"to see it again: blockchain soak --seeds {failure.Seed} ");
        text.Append(Options.Words).Append(" --trace FILE\n");
    }
}
