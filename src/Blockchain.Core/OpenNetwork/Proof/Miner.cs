using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Blockchain.Core.Kernel;

namespace Blockchain.Core.OpenNetwork;

/// <summary>Does the work: tries nonces until the hash of a header meets its target. A pure function of its arguments;
/// who calls it divides the nonces among threads and sees between two calls whether the work is still wanted.</summary>
public static class Miner
{
    /// <summary>The first nonce in a range with which the header meets the target that it names.</summary>
    /// <param name="template">The header; its nonce is not looked at.</param>
    /// <param name="firstNonce">The first nonce to try.</param>
    /// <param name="count">How many to try; the range ends at the last nonce at the latest.</param>
    /// <param name="path">How many at once.</param>
    /// <returns>The nonce, the same on every path; null when there is none in the range, or when the header names no
    /// target.</returns>
    public static uint? Search(Header template, uint firstNonce, uint count, MinerPath path)
    {
        if (Target.FromCompact(template.Bits, out Target target) != CompactFault.None)
        {
            return null;
        }

        ulong end = Math.Min((ulong)firstNonce + count, 1UL << 32);
        NonceJob job = NonceJob.Of(template);
        uint mask = MaskOf(target);
        ulong from = firstNonce;
        while (from < end)
        {
            from = path switch
            {
                MinerPath.Vector512 => Scan<Vector512<uint>, Lanes16>(in job, from, end, mask),
                MinerPath.Vector256 => Scan<Vector256<uint>, Lanes8>(in job, from, end, mask),
                MinerPath.Vector128 => Scan<Vector128<uint>, Lanes4>(in job, from, end, mask),
                _ => Scan<uint, Lanes1>(in job, from, end, mask),
            };

            // A candidate is among the next few.
            for (ulong last = Math.Min(from + (ulong)WidthOf(path), end); from < last; from++)
            {
                if (target.IsMetBy((template with { Nonce = (uint)from }).ComputeHash()))
                {
                    return (uint)from;
                }
            }
        }

        return null;
    }

    /// <summary>How many nonces a path tries at once.</summary>
    public static int WidthOf(MinerPath path) => path switch
    {
        MinerPath.Vector512 => Lanes16.Width,
        MinerPath.Vector256 => Lanes8.Width,
        MinerPath.Vector128 => Lanes4.Width,
        _ => Lanes1.Width,
    };

    /// <summary>The bits of a hash's last word that are zero in every hash that meets the target. Few others have
    /// them, so only those few are hashed to the end.</summary>
    private static uint MaskOf(Target target)
    {
        int zeros = Math.Min(UInt256.Bits - target.Value.BitLength, 32);
        return BinaryPrimitives.ReverseEndianness(zeros == 0 ? 0 : uint.MaxValue << (32 - zeros));
    }

    /// <summary>The start of the first group with a candidate in it, or where the range ends.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static ulong Scan<TVector, TMath>(in NonceJob job, ulong from, ulong end, uint mask)
        where TVector : unmanaged
        where TMath : struct, ILaneMath<TVector>
    {
        TVector places = TMath.Load(in Places[0]);
        NonceLanes.Registers<TVector> registers = default;
        Span<uint> words = stackalloc uint[TMath.Width];
        for (; from < end; from += (ulong)TMath.Width)
        {
            TVector nonces = TMath.Add(TMath.Create((uint)from), places);

            // A nonce is little-endian, SHA-256 is not: its bytes are turned around.
            TVector turned = TMath.Choose(
                TMath.Create(0xff00_ff00), TMath.RotateRight(nonces, 8), TMath.RotateRight(nonces, 24));
            TMath.Store(NonceLanes.LastWord<TVector, TMath>(in job, turned, ref registers), ref words[0]);
            foreach (uint word in words)
            {
                if ((word & mask) == 0)
                {
                    return from;
                }
            }
        }

        return end;
    }

    private static ReadOnlySpan<uint> Places => [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];
}
