using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using Blockchain.Core.Kernel;

namespace Blockchain.Core.OpenNetwork;

/// <summary>An unsigned number of 256 bits by value: what targets, hashes and work are compared and summed as, without
/// the allocations of <see cref="BigInteger"/>. Sums and differences that do not fit wrap around.</summary>
public readonly record struct UInt256 : IComparable<UInt256>
{
    /// <summary>Length in bits.</summary>
    public const int Bits = 256;

    private const int LimbBits = 64;
    private const int Limbs = Bits / LimbBits;

    // The least significant first.
    private readonly ulong _a;
    private readonly ulong _b;
    private readonly ulong _c;
    private readonly ulong _d;

    /// <summary>A small number.</summary>
    public UInt256(ulong value) => _a = value;

    private UInt256(ulong a, ulong b, ulong c, ulong d)
    {
        _a = a;
        _b = b;
        _c = c;
        _d = d;
    }

    private UInt256(ReadOnlySpan<ulong> limbs)
        : this(limbs[0], limbs[1], limbs[2], limbs[3])
    {
    }

    /// <summary>0.</summary>
    public static UInt256 Zero => default;

    /// <summary>1.</summary>
    public static UInt256 One => new(1);

    /// <summary>2^256 - 1.</summary>
    public static UInt256 MaxValue => ~default(UInt256);

    /// <summary>The number of bits without the zeros at the upper end.</summary>
    public int BitLength
    {
        get
        {
            Span<ulong> limbs = stackalloc ulong[Limbs];
            CopyTo(limbs);
            int top = limbs.LastIndexOfAnyExcept(0UL);
            return top < 0 ? 0 : ((top + 1) * LimbBits) - BitOperations.LeadingZeroCount(limbs[top]);
        }
    }

    /// <summary>The lowest 64 bits.</summary>
    public ulong Low => _a;

    /// <summary>Reads 32 bytes, the least significant first, as a hash is read as a number.</summary>
    public static UInt256 FromLittleEndian(Bytes32 value)
    {
        Span<byte> bytes = stackalloc byte[Bytes32.Size];
        value.CopyTo(bytes);
        return new UInt256(
            BinaryPrimitives.ReadUInt64LittleEndian(bytes),
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]),
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[16..]),
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[24..]));
    }

    /// <summary>The number as 32 bytes, the most significant first.</summary>
    public Bytes32 ToBigEndian()
    {
        Span<byte> bytes = stackalloc byte[Bytes32.Size];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, _d);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], _c);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[16..], _b);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[24..], _a);
        return new Bytes32(bytes);
    }

    /// <summary>Reads what <see cref="ToBigEndian"/> gives.</summary>
    public static UInt256 FromBigEndian(Bytes32 value) => FromLittleEndian(value.Reversed());

    /// <inheritdoc/>
    public int CompareTo(UInt256 other) =>
        _d != other._d ? _d.CompareTo(other._d)
        : _c != other._c ? _c.CompareTo(other._c)
        : _b != other._b ? _b.CompareTo(other._b)
        : _a.CompareTo(other._a);

    /// <summary>By size.</summary>
    public static bool operator <(UInt256 left, UInt256 right) => left.CompareTo(right) < 0;

    /// <summary>By size.</summary>
    public static bool operator >(UInt256 left, UInt256 right) => left.CompareTo(right) > 0;

    /// <summary>By size.</summary>
    public static bool operator <=(UInt256 left, UInt256 right) => left.CompareTo(right) <= 0;

    /// <summary>By size.</summary>
    public static bool operator >=(UInt256 left, UInt256 right) => left.CompareTo(right) >= 0;

    /// <summary>Every bit the other way.</summary>
    public static UInt256 operator ~(UInt256 value) => new(~value._a, ~value._b, ~value._c, ~value._d);

    /// <summary>The sum, modulo 2^256.</summary>
    public static UInt256 operator +(UInt256 left, UInt256 right)
    {
        UInt128 low = (UInt128)left._a + right._a;
        UInt128 second = (UInt128)left._b + right._b + (low >> LimbBits);
        UInt128 third = (UInt128)left._c + right._c + (second >> LimbBits);
        return new UInt256(
            (ulong)low, (ulong)second, (ulong)third, left._d + right._d + (ulong)(third >> LimbBits));
    }

    /// <summary>The difference, modulo 2^256.</summary>
    public static UInt256 operator -(UInt256 left, UInt256 right) => left + ~right + One;

    /// <summary>Towards the upper end; what leaves there is lost.</summary>
    public static UInt256 operator <<(UInt256 value, int bits)
    {
        Span<ulong> from = stackalloc ulong[Limbs];
        Span<ulong> to = stackalloc ulong[Limbs];
        value.CopyTo(from);
        to.Clear();
        (int limbs, int rest) = Math.DivRem(bits, LimbBits);
        for (int i = limbs; i < Limbs; i++)
        {
            to[i] = from[i - limbs] << rest;
            if (rest > 0 && i > limbs)
            {
                to[i] |= from[i - limbs - 1] >> (LimbBits - rest);
            }
        }

        return new UInt256(to);
    }

    /// <summary>Towards the lower end; what leaves there is lost.</summary>
    public static UInt256 operator >>(UInt256 value, int bits)
    {
        Span<ulong> from = stackalloc ulong[Limbs];
        Span<ulong> to = stackalloc ulong[Limbs];
        value.CopyTo(from);
        to.Clear();
        (int limbs, int rest) = Math.DivRem(bits, LimbBits);
        for (int i = 0; i + limbs < Limbs; i++)
        {
            to[i] = from[i + limbs] >> rest;
            if (rest > 0 && i + limbs + 1 < Limbs)
            {
                to[i] |= from[i + limbs + 1] << (LimbBits - rest);
            }
        }

        return new UInt256(to);
    }

    /// <summary>The whole part of the quotient, by long division, bit by bit.</summary>
    /// <exception cref="DivideByZeroException">The divisor is 0.</exception>
    public static UInt256 operator /(UInt256 dividend, UInt256 divisor)
    {
        if (divisor == Zero)
        {
            throw new DivideByZeroException();
        }

        UInt256 quotient = Zero;
        UInt256 rest = dividend;
        for (int shift = dividend.BitLength - divisor.BitLength; shift >= 0; shift--)
        {
            UInt256 part = divisor << shift;
            if (part <= rest)
            {
                rest -= part;
                quotient += One << shift;
            }
        }

        return quotient;
    }

    /// <summary>This times <paramref name="multiplier"/> over <paramref name="divisor"/>, rounded down, the product not
    /// cut off; <see cref="MaxValue"/> when the quotient does not fit.</summary>
    /// <exception cref="DivideByZeroException">The divisor is 0.</exception>
    public UInt256 Scale(ulong multiplier, ulong divisor)
    {
        Span<ulong> limbs = stackalloc ulong[Limbs + 1];
        limbs.Clear();
        CopyTo(limbs);
        UInt128 carry = 0;
        foreach (ref ulong limb in limbs)
        {
            carry += (UInt128)limb * multiplier;
            limb = (ulong)carry;
            carry >>= LimbBits;
        }

        UInt128 rest = 0;
        for (int i = Limbs; i >= 0; i--)
        {
            rest = (rest << LimbBits) | limbs[i];
            limbs[i] = (ulong)(rest / divisor);
            rest %= divisor;
        }

        return limbs[Limbs] == 0 ? new UInt256(limbs) : MaxValue;
    }

    /// <summary>64 lower-case hexadecimal digits, the most significant first.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{_d:x16}{_c:x16}{_b:x16}{_a:x16}");

    private void CopyTo(Span<ulong> limbs)
    {
        limbs[0] = _a;
        limbs[1] = _b;
        limbs[2] = _c;
        limbs[3] = _d;
    }
}
