using FsCheck;

namespace Blockchain.Tests;

/// <summary>Runs properties without the names of FsCheck that collide with the product's (Outcome).</summary>
internal static class Properties
{
    /// <summary>Tries the property on random cases; a failure prints the shrunk case and the seed that repeats
    /// it.</summary>
    public static void Holds(this Property property, int cases = 200) =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(cases), property);
}
