using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Blockchain.Core.Kernel;

/// <summary>What SHA-256 needs of a vector of 32-bit words, one word a lane, so that its rounds are written
/// once.</summary>
/// <typeparam name="TVector">The vector.</typeparam>
internal interface ILaneMath<TVector>
    where TVector : unmanaged
{
    /// <summary>Number of lanes.</summary>
    static abstract int Width { get; }

    /// <summary>The same word in every lane.</summary>
    static abstract TVector Create(uint word);

    /// <summary>Reads as many words as there are lanes.</summary>
    static abstract TVector Load(ref readonly uint first);

    /// <summary>Writes as many words as there are lanes.</summary>
    static abstract void Store(TVector value, ref uint first);

    /// <summary>The sum, modulo 2^32.</summary>
    static abstract TVector Add(TVector left, TVector right);

    /// <summary>Exclusive or of three.</summary>
    static abstract TVector Xor(TVector a, TVector b, TVector c);

    /// <summary>Ch of FIPS 180-4, section 4.1.2: the bits of <paramref name="yes"/> where <paramref name="mask"/> has
    /// ones, those of <paramref name="no"/> elsewhere.</summary>
    static abstract TVector Choose(TVector mask, TVector yes, TVector no);

    /// <summary>Maj of FIPS 180-4, section 4.1.2: each bit as at least two of the three have it.</summary>
    static abstract TVector Majority(TVector a, TVector b, TVector c);

    /// <summary>Each word rotated to the right.</summary>
    static abstract TVector RotateRight(TVector value, [ConstantExpected] byte count);

    /// <summary>Each word shifted to the right.</summary>
    static abstract TVector ShiftRight(TVector value, [ConstantExpected] byte count);
}

/// <summary>What the lanes of all widths have in common.</summary>
internal static class LaneMath
{
    /// <summary>The truth table of Maj for the instruction that takes one: a one where at least two of the three bits
    /// of the index are.</summary>
    public const byte MajorityTable = 0b1110_1000;
}

/// <summary>Sixteen lanes: AVX-512.</summary>
internal readonly struct Lanes16 : ILaneMath<Vector512<uint>>
{
    public static int Width => Vector512<uint>.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> Create(uint word) => Vector512.Create(word);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> Load(ref readonly uint first) => Vector512.LoadUnsafe(in first);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector512<uint> value, ref uint first) => value.StoreUnsafe(ref first);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> Add(Vector512<uint> left, Vector512<uint> right) => left + right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> Xor(Vector512<uint> a, Vector512<uint> b, Vector512<uint> c) => a ^ b ^ c;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> Choose(Vector512<uint> mask, Vector512<uint> yes, Vector512<uint> no) =>
        Vector512.ConditionalSelect(mask, yes, no);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> Majority(Vector512<uint> a, Vector512<uint> b, Vector512<uint> c) =>
        Avx512F.IsSupported
            ? Avx512F.TernaryLogic(a, b, c, LaneMath.MajorityTable)
            : Vector512.ConditionalSelect(a ^ b, c, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> RotateRight(Vector512<uint> value, [ConstantExpected] byte count) =>
        Avx512F.IsSupported
            ? Avx512F.RotateRight(value, count)
            : (value >>> count) | (value << (32 - count));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> ShiftRight(Vector512<uint> value, [ConstantExpected] byte count) => value >>> count;
}

/// <summary>Eight lanes: AVX2.</summary>
internal readonly struct Lanes8 : ILaneMath<Vector256<uint>>
{
    public static int Width => Vector256<uint>.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> Create(uint word) => Vector256.Create(word);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> Load(ref readonly uint first) => Vector256.LoadUnsafe(in first);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector256<uint> value, ref uint first) => value.StoreUnsafe(ref first);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> Add(Vector256<uint> left, Vector256<uint> right) => left + right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> Xor(Vector256<uint> a, Vector256<uint> b, Vector256<uint> c) => a ^ b ^ c;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> Choose(Vector256<uint> mask, Vector256<uint> yes, Vector256<uint> no) =>
        Vector256.ConditionalSelect(mask, yes, no);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> Majority(Vector256<uint> a, Vector256<uint> b, Vector256<uint> c) =>
        Avx512F.VL.IsSupported
            ? Avx512F.VL.TernaryLogic(a, b, c, LaneMath.MajorityTable)
            : Vector256.ConditionalSelect(a ^ b, c, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> RotateRight(Vector256<uint> value, [ConstantExpected] byte count) =>
        Avx512F.VL.IsSupported
            ? Avx512F.VL.RotateRight(value, count)
            : (value >>> count) | (value << (32 - count));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> ShiftRight(Vector256<uint> value, [ConstantExpected] byte count) => value >>> count;
}

/// <summary>Four lanes: SSE2, AdvSimd, or what else has 128 bits.</summary>
internal readonly struct Lanes4 : ILaneMath<Vector128<uint>>
{
    public static int Width => Vector128<uint>.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<uint> Create(uint word) => Vector128.Create(word);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<uint> Load(ref readonly uint first) => Vector128.LoadUnsafe(in first);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector128<uint> value, ref uint first) => value.StoreUnsafe(ref first);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<uint> Add(Vector128<uint> left, Vector128<uint> right) => left + right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<uint> Xor(Vector128<uint> a, Vector128<uint> b, Vector128<uint> c) => a ^ b ^ c;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<uint> Choose(Vector128<uint> mask, Vector128<uint> yes, Vector128<uint> no) =>
        Vector128.ConditionalSelect(mask, yes, no);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<uint> Majority(Vector128<uint> a, Vector128<uint> b, Vector128<uint> c) =>
        Avx512F.VL.IsSupported
            ? Avx512F.VL.TernaryLogic(a, b, c, LaneMath.MajorityTable)
            : Vector128.ConditionalSelect(a ^ b, c, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<uint> RotateRight(Vector128<uint> value, [ConstantExpected] byte count) =>
        Avx512F.VL.IsSupported
            ? Avx512F.VL.RotateRight(value, count)
            : (value >>> count) | (value << (32 - count));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<uint> ShiftRight(Vector128<uint> value, [ConstantExpected] byte count) => value >>> count;
}

/// <summary>One lane: any processor.</summary>
internal readonly struct Lanes1 : ILaneMath<uint>
{
    public static int Width => 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Create(uint word) => word;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Load(ref readonly uint first) => first;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(uint value, ref uint first) => first = value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Add(uint left, uint right) => unchecked(left + right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Xor(uint a, uint b, uint c) => a ^ b ^ c;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Choose(uint mask, uint yes, uint no) => (mask & yes) | (~mask & no);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Majority(uint a, uint b, uint c) => ((a ^ b) & c) | (a & b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint RotateRight(uint value, [ConstantExpected] byte count) => uint.RotateRight(value, count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint ShiftRight(uint value, [ConstantExpected] byte count) => value >> count;
}
