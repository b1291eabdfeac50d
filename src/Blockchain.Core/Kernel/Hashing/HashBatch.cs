using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Blockchain.Core.Kernel;

/// <summary>Where one message stands among the bytes of many.</summary>
/// <param name="Start">Offset of its first byte.</param>
/// <param name="Length">Its length in bytes.</param>
public readonly record struct MessageRange(int Start, int Length);

/// <summary>
/// SHA-256 of many messages that do not wait for one another, as many at once as the processor has lanes. A lane that
/// has finished its message takes the next, so messages of different lengths leave no lane idle.
/// </summary>
public static class HashBatch
{
    private const int MarkBytes = 1;
    private const int LengthBytes = sizeof(ulong);

    /// <summary>SHA-256 of each message.</summary>
    /// <param name="source">Holds the messages.</param>
    /// <param name="messages">Where they stand.</param>
    /// <param name="hashes">Takes one hash a message.</param>
    public static void Of(ReadOnlySpan<byte> source, ReadOnlySpan<MessageRange> messages, Span<Hash> hashes) =>
        Run(Sha256Lanes.Width, source, messages, [], hashes);

    /// <summary>The links of a chain whose hashes are all known already: SHA-256 of each previous hash followed by the
    /// bytes of its block, as <see cref="Hash.Link"/> does for one.</summary>
    /// <param name="source">Holds the blocks.</param>
    /// <param name="blocks">Where they stand.</param>
    /// <param name="previous">One hash a block: that of its predecessor.</param>
    /// <param name="hashes">Takes one hash a block.</param>
    /// <exception cref="ArgumentException">There is not one previous hash for each block.</exception>
    public static void Links(
        ReadOnlySpan<byte> source, ReadOnlySpan<MessageRange> blocks, ReadOnlySpan<Hash> previous, Span<Hash> hashes)
    {
        if (previous.Length != blocks.Length)
        {
            throw new ArgumentException("Every block has one predecessor.", nameof(previous));
        }

        Run(Sha256Lanes.Width, source, blocks, previous, hashes);
    }

    /// <summary>The same with a number of lanes of the caller's; <paramref name="previous"/> is empty for messages
    /// without one.</summary>
    internal static void Run(
        int width, ReadOnlySpan<byte> source, ReadOnlySpan<MessageRange> messages, ReadOnlySpan<Hash> previous,
        Span<Hash> hashes)
    {
        if (hashes.Length < messages.Length)
        {
            throw new ArgumentException("There is no room for a hash of each message.", nameof(hashes));
        }

        if (width == 1 || messages.Length < Vector128<uint>.Count)
        {
            OneByOne(source, messages, previous, hashes);
            return;
        }

        Lanes lanes = new(width, source, messages, previous, hashes);
        lanes.Run();
    }

    private static void OneByOne(
        ReadOnlySpan<byte> source, ReadOnlySpan<MessageRange> messages, ReadOnlySpan<Hash> previous, Span<Hash> hashes)
    {
        for (int i = 0; i < messages.Length; i++)
        {
            ReadOnlySpan<byte> message = source.Slice(messages[i].Start, messages[i].Length);
            hashes[i] = previous.IsEmpty ? Hash.Of(message) : Hash.Link(previous[i], message);
        }
    }

    /// <summary>What a lane works on.</summary>
    private struct Work
    {
        public int Message;
        public int Block;
        public int Blocks;
    }

    [InlineArray(Sha256Lanes.MaxWidth)]
    private struct Works
    {
        private Work _first;
    }

