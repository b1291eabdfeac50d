using System.Buffers.Binary;

namespace Blockchain.Wire.Links;

/// <summary>Frames that wait to be written. Many threads add, one takes as many as fit into one write.</summary>
internal sealed class Outbox(int limit)
{
    private const int InitialBufferBytes = 16 << 10;
    private readonly Lock _lock = new();
    private readonly Queue<(ReadOnlyMemory<byte> Head, ReadOnlyMemory<byte> Body)> _frames = new();
    private byte[] _buffer = new byte[InitialBufferBytes];
    private long _waitingBytes;

    /// <summary>Whether nothing waits.</summary>
    public bool IsEmpty
    {
        get
        {
            lock (_lock)
            {
                return _frames.Count == 0;
            }
        }
    }

    /// <summary>Adds a frame, which may come in two pieces.</summary>
    /// <returns>False when there is no room left.</returns>
    public bool TryAdd(ReadOnlyMemory<byte> head, ReadOnlyMemory<byte> body)
    {
        lock (_lock)
        {
            int size = LinkLimits.PrefixBytes + head.Length + body.Length;
            if (_waitingBytes + size > limit)
            {
                return false;
            }

            _waitingBytes += size;
            _frames.Enqueue((head, body));
        }

        return true;
    }

    /// <summary>The next message, everything that waits up to its limit; empty when nothing waits. Valid until the next
    /// call.</summary>
    public ReadOnlyMemory<byte> Take(out int frames)
    {
        lock (_lock)
        {
            int length = 0;
            frames = 0;
            while (_frames.TryPeek(out (ReadOnlyMemory<byte> Head, ReadOnlyMemory<byte> Body) frame)
                && EndOf(length, frame) <= LinkLimits.MessageBytes)
            {
                int end = EndOf(length, frame);
                if (end > _buffer.Length)
                {
                    Array.Resize(ref _buffer, Math.Min(LinkLimits.MessageBytes, Math.Max(end, 2 * _buffer.Length)));
                }

                int start = length + LinkLimits.PrefixBytes;
                BinaryPrimitives.WriteInt32BigEndian(_buffer.AsSpan(length), end - start);
                frame.Head.CopyTo(_buffer.AsMemory(start));
                frame.Body.CopyTo(_buffer.AsMemory(start + frame.Head.Length));
                length = end;
                frames++;
                _frames.Dequeue();
            }

            _waitingBytes -= length;
            return _buffer.AsMemory(0, length);
        }
    }

    private static int EndOf(int start, (ReadOnlyMemory<byte> Head, ReadOnlyMemory<byte> Body) frame) =>
        start + LinkLimits.PrefixBytes + frame.Head.Length + frame.Body.Length;
}
