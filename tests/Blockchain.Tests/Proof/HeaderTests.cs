using Blockchain.Core.OpenNetwork;

namespace Blockchain.Tests.Proof;

/// <summary>Bitcoin's own headers are headers here.</summary>
public sealed class HeaderTests
{
    [Theory]
    [MemberData(nameof(RealBlocks.All), MemberType = typeof(RealBlocks))]
    public void A_real_header_has_its_real_hash_and_meets_its_target(string block, string hash)
    {
        Header header = RealBlocks.Named(block);
        CompactFault fault = Target.FromCompact(header.Bits, out Target target);

        header.ComputeHash().ToString().Should().Be(hash);
        fault.Should().Be(CompactFault.None);
        target.IsMetBy(header.ComputeHash()).Should().BeTrue();
        target.IsMetBy((header with { Nonce = header.Nonce + 1 }).ComputeHash()).Should().BeFalse();
    }

    [Fact]
    public void The_first_real_header_has_the_bytes_that_everybody_knows()
    {
        byte[] bytes = new byte[Header.Size];
        RealBlocks.Genesis.Write(bytes);

        Convert.ToHexStringLower(bytes).Should().Be(
            "01000000" + new string('0', 64) + "3ba3edfd7a7b12b27ac72c3e67768f617fc81bc3888a51323a9fb8aa4b1e5e4a"
            + "29ab5f49" + "ffff001d" + "1dac2b7c");
    }

    [Fact]
    public void A_header_comes_back_with_every_field()
    {
        Header header = RealBlocks.Block125552 with { Version = -2, Time = uint.MaxValue };
        byte[] bytes = new byte[Header.Size];
        header.Write(bytes);

        Header.Read(bytes).Should().Be(header);
    }

    [Theory]
    [InlineData(Header.Size - 1)]
    [InlineData(Header.Size + 1)]
    public void A_header_has_80_bytes(int length)
    {
        Action reading = () => Header.Read(new byte[length]);

        reading.Should().Throw<ArgumentException>().WithMessage("*80*");
    }

    [Fact]
    public void Names_of_blocks_and_transactions_are_printed_last_byte_first_and_read_back()
    {
        BlockHash.TryParse(RealBlocks.GenesisHash.ToUpperInvariant(), out BlockHash hash).Should().BeTrue();
        TransactionId.TryParse(RealBlocks.GenesisHash, out TransactionId id).Should().BeTrue();

        hash.Should().Be(RealBlocks.Genesis.ComputeHash());
        hash.ToString().Should().Be(RealBlocks.GenesisHash);
        hash.Short.Should().Be("19d6689c");
        BlockHash.Zero.Short.Should().Be("00000000");
        id.ToString().Should().Be(RealBlocks.GenesisHash);
        id.Leaf.Should().Be(RealBlocks.Node(RealBlocks.GenesisHash));
        BlockHash.TryParse("00", out _).Should().BeFalse();
        TransactionId.TryParse(RealBlocks.GenesisHash[1..] + "g", out _).Should().BeFalse();
    }
}
