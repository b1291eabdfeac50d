using System.Buffers.Binary;
using System.Runtime.CompilerServices;
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
    /// <summary>What a lane has room for: every block of the bank network but a view of many members, which is hashed
    /// by itself.</summary>
    private const int LaneBytes = 512;

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
            for (int i = 0; i < messages.Length; i++)
            {
                hashes[i] = OneByOne(source, messages[i], previous.IsEmpty ? null : previous[i]);
            }

            return;
        }

        Lanes lanes = new(width, source, messages, previous, hashes);
        lanes.Run();
    }

    private static Hash OneByOne(ReadOnlySpan<byte> source, MessageRange message, Hash? previous)
    {
        ReadOnlySpan<byte> bytes = source.Slice(message.Start, message.Length);
        return previous is { } hash ? Hash.Link(hash, bytes) : Hash.Of(bytes);
    }

    /// <summary>What a lane works on: a message of which it has taken some blocks.</summary>
    private struct Work
    {
        public int Message;
        public int At;
        public int End;
    }

    [InlineArray(Sha256Lanes.MaxWidth)]
    private struct Works
    {
        private Work _first;
    }

    /// <summary>The lanes and what is left to do. A message is padded in a buffer of its lane, block behind
    /// block.</summary>
    private ref struct Lanes(
        int width, ReadOnlySpan<byte> source, ReadOnlySpan<MessageRange> messages, ReadOnlySpan<Hash> previous,
        Span<Hash> hashes)
    {
        private readonly ReadOnlySpan<byte> _source = source;
        private readonly ReadOnlySpan<MessageRange> _messages = messages;
        private readonly ReadOnlySpan<Hash> _previous = previous;
        private readonly Span<Hash> _hashes = hashes;
        private Works _works;
        private int _next;
        private int _active;

        public void Run()
        {
            Span<uint> states = stackalloc uint[Sha256Lanes.StateWords * width];
            Span<uint> words = stackalloc uint[Sha256Lanes.BlockWords * width];
            Span<byte> blocks = stackalloc byte[LaneBytes * width];
            for (int lane = 0; lane < width; lane++)
            {
                Begin(lane, blocks, states);
            }

            while (_active > 0)
            {
                Interleave(blocks, words);
                Sha256Lanes.Compress(states, words, states);
                for (int lane = 0; lane < width; lane++)
                {
                    ref Work work = ref _works[lane];
                    work.At += Sha256Lanes.BlockBytes;
                    if (work.At == work.End)
                    {
                        _hashes[work.Message] = Digest(lane, states);
                        _active--;
                        Begin(lane, blocks, states);
                    }
                }
            }
        }

        private void Begin(int lane, scoped Span<byte> blocks, scoped Span<uint> states)
        {
            while (_next < _messages.Length)
            {
                int message = _next++;
                int length = Pad(message, blocks.Slice(lane * LaneBytes, LaneBytes));
                if (length == 0)
                {
                    _hashes[message] =
                        OneByOne(_source, _messages[message], _previous.IsEmpty ? null : _previous[message]);
                    continue;
                }

                _works[lane] = new Work
                {
                    Message = message,
                    At = lane * LaneBytes,
                    End = (lane * LaneBytes) + length,
                };
                _active++;
                for (int i = 0; i < Sha256Lanes.StateWords; i++)
                {
                    states[(i * width) + lane] = Sha256Lanes.InitialState[i];
                }

                return;
            }

            // What an idle lane computes is not looked at.
            _works[lane] = new Work { At = lane * LaneBytes, End = -1 };
        }

        /// <summary>Puts together what is hashed: the previous hash, the message, and the end that FIPS 180-4, section
        /// 5.1.1, asks for.</summary>
        /// <returns>Its length in whole blocks; 0 when it is too long for a lane.</returns>
        private readonly int Pad(int message, scoped Span<byte> lane)
        {
            MessageRange range = _messages[message];
            int prefix = _previous.IsEmpty ? 0 : Hash.Size;
            if (range.Length > LaneBytes - Hash.Size - MarkBytes - LengthBytes)
            {
                return 0;
            }

            if (prefix > 0)
            {
                _previous[message].CopyTo(lane);
            }

            int length = prefix + range.Length;
            int padded = (length + MarkBytes + LengthBytes + Sha256Lanes.BlockBytes - 1) & -Sha256Lanes.BlockBytes;
            _source.Slice(range.Start, range.Length).CopyTo(lane[prefix..]);
            lane[length] = 0x80;
            lane[(length + MarkBytes)..(padded - LengthBytes)].Clear();
            BinaryPrimitives.WriteInt64BigEndian(lane[(padded - LengthBytes)..], 8L * length);
            return padded;
        }

        private readonly Hash Digest(int lane, scoped ReadOnlySpan<uint> states) => new(new Bytes32(
            Pair(states[lane], states[width + lane]),
            Pair(states[(2 * width) + lane], states[(3 * width) + lane]),
            Pair(states[(4 * width) + lane], states[(5 * width) + lane]),
            Pair(states[(6 * width) + lane], states[(7 * width) + lane])));

        /// <summary>Turns the present block of each lane into words that stand lane by lane.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void Interleave(scoped ReadOnlySpan<byte> blocks, scoped Span<uint> words)
        {
            for (int lane = 0; lane < width; lane += Vector128<uint>.Count)
            {
                ReadOnlySpan<byte> first = blocks[_works[lane].At..];
                ReadOnlySpan<byte> second = blocks[_works[lane + 1].At..];
                ReadOnlySpan<byte> third = blocks[_works[lane + 2].At..];
                ReadOnlySpan<byte> fourth = blocks[_works[lane + 3].At..];
                for (int word = 0; word < Sha256Lanes.BlockWords; word += Vector128<uint>.Count)
                {
                    Vector128<uint> a = Turn(in first[4 * word]);
                    Vector128<uint> b = Turn(in second[4 * word]);
                    Vector128<uint> c = Turn(in third[4 * word]);
                    Vector128<uint> d = Turn(in fourth[4 * word]);
                    Transpose(ref a, ref b, ref c, ref d);
                    int to = (word * width) + lane;
                    a.StoreUnsafe(ref words[to]);
                    b.StoreUnsafe(ref words[to + width]);
                    c.StoreUnsafe(ref words[to + (2 * width)]);
                    d.StoreUnsafe(ref words[to + (3 * width)]);
                }
            }
        }
    }

    private static ulong Pair(uint high, uint low) => ((ulong)high << 32) | low;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> Turn(ref readonly byte first)
    {
        Vector128<byte> bytes = Vector128.LoadUnsafe(in first);
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
