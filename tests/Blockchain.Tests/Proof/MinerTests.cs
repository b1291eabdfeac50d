using Blockchain.Core.Kernel;
using Blockchain.Core.OpenNetwork;

namespace Blockchain.Tests.Proof;

/// <summary>Every path finds the same nonces: those of real blocks, and those that hashing one by one finds.</summary>
public sealed class MinerTests
{
    private static readonly CompactTarget EasyBits = new(0x207f_ffff);

    // Also those that this processor has no instruction for: they are slow and not wrong.
    public static TheoryData<MinerPath> Paths => [.. Enum.GetValues<MinerPath>()];

    [Theory]
    [MemberData(nameof(Paths))]
    public void The_nonces_of_real_blocks_are_found_where_they_are(MinerPath path)
    {
        foreach (string name in RealBlocks.All.Select(row => (string)row[0]))
        {
            Header block = RealBlocks.Named(name);
            Header template = block with { Nonce = 0 };

            // At every place of a group of sixteen, and as the first and the last of the range.
            for (uint before = 0; before <= 16; before++)
            {
                Miner.Search(template, block.Nonce - before, before + 1, path).Should().Be(block.Nonce, name);
                Miner.Search(template, block.Nonce - before, before, path).Should().BeNull("it ends before {0}", name);
            }

            Miner.Search(template, block.Nonce + 1, 1_000, path).Should().BeNull();
        }
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void Every_easy_nonce_is_found_that_hashing_one_by_one_finds(MinerPath path)
    {
        const uint Count = 2_000;
        foreach (uint bits in (uint[])[0x207f_ffff, 0x2012_3456, 0x2000_8000, 0x1f7f_ffff, 0x1f00_ffff])
        {
            Header template = RealBlocks.Block170 with { Bits = new CompactTarget(bits) };
            Target.FromCompact(template.Bits, out Target target).Should().Be(CompactFault.None);
            uint[] expected = [.. Nonces(Count).Where(
                nonce => target.IsMetBy((template with { Nonce = nonce }).ComputeHash()))];
            List<uint> found = [];
            for (uint from = 0;
                from < Count && Miner.Search(template, from, Count - from, path) is { } nonce;
                from = nonce + 1)
            {
                found.Add(nonce);
            }

            found.Should().Equal(expected, "with bits {0:x8}", bits);
        }
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void Headers_of_any_content_are_hashed_as_the_platform_does(MinerPath path)
    {
        Random random = new(20);
        byte[] bytes = new byte[Header.Size];
        for (int i = 0; i < 50; i++)
        {
            random.NextBytes(bytes);
            Header template = Header.Read(bytes) with { Bits = new CompactTarget(0x2000_ffff) };
            Target.FromCompact(template.Bits, out Target target);

            uint? nonce = Miner.Search(template, template.Nonce, 4_096, path);

            nonce.Should().Be(Nonces(4_096).Select(offset => template.Nonce + (ulong)offset)
                .Where(each => each <= uint.MaxValue).Select(each => (uint?)each)
                .FirstOrDefault(each => target.IsMetBy((template with { Nonce = each!.Value }).ComputeHash())));
        }
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void The_range_ends_at_the_last_nonce_and_does_not_begin_anew(MinerPath path)
    {
        // A nonce below 16 meets this target, so a search that went around would find one.
        Header template = RealBlocks.Genesis with { Bits = EasyBits };
        Target.FromCompact(EasyBits, out Target target);
        uint[] last = [.. Enumerable.Range(0, 20).Select(i => uint.MaxValue - (uint)i).Order()
            .Where(nonce => target.IsMetBy((template with { Nonce = nonce }).ComputeHash()))];

        Miner.Search(template, last[^1], 1, path).Should().Be(last[^1]);
        Miner.Search(template, last[^1] == uint.MaxValue ? last[^1] : last[^1] + 1, uint.MaxValue, path)
            .Should().Be(last[^1] == uint.MaxValue ? last[^1] : null);
        Miner.Search(template, 0, 0, path).Should().BeNull();
    }

    [Theory]
    [InlineData(0x0000_0000)]
    [InlineData(0x1d80_ffff)]
    [InlineData(0xff12_3456)]
    public void A_header_that_names_no_target_has_no_nonce(uint bits) =>
        Miner.Search(RealBlocks.Genesis with { Bits = new CompactTarget(bits) }, 0, 100, MinerPath.Scalar)
            .Should().BeNull();

    [Fact]
    public void The_fastest_path_is_the_widest_that_the_processor_has()
    {
        MinerPaths.Available.Should().StartWith(MinerPath.Scalar).And.BeInAscendingOrder();
        MinerPaths.Fastest.Should().Be(MinerPaths.Available[^1]);
        Miner.WidthOf(MinerPaths.Fastest).Should().Be(Sha256Lanes.Width);
    }

    private static IEnumerable<uint> Nonces(uint count) => Enumerable.Range(0, (int)count).Select(i => (uint)i);
}
