using Blockchain.Core.BankNetwork;
using Blockchain.Core.Kernel;
using FsCheck.Fluent;

namespace Blockchain.Tests.Ledger;

/// <summary>Ids, names, outcomes and the encoding of transfers and requests.</summary>
public sealed class TransferTests
{
    [Theory]
    [InlineData("0123456789abcdef0123456789abcdef", true)]
    [InlineData("0123456789ABCDEF0123456789ABCDEF", true)]
    [InlineData("0123456789abcdef0123456789abcde", false)]
    [InlineData("0123456789abcdef0123456789abcdef0", false)]
    [InlineData("0123456789abcdef0123456789abcdeg", false)]
    [InlineData(" 123456789abcdef0123456789abcdef", false)]
    [InlineData("+123456789abcdef0123456789abcdef", false)]
    [InlineData("", false)]
    public void A_transfer_id_is_32_hexadecimal_digits(string text, bool read)
    {
        TransferId.TryParse(text, out TransferId id).Should().Be(read);
        if (read)
        {
            id.ToString().Should().Be(text.ToLowerInvariant());
        }
    }

    [Fact]
    public void Transfer_ids_sort_by_value()
    {
        TransferId[] ids = [new(UInt128.MaxValue), new(0), new((UInt128)1 << 80), new(1)];

        ids.Order().Should().Equal(new(0), new(1), new((UInt128)1 << 80), new(UInt128.MaxValue));
    }

    [Theory]
    [InlineData("a", true)]
    [InlineData("client-1", true)]
    [InlineData("A.b_c-9", true)]
    [InlineData("abcdefghijklmnopqrstuvwxyz012345", true)]
    [InlineData("abcdefghijklmnopqrstuvwxyz0123456", false)]
    [InlineData("", false)]
    [InlineData("-a", false)]
    [InlineData(".a", false)]
    [InlineData("_a", false)]
    [InlineData("a.", false)]
    [InlineData("a b", false)]
    [InlineData("a/b", false)]
    [InlineData("a\\b", false)]
    [InlineData("é", false)]
    [InlineData("a\n", false)]
    public void A_name_is_fit_for_a_folder_on_every_platform(string name, bool valid)
    {
        ClientName.IsValid(name).Should().Be(valid);
        ClientName.Rule.Should().Contain(Limits.NameCharacters.ToString());
    }

    [Fact]
    public void Every_outcome_has_words_that_read_back()
    {
        foreach (Outcome outcome in Enum.GetValues<Outcome>())
        {
            Outcomes.TryParse(outcome.Status(), outcome.Reason(), out Outcome read).Should().BeTrue();
            read.Should().Be(outcome);
            (outcome.Status() == "SUCCESS").Should().Be(outcome.Reason() is null);
        }

        Outcomes.TryParse("SUCCESS", "INSUFFICIENT_FUNDS", out _).Should().BeFalse();
        Outcomes.TryParse("ABORT", null, out _).Should().BeFalse();
        Outcomes.TryParse("ABORT", "insufficient_funds", out _).Should().BeFalse();
    }

    [Fact]
    public void A_byte_that_is_no_outcome_is_refused()
    {
        Action reading = () =>
        {
            CanonicalReader reader = new([5]);
            Outcomes.Read(ref reader);
        };

        reading.Should().Throw<FormatFaultException>().WithMessage("5 is no outcome*");
    }

    [Fact]
    public void A_transfer_takes_the_bytes_it_says_and_reads_back()
    {
        Transfer transfer = new(new TransferId(7), 1, 2, new Money(1250), "für Öl", 1_700_000_000_000);
        CanonicalWriter writer = new();
        transfer.Write(writer);
        CanonicalReader reader = new(writer.Written);

        Transfer.Read(ref reader).Should().Be(transfer);
        reader.End();
        writer.Length.Should().Be(transfer.EncodedBytes);
        transfer.EncodedBytes.Should().Be(Transfer.FixedBytes + 8);
    }

