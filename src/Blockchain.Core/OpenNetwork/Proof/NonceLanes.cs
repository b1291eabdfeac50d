using System.Runtime.CompilerServices;
using Blockchain.Core.Kernel;

namespace Blockchain.Core.OpenNetwork;

/// <summary>
/// The double SHA-256 of a header for as many nonces as there are lanes, as far as it is needed to see that a nonce is
/// wrong: the last word of a hash is the first of the number that is compared with the target, and it is known three
/// rounds before the end.
/// </summary>
internal static class NonceLanes
{
    private const int Group = Sha256Lanes.BlockWords;

    /// <summary>State and message schedule of each lane. The rounds are divided among methods that are small enough
    /// for the just-in-time compiler to keep both in registers; between two of them they are here.</summary>
    internal struct Registers<TVector>
        where TVector : unmanaged
    {
        public TVector A, B, C, D, E, F, G, H;
        public TVector W0, W1, W2, W3, W4, W5, W6, W7, W8, W9, W10, W11, W12, W13, W14, W15;
    }

    /// <summary>The last word of each lane's hash, as SHA-256 has it (big-endian).</summary>
    /// <param name="job">What the nonces have in common.</param>
    /// <param name="nonce">The nonces, their bytes turned around.</param>
    /// <param name="registers">Room to compute in; what it holds before does not matter.</param>
    public static TVector LastWord<TVector, TMath>(
        in NonceJob job, TVector nonce, ref Registers<TVector> registers)
        where TVector : unmanaged
        where TMath : struct, ILaneMath<TVector>
    {
        BeginFirst<TVector, TMath>(in job, nonce, ref registers);
        Finish<TVector, TMath>(ref registers);
        BeginSecond<TVector, TMath>(in job, ref registers);
        Finish<TVector, TMath>(ref registers);
        return TMath.Add(registers.H, TMath.Create(Sha256Lanes.InitialState[7]));
    }

    /// <summary>Rounds 3 to 15 of the header's hash, and the words for the next sixteen.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void BeginFirst<TVector, TMath>(in NonceJob job, TVector nonce, ref Registers<TVector> registers)
        where TVector : unmanaged
        where TMath : struct, ILaneMath<TVector>
    {
        ReadOnlySpan<uint> k = Sha256Lanes.Constants;
        TVector a = TMath.Create(job.A3);
        TVector b = TMath.Create(job.B3);
        TVector c = TMath.Create(job.C3);
        TVector d = TMath.Create(job.D3);
        TVector e = TMath.Create(job.E3);
        TVector f = TMath.Create(job.F3);
        TVector g = TMath.Create(job.G3);
        TVector h = TMath.Create(job.H3);

        // Rounds 3 to 15: the nonce, the mark, zeros, the length.
        Sha256Lanes.Round<TVector, TMath>(a, b, c, ref d, e, f, g, ref h, nonce, k[3]);
        Known<TVector, TMath>(h, a, b, ref c, d, e, f, ref g, k[4] + NonceJob.Mark);
        Known<TVector, TMath>(g, h, a, ref b, c, d, e, ref f, k[5]);
        Known<TVector, TMath>(f, g, h, ref a, b, c, d, ref e, k[6]);
        Known<TVector, TMath>(e, f, g, ref h, a, b, c, ref d, k[7]);
        Known<TVector, TMath>(d, e, f, ref g, h, a, b, ref c, k[8]);
        Known<TVector, TMath>(c, d, e, ref f, g, h, a, ref b, k[9]);
        Known<TVector, TMath>(b, c, d, ref e, f, g, h, ref a, k[10]);
        Known<TVector, TMath>(a, b, c, ref d, e, f, g, ref h, k[11]);
        Known<TVector, TMath>(h, a, b, ref c, d, e, f, ref g, k[12]);
        Known<TVector, TMath>(g, h, a, ref b, c, d, e, ref f, k[13]);
        Known<TVector, TMath>(f, g, h, ref a, b, c, d, ref e, k[14]);
        Known<TVector, TMath>(e, f, g, ref h, a, b, c, ref d, k[15] + NonceJob.HeaderBits);

        // Words 16 to 31, without what is known to be zero.
        TVector w0 = TMath.Create(job.W16);
        TVector w1 = TMath.Create(job.W17);
        TVector w2 = TMath.Add(TMath.Create(job.Part18), Early<TVector, TMath>(nonce));
        TVector w3 = TMath.Add(TMath.Create(job.Part19), nonce);
        TVector w4 = TMath.Add(TMath.Create(NonceJob.Mark), Late<TVector, TMath>(w2));
        TVector w5 = Late<TVector, TMath>(w3);
        TVector w6 = TMath.Add(TMath.Create(NonceJob.HeaderBits), Late<TVector, TMath>(w4));
        TVector w7 = TMath.Add(w0, Late<TVector, TMath>(w5));
        TVector w8 = TMath.Add(w1, Late<TVector, TMath>(w6));
        TVector w9 = TMath.Add(w2, Late<TVector, TMath>(w7));
        TVector w10 = TMath.Add(w3, Late<TVector, TMath>(w8));
        TVector w11 = TMath.Add(w4, Late<TVector, TMath>(w9));
        TVector w12 = TMath.Add(w5, Late<TVector, TMath>(w10));
        TVector w13 = TMath.Add(w6, Late<TVector, TMath>(w11));
        TVector w14 = TMath.Add(
            TMath.Add(Early<TVector, TMath>(TMath.Create(NonceJob.HeaderBits)), w7), Late<TVector, TMath>(w12));
        TVector w15 = TMath.Add(TMath.Add(TMath.Create(job.Part31), w8), Late<TVector, TMath>(w13));
        // Thirteen rounds have passed, so the roles stand three behind.
        Keep(
            ref registers, d, e, f, g, h, a, b, c, w0, w1, w2, w3, w4, w5, w6, w7, w8, w9, w10, w11, w12, w13, w14,
            w15);
    }

