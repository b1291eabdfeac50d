using Blockchain.Client.Hosting;

namespace Blockchain.Tests.Client;

/// <summary>A loop that lags must not speak on a connection whose beginning it has not come to.</summary>
public sealed class HeardLinkTests
{
    [Fact]
    public void What_is_said_while_a_new_connection_is_up_unheard_goes_to_none_but_the_old_one()
    {
        HeardLink<string> link = new();
        link.Open("first");
        link.Current.Should().BeNull("the loop has not heard of it");
        link.HearOpened();
        link.Current.Should().Be("first");

        link.Open("second");
        link.Current.Should().Be("first", "what came on it may still wait in the inbox");
        link.HearClosed();
        link.Current.Should().BeNull();
        link.HearOpened();
        link.Current.Should().Be("second");
    }

    [Fact]
    public void Connections_that_came_and_went_unheard_are_heard_of_in_their_order()
    {
        HeardLink<string> link = new();
        link.Open("first");
        link.Open("second");
        link.HearOpened();
        link.Current.Should().Be("first", "a hello for the first must not reach the bank on the second");
        link.HearClosed();
        link.HearOpened();
        link.Current.Should().Be("second");
    }
}
