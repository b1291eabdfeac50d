namespace Blockchain.Simulator;

/// <summary>An invariant does not hold in a simulated world.</summary>
/// <param name="rule">Which: one short name.</param>
/// <param name="explanation">What contradicts what.</param>
/// <param name="cause">What a process threw, when that is the violation.</param>
internal sealed class ViolationException(string rule, string explanation, Exception? cause = null)
    : Exception($"{rule}: {explanation}", cause)
{
    /// <summary>Which invariant.</summary>
    public string Rule { get; } = rule;
}
