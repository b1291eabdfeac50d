using System.Buffers.Binary;

namespace Blockchain.Wire.Links;

/// <summary>Frames that wait to be written. Many threads add, one takes as many as fit into one write.</summary>
internal sealed class Outbox(int limit)
{
    private const int InitialBufferBytes = 16 << 10;
    private readonly Lock _lock = new();
    private readonly Queue<ReadOnlyMemory<byte>> _frames = new();
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

    /// <summary>False when there is no room left.</summary>
    public bool TryAdd(ReadOnlyMemory<byte> frame)
    {
        lock (_lock)
        {
            int size = LinkLimits.PrefixBytes + frame.Length;
            if (_waitingBytes + size > limit)
            {
                return false;
            }

            _waitingBytes += size;
            _frames.Enqueue(frame);
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
            while (_frames.TryPeek(out ReadOnlyMemory<byte> frame)
                && length + LinkLimits.PrefixBytes + frame.Length <= LinkLimits.MessageBytes)
            {
                int end = length + LinkLimits.PrefixBytes + frame.Length;
                if (end > _buffer.Length)
                {
                    Array.Resize(ref _buffer, Math.Min(LinkLimits.MessageBytes, Math.Max(end, 2 * _buffer.Length)));
                }

                BinaryPrimitives.WriteInt32BigEndian(_buffer.AsSpan(length), frame.Length);
                frame.CopyTo(_buffer.AsMemory(length + LinkLimits.PrefixBytes));
                length = end;
                frames++;
                _frames.Dequeue();
            }

            _waitingBytes -= length;
            return _buffer.AsMemory(0, length);
        }
    }
}
