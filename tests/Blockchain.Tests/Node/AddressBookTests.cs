using Blockchain.Node.Peers;

namespace Blockchain.Tests.Node;

/// <summary>Whom a node remembers and dials, when somebody tells it of nodes that do not exist.</summary>
public sealed class AddressBookTests
{
    private const int Limit = 64;
    private const string Friend = "http://10.0.0.1:8100";
    private static readonly TimeSpan LongerThanAnyPause = TimeSpan.FromMinutes(2);
    private readonly HandClock _clock = new();

    [Fact]
    public void A_node_that_was_reached_is_dialled_again_before_thousands_that_were_only_heard_of()
    {
        AddressBook book = WithFriendReached();
        book.Add(Invented(5_000));
        _clock.Pass(LongerThanAnyPause);

        book.TakeNext().Should().Be(Friend);
        book.TakeNext().Should().StartWith("http://192.", "the others follow");
    }

    [Fact]
    public void A_node_that_was_reached_and_is_away_is_not_pushed_out_by_invented_ones()
    {
        AddressBook book = WithFriendReached();
        book.Add(Invented(5_000));
        for (int i = 0; i < 20 * Limit; i++)
        {
            _clock.Pass(LongerThanAnyPause);
            book.Ended(book.TakeNext()!, wasGood: false, wasDialled: true);
            book.Add(Invented(Limit, i + 1));
        }

        book.List().Should().Contain(Friend).And.HaveCount(Limit);
    }

    [Fact]
    public void A_node_that_was_reached_and_does_not_come_back_leaves_the_others_their_turn()
    {
        AddressBook book = WithFriendReached();
        book.Add(["http://10.0.0.2:8100"]);
        HashSet<string> dialled = [];
        for (int i = 0; i < 20; i++)
        {
            _clock.Pass(LongerThanAnyPause);
            string address = book.TakeNext()!;
            dialled.Add(address);
            book.Ended(address, wasGood: false, wasDialled: true);
        }

        dialled.Should().HaveCount(2);
    }

    [Fact]
    public void Where_a_node_says_that_it_is_reached_counts_only_when_it_was_dialled_there()
    {
        AddressBook book = WithFriendReached();
        book.Add(["http://192.0.2.1:1"]);
        book.Connected("http://192.0.2.1:1");
        book.Ended("http://192.0.2.1:1", wasGood: true, wasDialled: false);
        _clock.Pass(LongerThanAnyPause);

        book.TakeNext().Should().Be(Friend);
    }

    private AddressBook WithFriendReached()
    {
        AddressBook book = new(Limit, _clock);
        book.Add([Friend]);
        book.TakeNext().Should().Be(Friend);
        book.Ended(Friend, wasGood: true, wasDialled: true);
        return book;
    }

    private static IEnumerable<string> Invented(int count, int round = 0) =>
        Enumerable.Range(0, count).Select(i => $"http://192.{round % 200}.{i / 250}.{i % 250}:{1_000 + (round / 200)}");
}
