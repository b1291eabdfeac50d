using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

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

    /// <summary>The same for words that are put together: only when they are needed.</summary>
    /// <param name="condition">What must hold.</param>
    /// <param name="rule">What must hold, in words.</param>
    /// <exception cref="InvariantException">The condition is false.</exception>
    public static void Holds(
        [DoesNotReturnIf(false)] bool condition,
        [InterpolatedStringHandlerArgument(nameof(condition))] ref BrokenRule rule)
    {
        if (!condition)
        {
            Holds(condition, rule.ToStringAndClear());
        }
    }
}

/// <summary>Puts the words of a rule together when the rule is broken, and does nothing when it holds: asking costs a
/// comparison then, and not a text that nobody reads.</summary>
[InterpolatedStringHandler]
public ref struct BrokenRule
{
    private DefaultInterpolatedStringHandler _words;

    /// <param name="literals">Characters of the fixed words.</param>
    /// <param name="holes">Values between them.</param>
    /// <param name="condition">Whether the rule holds.</param>
    /// <param name="isBroken">Whether the words are wanted.</param>
    public BrokenRule(int literals, int holes, bool condition, out bool isBroken)
    {
        isBroken = !condition;
        _words = condition ? default : new DefaultInterpolatedStringHandler(literals, holes);
    }

    /// <summary>Fixed words.</summary>
    public void AppendLiteral(string words) => _words.AppendLiteral(words);

    /// <summary>A value.</summary>
    public void AppendFormatted<T>(T value) => _words.AppendFormatted(value);

    internal string ToStringAndClear() => _words.ToStringAndClear();
}
