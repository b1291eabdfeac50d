using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Blockchain.Core.Kernel;

/// <summary>
/// SHA-256's compression function (FIPS 180-4, section 6.2.2) for several independent messages at once, one a lane of
/// a vector register. A message is worth a lane when there are others beside it: the blocks of a stored chain, the
/// nonces of a miner.
/// </summary>
/// <remarks>
/// Lanes are interleaved: word <c>i</c> of lane <c>k</c> stands at <c>i * width + k</c>. Words are numbers, so the
/// big-endian bytes of a message are turned around before. Any state can be started from, so what a prefix of 64-byte
/// blocks has left (a midstate) is computed once and used for every lane and every nonce.
/// </remarks>
public static class Sha256Lanes
{
    /// <summary>Words in a state, and in a digest.</summary>
    public const int StateWords = 8;

    /// <summary>Words in a block of a message.</summary>
    public const int BlockWords = 16;

    /// <summary>Bytes in a block of a message.</summary>
    public const int BlockBytes = 64;

    /// <summary>The most lanes that there are.</summary>
    public const int MaxWidth = 16;

    /// <summary>Number of lanes that this processor computes with one instruction: 16, 8, 4 or 1.</summary>
    public static int Width =>
        Vector512.IsHardwareAccelerated ? Lanes16.Width
        : Vector256.IsHardwareAccelerated ? Lanes8.Width
        : Vector128.IsHardwareAccelerated ? Lanes4.Width
        : Lanes1.Width;

    /// <summary>The state that every message starts from (FIPS 180-4, section 5.3.3), 8 words.</summary>
    public static ReadOnlySpan<uint> InitialState =>
    [
        0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
    ];

    /// <summary>Takes one 64-byte block into the state of each lane.</summary>
    /// <param name="states">8 words a lane, interleaved. Its length tells the number of lanes: 1, 4, 8 or 16. A width
    /// that the processor does not have works, and is slow.</param>
    /// <param name="words">16 words a lane, interleaved.</param>
    /// <param name="results">Takes the new states; may be the same memory as <paramref name="states"/>.</param>
    /// <exception cref="ArgumentException">A length fits no number of lanes.</exception>
    public static void Compress(ReadOnlySpan<uint> states, ReadOnlySpan<uint> words, Span<uint> results)
    {
        int width = states.Length / StateWords;
        if (states.Length != width * StateWords || words.Length != width * BlockWords
            || results.Length != states.Length)
        {
            throw new ArgumentException("States, words and results are of different numbers of lanes.");
        }

        switch (width)
        {
            case 16:
                Compress<Vector512<uint>, Lanes16>(states, words, results);
                break;
            case 8:
                Compress<Vector256<uint>, Lanes8>(states, words, results);
                break;
            case 4:
                Compress<Vector128<uint>, Lanes4>(states, words, results);
                break;
            case 1:
                Compress<uint, Lanes1>(states, words, results);
                break;
            default:
                throw new ArgumentException("The number of lanes is 1, 4, 8 or 16.", nameof(states));
        }
    }

    private const int Rounds = 64;

    private static ReadOnlySpan<uint> Constants =>
    [
        0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
        0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
        0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
        0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
        0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
        0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
        0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
        0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
    ];

