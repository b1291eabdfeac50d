using System.Numerics;

namespace Blockchain.Simulator;

/// <summary>
/// xoshiro256** (Blackman and Vigna 2018), seeded through splitmix64. Its own, because the sequence of
/// <see cref="Random"/> may change with the platform, and a seed must mean the same world everywhere and for ever.
/// </summary>
internal sealed class Prng
{
    private ulong _a;
    private ulong _b;
    private ulong _c;
    private ulong _d;

    /// <summary>Starts the sequence that belongs to a seed.</summary>
    public Prng(ulong seed)
    {
        _a = SplitMix(ref seed);
        _b = SplitMix(ref seed);
        _c = SplitMix(ref seed);
        _d = SplitMix(ref seed);
    }

    /// <summary>The next 64 bits.</summary>
    public ulong Bits()
    {
        ulong result = BitOperations.RotateLeft(_b * 5, 7) * 9;
        ulong shifted = _b << 17;
        _c ^= _a;
        _d ^= _b;
        _b ^= _c;
        _a ^= _d;
        _c ^= shifted;
        _d = BitOperations.RotateLeft(_d, 45);
        return result;
    }

    /// <summary>An integer from <paramref name="low"/> to <paramref name="high"/>, both included.</summary>
    public long Between(long low, long high) => low + (long)(Bits() % (ulong)(high - low + 1));

    /// <summary>The same as an int.</summary>
    public int Between(int low, int high) => (int)Between((long)low, high);

    /// <summary>True in so many of a thousand cases.</summary>
    public bool PerMille(int chance) => Between(0, 999) < chance;

    /// <summary>One of the list.</summary>
    public T Pick<T>(IReadOnlyList<T> list) => list[Between(0, list.Count - 1)];

    private static ulong SplitMix(ref ulong state)
    {
        state += 0x9E3779B97F4A7C15;
        ulong z = state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
