using System.Buffers.Binary;
using System.Security.Cryptography;
using Blockchain.Core.Kernel;

namespace Blockchain.Tests.Kernel;

/// <summary>Many hashes at once, bit for bit what the platform computes one by one, with every number of lanes,
/// whether or not this processor has them.</summary>
public sealed class Sha256LanesTests
{
    public static TheoryData<int> Widths => [1, 4, 8, 16];

    [Theory]
    [MemberData(nameof(Widths))]
    public void One_block_in_each_lane_gives_the_hash_of_its_own_message(int width)
    {
        Random random = new(width);
        byte[][] messages = [.. Enumerable.Range(0, width).Select(_ => Bytes(random, random.Next(56)))];
        uint[] states = new uint[Sha256Lanes.StateWords * width];
        uint[] words = new uint[Sha256Lanes.BlockWords * width];
        for (int lane = 0; lane < width; lane++)
        {
            Spread(Sha256Lanes.InitialState, states, lane, width);
            Spread(Words(Padded(messages[lane], 0)), words, lane, width);
        }

        Sha256Lanes.Compress(states, words, states);

        for (int lane = 0; lane < width; lane++)
        {
            Digest(states, lane, width).Should().Equal(SHA256.HashData(messages[lane]), $"lane {lane} of {width}");
        }
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void A_midstate_is_computed_once_and_gone_on_from_in_every_lane(int width)
    {
        Random random = new(width);
        byte[] prefix = Bytes(random, Sha256Lanes.BlockBytes);
        byte[][] tails = [.. Enumerable.Range(0, width).Select(_ => Bytes(random, 16))];
        uint[] midstate = new uint[Sha256Lanes.StateWords];
        Sha256Lanes.Compress(Sha256Lanes.InitialState, Words(prefix), midstate);
        uint[] states = new uint[Sha256Lanes.StateWords * width];
        uint[] words = new uint[Sha256Lanes.BlockWords * width];
        for (int lane = 0; lane < width; lane++)
        {
            Spread(midstate, states, lane, width);
            Spread(Words(Padded(tails[lane], prefix.Length)), words, lane, width);
        }

        uint[] results = new uint[states.Length];
        Sha256Lanes.Compress(states, words, results);

        for (int lane = 0; lane < width; lane++)
        {
            Digest(results, lane, width).Should().Equal(SHA256.HashData([.. prefix, .. tails[lane]]));
            Enumerable.Range(0, Sha256Lanes.StateWords).Select(i => states[(i * width) + lane])
                .Should().Equal(midstate, "what was started from is left as it was");
        }
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void Messages_of_every_length_up_to_five_blocks_come_out_as_one_by_one(int width)
    {
        // All lengths around every boundary of a block, in an order that puts long beside short.
        (byte[] source, MessageRange[] messages) = Scatter(new Random(7), [.. Enumerable.Range(0, 321)]);
        Hash[] hashes = new Hash[messages.Length];

        HashBatch.Run(width, source, messages, [], hashes);

        hashes.Should().Equal(messages.Select(message => Hash.Of(source.AsSpan(message.Start, message.Length))));
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void Links_come_out_as_one_by_one(int width)
    {
        Random random = new(11);
        int[] lengths = [.. Enumerable.Range(0, 300), 4_096, 100_000];
        (byte[] source, MessageRange[] blocks) = Scatter(random, lengths);
        Hash[] previous = [.. blocks.Select(_ => new Hash(Bytes(random, Hash.Size)))];
        Hash[] hashes = new Hash[blocks.Length];

        HashBatch.Run(width, source, blocks, previous, hashes);

        hashes.Should().Equal(blocks.Select(
            (block, i) => Hash.Link(previous[i], source.AsSpan(block.Start, block.Length))));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(17)]
    public void Any_number_of_messages_is_taken(int count)
    {
        (byte[] source, MessageRange[] messages) = Scatter(new Random(count), [.. Enumerable.Repeat(100, count)]);
        Hash[] previous = [.. Enumerable.Repeat(Hash.Empty, count)];
        Hash[] hashes = new Hash[count];
        Hash[] links = new Hash[count];

        HashBatch.Of(source, messages, hashes);
        HashBatch.Links(source, messages, previous, links);

        hashes.Should().Equal(messages.Select(message => Hash.Of(source.AsSpan(message.Start, message.Length))));
        links.Should().Equal(
            messages.Select(message => Hash.Link(Hash.Empty, source.AsSpan(message.Start, message.Length))));
    }

    [Fact]
    public void Numbers_of_lanes_that_do_not_fit_are_refused()
    {
        Action three = () => Sha256Lanes.Compress(new uint[24], new uint[48], new uint[24]);
        Action fewWords = () => Sha256Lanes.Compress(new uint[32], new uint[48], new uint[32]);
        Action fewResults = () => Sha256Lanes.Compress(new uint[32], new uint[64], new uint[8]);
        Action fewPrevious = () => HashBatch.Links(new byte[1], [new MessageRange(0, 1)], [], new Hash[1]);
        Action fewHashes = () => HashBatch.Of(new byte[1], [new MessageRange(0, 1)], []);

        three.Should().Throw<ArgumentException>();
        fewWords.Should().Throw<ArgumentException>();
        fewResults.Should().Throw<ArgumentException>();
        fewPrevious.Should().Throw<ArgumentException>();
        fewHashes.Should().Throw<ArgumentException>();
    }

    private static (byte[] Source, MessageRange[] Messages) Scatter(Random random, int[] lengths)
    {
        random.Shuffle(lengths);
        List<byte> source = [];
        List<MessageRange> messages = [];
        foreach (int length in lengths)
        {
            source.AddRange(Bytes(random, random.Next(5)));
            messages.Add(new MessageRange(source.Count, length));
            source.AddRange(Bytes(random, length));
        }

        return ([.. source], [.. messages]);
    }

    private static byte[] Bytes(Random random, int length)
    {
        byte[] bytes = new byte[length];
        random.NextBytes(bytes);
        return bytes;
    }

    private static byte[] Padded(byte[] tail, int before)
    {
        byte[] block = new byte[Sha256Lanes.BlockBytes];
        tail.CopyTo(block, 0);
        block[tail.Length] = 0x80;
        BinaryPrimitives.WriteInt64BigEndian(block.AsSpan(56), 8L * (before + tail.Length));
        return block;
    }

    private static uint[] Words(byte[] block) =>
        [.. block.Chunk(4).Select(word => BinaryPrimitives.ReadUInt32BigEndian(word))];

    private static void Spread(ReadOnlySpan<uint> from, uint[] to, int lane, int width)
    {
        for (int i = 0; i < from.Length; i++)
        {
            to[(i * width) + lane] = from[i];
        }
    }

    private static byte[] Digest(uint[] states, int lane, int width)
    {
        byte[] digest = new byte[Hash.Size];
        for (int i = 0; i < Sha256Lanes.StateWords; i++)
        {
            BinaryPrimitives.WriteUInt32BigEndian(digest.AsSpan(4 * i), states[(i * width) + lane]);
        }

        return digest;
    }
}
