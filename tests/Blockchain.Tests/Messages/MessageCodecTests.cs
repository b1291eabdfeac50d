using Blockchain.Core.BankNetwork;
using Blockchain.Core.Kernel;
using FsCheck.Fluent;

namespace Blockchain.Tests.Messages;

/// <summary>Every message has one form as bytes, and nothing else is read.</summary>
public sealed class MessageCodecTests
{
    private static readonly string[] AllKinds =
    [
        "request", "reply", "release", "release without rows", "head", "ack", "hello", "hello with checkpoint",
        "heartbeat", "apply", "relay", "leave", "announce", "view", "receipt", "refused", "durable", "signed",
        "relayed",
    ];

    public static TheoryData<string> Kinds => new(AllKinds);

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_kind_of_message_comes_back_as_the_same_bytes(string kind) =>
        Prop.ForAll(Gen.Choose(0, int.MaxValue - 1).ToArbitrary(), seed =>
        {
            byte[] bytes = Encode(kind, new Random(seed));
            return Recode(kind, bytes).AsSpan().SequenceEqual(bytes);
        }).Holds();

    [Fact]
    public void A_request_comes_back_with_every_field()
    {
        Frame sent = new(3, 1, 2, 7, 6, 99, new PeerMessage.Request(
            new Token(98, 1),
            [new Transfer(new TransferId(5), 1, 2, new Money(1_250), "für Käse", 1_700_000_000_000)]));

        MessageCodec.DecodeFrame(MessageCodec.Encode(sent)).Should().BeEquivalentTo(
            sent, options => options.RespectingRuntimeTypes());
    }

    [Fact]
    public void The_largest_request_fits_a_frame_also_when_it_goes_through_the_bank()
    {
        Transfer[] transfers = Enumerable.Range(1, Limits.RequestTransfers)
            .Select(i => new Transfer(
                new TransferId((UInt128)i), 1, 2, new Money(1), new string('ä', Limits.MemoCharacters), 1))
            .ToArray();
        int fitting = transfers.TakeWhile((_, i) => (i + 1) * transfers[0].EncodedBytes <= Limits.RequestBytes).Count();
        Frame frame = new(1, 1, 2, 1, 1, 9, new PeerMessage.Request(new Token(8, 1), transfers[..fitting]));
        Transfer[] plain = transfers.Select(transfer => transfer with { Memo = string.Empty }).ToArray();

        MessageCodec.Encode(new ToBank.Relay(frame)).Length.Should().BeLessThanOrEqualTo(Limits.FrameBytes)
            .And.BeGreaterThan(Limits.FrameBytes - 2_048, "the limit is put to use");
        MessageCodec.Encode(new FromBank.Relayed(frame)).Length.Should().BeLessThanOrEqualTo(Limits.FrameBytes);
        MessageCodec.DecodeToBank(
            MessageCodec.Encode(new ToBank.Apply(new SignedRequest(1, new Token(8, 1), plain, default))))
            .Should().BeOfType<ToBank.Apply>().Which.Request.Transfers.Should().HaveCount(Limits.RequestTransfers);
    }

    [Fact]
    public void Another_version_is_refused_and_both_are_named()
    {
        byte[] bytes = MessageCodec.Encode(new ToBank.Leave());
        bytes[0] = 2;

        Action reading = () => MessageCodec.DecodeToBank(bytes);

        reading.Should().Throw<FormatFaultException>().WithMessage("*format 2*reads 1*");
    }

    [Fact]
    public void What_is_larger_than_a_frame_is_refused_before_it_is_read()
    {
        Action reading = () => MessageCodec.DecodeFrame(new byte[Limits.FrameBytes + 1]);

        reading.Should().Throw<FormatFaultException>().WithMessage("*1048577 bytes*1048576 is the most*");
    }

    [Fact]
    public void The_cause_of_a_view_has_a_limit()
    {
        ViewInfo view = new(2, 3, default, 2, []);

        MessageCodec.DecodeFromBank(Encode(Limits.CauseCharacters)).Should().BeOfType<FromBank.NewView>();
        ((Action)(() => MessageCodec.DecodeFromBank(Encode(Limits.CauseCharacters + 1))))
            .Should().Throw<FormatFaultException>();

        byte[] Encode(int characters) =>
            MessageCodec.Encode(new FromBank.NewView(view, new string('c', characters)));
    }

    [Theory]
    [InlineData("request")]
    [InlineData("reply")]
    [InlineData("release")]
    [InlineData("release without rows")]
    [InlineData("head")]
    [InlineData("ack")]
    public void A_frame_is_its_head_and_the_body_that_all_receivers_share(string kind)
    {
        Frame frame = Frame(kind, new Random(5));

        byte[] pieces = [.. MessageCodec.EncodeHead(frame), .. MessageCodec.EncodeBody(frame.Message)];

        pieces.Should().Equal(MessageCodec.Encode(frame));
    }

