using System.Threading.Channels;
using Blockchain.Client.Hosting;
using Blockchain.Core.BankNetwork;

namespace Blockchain.Tests.Client;

public sealed class EventHubTests
{
    [Fact]
    public void One_who_listens_late_still_learns_what_ended_the_client_and_nothing_else_of_the_past()
    {
        EventHub events = new();
        events.Publish(new ClientEvent.BankUnreachable());
        events.Publish(new ClientEvent.JoinRefused(JoinRefusal.NameTaken));
        events.Publish(new ClientEvent.Evicted(2));

        ChannelReader<ClientEvent> late = events.Subscribe();
        events.Close();
        ChannelReader<ClientEvent> later = events.Subscribe();

        foreach (ChannelReader<ClientEvent> reader in (ChannelReader<ClientEvent>[])[late, later])
        {
            reader.TryRead(out ClientEvent? happened).Should().BeTrue();
            happened.Should().Be(new ClientEvent.JoinRefused(JoinRefusal.NameTaken));
            reader.TryRead(out _).Should().BeFalse();
        }
    }
}
