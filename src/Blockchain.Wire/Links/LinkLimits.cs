using Blockchain.Core.BankNetwork;

namespace Blockchain.Wire.Links;

/// <summary>Every limit of a connection, in one place.</summary>
public static class LinkLimits
{
    /// <summary>Bytes that wait to be written. A peer that does not read for so long is cut off; what it missed is sent
    /// again when it comes back.</summary>
    public const int OutboxBytes = 16 << 20;

    /// <summary>Bytes in front of a frame that give its length, big-endian.</summary>
    public const int PrefixBytes = 4;

    /// <summary>Bytes of one WebSocket message: one frame of the largest size, or many small ones.</summary>
    public const int MessageBytes = Limits.FrameBytes + 4_096;

    /// <summary>Frames that a link hands out before it gives back the thread that reads all sockets.</summary>
    public const int FramesInOneGo = 64;

    /// <summary>Bytes of frames after which it does so, too: a request of 8,190 transfers takes a millisecond to
    /// decode.</summary>
    public const int BytesInOneGo = 256 << 10;

    /// <summary>Bytes of a reason in a closing message (RFC 6455, section 5.5: 125 with the status).</summary>
    public const int ReasonBytes = 123;

    /// <summary>Bytes of one message of the handshake.</summary>
    public const int HandshakeBytes = 512;

    /// <summary>How long the handshake may take.</summary>
    public static readonly TimeSpan HandshakeTimeout = TimeSpan.FromSeconds(10);

    /// <summary>How long the other side may take to say goodbye too.</summary>
    public static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(2);

    /// <summary>Cuts a reason to what a closing message can carry.</summary>
    public static string Cut(string reason)
    {
        int bytes = 0;
        int end = 0;
        foreach (System.Text.Rune rune in reason.EnumerateRunes())
        {
            if (bytes + rune.Utf8SequenceLength > ReasonBytes)
            {
                break;
            }

            bytes += rune.Utf8SequenceLength;
            end += rune.Utf16SequenceLength;
        }

        return reason[..end];
    }
}