    // Optimized from the first call: a client checks its whole chain within a few calls of its start.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Compress<TVector, TMath>(
        ReadOnlySpan<uint> states, ReadOnlySpan<uint> words, Span<uint> results)
        where TVector : unmanaged
        where TMath : struct, ILaneMath<TVector>
    {
        Span<TVector> schedule = stackalloc TVector[Rounds];
        Expand<TVector, TMath>(words, schedule);
        TVector a = TMath.Load(in states[0 * TMath.Width]);
        TVector b = TMath.Load(in states[1 * TMath.Width]);
        TVector c = TMath.Load(in states[2 * TMath.Width]);
        TVector d = TMath.Load(in states[3 * TMath.Width]);
        TVector e = TMath.Load(in states[4 * TMath.Width]);
        TVector f = TMath.Load(in states[5 * TMath.Width]);
        TVector g = TMath.Load(in states[6 * TMath.Width]);
        TVector h = TMath.Load(in states[7 * TMath.Width]);
        for (int t = 0; t < Rounds; t += StateWords)
        {
            // Eight rounds, after which every variable has its first role again: nothing is moved.
            Round<TVector, TMath>(a, b, c, ref d, e, f, g, ref h, schedule[t]);
            Round<TVector, TMath>(h, a, b, ref c, d, e, f, ref g, schedule[t + 1]);
            Round<TVector, TMath>(g, h, a, ref b, c, d, e, ref f, schedule[t + 2]);
            Round<TVector, TMath>(f, g, h, ref a, b, c, d, ref e, schedule[t + 3]);
            Round<TVector, TMath>(e, f, g, ref h, a, b, c, ref d, schedule[t + 4]);
            Round<TVector, TMath>(d, e, f, ref g, h, a, b, ref c, schedule[t + 5]);
            Round<TVector, TMath>(c, d, e, ref f, g, h, a, ref b, schedule[t + 6]);
            Round<TVector, TMath>(b, c, d, ref e, f, g, h, ref a, schedule[t + 7]);
        }

        Finish<TVector, TMath>(a, 0, states, results);
        Finish<TVector, TMath>(b, 1, states, results);
        Finish<TVector, TMath>(c, 2, states, results);
        Finish<TVector, TMath>(d, 3, states, results);
        Finish<TVector, TMath>(e, 4, states, results);
        Finish<TVector, TMath>(f, 5, states, results);
        Finish<TVector, TMath>(g, 6, states, results);
        Finish<TVector, TMath>(h, 7, states, results);
    }

    /// <summary>The message schedule, with the constant of the round added to each word.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Expand<TVector, TMath>(ReadOnlySpan<uint> words, Span<TVector> schedule)
        where TVector : unmanaged
        where TMath : struct, ILaneMath<TVector>
    {
        for (int t = 0; t < BlockWords; t++)
        {
            schedule[t] = TMath.Load(in words[t * TMath.Width]);
        }

        for (int t = BlockWords; t < Rounds; t++)
        {
            TVector early = schedule[t - 15];
            TVector late = schedule[t - 2];
            TVector sigma0 = TMath.Xor(
                TMath.RotateRight(early, 7), TMath.RotateRight(early, 18), TMath.ShiftRight(early, 3));
            TVector sigma1 = TMath.Xor(
                TMath.RotateRight(late, 17), TMath.RotateRight(late, 19), TMath.ShiftRight(late, 10));
            schedule[t] = TMath.Add(
                TMath.Add(schedule[t - 16], sigma0), TMath.Add(schedule[t - 7], sigma1));
        }

        for (int t = 0; t < Rounds; t++)
        {
            schedule[t] = TMath.Add(schedule[t], TMath.Create(Constants[t]));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Round<TVector, TMath>(
        TVector a, TVector b, TVector c, ref TVector d, TVector e, TVector f, TVector g, ref TVector h, TVector word)
        where TVector : unmanaged
        where TMath : struct, ILaneMath<TVector>
    {
        TVector sum1 = TMath.Xor(TMath.RotateRight(e, 6), TMath.RotateRight(e, 11), TMath.RotateRight(e, 25));
        TVector first = TMath.Add(TMath.Add(TMath.Add(h, word), TMath.Choose(e, f, g)), sum1);
        TVector sum0 = TMath.Xor(TMath.RotateRight(a, 2), TMath.RotateRight(a, 13), TMath.RotateRight(a, 22));
        d = TMath.Add(d, first);
        h = TMath.Add(first, TMath.Add(sum0, TMath.Majority(a, b, c)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Finish<TVector, TMath>(
        TVector value, int word, ReadOnlySpan<uint> states, Span<uint> results)
        where TVector : unmanaged
        where TMath : struct, ILaneMath<TVector>
    {
        int place = word * TMath.Width;
        TMath.Store(TMath.Add(value, TMath.Load(in states[place])), ref results[place]);
    }
}