    [Fact]
    public void A_message_of_another_link_is_refused_instead_of_misread()
    {
        byte[] frame = MessageCodec.Encode(new Frame(1, 1, 2, 0, 0, 1, PeerMessage.Ack.Instance));

        ((Action)(() => MessageCodec.DecodeToBank(frame))).Should().Throw<FormatFaultException>()
            .WithMessage("5 is no kind*");
        ((Action)(() => MessageCodec.DecodeFromBank(frame))).Should().Throw<FormatFaultException>()
            .WithMessage("5 is no kind*");
    }

    private static byte[] Recode(string kind, byte[] bytes) => kind switch
    {
        "request" or "reply" or "release" or "release without rows" or "head" or "ack" =>
            MessageCodec.Encode(MessageCodec.DecodeFrame(bytes)),
        "hello" or "hello with checkpoint" or "heartbeat" or "apply" or "relay" or "leave" or "announce" =>
            MessageCodec.Encode(MessageCodec.DecodeToBank(bytes)),
        _ => MessageCodec.Encode(MessageCodec.DecodeFromBank(bytes)),
    };

    private static byte[] Encode(string kind, Random random) => kind switch
    {
        "hello" => MessageCodec.Encode(new ToBank.Hello(random.NextInt64(), Text(random), random.NextInt64(), null)),
        "hello with checkpoint" => MessageCodec.Encode(
            new ToBank.Hello(random.NextInt64(), Text(random), random.NextInt64(), Checkpoint(random))),
        "heartbeat" => MessageCodec.Encode(new ToBank.Heartbeat(random.Next(), random.NextInt64())),
        "apply" => MessageCodec.Encode(
            new ToBank.Apply(new SignedRequest(random.Next(), Token(random), Transfers(random), Signature(random)))),
        "relay" => MessageCodec.Encode(new ToBank.Relay(Frame("request", random))),
        "leave" => MessageCodec.Encode(new ToBank.Leave()),
        "announce" => MessageCodec.Encode(new ToBank.Announce(Hash(random), Signature(random))),
        "view" => MessageCodec.Encode(new FromBank.NewView(new ViewInfo(
            random.Next(),
            random.NextInt64(),
            Hash(random),
            random.NextInt64(),
            Enumerable.Range(1, random.Next(9)).Select(i => new MemberInfo(3 * i, Text(random))).ToArray()),
            Text(random))),
        "receipt" => MessageCodec.Encode(new FromBank.Receipt(
            Token(random), Token(random), random.NextInt64(), AllOutcomes(random), Hash(random))),
        "refused" => MessageCodec.Encode(new FromBank.Refused(Token(random), (Refusal)random.Next(1, 9))),
        "durable" => MessageCodec.Encode(new FromBank.Durable(random.NextInt64(), Hash(random))),
        "signed" => MessageCodec.Encode(new FromBank.Signed(Checkpoint(random))),
        "relayed" => MessageCodec.Encode(new FromBank.Relayed(Frame("release", random))),
        _ => MessageCodec.Encode(Frame(kind, random)),
    };

    private static Frame Frame(string kind, Random random) => new(
        random.Next(), random.Next(), random.Next(), random.NextInt64(), random.NextInt64(), random.NextInt64(),
        kind switch
        {
            "request" => new PeerMessage.Request(Token(random), Transfers(random)),
            "reply" => new PeerMessage.Reply(Token(random)),
            "release" => new PeerMessage.Release(
                Token(random), new Applied(random.NextInt64(), AllOutcomes(random), Signature(random), Hash(random))),
            "release without rows" => new PeerMessage.Release(Token(random), null),
            "head" => new PeerMessage.Head(Checkpoint(random)),
            _ => PeerMessage.Ack.Instance,
        });

    private static Token Token(Random random) => new(random.NextInt64(), random.Next());

    private static Hash Hash(Random random) => Core.Kernel.Hash.Of(BitConverter.GetBytes(random.NextInt64()));

    private static Signature Signature(Random random) => new(Hash(random).Value, Hash(random).Value);

    private static Checkpoint Checkpoint(Random random) => new(random.NextInt64(), Hash(random), Signature(random));

    private static string Text(Random random) => new string('ä', random.Next(35)) + new string('a', random.Next(35));

    private static Core.BankNetwork.Outcome[] AllOutcomes(Random random) =>
        Enumerable.Range(0, random.Next(1, 9)).Select(_ => (Core.BankNetwork.Outcome)random.Next(5)).ToArray();

    private static Transfer[] Transfers(Random random) => Enumerable.Range(0, random.Next(1, 6))
        .Select(_ => new Transfer(
            new TransferId(new UInt128((ulong)random.NextInt64(), (ulong)random.NextInt64())),
            random.Next(),
            random.Next(),
            new Money(random.NextInt64()),
            Text(random),
            random.NextInt64()))
        .ToArray();
}
