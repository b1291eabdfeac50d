using System.Net.WebSockets;

namespace Blockchain.Wire.Links.Tcp;

/// <summary>What <see cref="FrameDecoder.Take"/> has come to.</summary>
internal enum Decoded
{
    /// <summary>Nothing yet: more must be read.</summary>
    NeedsMore,

    /// <summary>Bytes of a message, or its end.</summary>
    Message,

    /// <summary>A ping; <see cref="FrameDecoder.Control"/> is what it carries.</summary>
    Ping,

    /// <summary>A goodbye; <see cref="FrameDecoder.Control"/> is what it carries.</summary>
    Close,
}

/// <summary>
/// Takes apart what comes from a socket (RFC 6455, section 5). Holds one buffer of a fixed size, whatever lengths the
/// other side names.
/// </summary>
/// <param name="isMasked">Whether the other side is a client, and masks.</param>
internal sealed class FrameDecoder(bool isMasked)
{
    private const int BufferBytes = 16 << 10;
    private readonly byte[] _buffer = new byte[BufferBytes];
    private readonly byte[] _control = new byte[FrameHeader.MaxControlBytes];
    private int _start;
    private int _end;
    private int _controlLength;
    private long _left;
    private uint _key;
    private bool _isFinal;
    private bool _isInFrame;
    private bool _isInMessage;
    private WebSocketMessageType _type;

    /// <summary>What the last ping or goodbye carried.</summary>
    public ReadOnlySpan<byte> Control => _control.AsSpan(0, _controlLength);

    /// <summary>Takes what came together with the answer to the upgrade.</summary>
    public void Prime(ReadOnlySpan<byte> ahead)
    {
        ahead.CopyTo(_buffer);
        _end = ahead.Length;
    }

    /// <summary>Where the next bytes from the socket go: into the receiver's memory, when much of one frame is still
    /// to come.</summary>
    /// <param name="target">The receiver's memory.</param>
    /// <param name="isDirect">Whether it is that.</param>
    public Memory<byte> Room(Memory<byte> target, out bool isDirect)
    {
        isDirect = _isInFrame && _start == _end && _left >= BufferBytes && target.Length >= BufferBytes;
        if (isDirect)
        {
            return target[..(int)Math.Min(target.Length, _left)];
        }

        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _end -= _start;
            _start = 0;
        }

        return _buffer.AsMemory(_end);
    }

    /// <summary>So many bytes have come into that room.</summary>
    public void Add(int count) => _end += count;

    /// <summary>So many bytes have come into the receiver's memory.</summary>
    public ValueWebSocketReceiveResult AddDirect(Span<byte> bytes)
    {
        if (isMasked)
        {
            Unmask(bytes, bytes);
        }

        return Account(bytes.Length);
    }

    /// <summary>Takes the next thing out.</summary>
    /// <param name="target">Where bytes of a message go.</param>
    /// <param name="result">Which they are.</param>
    /// <exception cref="WebSocketException">The other side breaks the protocol.</exception>
    public Decoded Take(Span<byte> target, out ValueWebSocketReceiveResult result)
    {
        result = default;
        while (!_isInFrame)
        {
            ReadOnlySpan<byte> bytes = _buffer.AsSpan(_start, _end - _start);
            int size = FrameHeader.Read(bytes, isMasked, out FrameHeader header);
            if (size == 0)
            {
                return Decoded.NeedsMore;
            }

            if (!header.IsControl)
            {
                _start += size;
                Begin(header);
                continue;
            }

            if (bytes.Length < size + (int)header.Length)
            {
                return Decoded.NeedsMore;
            }

            _start += size + (int)header.Length;
            _controlLength = (int)header.Length;
            Masking.Apply(bytes.Slice(size, _controlLength), _control, header.Key);
            if (header.Opcode != Opcode.Pong)
            {
                return header.Opcode == Opcode.Ping ? Decoded.Ping : Decoded.Close;
            }
        }

        int count = (int)Math.Min(_left, Math.Min(target.Length, _end - _start));
        if (_start == _end && _left > 0)
        {
            return Decoded.NeedsMore;
        }

        Unmask(_buffer.AsSpan(_start, count), target);
        _start += count;
        result = Account(count);
        return Decoded.Message;
    }

    private void Begin(FrameHeader header)
    {
        if (_isInMessage != (header.Opcode == Opcode.Continuation))
        {
            throw FrameHeader.Broken(_isInMessage
                ? "a message begins before the one before has ended"
                : "a frame goes on with a message that has not begun");
        }

        if (!_isInMessage)
        {
            _type = header.Opcode == Opcode.Text ? WebSocketMessageType.Text : WebSocketMessageType.Binary;
        }

        _isInMessage = true;
        _isFinal = header.IsFinal;
        _key = header.Key;
        _left = header.Length;

        // A piece without bytes that is not the last is nothing to anybody.
        _isInFrame = _left > 0 || _isFinal;
    }

    private void Unmask(ReadOnlySpan<byte> source, Span<byte> target)
    {
        if (isMasked)
        {
            _key = Masking.Apply(source, target, _key);
        }
        else
        {
            source.CopyTo(target);
        }
    }

    private ValueWebSocketReceiveResult Account(int count)
    {
        _left -= count;
        _isInFrame = _left > 0;
        bool isEnd = _isFinal && !_isInFrame;
        _isInMessage = !isEnd;
        return new ValueWebSocketReceiveResult(count, _type, isEnd);
    }
}
