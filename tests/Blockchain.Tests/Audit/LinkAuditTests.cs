using Blockchain.Core.BankNetwork;
using Blockchain.Core.Kernel;

namespace Blockchain.Tests.Audit;

/// <summary>The links of a stored chain, checked side by side: a broken one is found wherever it is, as if they were
/// checked one after another.</summary>
public sealed class LinkAuditTests
{
    private const int Count = 600;
    private readonly byte[] _source = new byte[Count * 90];
    private readonly MessageRange[] _blocks = new MessageRange[Count];
    private readonly Hash[] _hashes = new Hash[Count];
    private readonly Hash _before = Hash.Of("before"u8);

    public LinkAuditTests()
    {
        new Random(3).NextBytes(_source);
        Hash head = _before;
        for (int i = 0; i < Count; i++)
        {
            _blocks[i] = new MessageRange(i * 90, 50 + (i % 40));
            head = _hashes[i] = Hash.Link(head, _source.AsSpan(_blocks[i].Start, _blocks[i].Length));
        }
    }

    [Fact]
    public void A_whole_chain_holds_and_so_does_none() =>
        (Find(_before), LinkAudit.FindBroken([], [], [], _before)).Should().Be((-1, -1));

    [Fact]
    public void A_chain_that_goes_on_from_another_block_breaks_at_its_first() => Find(Hash.Empty).Should().Be(0);

    [Theory]
    [InlineData(0)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(255)]
    [InlineData(256)]
    [InlineData(257)]
    [InlineData(511)]
    [InlineData(Count - 1)]
    public void A_changed_byte_breaks_the_link_of_its_block_and_a_changed_hash_its_own(int place)
    {
        _source[_blocks[place].Start + _blocks[place].Length - 1] ^= 1;
        Find(_before).Should().Be(place);
        _source[_blocks[place].Start + _blocks[place].Length - 1] ^= 1;

        _hashes[place] = Hash.Of("another"u8);
        Find(_before).Should().Be(place);
    }

    [Fact]
    public void Two_broken_links_are_told_by_the_first()
    {
        _source[_blocks[300].Start] ^= 1;
        _source[_blocks[290].Start] ^= 1;

        Find(_before).Should().Be(290);
    }

    private int Find(Hash before) => LinkAudit.FindBroken(_source, _blocks, _hashes, before);
}
