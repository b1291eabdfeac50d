using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace Blockchain.Wire.Links.Tcp;

/// <summary>How HTTP turns into a WebSocket (RFC 6455, section 4): the texts of both sides.</summary>
internal static class Upgrade
{
    /// <summary>Bytes of a request or an answer that are looked at.</summary>
    public const int MaxHeadBytes = 8 << 10;

    private const int KeyBytes = 16;
    private const int KeyCharacters = 24;
    private const string Protocol = "websocket";
    private const string Version = "13";
    private static readonly byte[] Magic = Encoding.ASCII.GetBytes("258EAFA5-E914-47DA-95CA-C5AB0DC85B11");

    /// <summary>Bytes of a head up to and with its blank line; 0 when that is not there.</summary>
    public static int LengthOf(ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<byte> blank = "\r\n\r\n"u8;
        int at = bytes.IndexOf(blank);
        return at < 0 ? 0 : at + blank.Length;
    }

    /// <summary>A key that was not used before (section 4.1, 7).</summary>
    public static string NewKey() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(KeyBytes));

    /// <summary>What the server answers to a key (section 4.2.2, 5.4).</summary>
    [SuppressMessage("Security", "CA5350", Justification = "RFC 6455 asks for SHA-1; nothing secret hangs on it.")]
    public static string Accept(string key) =>
        Convert.ToBase64String(SHA1.HashData([.. Encoding.ASCII.GetBytes(key), .. Magic]));

    /// <summary>The request of the side that calls.</summary>
    public static byte[] Request(Uri address, string key) => Encoding.ASCII.GetBytes(
        $"GET {address.PathAndQuery} HTTP/1.1\r\nHost: {HostOf(address)}\r\nConnection: Upgrade\r\n" +
        $"Upgrade: {Protocol}\r\nSec-WebSocket-Version: {Version}\r\nSec-WebSocket-Key: {key}\r\n\r\n");

    /// <summary>The answer of the side that is called, to a request that <see cref="TryRead"/> took.</summary>
    public static byte[] Answer(string key) => Encoding.ASCII.GetBytes(
        "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n" +
        $"Upgrade: {Protocol}\r\nSec-WebSocket-Accept: {Accept(key)}\r\n\r\n");

    /// <summary>Reads the request of a WebSocket when it is an ordinary one, and there as a whole.</summary>
    /// <param name="bytes">What has come.</param>
    /// <param name="path">Where links are.</param>
    /// <param name="key">The key to answer.</param>
    /// <param name="length">Bytes of the request.</param>
    /// <returns>False for everything else, right or wrong.</returns>
    public static bool TryRead(
        ReadOnlySpan<byte> bytes, string path, [NotNullWhen(true)] out string? key, out int length)
    {
        key = null;
        length = LengthOf(bytes);
        if (length == 0 || HttpHead.TryParse(bytes[..length]) is not { } head
            || head.Start != $"GET {path} HTTP/1.1"
            || head.Has("Content-Length") || head.Has("Transfer-Encoding") || head.Has("Expect")
            || head.Has("Sec-WebSocket-Protocol")
            || head.Single("Host") is null
            || head.Single("Sec-WebSocket-Version") != Version
            || !Protocol.Equals(head.Single("Upgrade"), StringComparison.OrdinalIgnoreCase)
            || !head.Lists("Connection", "Upgrade")
            || head.Single("Sec-WebSocket-Key") is not { Length: KeyCharacters } given
            || !Base64.IsValid(given, out int decoded) || decoded != KeyBytes)
        {
            return false;
        }

        key = given;
        return true;
    }

    /// <summary>What is wrong with the answer to a request; null when nothing is.</summary>
    /// <param name="bytes">The answer up to its blank line.</param>
    /// <param name="key">The key of the request.</param>
    public static string? FaultOf(ReadOnlySpan<byte> bytes, string key)
    {
        if (HttpHead.TryParse(bytes) is not { } head
            || head.Start.Split(' ', 3) is not ["HTTP/1.1" or "HTTP/1.0", { Length: 3 } status, .. string[] reason])
        {
            return "the other side does not speak HTTP";
        }

        if (status != "101")
        {
            return $"the other side opens no link; it answered {string.Join(' ', [status, .. reason])}";
        }

        return Protocol.Equals(head.Single("Upgrade"), StringComparison.OrdinalIgnoreCase)
            && head.Lists("Connection", "Upgrade")
            && head.Single("Sec-WebSocket-Accept") == Accept(key)
            && !head.Has("Sec-WebSocket-Extensions") && !head.Has("Sec-WebSocket-Protocol")
                ? null
                : "the other side opens a connection, but not the one that was asked for";
    }

    private static string HostOf(Uri address)
    {
        string host = address.HostNameType == UriHostNameType.IPv6 ? $"[{address.IdnHost}]" : address.IdnHost;
        return address.IsDefaultPort ? host : $"{host}:{address.Port}";
    }
}
