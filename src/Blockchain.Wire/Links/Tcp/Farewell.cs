using System.Buffers.Binary;
using System.Net.WebSockets;
using System.Text;

namespace Blockchain.Wire.Links.Tcp;

/// <summary>What a closing frame says (RFC 6455, section 5.5.1).</summary>
/// <param name="Status">Why, as a number.</param>
/// <param name="Reason">Why, in words.</param>
internal sealed record Farewell(WebSocketCloseStatus Status, string Reason)
{
    private const int StatusBytes = sizeof(ushort);
    private static readonly UTF8Encoding Utf8 =
        new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads one. Without a status it is taken for a normal end.</summary>
    /// <exception cref="WebSocketException">It breaks the protocol.</exception>
    public static Farewell Read(ReadOnlySpan<byte> payload)
    {
        if (payload.IsEmpty)
        {
            return new Farewell(WebSocketCloseStatus.NormalClosure, string.Empty);
        }

        if (payload.Length < StatusBytes)
        {
            throw FrameHeader.Broken("the status of a closing frame is truncated");
        }

        int status = BinaryPrimitives.ReadUInt16BigEndian(payload);
        if (!IsSent(status))
        {
            throw FrameHeader.Broken($"a closing frame has the status {status}, which is never sent");
        }

        try
        {
            return new Farewell((WebSocketCloseStatus)status, Utf8.GetString(payload[StatusBytes..]));
        }
        catch (DecoderFallbackException)
        {
            throw FrameHeader.Broken("the reason in a closing frame is not UTF-8");
        }
    }

    /// <summary>The payload of the frame.</summary>
    /// <exception cref="ArgumentException">The reason does not fit.</exception>
    public byte[] ToBytes()
    {
        byte[] payload = new byte[StatusBytes + Encoding.UTF8.GetByteCount(Reason)];
        if (payload.Length > FrameHeader.MaxControlBytes)
        {
            throw new ArgumentException($"a reason has at most {LinkLimits.ReasonBytes} bytes", nameof(Reason));
        }

        BinaryPrimitives.WriteUInt16BigEndian(payload, (ushort)Status);
        Encoding.UTF8.GetBytes(Reason, payload.AsSpan(StatusBytes));
        return payload;
    }

    // Section 7.4: 1004 to 1006 and 1015 are reserved, 1016 to 2999 not given out yet.
    private static bool IsSent(int status) =>
        status is (>= 1000 and <= 1003) or (>= 1007 and <= 1014) or (>= 3000 and <= 4999);
}