    /// <summary>Rounds 0 to 15 of the hash of the hash, and the words for the next sixteen.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void BeginSecond<TVector, TMath>(in NonceJob job, ref Registers<TVector> registers)
        where TVector : unmanaged
        where TMath : struct, ILaneMath<TVector>
    {
        ReadOnlySpan<uint> k = Sha256Lanes.Constants;
        ReadOnlySpan<uint> initial = Sha256Lanes.InitialState;
        TVector a = TMath.Create(initial[0]);
        TVector b = TMath.Create(initial[1]);
        TVector c = TMath.Create(initial[2]);
        TVector d = TMath.Create(initial[3]);
        TVector e = TMath.Create(initial[4]);
        TVector f = TMath.Create(initial[5]);
        TVector g = TMath.Create(initial[6]);
        TVector h = TMath.Create(initial[7]);
        TVector w0 = TMath.Add(registers.A, TMath.Create(job.A));
        TVector w1 = TMath.Add(registers.B, TMath.Create(job.B));
        TVector w2 = TMath.Add(registers.C, TMath.Create(job.C));
        TVector w3 = TMath.Add(registers.D, TMath.Create(job.D));
        TVector w4 = TMath.Add(registers.E, TMath.Create(job.E));
        TVector w5 = TMath.Add(registers.F, TMath.Create(job.F));
        TVector w6 = TMath.Add(registers.G, TMath.Create(job.G));
        TVector w7 = TMath.Add(registers.H, TMath.Create(job.H));
        Sha256Lanes.Round<TVector, TMath>(a, b, c, ref d, e, f, g, ref h, w0, k[0]);
        Sha256Lanes.Round<TVector, TMath>(h, a, b, ref c, d, e, f, ref g, w1, k[1]);
        Sha256Lanes.Round<TVector, TMath>(g, h, a, ref b, c, d, e, ref f, w2, k[2]);
        Sha256Lanes.Round<TVector, TMath>(f, g, h, ref a, b, c, d, ref e, w3, k[3]);
        Sha256Lanes.Round<TVector, TMath>(e, f, g, ref h, a, b, c, ref d, w4, k[4]);
        Sha256Lanes.Round<TVector, TMath>(d, e, f, ref g, h, a, b, ref c, w5, k[5]);
        Sha256Lanes.Round<TVector, TMath>(c, d, e, ref f, g, h, a, ref b, w6, k[6]);
        Sha256Lanes.Round<TVector, TMath>(b, c, d, ref e, f, g, h, ref a, w7, k[7]);
        Known<TVector, TMath>(a, b, c, ref d, e, f, g, ref h, k[8] + NonceJob.Mark);
        Known<TVector, TMath>(h, a, b, ref c, d, e, f, ref g, k[9]);
        Known<TVector, TMath>(g, h, a, ref b, c, d, e, ref f, k[10]);
        Known<TVector, TMath>(f, g, h, ref a, b, c, d, ref e, k[11]);
        Known<TVector, TMath>(e, f, g, ref h, a, b, c, ref d, k[12]);
        Known<TVector, TMath>(d, e, f, ref g, h, a, b, ref c, k[13]);
        Known<TVector, TMath>(c, d, e, ref f, g, h, a, ref b, k[14]);
        Known<TVector, TMath>(b, c, d, ref e, f, g, h, ref a, k[15] + NonceJob.HashBits);

        // Words 16 to 31, without what is known to be zero.
        w0 = TMath.Add(w0, Early<TVector, TMath>(w1));
        w1 = TMath.Add(
            TMath.Add(w1, Early<TVector, TMath>(w2)), Late<TVector, TMath>(TMath.Create(NonceJob.HashBits)));
        w2 = TMath.Add(TMath.Add(w2, Early<TVector, TMath>(w3)), Late<TVector, TMath>(w0));
        w3 = TMath.Add(TMath.Add(w3, Early<TVector, TMath>(w4)), Late<TVector, TMath>(w1));
        w4 = TMath.Add(TMath.Add(w4, Early<TVector, TMath>(w5)), Late<TVector, TMath>(w2));
        w5 = TMath.Add(TMath.Add(w5, Early<TVector, TMath>(w6)), Late<TVector, TMath>(w3));
        w6 = TMath.Add(
            TMath.Add(w6, Early<TVector, TMath>(w7)),
            TMath.Add(TMath.Create(NonceJob.HashBits), Late<TVector, TMath>(w4)));
        w7 = TMath.Add(
            TMath.Add(w7, Early<TVector, TMath>(TMath.Create(NonceJob.Mark))),
            TMath.Add(w0, Late<TVector, TMath>(w5)));
        TVector w8 = TMath.Add(TMath.Add(TMath.Create(NonceJob.Mark), w1), Late<TVector, TMath>(w6));
        TVector w9 = TMath.Add(w2, Late<TVector, TMath>(w7));
        TVector w10 = TMath.Add(w3, Late<TVector, TMath>(w8));
        TVector w11 = TMath.Add(w4, Late<TVector, TMath>(w9));
        TVector w12 = TMath.Add(w5, Late<TVector, TMath>(w10));
        TVector w13 = TMath.Add(w6, Late<TVector, TMath>(w11));
        TVector w14 = TMath.Add(
            TMath.Add(Early<TVector, TMath>(TMath.Create(NonceJob.HashBits)), w7), Late<TVector, TMath>(w12));
        TVector w15 = TMath.Add(
            TMath.Add(TMath.Create(NonceJob.HashBits), Early<TVector, TMath>(w0)),
            TMath.Add(w8, Late<TVector, TMath>(w13)));
        Keep(
            ref registers, a, b, c, d, e, f, g, h, w0, w1, w2, w3, w4, w5, w6, w7, w8, w9, w10, w11, w12, w13, w14,
            w15);
    }