    [Fact]
    public void A_memo_of_70_characters_is_read_and_one_of_71_is_not()
    {
        Read(new string('é', Limits.MemoCharacters)).Should().NotThrow();
        Read(new string('é', Limits.MemoCharacters + 1)).Should().Throw<FormatFaultException>()
            .WithMessage("*71 characters; 70 is the most*");

        static Action Read(string memo) => () =>
        {
            CanonicalWriter writer = new();
            new Transfer(new TransferId(7), 1, 2, new Money(1), memo, 0).Write(writer);
            CanonicalReader reader = new(writer.Written);
            Transfer.Read(ref reader);
        };
    }

    [Fact]
    public void A_request_of_8190_transfers_is_read_and_another_count_is_not()
    {
        Transfer transfer = new(new TransferId(7), 1, 2, new Money(1), "", 0);
        CanonicalWriter writer = new();
        SignedRequest.WriteTransfers(writer, Enumerable.Repeat(transfer, Limits.RequestTransfers).ToArray());
        byte[] bytes = writer.ToArray();
        CanonicalReader reader = new(bytes);

        SignedRequest.ReadTransfers(ref reader).Should().HaveCount(Limits.RequestTransfers);
        bytes.Length.Should().BeLessThan(Limits.RequestBytes);
        foreach (int count in new[] { 0, Limits.RequestTransfers + 1, ushort.MaxValue })
        {
            Refused(bytes, count).Should().Throw<FormatFaultException>()
                .WithMessage($"*says it has {count} transfers*");
        }

        static Action Refused(byte[] bytes, int count) => () =>
        {
            byte[] other = [(byte)(count >> 8), (byte)count, .. bytes[2..]];
            CanonicalReader reader = new(other);
            SignedRequest.ReadTransfers(ref reader);
        };
    }

    [Fact]
    public void A_count_that_the_bytes_cannot_hold_is_refused_before_memory_is_taken()
    {
        Action reading = () =>
        {
            CanonicalReader reader = new([0x1f, 0xfe]);
            SignedRequest.ReadTransfers(ref reader);
        };

        reading.Should().Throw<FormatFaultException>().WithMessage("*8190 transfers*");
    }

    [Fact]
    public void A_request_s_digest_depends_on_everything_it_covers()
    {
        Transfer transfer = new(new TransferId(7), 1, 2, new Money(1), "m", 0);
        Hash ledger = Hash.Of("ledger"u8);
        Hash digest = SignedRequest.Digest(ledger, 2, new Token(5, 1), [transfer]);
        Hash[] others =
        [
            SignedRequest.Digest(Hash.Empty, 2, new Token(5, 1), [transfer]),
            SignedRequest.Digest(ledger, 3, new Token(5, 1), [transfer]),
            SignedRequest.Digest(ledger, 2, new Token(6, 1), [transfer]),
            SignedRequest.Digest(ledger, 2, new Token(5, 2), [transfer]),
            SignedRequest.Digest(ledger, 2, new Token(5, 1), [transfer, transfer]),
            SignedRequest.Digest(ledger, 2, new Token(5, 1), [transfer with { To = 3 }]),
            SignedRequest.Digest(ledger, 2, new Token(5, 1), [transfer with { Memo = "" }]),
        ];

        others.Append(digest).Should().OnlyHaveUniqueItems();
        new SignedRequest(2, new Token(5, 1), [transfer], default).Digest(ledger).Should().Be(digest);
    }

    [Fact]
    public void Tokens_are_ordered_by_clock_and_then_by_client_and_keys_by_token_and_then_by_place() =>
        Prop.ForAll<(int Clock, int Client, int Seq), (int Clock, int Client, int Seq)>(static (a, b) =>
        {
            Token left = new(a.Clock, a.Client);
            Token right = new(b.Clock, b.Client);
            BlockKey leftKey = new(left, a.Seq);
            BlockKey rightKey = new(right, b.Seq);
            int tokens = (a.Clock, a.Client).CompareTo((b.Clock, b.Client));
            int keys = a.CompareTo(b);
            return left < right == tokens < 0 && left > right == tokens > 0
                && left <= right == tokens <= 0 && left >= right == tokens >= 0
                && leftKey < rightKey == keys < 0 && leftKey > rightKey == keys > 0
                && leftKey <= rightKey == keys <= 0 && leftKey >= rightKey == keys >= 0;
        }).Holds();
}
