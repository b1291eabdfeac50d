using System.Diagnostics.CodeAnalysis;

namespace Blockchain.Core.Kernel;

/// <summary>Thrown when the code contradicts itself. It is never bad input, and it is never caught to go on.</summary>
public sealed class InvariantException(string message) : Exception(message);

/// <summary>Assertions that hold in Release too: a ledger that goes on after a broken invariant is worse than
/// none.</summary>
public static class Invariant
{
    /// <summary>Throws when <paramref name="condition"/> is false.</summary>
    /// <param name="condition">What must hold.</param>
    /// <param name="rule">What must hold, in words.</param>
    /// <exception cref="InvariantException">The condition is false.</exception>
    public static void Holds([DoesNotReturnIf(false)] bool condition, string rule)
    {
        if (!condition)
        {
            throw new InvariantException($"Broken invariant: {rule}");
        }
    }
}
