using Blockchain.Core.BankNetwork;

namespace Blockchain.Tests.Messages;

/// <summary>Acknowledgements: rare, and never too late for whoever keeps frames until they come.</summary>
public sealed class LinkSetTests
{
    private const int TickMs = 50;
    private readonly List<Frame> _toListener = [];
    private readonly List<Frame> _toTalker = [];
    private readonly LinkSet _talker;
    private readonly LinkSet _listener;
    private long _nowMs;
    private int _acks;

    public LinkSetTests()
    {
        _talker = Create(1, 2, _toListener);
        _listener = Create(2, 1, _toTalker);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1_000)]
    [InlineData(Limits.LinkWindow / 2)]
    public void A_member_that_only_listens_acknowledges_before_the_other_may_send_no_more(int framesPerTick)
    {
        int delivered = 0;
        for (int tick = 1; tick <= 40; tick++)
        {
            for (int i = 0; i < framesPerTick; i++)
            {
                _talker.Send(2, clock: tick, new PeerMessage.Reply(new Token(tick, 1)), _nowMs);
            }

            delivered += Pass();
            delivered.Should().Be(tick * framesPerTick, "nothing was held back");
        }
    }

    [Fact]
    public void A_message_on_its_way_back_carries_the_acknowledgement_and_none_is_sent_for_it()
    {
        for (int tick = 1; tick <= 40; tick++)
        {
            _talker.Send(2, clock: tick, new PeerMessage.Reply(new Token(tick, 1)), _nowMs);
            _listener.Send(1, clock: tick, new PeerMessage.Reply(new Token(tick, 1)), _nowMs);
            Pass();
        }

        _acks.Should().Be(0);
    }

    /// <summary>Delivers what was sent, and lets time pass.</summary>
    private int Pass()
    {
        int delivered = Deliver(_toListener, _listener);
        _nowMs += TickMs;
        _listener.Tick(0, _nowMs);
        Deliver(_toTalker, _talker);
        return delivered;
    }

    private int Deliver(List<Frame> frames, LinkSet to)
    {
        int delivered = frames.Sum(frame => to.Receive(frame, _nowMs).Count);
        _acks += frames.Count(static frame => frame.Message is PeerMessage.Ack);
        frames.Clear();
        return delivered;
    }

    private static LinkSet Create(int self, int other, List<Frame> sent) => new(
        1, self, [other], new HashSet<int> { other }, 0,
        output => sent.Add(((ClientOutput.ToPeer)output).Frame), ProtocolRules.All);
}
