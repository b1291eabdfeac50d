using Blockchain.Core.BankNetwork;
using Blockchain.Core.Kernel;

namespace Blockchain.Tests.Ledger;

/// <summary>Whether the transfers of a request stand in memory as objects or as bytes, nobody sees.</summary>
public class EncodedTransfersTests
{
    private static readonly Token At = new(5, 1);

    public static TheoryData<int, bool> Lengths => new()
    {
        { EncodedTransfers.Fewest, false }, { EncodedTransfers.Fewest, true }, { 1_023, true }, { 1_024, false },
        { 1_024, true }, { 1_025, false }, { 1_025, true }, { 3_000, true }, { Limits.RequestTransfers, false },
    };

    [Theory]
    [MemberData(nameof(Lengths))]
    public void They_read_back_one_by_one_in_a_row_and_as_bytes(int count, bool haveMemos)
    {
        Transfer[] transfers = Make(count, haveMemos);
        EncodedTransfers encoded = Encode(transfers);

        encoded.Should().Equal(transfers);
        for (int i = count - 1; i >= 0; i -= 7)
        {
            encoded[i].Should().Be(transfers[i]);
        }

        encoded.Bytes.Should().Be(transfers.Sum(transfer => transfer.EncodedBytes))
            .And.Be(SignedRequest.BytesOf(encoded)).And.Be(SignedRequest.BytesOf(transfers));
        SignedRequest.Digest(Hash.Empty, 2, At, encoded).Should().Be(
            SignedRequest.Digest(Hash.Empty, 2, At, transfers));
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public void The_blocks_of_a_request_are_the_same_from_bytes_as_from_objects(int count, bool haveMemos)
    {
        Transfer[] transfers = Make(count, haveMemos);
        Outcome[] outcomes = [.. Enumerable.Range(0, count).Select(i => (Outcome)(i % 5))];
        Signature signature = new(Enumerable.Range(1, Signature.Size).Select(i => (byte)i).ToArray());

        Block[] fromBytes = Block.Payment.OfRequest(2, At, Encode(transfers), outcomes, signature);
        Block[] fromObjects = Block.Payment.OfRequest(2, At, transfers, outcomes, signature);

        fromBytes.Should().HaveCount(count);
        Hash previous = Hash.Empty;
        for (int seq = 0; seq < count; seq++)
        {
            Block.Payment block = (Block.Payment)fromBytes[seq];
            Block.Payment other = (Block.Payment)fromObjects[seq];
            block.Canonical.Span.SequenceEqual(other.Canonical.Span).Should().BeTrue();
            (block.Epoch, block.Key, block.UnixMs, block.Outcome, block.Signature, block.Transfer, block.Terms)
                .Should().Be((2, new BlockKey(At, seq), transfers[seq].UnixMs, outcomes[seq],
                    seq == 0 ? signature : null, transfers[seq], transfers[seq].Terms));
            block.HashAfter(previous).Should().Be(other.HashAfter(previous));
            previous = other.HashAfter(previous);
        }
    }

    [Fact]
    public void What_is_no_transfer_is_refused_when_it_comes_and_not_when_it_is_looked_at()
    {
        Transfer[] transfers = Make(1_100, haveMemos: true);
        CanonicalWriter writer = new();
        SignedRequest.WriteTransfers(writer, transfers);
        byte[] bytes = writer.ToArray();
        int last = bytes.Length - transfers[^1].EncodedBytes;

        Reading(bytes).Should().NotThrow();
        Reading(bytes[..^1]).Should().Throw<FormatFaultException>("the last memo is cut");
        bytes[last + 16] = 0x80;
        Reading(bytes).Should().Throw<FormatFaultException>().WithMessage("*4-byte number*");
        bytes[last + 16] = 0;
        bytes[^1] = 0xff;
        Reading(bytes).Should().Throw<FormatFaultException>().WithMessage("*not UTF-8*");

        static Action Reading(byte[] bytes) => () =>
        {
            CanonicalReader reader = new(bytes);
            SignedRequest.ReadTransfers(ref reader);
        };
    }

    [Fact]
    public void A_memo_or_a_time_that_no_transfer_may_have_is_refused_when_it_comes()
    {
        Transfer[] transfers = Make(6, haveMemos: false);
        Reading(transfers, 5, transfer => transfer with { Memo = new string('é', Limits.MemoCharacters) })
            .Should().NotThrow();
        Reading(transfers, 5, transfer => transfer with { Memo = new string('é', Limits.MemoCharacters + 1) })
            .Should().Throw<FormatFaultException>().WithMessage("*71 characters*");

        CanonicalWriter writer = new();
        SignedRequest.WriteTransfers(writer, transfers);
        byte[] bytes = writer.ToArray();
        bytes[^10] = 0x80;
        Action reading = () =>
        {
            CanonicalReader reader = new(bytes);
            SignedRequest.ReadTransfers(ref reader);
        };
        reading.Should().Throw<FormatFaultException>().WithMessage("*8-byte number*");

        static Action Reading(Transfer[] transfers, int place, Func<Transfer, Transfer> change) => () =>
            Encode([.. transfers.Select((transfer, i) => i == place ? change(transfer) : transfer)]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1_500)]
    [InlineData(2_047)]
    [InlineData(2_099)]
    public void One_memo_of_one_byte_among_thousands_stays_where_it_is(int place)
    {
        Transfer[] transfers = Make(2_100, haveMemos: false);
        transfers[place] = transfers[place] with { Memo = "x" };

        Encode(transfers).Should().Equal(transfers);
    }

    [Fact]
    public void Behind_the_last_there_is_none()
    {
        EncodedTransfers encoded = Encode(Make(10, haveMemos: false));

        foreach (int index in new[] { -1, 10, int.MaxValue })
        {
            Action looking = () => _ = encoded[index];
            looking.Should().Throw<ArgumentOutOfRangeException>();
        }
    }

    private static Transfer[] Make(int count, bool haveMemos) =>
    [
        .. Enumerable.Range(0, count).Select(i => new Transfer(
            new TransferId((UInt128)(i + 1) << 40), 1, 2 + (i % 3), new Money(1 + i),
            haveMemos && i % 3 > 0 ? new string('é', i % 20) + "." : "", 1_700_000_000_000 + i)),
    ];

    private static EncodedTransfers Encode(Transfer[] transfers)
    {
        CanonicalWriter writer = new();
        SignedRequest.WriteTransfers(writer, transfers);
        CanonicalReader reader = new(writer.Written);
        IReadOnlyList<Transfer> read = SignedRequest.ReadTransfers(ref reader);
        reader.End();
        return read.Should().BeOfType<EncodedTransfers>().Subject;
    }
}
