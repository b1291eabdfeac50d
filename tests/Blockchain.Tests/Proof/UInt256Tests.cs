using System.Numerics;
using Blockchain.Core.Kernel;
using Blockchain.Core.OpenNetwork;
using FsCheck;
using FsCheck.Fluent;

namespace Blockchain.Tests.Proof;

/// <summary>The arithmetic against BigInteger's.</summary>
public sealed class UInt256Tests
{
    private static readonly BigInteger Modulus = BigInteger.One << UInt256.Bits;

    // Numbers of every length, so that carries and borrows cross every limb.
    private static readonly Arbitrary<UInt256> Numbers = ArbMap.Default.GeneratorFor<ulong[]>()
        .Select(static limbs => limbs.Take(4).Aggregate(UInt256.Zero, static (sum, limb) =>
            (sum << 64) + new UInt256(limb % 5 == 0 ? ulong.MaxValue : limb * 0x9e37_79b9_7f4a_7c15)))
        .ToArbitrary();

    [Fact]
    public void Sums_differences_and_complements_are_those_of_mathematics_modulo_2_to_256() =>
        Prop.ForAll(Numbers, Numbers, static (a, b) =>
            Of(a + b) == (Of(a) + Of(b)) % Modulus
            && Of(a - b) == (Of(a) - Of(b) + Modulus) % Modulus
            && Of(~a) == Modulus - 1 - Of(a)).Holds();

    [Fact]
    public void Quotients_and_comparisons_are_those_of_mathematics() =>
        Prop.ForAll(Numbers, Numbers, static (a, b) =>
            Math.Sign(a.CompareTo(b)) == Math.Sign(Of(a).CompareTo(Of(b)))
            && (a < b) == (Of(a) < Of(b)) && (a >= b) == (Of(a) >= Of(b))
            && (b == UInt256.Zero || Of(a / b) == Of(a) / Of(b))
            && a.BitLength == (int)Of(a).GetBitLength()).Holds();

    [Fact]
    public void Shifts_by_any_distance_lose_what_leaves() =>
        Prop.ForAll(Numbers, static a => Enumerable.Range(0, UInt256.Bits + 1).All(bits =>
            Of(a << bits) == (Of(a) << bits) % Modulus && Of(a >> bits) == Of(a) >> bits)).Holds(50);

    [Fact]
    public void Scaling_does_not_cut_the_product_off() =>
        Prop.ForAll<ulong, ulong>(static (multiplier, divisor) => Scales(UInt256.MaxValue >> 3, multiplier, divisor)
            && Scales(UInt256.MaxValue, multiplier, divisor) && Scales(new UInt256(7), multiplier, divisor)).Holds();

    [Fact]
    public void Numbers_are_read_and_written_in_both_orders()
    {
        UInt256 value = (new UInt256(0x0102) << 240) + new UInt256(0xff);

        value.ToString().Should().Be("0102" + new string('0', 58) + "ff");
        value.ToBigEndian().ToString().Should().Be(value.ToString());
        UInt256.FromBigEndian(value.ToBigEndian()).Should().Be(value);
        UInt256.FromLittleEndian(value.ToBigEndian().Reversed()).Should().Be(value);
    }

    [Fact]
    public void Nothing_is_divided_by_zero()
    {
        Action dividing = () => _ = UInt256.One / UInt256.Zero;
        Action scaling = () => UInt256.One.Scale(1, 0);

        dividing.Should().Throw<DivideByZeroException>();
        scaling.Should().Throw<DivideByZeroException>();
    }

    private static bool Scales(UInt256 value, ulong multiplier, ulong divisor) =>
        divisor == 0
        || Of(value.Scale(multiplier, divisor)) == BigInteger.Min(Of(value) * multiplier / divisor, Modulus - 1);

    private static BigInteger Of(UInt256 value)
    {
        byte[] bytes = new byte[Bytes32.Size];
        value.ToBigEndian().CopyTo(bytes);
        return new BigInteger(bytes, isUnsigned: true, isBigEndian: true);
    }
}
