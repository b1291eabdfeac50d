using Blockchain.Core.BankNetwork;
using Blockchain.Core.Kernel;
using FsCheck.Fluent;

namespace Blockchain.Tests.Ledger;

/// <summary>Blocks and their bytes.</summary>
public sealed class BlockTests
{
    public static TheoryData<string> Lines =>
    [
        "view 1 (1,0)",
        "view 7 (9,0) 1 2 3",
        "open 1 (2,0) 1 alice 10.00",
        "pay 2 (5,1)#0 t1 1>2 3.00 SUCCESS",
        "pay 2 (5,1)#1 t2 1>2 3.00 INSUFFICIENT_FUNDS",
    ];

    [Theory]
    [MemberData(nameof(Lines))]
    public void A_block_reads_back_to_the_same_bytes_and_the_same_hash(string line)
    {
        Block block = LedgerScript.Parse(line);
        Block read = Block.Decode(block.Canonical.Span);

        read.GetType().Should().Be(block.GetType());
        (read.Epoch, read.Key, read.UnixMs, read.Kind).Should().Be((block.Epoch, block.Key, block.UnixMs, block.Kind));
        read.Canonical.ToArray().Should().Equal(block.Canonical.ToArray());
        read.HashAfter(Hash.Empty).Should().Be(block.HashAfter(Hash.Empty));
    }

    [Theory]
    [MemberData(nameof(Lines))]
    public void A_block_cut_short_at_any_byte_is_refused(string line)
    {
        byte[] bytes = LedgerScript.Parse(line).Canonical.ToArray();
        for (int length = 0; length < bytes.Length; length++)
        {
            byte[] cut = bytes[..length];
            Action decoding = () => Block.Decode(cut);
            decoding.Should().Throw<FormatFaultException>("of {0} bytes", length);
        }
    }

    [Theory]
    [MemberData(nameof(Lines))]
    public void A_block_with_any_bit_changed_is_refused_or_has_another_hash(string line)
    {
        byte[] bytes = LedgerScript.Parse(line).Canonical.ToArray();
        Hash hash = Hash.Link(Hash.Empty, bytes);
        for (int bit = 0; bit < 8 * bytes.Length; bit++)
        {
            byte[] changed = [.. bytes];
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            try
            {
                Block read = Block.Decode(changed);
                read.Canonical.ToArray().Should().Equal(changed);
                read.HashAfter(Hash.Empty).Should().NotBe(hash);
                Reencoded(read).Should().Equal(changed, "bytes have one reading, and a value one encoding");
            }
            catch (FormatFaultException)
            {
                // Refused: as good.
            }
        }
    }

    [Fact]
    public void A_block_of_another_format_or_kind_or_with_bytes_behind_it_is_refused_with_the_cause()
    {
        byte[] bytes = LedgerScript.Parse("view 1 (1,0)").Canonical.ToArray();
        byte[] otherFormat = [2, .. bytes[1..]];
        byte[] otherKind = [1, 9, .. bytes[2..]];
        byte[] longer = [.. bytes, 0];

        Decoding(otherFormat).Should().Throw<FormatFaultException>().WithMessage("*format 2; this program reads 1*");
        Decoding(otherKind).Should().Throw<FormatFaultException>().WithMessage("9 is no kind of block");
        Decoding(longer).Should().Throw<FormatFaultException>().WithMessage("1 bytes follow where nothing may");

        static Action Decoding(byte[] bytes) => () => Block.Decode(bytes);
    }

    [Fact]
    public void A_view_of_256_members_is_read_and_one_of_257_is_not()
    {
        Decoding(Limits.Members).Should().NotThrow();
        Decoding(Limits.Members + 1).Should().Throw<FormatFaultException>()
            .WithMessage("*257 members; 256 is the most*");

        static Action Decoding(int members) => () => Block.Decode(new Block.View(
            2, new BlockKey(new Token(4, 0), 0), 0, Enumerable.Range(1, members).ToArray(), default).Canonical.Span);
    }

    [Fact]
    public void A_name_of_32_characters_is_read_and_one_of_33_is_not()
    {
        Decoding(Limits.NameCharacters).Should().NotThrow();
        Decoding(Limits.NameCharacters + 1).Should().Throw<FormatFaultException>().WithMessage("*32 is the most*");

        static Action Decoding(int characters) => () => Block.Decode(new Block.Open(
            1, new BlockKey(new Token(2, 0), 0), 0, 1, new string('a', characters), new Money(1), default)
            .Canonical.Span);
    }

    [Fact]
    public void Only_the_first_block_of_a_request_carries_its_signature()
    {
        Transfer transfer = new(new TransferId(1), 1, 2, new Money(1), "", 0);
        Action without = () => _ = new Block.Payment(
            1, new BlockKey(new Token(5, 1), 0), transfer, Outcome.Success, null);
        Action twice = () => _ = new Block.Payment(
            1, new BlockKey(new Token(5, 1), 1), transfer, Outcome.Success, default(Signature));

        without.Should().Throw<InvariantException>();
        twice.Should().Throw<InvariantException>();
    }

    [Fact]
    public void Random_bytes_are_never_anything_but_refused_or_read() =>
        Prop.ForAll<byte[]>(static tail =>
        {
            byte[] bytes = [1, (byte)(1 + (tail.Length % 3)), .. new byte[20], .. tail];
            try
            {
                return Block.Decode(bytes).Canonical.Span.SequenceEqual(bytes);
            }
            catch (FormatFaultException)
            {
                return true;
            }
        }).Holds();

    private static byte[] Reencoded(Block block) => block switch
    {
        Block.View view => new Block.View(view.Epoch, view.Key, view.UnixMs, view.Members, view.BankKey)
            .Canonical.ToArray(),
        Block.Open open => new Block.Open(
            open.Epoch, open.Key, open.UnixMs, open.Account, open.Name, open.Deposit, open.PublicKey)
            .Canonical.ToArray(),
        Block.Payment pay => new Block.Payment(pay.Epoch, pay.Key, pay.Transfer, pay.Outcome, pay.Signature)
            .Canonical.ToArray(),
        _ => throw new InvariantException("the kinds of block are closed"),
    };
}
