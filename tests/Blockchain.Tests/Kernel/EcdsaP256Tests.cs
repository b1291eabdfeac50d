using System.Security.Cryptography;
using Blockchain.Core.Kernel;

namespace Blockchain.Tests.Kernel;

/// <summary>Signatures: a published answer is met, and everything that is not the signer's word is refused.</summary>
public sealed class EcdsaP256Tests
{
    // RFC 6979, section A.2.5: P-256, SHA-256, message "sample".
    private const string KnownX = "60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6";
    private const string KnownY = "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299";
    private const string KnownR = "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716";
    private const string KnownS = "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8";

    private readonly EcdsaP256 _scheme = new();

    [Fact]
    public void The_answer_published_in_RFC_6979_is_met()
    {
        PublicKey.TryParse("04" + KnownX + KnownY, out PublicKey key).Should().BeTrue();
        Signature.TryParse(KnownR + KnownS, out Signature signature).Should().BeTrue();

        _scheme.Verify(key, Hash.Of("sample"u8), signature).Should().BeTrue();
        _scheme.Verify(key, Hash.Of("samplf"u8), signature).Should().BeFalse();
    }

    [Fact]
    public void Only_the_signer_s_key_verifies_and_only_the_signed_digest()
    {
        using ECDsa signer = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using ECDsa other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Hash digest = Hash.Of("pay 1"u8);
        Signature signature = Sign(signer, digest);

        _scheme.Verify(KeyOf(signer), digest, signature).Should().BeTrue();
        _scheme.Verify(KeyOf(other), digest, signature).Should().BeFalse();
        _scheme.Verify(KeyOf(signer), Hash.Of("pay 2"u8), signature).Should().BeFalse();
    }

    [Fact]
    public void A_signature_of_zeros_or_of_swapped_halves_is_refused()
    {
        using ECDsa signer = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Hash digest = Hash.Of("pay 1"u8);
        Signature signature = Sign(signer, digest);

        _scheme.Verify(KeyOf(signer), digest, default).Should().BeFalse();
        _scheme.Verify(KeyOf(signer), digest, new Signature(signature.S, signature.R)).Should().BeFalse();
    }

    [Fact]
    public void A_point_that_is_not_on_the_curve_is_no_key_and_verifies_nothing()
    {
        using ECDsa signer = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Hash digest = Hash.Of("pay 1"u8);
        Signature signature = Sign(signer, digest);
        PublicKey key = KeyOf(signer);
        PublicKey[] bad =
        [
            default,
            new PublicKey(key.X, key.X),
            new PublicKey(key.Y, key.X),
            new PublicKey(key.X, Hash.Empty.Value),
            new PublicKey(new Bytes32(Enumerable.Repeat((byte)0xff, 32).ToArray()), key.Y),
        ];

        _scheme.IsValid(key).Should().BeTrue();
        bad.Should().AllSatisfy(candidate =>
        {
            _scheme.IsValid(candidate).Should().BeFalse();
            _scheme.Verify(candidate, digest, signature).Should().BeFalse();
        });
    }

    [Theory]
    [InlineData("")]
    [InlineData("04")]
    [InlineData("02" + KnownX + KnownY)]
    [InlineData("04" + KnownX)]
    [InlineData("04" + KnownX + KnownY + "00")]
    [InlineData("zz" + KnownX + KnownY)]
    public void Text_that_is_no_key_is_refused(string text) => PublicKey.TryParse(text, out _).Should().BeFalse();

    [Fact]
    public void A_key_and_a_signature_read_what_they_print()
    {
        PublicKey.TryParse("04" + KnownX + KnownY, out PublicKey key).Should().BeTrue();
        Signature.TryParse(KnownR + KnownS, out Signature signature).Should().BeTrue();

        key.ToString().Should().Be("04" + KnownX + KnownY);
        signature.ToString().Should().Be(KnownR + KnownS);
        Signature.TryParse(KnownR, out _).Should().BeFalse();
    }

    private static Signature Sign(ECDsa signer, Hash digest) =>
        new(signer.SignHash(Convert.FromHexString(digest.ToString())));

    private static PublicKey KeyOf(ECDsa signer)
    {
        ECPoint point = signer.ExportParameters(false).Q;
        return new PublicKey(new Bytes32(point.X), new Bytes32(point.Y));
    }
}
