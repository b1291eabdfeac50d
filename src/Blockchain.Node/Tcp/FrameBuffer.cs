using System.Buffers;
using System.Buffers.Binary;
using System.Net.Sockets;

namespace Blockchain.Node.Tcp;

/// <summary>How the next frame of a connection came out.</summary>
internal enum FrameEnd
{
    /// <summary>It is whole.</summary>
    Whole,

    /// <summary>The other side has closed in good order, between two frames.</summary>
    Closed,

    /// <summary>The connection ended inside a frame.</summary>
    CutOff,

    /// <summary>The length is 0 or above the limit.</summary>
    WrongLength,

    /// <summary>Too many bytes of frames that are not whole are held for all connections.</summary>
    NoRoom,
}

/// <summary>
/// Puts the frames of one connection together: a length of 2 bytes, big-endian, and so many bytes. A connection that is
/// idle holds no memory, and one that announces much holds as much as it has sent.
/// </summary>
internal sealed class FrameBuffer(Socket socket, PartialBytes budget) : IDisposable
{
    private const int PrefixBytes = 2;
    private byte[]? _buffer;
    private int _held;

    /// <summary>The frame that <see cref="ReadAsync"/> read; valid until the next call.</summary>
    public ReadOnlyMemory<byte> Frame { get; private set; }

    /// <summary>Waits until there is something to read.</summary>
    public async ValueTask WaitAsync(CancellationToken cancel)
    {
        Release();

        // A read of 0 bytes completes when there are some, and needs no buffer meanwhile.
        await socket.ReceiveAsync(Memory<byte>.Empty, SocketFlags.None, cancel);
    }

    /// <summary>Reads one frame.</summary>
    public async ValueTask<FrameEnd> ReadAsync(CancellationToken cancel)
    {
        // So much everybody may have: who sends what can be a transaction is not kept out by those who send more.
        _buffer ??= ArrayPool<byte>.Shared.Rent(NodeLimits.TcpFreeBytes);
        _held = Math.Max(_held, NodeLimits.TcpFreeBytes);
        int length = await FillAsync(0, PrefixBytes, cancel);
        if (length < PrefixBytes)
        {
            return length == 0 ? FrameEnd.Closed : FrameEnd.CutOff;
        }

        int size = BinaryPrimitives.ReadUInt16BigEndian(_buffer);
        if (size is 0 or > NodeLimits.TcpFrameBytes)
        {
            return FrameEnd.WrongLength;
        }

        for (int at = 0; at < size;)
        {
            if (at == _held && !Grow(Math.Min(size, 2 * _held)))
            {
                return FrameEnd.NoRoom;
            }

            int wanted = Math.Min(size, _held);
            int got = await FillAsync(at, wanted, cancel);
            if (got < wanted)
            {
                return FrameEnd.CutOff;
            }

            at = wanted;
        }

        Frame = _buffer.AsMemory(0, size);
        return FrameEnd.Whole;
    }

    /// <inheritdoc/>
    public void Dispose() => Release();

    private async ValueTask<int> FillAsync(int from, int to, CancellationToken cancel)
    {
        while (from < to)
        {
            int got = await socket.ReceiveAsync(_buffer.AsMemory(from, to - from), SocketFlags.None, cancel);
            if (got == 0)
            {
                break;
            }

            from += got;
        }

        return from;
    }

    private bool Grow(int bytes)
    {
        if (!budget.TryTake(bytes - _held))
        {
            return false;
        }

        byte[] larger = ArrayPool<byte>.Shared.Rent(bytes);
        _buffer.AsSpan(0, _held).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer!);
        _buffer = larger;
        _held = bytes;
        return true;
    }

    private void Release()
    {
        if (_buffer is not null)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            budget.Return(_held - NodeLimits.TcpFreeBytes);
            _buffer = null;
            _held = 0;
            Frame = default;
        }
    }
}

/// <summary>What all connections together may hold of frames that are not whole, beside what each may hold.</summary>
/// <param name="limit">Bytes.</param>
internal sealed class PartialBytes(int limit)
{
    private int _held;

    /// <summary>What is taken now.</summary>
    public int Held => Volatile.Read(ref _held);

    /// <summary>False when there is not so much left.</summary>
    public bool TryTake(int bytes)
    {
        if (Interlocked.Add(ref _held, bytes) <= limit)
        {
            return true;
        }

        Interlocked.Add(ref _held, -bytes);
        return false;
    }

    /// <summary>Gives back what was taken.</summary>
    public void Return(int bytes) => Interlocked.Add(ref _held, -bytes);
}
