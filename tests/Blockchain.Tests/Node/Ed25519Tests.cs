using System.Text;
using Blockchain.Core.OpenNetwork;
using Blockchain.Wire.Keys;

namespace Blockchain.Tests.Node;

/// <summary>Signatures by the platform's libraries: those that are here must agree with RFC 8032 and with each
/// other.</summary>
public sealed class Ed25519Tests
{
    /// <summary>RFC 8032, section 7.1: seed, public key, message, signature.</summary>
    private static readonly string[][] Vectors =
    [
        [
            "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
            "",
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
                + "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
        ],
        [
            "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
            "72",
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
                + "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
        ],
        [
            "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
            "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
            "af82",
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
                + "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
        ],
    ];

    public static TheoryData<string> Libraries
    {
        get
        {
            TheoryData<string> names = [];
            foreach (string name in Each().Select(each => each.Library))
            {
                names.Add(name);
            }

            return names;
        }
    }

    [Fact]
    public void This_platform_has_a_library() =>
        Ed25519.Platform.Library.Should().BeOneOf("OpenSSL", "libsodium");

    [Fact]
    public void Without_OpenSSL_libsodium_does_it_and_without_both_the_fault_names_them()
    {
        Action none = () => Ed25519.Load(["libnone.so"], ["libnone-either.so"]);

        none.Should().Throw<MissingLibraryException>().WithMessage("*OpenSSL 3*libsodium*Install one*");
        if (SodiumEd25519.TryLoad(SodiumEd25519.Names) is not null)
        {
            Ed25519.Load(["libnone.so"], SodiumEd25519.Names).Library.Should().Be("libsodium");
        }
    }

    [Fact]
    public void A_library_that_lacks_the_functions_is_passed_over() =>
        NativeExports.Find(OpenSslEd25519.Names.Concat(SodiumEd25519.Names), ["no_such_function"]).Should().BeNull();

    [Theory]
    [MemberData(nameof(Libraries))]
    public void Keys_and_signatures_are_those_of_RFC_8032(string library)
    {
        Ed25519 ed25519 = Of(library);
        foreach (string[] vector in Vectors)
        {
            byte[] seed = Convert.FromHexString(vector[0]);
            byte[] message = Convert.FromHexString(vector[2]);
            Ed25519Key key = ed25519.DeriveKey(seed);
            Ed25519Signature signature = ed25519.Sign(seed, message);

            key.ToString().Should().Be(vector[1]);
            signature.ToString().Should().Be(vector[3]);
            ed25519.Verify(key, message, signature).Should().BeTrue();
        }
    }

    [Theory]
    [MemberData(nameof(Libraries))]
    public void The_printed_sample_verifies_with_its_nonce_and_not_without(string library)
    {
        Ed25519 ed25519 = Of(library);
        Transaction.Message sample = Sample.Message();
        Transaction.Message without = new(sample.Sender, sample.Text, null, sample.Signature);

        ed25519.Verify(sample.Sender, sample.SignedBytes(), sample.Signature).Should().BeTrue();
        ed25519.Verify(sample.Sender, without.SignedBytes(), sample.Signature).Should().BeFalse();
    }

    [Theory]
    [MemberData(nameof(Libraries))]
    public void Every_changed_bit_breaks_a_signature(string library)
    {
        Ed25519 ed25519 = Of(library);
        byte[] seed = Convert.FromHexString(Vectors[2][0]);
        byte[] message = Encoding.ASCII.GetBytes("what is signed");
        Ed25519Key key = ed25519.DeriveKey(seed);
        byte[] signature = Convert.FromHexString(ed25519.Sign(seed, message).ToString());

        for (int bit = 0; bit < 8 * signature.Length; bit++)
        {
            byte[] changed = [.. signature];
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            ed25519.Verify(key, message, new Ed25519Signature(changed)).Should().BeFalse("bit {0} is another", bit);
        }
    }

    [Theory]
    [MemberData(nameof(Libraries))]
    public void S_plus_the_order_of_the_group_is_refused_so_that_a_signature_has_one_form(string library)
    {
        Ed25519 ed25519 = Of(library);
        byte[] signature = Convert.FromHexString(Vectors[1][3]);
        byte[] order = Convert.FromHexString("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
        int carry = 0;
        for (int i = 0; i < order.Length; i++)
        {
            carry += signature[32 + i] + order[i];
            signature[32 + i] = (byte)carry;
            carry >>= 8;
        }

        Ed25519Key.TryParse(Vectors[1][1], out Ed25519Key key).Should().BeTrue();
        ed25519.Verify(key, Convert.FromHexString(Vectors[1][2]), new Ed25519Signature(signature)).Should().BeFalse();
    }

    // With such a key and S = 0, R = the identity, some libraries find that the signature fits every message.
    [Theory]
    [MemberData(nameof(Libraries))]
    public void Points_of_small_order_and_second_encodings_are_no_keys_and_no_R(string library)
    {
        Ed25519 ed25519 = Of(library);
        string[] points =
        [
            "0000000000000000000000000000000000000000000000000000000000000000",
            "0000000000000000000000000000000000000000000000000000000000000080",
            "0100000000000000000000000000000000000000000000000000000000000000",
            "0100000000000000000000000000000000000000000000000000000000000080",
            "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
            "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
            "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
            "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
            "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
            "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
            "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
            "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
            "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        ];
        foreach (string point in points)
        {
            foreach (string r in points)
            {
                Ed25519Key.TryParse(point, out Ed25519Key key).Should().BeTrue();
                Ed25519Signature.TryParse(r + new string('0', 64), out Ed25519Signature signature).Should().BeTrue();
                for (byte message = 0; message < 8; message++)
                {
                    ed25519.Verify(key, [message], signature).Should().BeFalse("{0} is no key", point);
                }
            }
        }
    }

    [Fact]
    public void The_libraries_agree_on_keys_signatures_and_random_changes()
    {
        Random random = new(8032);
        Ed25519[] libraries = [.. Each()];
        byte[] seed = new byte[Ed25519.SeedBytes];
        for (int i = 0; i < 200; i++)
        {
            random.NextBytes(seed);
            byte[] message = new byte[random.Next(100)];
            random.NextBytes(message);
            Ed25519Key key = libraries[0].DeriveKey(seed);
            byte[] bytes = Convert.FromHexString(libraries[0].Sign(seed, message).ToString());
            if (i % 2 == 0)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            Ed25519Signature signature = new(bytes);
            bool first = libraries[0].Verify(key, message, signature);
            libraries.Should().AllSatisfy(library =>
            {
                library.DeriveKey(seed).Should().Be(key);
                library.Verify(key, message, signature).Should().Be(first, "round {0} of seed 8032", i);
            });
        }
    }

    [Fact]
    public void A_seed_has_32_bytes()
    {
        Action shorter = () => Ed25519.Platform.DeriveKey(new byte[31]);
        Action longer = () => Ed25519.Platform.Sign(new byte[33], []);

        shorter.Should().Throw<ArgumentException>();
        longer.Should().Throw<ArgumentException>();
    }

    private static IEnumerable<Ed25519> Each()
    {
        if (OpenSslEd25519.TryLoad(OpenSslEd25519.Names) is not null)
        {
            yield return Ed25519.Load(OpenSslEd25519.Names, []);
        }

        if (SodiumEd25519.TryLoad(SodiumEd25519.Names) is not null)
        {
            yield return Ed25519.Load([], SodiumEd25519.Names);
        }
    }

    private static Ed25519 Of(string library) => Each().Single(each => each.Library == library);
}
