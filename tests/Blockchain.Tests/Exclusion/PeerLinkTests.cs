using Blockchain.Core.BankNetwork;
using FsCheck.Fluent;

namespace Blockchain.Tests.Exclusion;

/// <summary>Rule 1: a link delivers each message once and in order, over whatever carries its frames.</summary>
public sealed class PeerLinkTests
{
    private readonly PeerLink _one = new(3, 1, 2);
    private readonly PeerLink _two = new(3, 2, 1);

    [Fact]
    public void Frames_that_come_in_order_are_delivered_as_they_come()
    {
        Frame[] sent = Send(3);

        sent.Select(frame => frame.Seq).Should().Equal(1, 2, 3);
        sent.SelectMany(_two.Receive).Should().Equal(sent);
    }

    [Fact]
    public void An_early_frame_waits_for_those_before_it()
    {
        Frame[] sent = Send(4);

        _two.Receive(sent[2]).Should().BeEmpty();
        _two.Receive(sent[1]).Should().BeEmpty();
        _two.Receive(sent[0]).Should().Equal(sent[0], sent[1], sent[2]);
        _two.Receive(sent[3]).Should().Equal(sent[3]);
    }

    [Fact]
    public void Early_frames_are_kept_up_to_a_number_of_bytes_and_sent_again_beyond_it()
    {
        Transfer[] transfers = [.. Enumerable.Range(1, Limits.RequestTransfers).Select(i =>
            new Transfer(new TransferId((UInt128)i), 1, 2, new Money(1), string.Empty, 0))];
        PeerMessage.Request large = new(new Token(1, 1), transfers);
        int fitting = Limits.WaitingBytes / large.Weight;
        Frame[] sent = [.. Enumerable.Range(0, fitting + 20).Select(i => _one.Send(i, large))];

        sent.Skip(1).Should().OnlyContain(frame => _two.Receive(frame).Count == 0);

        _two.Receive(sent[0]).Should().HaveCount(1 + fitting);
        sent.Skip(1 + fitting).SelectMany(_two.Receive).Should().HaveCount(19);
    }

    [Fact]
    public void A_frame_that_was_delivered_is_dropped_and_acknowledged_again()
    {
        Frame[] sent = Send(1);
        _two.Receive(sent[0]).Should().ContainSingle();
        _two.SendUnsequenced(9, PeerMessage.Ack.Instance).Ack.Should().Be(1);
        _two.OwesAck.Should().BeFalse();

        _two.Receive(sent[0]).Should().BeEmpty();

        _two.OwesAck.Should().BeTrue();
    }

    [Fact]
    public void What_is_not_acknowledged_is_kept_and_what_is_acknowledged_is_not()
    {
        Frame[] sent = Send(3);
        _two.Receive(sent[0]);
        _two.Receive(sent[1]);

        _one.Receive(_two.Send(5, new PeerMessage.Reply(new Token(1, 1))));

        _one.Unacknowledged.Should().Equal(sent[2]);
    }

    [Fact]
    public void A_frame_sent_again_keeps_its_place_and_its_time_and_carries_the_latest_acknowledgement()
    {
        Frame[] sent = Send(1);
        _one.Receive(_two.Send(5, new PeerMessage.Reply(new Token(1, 1))));

        Frame again = _one.Stamp(_one.Unacknowledged.First());

        again.Should().Be(sent[0] with { Ack = 1 });
    }

    [Fact]
    public void A_peer_that_does_not_acknowledge_fills_the_window_and_no_more()
    {
        Send(Limits.LinkWindow);

        _one.IsFull.Should().BeTrue();
        Action more = () => Send(1);
        more.Should().Throw<Blockchain.Core.Kernel.InvariantException>();
    }

    [Fact]
    public void A_frame_from_beyond_the_window_is_not_kept()
    {
        Frame[] sent = Send(2);
        _two.Receive(sent[1] with { Seq = Limits.LinkWindow + 1 }).Should().BeEmpty();
        _two.Receive(sent[0]).Should().Equal(sent[0]);
        _two.Receive(sent[1]).Should().Equal(sent[1]);
    }

    [Fact]
    public void An_acknowledgement_of_what_was_never_sent_frees_only_what_was()
    {
        Send(2);
        _one.Receive(new Frame(3, 2, 1, 0, long.MaxValue, 5, PeerMessage.Ack.Instance)).Should().BeEmpty();

        _one.Unacknowledged.Should().BeEmpty();
        Send(1)[0].Seq.Should().Be(3);
    }

    [Fact]
    public void However_frames_are_lost_repeated_and_reordered_each_is_delivered_once_and_in_order() =>
        Prop.ForAll<byte[]>(static noise =>
        {
            PeerLink from = new(3, 1, 2);
            PeerLink to = new(3, 2, 1);
            Frame[] sent = [.. Enumerable.Range(0, 20).Select(i => from.Send(i, Numbered(i)))];
            List<Frame> delivered = [];
            foreach (byte pick in noise)
            {
                delivered.AddRange(to.Receive(sent[pick % sent.Length]));
            }

            from.Receive(to.SendUnsequenced(0, PeerMessage.Ack.Instance));
            foreach (Frame frame in from.Unacknowledged.ToArray())
            {
                delivered.AddRange(to.Receive(frame));
            }

            return delivered.SequenceEqual(sent);
        }).Holds();

    private static PeerMessage.Reply Numbered(int i) => new(new Token(i, 1));

    private Frame[] Send(int count) => [.. Enumerable.Range(0, count).Select(i => _one.Send(i, Numbered(i)))];
}