    private ref struct Lanes(
        int width, ReadOnlySpan<byte> source, ReadOnlySpan<MessageRange> messages, ReadOnlySpan<Hash> previous,
        Span<Hash> hashes)
    {
        private readonly ReadOnlySpan<byte> _source = source;
        private readonly ReadOnlySpan<MessageRange> _messages = messages;
        private readonly ReadOnlySpan<Hash> _previous = previous;
        private readonly Span<Hash> _hashes = hashes;
        private readonly int _prefix = previous.IsEmpty ? 0 : Hash.Size;
        private Works _works;
        private int _next;
        private int _active;

        public void Run()
        {
            Span<uint> states = stackalloc uint[Sha256Lanes.StateWords * width];
            Span<uint> words = stackalloc uint[Sha256Lanes.BlockWords * width];
            Span<byte> blocks = stackalloc byte[Sha256Lanes.BlockBytes * width];
            blocks.Clear();
            for (int lane = 0; lane < width; lane++)
            {
                Begin(lane, states);
            }

            while (_active > 0)
            {
                for (int lane = 0; lane < width; lane++)
                {
                    if (_works[lane].Blocks > 0)
                    {
                        Stage(_works[lane], blocks.Slice(lane * Sha256Lanes.BlockBytes, Sha256Lanes.BlockBytes));
                    }
                }

                Interleave(blocks, words, width);
                Sha256Lanes.Compress(states, words, states);
                for (int lane = 0; lane < width; lane++)
                {
                    ref Work work = ref _works[lane];
                    if (work.Blocks > 0 && ++work.Block == work.Blocks)
                    {
                        _hashes[work.Message] = Digest(lane, states);
                        _active--;
                        Begin(lane, states);
                    }
                }
            }
        }

        private void Begin(int lane, scoped Span<uint> states)
        {
            if (_next == _messages.Length)
            {
                _works[lane] = default;
                return;
            }

            long length = _prefix + (long)_messages[_next].Length;
            long blocks = (length + MarkBytes + LengthBytes + Sha256Lanes.BlockBytes - 1) / Sha256Lanes.BlockBytes;
            _works[lane] = new Work { Message = _next++, Blocks = (int)blocks };
            _active++;
            for (int i = 0; i < Sha256Lanes.StateWords; i++)
            {
                states[(i * width) + lane] = Sha256Lanes.InitialState[i];
            }
        }

        /// <summary>Puts together one block of what is hashed: the previous hash, the message, and the end that FIPS
        /// 180-4, section 5.1.1, asks for.</summary>
        private readonly void Stage(Work work, Span<byte> block)
        {
            MessageRange range = _messages[work.Message];
            ReadOnlySpan<byte> message = _source.Slice(range.Start, range.Length);
            int from = (work.Block * Sha256Lanes.BlockBytes) - _prefix;
            int filled = 0;
            if (from < 0)
            {
                _previous[work.Message].CopyTo(block);
                filled = _prefix;
                from = 0;
            }

            int taken = Math.Clamp(message.Length - from, 0, block.Length - filled);
            if (taken > 0)
            {
                message.Slice(from, taken).CopyTo(block[filled..]);
                filled += taken;
            }

            if (filled == block.Length)
            {
                return;
            }

            block[filled..].Clear();
            if (taken > 0 || from == message.Length)
            {
                block[filled] = 0x80;
            }

            if (work.Block == work.Blocks - 1)
            {
                ulong bits = 8 * ((ulong)_prefix + (ulong)message.Length);
                BinaryPrimitives.WriteUInt64BigEndian(block[^LengthBytes..], bits);
            }
        }

        private readonly Hash Digest(int lane, scoped ReadOnlySpan<uint> states)
        {
            Span<byte> digest = stackalloc byte[Hash.Size];
            for (int i = 0; i < Sha256Lanes.StateWords; i++)
            {
                BinaryPrimitives.WriteUInt32BigEndian(digest[(4 * i)..], states[(i * width) + lane]);
            }

            return new Hash(digest);
        }
    }

    /// <summary>Turns blocks that stand one behind the other into words that stand lane by lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Interleave(ReadOnlySpan<byte> blocks, Span<uint> words, int width)
    {
        ReadOnlySpan<uint> source = MemoryMarshal.Cast<byte, uint>(blocks);
        for (int lane = 0; lane < width; lane += Vector128<uint>.Count)
        {
            for (int word = 0; word < Sha256Lanes.BlockWords; word += Vector128<uint>.Count)
            {
                int at = (lane * Sha256Lanes.BlockWords) + word;
                Vector128<uint> a = Turn(in source[at]);
                Vector128<uint> b = Turn(in source[at + Sha256Lanes.BlockWords]);
                Vector128<uint> c = Turn(in source[at + (2 * Sha256Lanes.BlockWords)]);
                Vector128<uint> d = Turn(in source[at + (3 * Sha256Lanes.BlockWords)]);
                Transpose(ref a, ref b, ref c, ref d);
                int to = (word * width) + lane;
                a.StoreUnsafe(ref words[to]);
                b.StoreUnsafe(ref words[to + width]);
                c.StoreUnsafe(ref words[to + (2 * width)]);
                d.StoreUnsafe(ref words[to + (3 * width)]);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> Turn(ref readonly uint first)
    {
        Vector128<byte> bytes = Vector128.LoadUnsafe(in first).AsByte();
        return BitConverter.IsLittleEndian
            ? Vector128.Shuffle(
                bytes, Vector128.Create((byte)3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12)).AsUInt32()
            : bytes.AsUInt32();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Transpose(
        ref Vector128<uint> a, ref Vector128<uint> b, ref Vector128<uint> c, ref Vector128<uint> d)
    {
        Vector128<ulong> abLow = ZipLow(a, b).AsUInt64();
        Vector128<ulong> abHigh = ZipHigh(a, b).AsUInt64();
        Vector128<ulong> cdLow = ZipLow(c, d).AsUInt64();
        Vector128<ulong> cdHigh = ZipHigh(c, d).AsUInt64();
        a = Vector128.Create(abLow.GetLower(), cdLow.GetLower()).AsUInt32();
        b = Vector128.Create(abLow.GetUpper(), cdLow.GetUpper()).AsUInt32();
        c = Vector128.Create(abHigh.GetLower(), cdHigh.GetLower()).AsUInt32();
        d = Vector128.Create(abHigh.GetUpper(), cdHigh.GetUpper()).AsUInt32();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> ZipLow(Vector128<uint> a, Vector128<uint> b) =>
        Sse2.IsSupported ? Sse2.UnpackLow(a, b)
        : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipLow(a, b)
        : Vector128.Create(a[0], b[0], a[1], b[1]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> ZipHigh(Vector128<uint> a, Vector128<uint> b) =>
        Sse2.IsSupported ? Sse2.UnpackHigh(a, b)
        : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipHigh(a, b)
        : Vector128.Create(a[2], b[2], a[3], b[3]);
}
