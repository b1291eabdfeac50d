using Blockchain.Core.Kernel;
using FsCheck.Fluent;

namespace Blockchain.Tests.Kernel;

/// <summary>The one encoding: fixed widths, big-endian, every value in one way.</summary>
public sealed class CanonicalCodecTests
{
    private delegate void Reading(ref CanonicalReader reader);

    private static readonly Dictionary<string, Reading> Readings = new()
    {
        ["u8"] = static (ref CanonicalReader reader) => reader.U8(),
        ["u16"] = static (ref CanonicalReader reader) => reader.U16(),
        ["u32"] = static (ref CanonicalReader reader) => reader.U32(),
        ["u64"] = static (ref CanonicalReader reader) => reader.U64(),
        ["u128"] = static (ref CanonicalReader reader) => reader.U128(),
        ["hash"] = static (ref CanonicalReader reader) => reader.Hash(),
        ["key"] = static (ref CanonicalReader reader) => reader.Key(),
        ["signature"] = static (ref CanonicalReader reader) => reader.Signature(),
        ["text3"] = static (ref CanonicalReader reader) => reader.Text(3),
        ["prefixed"] = static (ref CanonicalReader reader) => reader.Prefixed(),
        ["raw2"] = static (ref CanonicalReader reader) => reader.Raw(2),
        ["end"] = static (ref CanonicalReader reader) => reader.End(),
    };

    [Theory]
    [InlineData("u8", "", "1 bytes are needed at 0, 0 are left")]
    [InlineData("u16", "01", "2 bytes are needed at 0, 1 are left")]
    [InlineData("u32", "000000", "4 bytes are needed")]
    [InlineData("u32", "80000000", "above 2^31 - 1")]
    [InlineData("u32", "ffffffff", "above 2^31 - 1")]
    [InlineData("u64", "00000000000000", "8 bytes are needed")]
    [InlineData("u64", "8000000000000000", "above 2^63 - 1")]
    [InlineData("u128", "00", "16 bytes are needed")]
    [InlineData("hash", "00", "32 bytes are needed")]
    [InlineData("key", "04", "65 bytes are needed")]
    [InlineData("signature", "00", "64 bytes are needed")]
    [InlineData("text3", "0003", "3 bytes are needed")]
    [InlineData("text3", "000461626364", "4 characters; 3 is the most")]
    [InlineData("text3", "0001ff", "not UTF-8")]
    [InlineData("text3", "0002c080", "not UTF-8")]
    [InlineData("text3", "0003eda080", "not UTF-8")]
    [InlineData("text3", "0002f09f", "not UTF-8")]
    [InlineData("prefixed", "7fffffff", "2147483647 bytes are needed at 4, 0 are left")]
    [InlineData("prefixed", "ffffffff", "above 2^31 - 1")]
    [InlineData("raw2", "00", "2 bytes are needed")]
    [InlineData("end", "00", "1 bytes follow where nothing may")]
    public void Bytes_that_are_no_encoding_are_refused_with_the_cause(string what, string hex, string cause)
    {
        byte[] bytes = Convert.FromHexString(hex);

        Action reading = () =>
        {
            CanonicalReader reader = new(bytes);
            Readings[what](ref reader);
        };

        reading.Should().Throw<FormatFaultException>().WithMessage($"*{cause}*");
    }

    [Fact]
    public void A_key_that_is_not_in_its_uncompressed_form_is_refused()
    {
        byte[] compressed = new byte[PublicKey.Size];
        compressed[0] = 0x02;

        Action reading = () => new CanonicalReader(compressed).Key();

        reading.Should().Throw<FormatFaultException>().WithMessage("*04*");
    }

    [Fact]
    public void Numbers_are_big_endian_and_texts_are_behind_two_bytes_of_length()
    {
        CanonicalWriter writer = new();
        writer.U8(1);
        writer.U16(2);
        writer.U32(3);
        writer.U64(4);
        writer.U128(5);
        writer.Text("né");
        writer.Prefixed([7, 8]);

        Convert.ToHexStringLower(writer.Written).Should().Be(
            "01" + "0002" + "00000003" + "0000000000000004" + "00000000000000000000000000000005"
            + "0003" + "6ec3a9" + "00000002" + "0708");
    }

    [Fact]
    public void A_text_is_measured_in_characters_and_not_in_bytes_or_surrogates()
    {
        CanonicalWriter writer = new();
        writer.Text("💰💰💰");

        new CanonicalReader(writer.Written).Text(3).Should().Be("💰💰💰");
    }

    [Fact]
    public void A_negative_number_is_never_written()
    {
        Action four = () => new CanonicalWriter().U32(-1);
        Action eight = () => new CanonicalWriter().U64(-1);

        four.Should().Throw<InvariantException>();
        eight.Should().Throw<InvariantException>();
    }

    [Fact]
    public void What_is_written_is_read_again_whatever_it_is() =>
        Prop.ForAll<(int, long), string, byte[]>(static (numbers, text, bytes) =>
        {
            (int four, long eight) = numbers;
            int small = four & int.MaxValue;
            long large = eight & long.MaxValue;
            string wellFormed = text is not null && Characters.AreWellFormed(text) ? text : "x";
            byte[] raw = bytes ?? [];
            CanonicalWriter writer = new();
            writer.U8((byte)four);
            writer.U16((ushort)four);
            writer.U32(small);
            writer.U64(large);
            writer.Text(wellFormed);
            writer.Prefixed(raw);
            CanonicalReader reader = new(writer.ToArray());
            bool same = reader.U8() == (byte)four && reader.U16() == (ushort)four && reader.U32() == small
                && reader.U64() == large && reader.Text(int.MaxValue) == wellFormed
                && reader.Prefixed().SequenceEqual(raw);
            reader.End();
            return same && reader.Position == writer.Length;
        }).Holds();

    [Fact]
    public void A_writer_that_was_cleared_starts_anew()
    {
        CanonicalWriter writer = new();
        writer.Raw(new byte[1000]);
        writer.Clear();
        writer.U8(9);

        writer.ToArray().Should().Equal(9);
    }
}
