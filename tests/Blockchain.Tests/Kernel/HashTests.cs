using System.Security.Cryptography;
using Blockchain.Core.Kernel;

namespace Blockchain.Tests.Kernel;

/// <summary>Hashes: known answers, and the link of a chain at every length around the stack buffer's end.</summary>
public sealed class HashTests
{
    [Fact]
    public void The_empty_hash_is_SHA_256_of_nothing() =>
        Hash.Empty.ToString().Should().Be("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");

    [Fact]
    public void A_known_answer_of_FIPS_180_4_is_met() =>
        Hash.Of("abc"u8).ToString().Should().Be("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");

    [Fact]
    public void Every_length_up_to_where_another_way_is_taken_gives_what_the_platform_gives()
    {
        byte[] data = new byte[1_100];
        new Random(1).NextBytes(data);
        for (int length = 0; length <= data.Length; length++)
        {
            Hash.Of(data.AsSpan(0, length)).ToString()
                .Should().Be(Convert.ToHexStringLower(SHA256.HashData(data.AsSpan(0, length))), "of {0} bytes", length);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(991)]
    [InlineData(992)]
    [InlineData(993)]
    [InlineData(100_000)]
    public void A_link_is_SHA_256_of_the_previous_hash_and_the_bytes(int length)
    {
        byte[] data = new byte[length];
        new Random(length).NextBytes(data);
        byte[] joined = [.. Convert.FromHexString(Hash.Empty.ToString()), .. data];

        Hash.Link(Hash.Empty, data).ToString().Should().Be(Convert.ToHexStringLower(SHA256.HashData(joined)));
    }

    [Fact]
    public void A_hash_reads_what_it_prints_in_either_case()
    {
        Hash hash = Hash.Of("x"u8);

        Hash.TryParse(hash.ToString(), out Hash lower).Should().BeTrue();
        Hash.TryParse(hash.ToString().ToUpperInvariant(), out Hash upper).Should().BeTrue();
        lower.Should().Be(hash);
        upper.Should().Be(hash);
        hash.Short.Should().Be(hash.ToString()[..8]);
    }

    [Fact]
    public void Two_hashes_that_begin_alike_are_shown_whole_beside_one_another()
    {
        Hash.TryParse(new string('a', 64), out Hash first).Should().BeTrue();
        Hash.TryParse(new string('a', 63) + "b", out Hash second).Should().BeTrue();

        first.Beside(second).Should().Be(first.ToString());
        first.Beside(Hash.Empty).Should().Be("aaaaaaaa");
    }

    [Theory]
    [InlineData("")]
    [InlineData("00")]
    [InlineData("zz00000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000 ")]
    public void Text_that_is_no_hash_is_refused(string text) => Hash.TryParse(text, out _).Should().BeFalse();

    [Fact]
    public void Bytes_of_another_length_are_refused()
    {
        Action making = () => _ = new Bytes32(new byte[31]);

        making.Should().Throw<ArgumentException>().WithMessage("32 bytes are needed, not 31*");
    }
}
