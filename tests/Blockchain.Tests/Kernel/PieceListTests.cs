using Blockchain.Core.Kernel;

namespace Blockchain.Tests.Kernel;

public class PieceListTests
{
    [Fact]
    public void Everything_added_stays_at_its_index_as_the_list_grows_over_its_pieces()
    {
        PieceList<long> list = new();
        for (long i = 0; i < 50_000; i++)
        {
            list.Add(i * i);
            list[i].Should().Be(i * i);
        }

        list.Count.Should().Be(50_000);
        for (long i = 0; i < list.Count; i++)
        {
            (list[i] == i * i).Should().BeTrue($"entry {i} was not touched since");
        }
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(3)]
    [InlineData(16)]
    [InlineData(long.MaxValue)]
    public void What_was_not_added_is_not_there_even_where_there_is_room(long index)
    {
        PieceList<int> list = new();
        list.Add(1);
        list.Add(2);
        list.Add(3);

        Action looking = () => _ = list[index];

        looking.Should().Throw<ArgumentOutOfRangeException>();
    }
}
