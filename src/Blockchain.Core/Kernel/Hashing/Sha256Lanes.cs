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

    /// <summary>What each round adds (FIPS 180-4, section 4.2.2).</summary>
    internal static ReadOnlySpan<uint> Constants =>
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

    // Optimized from the first call: a client checks its whole chain within a few calls of its start. State and
    // schedule are variables, not arrays, since AVX-512 has registers for all of them.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Compress<TVector, TMath>(
        ReadOnlySpan<uint> states, ReadOnlySpan<uint> words, Span<uint> results)
        where TVector : unmanaged
        where TMath : struct, ILaneMath<TVector>
    {
        TVector a = TMath.Load(in states[0 * TMath.Width]);
        TVector b = TMath.Load(in states[1 * TMath.Width]);
        TVector c = TMath.Load(in states[2 * TMath.Width]);
        TVector d = TMath.Load(in states[3 * TMath.Width]);
        TVector e = TMath.Load(in states[4 * TMath.Width]);
        TVector f = TMath.Load(in states[5 * TMath.Width]);
        TVector g = TMath.Load(in states[6 * TMath.Width]);
        TVector h = TMath.Load(in states[7 * TMath.Width]);
        TVector w0 = TMath.Load(in words[0 * TMath.Width]);
        TVector w1 = TMath.Load(in words[1 * TMath.Width]);
        TVector w2 = TMath.Load(in words[2 * TMath.Width]);
        TVector w3 = TMath.Load(in words[3 * TMath.Width]);
        TVector w4 = TMath.Load(in words[4 * TMath.Width]);
        TVector w5 = TMath.Load(in words[5 * TMath.Width]);
        TVector w6 = TMath.Load(in words[6 * TMath.Width]);
        TVector w7 = TMath.Load(in words[7 * TMath.Width]);
        TVector w8 = TMath.Load(in words[8 * TMath.Width]);
        TVector w9 = TMath.Load(in words[9 * TMath.Width]);
        TVector w10 = TMath.Load(in words[10 * TMath.Width]);
        TVector w11 = TMath.Load(in words[11 * TMath.Width]);
        TVector w12 = TMath.Load(in words[12 * TMath.Width]);
        TVector w13 = TMath.Load(in words[13 * TMath.Width]);
        TVector w14 = TMath.Load(in words[14 * TMath.Width]);
        TVector w15 = TMath.Load(in words[15 * TMath.Width]);
        for (int t = 0; ; t += BlockWords)
        {
            RoundAll<TVector, TMath>(
                ref a, ref b, ref c, ref d, ref e, ref f, ref g, ref h, w0, w1, w2, w3, w4, w5, w6, w7, w8, w9, w10,
                w11, w12, w13, w14, w15, Constants.Slice(t, BlockWords));
            if (t == Rounds - BlockWords)
            {
                break;
            }

            ExtendAll<TVector, TMath>(
                ref w0, ref w1, ref w2, ref w3, ref w4, ref w5, ref w6, ref w7, ref w8, ref w9, ref w10, ref w11,
                ref w12, ref w13, ref w14, ref w15);
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

    /// <summary>Sixteen rounds. Every eight a variable has its first role again: nothing is moved.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void RoundAll<TVector, TMath>(
        ref TVector a, ref TVector b, ref TVector c, ref TVector d, ref TVector e, ref TVector f, ref TVector g,
        ref TVector h, TVector w0, TVector w1, TVector w2, TVector w3, TVector w4, TVector w5, TVector w6, TVector w7,
        TVector w8, TVector w9, TVector w10, TVector w11, TVector w12, TVector w13, TVector w14, TVector w15,
        ReadOnlySpan<uint> k)
        where TVector : unmanaged
        where TMath : struct, ILaneMath<TVector>
    {
        Round<TVector, TMath>(a, b, c, ref d, e, f, g, ref h, w0, k[0]);
        Round<TVector, TMath>(h, a, b, ref c, d, e, f, ref g, w1, k[1]);
        Round<TVector, TMath>(g, h, a, ref b, c, d, e, ref f, w2, k[2]);
        Round<TVector, TMath>(f, g, h, ref a, b, c, d, ref e, w3, k[3]);
        Round<TVector, TMath>(e, f, g, ref h, a, b, c, ref d, w4, k[4]);
        Round<TVector, TMath>(d, e, f, ref g, h, a, b, ref c, w5, k[5]);
        Round<TVector, TMath>(c, d, e, ref f, g, h, a, ref b, w6, k[6]);
        Round<TVector, TMath>(b, c, d, ref e, f, g, h, ref a, w7, k[7]);
        Round<TVector, TMath>(a, b, c, ref d, e, f, g, ref h, w8, k[8]);
        Round<TVector, TMath>(h, a, b, ref c, d, e, f, ref g, w9, k[9]);
        Round<TVector, TMath>(g, h, a, ref b, c, d, e, ref f, w10, k[10]);
        Round<TVector, TMath>(f, g, h, ref a, b, c, d, ref e, w11, k[11]);
        Round<TVector, TMath>(e, f, g, ref h, a, b, c, ref d, w12, k[12]);
        Round<TVector, TMath>(d, e, f, ref g, h, a, b, ref c, w13, k[13]);
        Round<TVector, TMath>(c, d, e, ref f, g, h, a, ref b, w14, k[14]);
        Round<TVector, TMath>(b, c, d, ref e, f, g, h, ref a, w15, k[15]);
    }

    /// <summary>The next sixteen words of the message schedule in the places of the last sixteen.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void ExtendAll<TVector, TMath>(
        ref TVector w0, ref TVector w1, ref TVector w2, ref TVector w3, ref TVector w4, ref TVector w5, ref TVector w6,
        ref TVector w7, ref TVector w8, ref TVector w9, ref TVector w10, ref TVector w11, ref TVector w12,
        ref TVector w13, ref TVector w14, ref TVector w15)
        where TVector : unmanaged
        where TMath : struct, ILaneMath<TVector>
    {
        Extend<TVector, TMath>(ref w0, w1, w9, w14);
        Extend<TVector, TMath>(ref w1, w2, w10, w15);
        Extend<TVector, TMath>(ref w2, w3, w11, w0);
        Extend<TVector, TMath>(ref w3, w4, w12, w1);
        Extend<TVector, TMath>(ref w4, w5, w13, w2);
        Extend<TVector, TMath>(ref w5, w6, w14, w3);
        Extend<TVector, TMath>(ref w6, w7, w15, w4);
        Extend<TVector, TMath>(ref w7, w8, w0, w5);
        Extend<TVector, TMath>(ref w8, w9, w1, w6);
        Extend<TVector, TMath>(ref w9, w10, w2, w7);
        Extend<TVector, TMath>(ref w10, w11, w3, w8);
        Extend<TVector, TMath>(ref w11, w12, w4, w9);
        Extend<TVector, TMath>(ref w12, w13, w5, w10);
        Extend<TVector, TMath>(ref w13, w14, w6, w11);
        Extend<TVector, TMath>(ref w14, w15, w7, w12);
        Extend<TVector, TMath>(ref w15, w0, w8, w13);
    }

    /// <summary>Word t of the message schedule, from the words t - 16, t - 15, t - 7 and t - 2 (FIPS 180-4, section
    /// 6.2.2, step 1), in the place of the first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Extend<TVector, TMath>(ref TVector word, TVector early, TVector middle, TVector late)
        where TVector : unmanaged
        where TMath : struct, ILaneMath<TVector>
    {
        TVector sigma0 = TMath.Xor(
            TMath.RotateRight(early, 7), TMath.RotateRight(early, 18), TMath.ShiftRight(early, 3));
        TVector sigma1 = TMath.Xor(
            TMath.RotateRight(late, 17), TMath.RotateRight(late, 19), TMath.ShiftRight(late, 10));
        word = TMath.Add(TMath.Add(word, sigma0), TMath.Add(middle, sigma1));
    }

    /// <summary>One round (FIPS 180-4, section 6.2.2, step 3).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Round<TVector, TMath>(
        TVector a, TVector b, TVector c, ref TVector d, TVector e, TVector f, TVector g, ref TVector h, TVector word,
        uint constant)
        where TVector : unmanaged
        where TMath : struct, ILaneMath<TVector>
    {
        TVector sum1 = TMath.Xor(TMath.RotateRight(e, 6), TMath.RotateRight(e, 11), TMath.RotateRight(e, 25));
        TVector known = TMath.Add(h, TMath.Add(word, TMath.Create(constant)));
        TVector first = TMath.Add(TMath.Add(known, TMath.Choose(e, f, g)), sum1);
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