    /// <summary>Rounds 16 to 63.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Finish<TVector, TMath>(ref Registers<TVector> registers)
        where TVector : unmanaged
        where TMath : struct, ILaneMath<TVector>
    {
        (TVector a, TVector b, TVector c, TVector d) = (registers.A, registers.B, registers.C, registers.D);
        (TVector e, TVector f, TVector g, TVector h) = (registers.E, registers.F, registers.G, registers.H);
        (TVector w0, TVector w1, TVector w2, TVector w3) = (registers.W0, registers.W1, registers.W2, registers.W3);
        (TVector w4, TVector w5, TVector w6, TVector w7) = (registers.W4, registers.W5, registers.W6, registers.W7);
        (TVector w8, TVector w9, TVector w10, TVector w11) =
            (registers.W8, registers.W9, registers.W10, registers.W11);
        (TVector w12, TVector w13, TVector w14, TVector w15) =
            (registers.W12, registers.W13, registers.W14, registers.W15);
        for (int t = Group; ; t += Group)
        {
            Sha256Lanes.RoundAll<TVector, TMath>(
                ref a, ref b, ref c, ref d, ref e, ref f, ref g, ref h, w0, w1, w2, w3, w4, w5, w6, w7, w8, w9, w10,
                w11, w12, w13, w14, w15, Sha256Lanes.Constants.Slice(t, Group));
            if (t == 3 * Group)
            {
                break;
            }

            Sha256Lanes.ExtendAll<TVector, TMath>(
                ref w0, ref w1, ref w2, ref w3, ref w4, ref w5, ref w6, ref w7, ref w8, ref w9, ref w10, ref w11,
                ref w12, ref w13, ref w14, ref w15);
        }

        (registers.A, registers.B, registers.C, registers.D) = (a, b, c, d);
        (registers.E, registers.F, registers.G, registers.H) = (e, f, g, h);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Keep<TVector>(
        ref Registers<TVector> registers, TVector a, TVector b, TVector c, TVector d, TVector e, TVector f, TVector g,
        TVector h, TVector w0, TVector w1, TVector w2, TVector w3, TVector w4, TVector w5, TVector w6, TVector w7,
        TVector w8, TVector w9, TVector w10, TVector w11, TVector w12, TVector w13, TVector w14, TVector w15)
        where TVector : unmanaged
    {
        (registers.A, registers.B, registers.C, registers.D) = (a, b, c, d);
        (registers.E, registers.F, registers.G, registers.H) = (e, f, g, h);
        (registers.W0, registers.W1, registers.W2, registers.W3) = (w0, w1, w2, w3);
        (registers.W4, registers.W5, registers.W6, registers.W7) = (w4, w5, w6, w7);
        (registers.W8, registers.W9, registers.W10, registers.W11) = (w8, w9, w10, w11);
        (registers.W12, registers.W13, registers.W14, registers.W15) = (w12, w13, w14, w15);
    }

    /// <summary>A round with a word that is the same for all, added to the constant beforehand.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Known<TVector, TMath>(
        TVector a, TVector b, TVector c, ref TVector d, TVector e, TVector f, TVector g, ref TVector h, uint sum)
        where TVector : unmanaged
        where TMath : struct, ILaneMath<TVector> =>
        Sha256Lanes.Round<TVector, TMath>(a, b, c, ref d, e, f, g, ref h, default, sum);

    /// <summary>The small sigma 0 of FIPS 180-4, section 4.1.2.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Early<TVector, TMath>(TVector word)
        where TVector : unmanaged
        where TMath : struct, ILaneMath<TVector> =>
        TMath.Xor(TMath.RotateRight(word, 7), TMath.RotateRight(word, 18), TMath.ShiftRight(word, 3));

    /// <summary>The small sigma 1 of FIPS 180-4, section 4.1.2.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Late<TVector, TMath>(TVector word)
        where TVector : unmanaged
        where TMath : struct, ILaneMath<TVector> =>
        TMath.Xor(TMath.RotateRight(word, 17), TMath.RotateRight(word, 19), TMath.ShiftRight(word, 10));
}
