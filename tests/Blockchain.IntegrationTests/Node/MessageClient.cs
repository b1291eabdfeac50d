using System.Net;
using System.Net.Sockets;
using System.Text;
using Blockchain.Core.OpenNetwork;
using Blockchain.Wire.Keys;

namespace Blockchain.IntegrationTests.Node;

/// <summary>A client of the transaction port that signs messages and hears what becomes of them.</summary>
internal sealed class MessageClient : IDisposable
{
    private const int PrefixBytes = 2;
    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _seed;
    private readonly byte[] _answer = new byte[64];

    private MessageClient(int number) => _seed = NodeProcess.Seed(1_000 + number);

    /// <summary>Connects; the number chooses the key.</summary>
    public static async Task<MessageClient> ConnectAsync(int port, int number)
    {
        MessageClient client = new(number);
        await client._socket.ConnectAsync(IPAddress.Loopback, port);
        return client;
    }

    /// <summary>Sends a message.</summary>
    /// <returns>Whether the node took it; null when the connection ended instead.</returns>
    public async Task<bool?> SendAsync(string text, int? nonce = null)
    {
        string sender = Ed25519.Platform.DeriveKey(_seed).ToString();
        Ed25519Signature signature = Ed25519.Platform.Sign(_seed, PythonJson.Message(sender, text, nonce));
        string number = nonce is { } value ? $"\"nonce\": {value}, " : string.Empty;
        byte[] body = Encoding.UTF8.GetBytes(
            $"{{\"sender\": \"{sender}\", \"message\": \"{text}\", {number}\"signature\": \"{signature}\"}}");
        try
        {
            await _socket.SendAsync((byte[])[(byte)(body.Length >> 8), (byte)body.Length, .. body]);
            return await HearAsync();
        }
        catch (SocketException)
        {
            return null;
        }
    }

    public void Dispose() => _socket.Dispose();

    private async Task<bool?> HearAsync()
    {
        int got = 0;
        while (got < PrefixBytes || got < PrefixBytes + _answer[1])
        {
            int more = await _socket.ReceiveAsync(_answer.AsMemory(got));
            if (more == 0)
            {
                return null;
            }

            got += more;
        }

        return Encoding.ASCII.GetString(_answer, PrefixBytes, _answer[1]) == "{\"response\": true}";
    }
}
