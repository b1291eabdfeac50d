using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using Blockchain.Wire.Links;

namespace Blockchain.Tests.Wire;

/// <summary>RFC 6455, section 4.1: what the calling side sends, and which answers it takes.</summary>
public sealed class LinkDialTests
{
    private const string Good =
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: WebSocket\r\nConnection: keep-alive, upgrade\r\n"
        + "Sec-WebSocket-Accept: {0}\r\n\r\n";

    [Fact]
    public async Task What_comes_together_with_the_answer_belongs_to_the_link()
    {
        using TcpListener server = Listen();
        Task<string> asked = AnswerAsync(server, Good, [0x82, 1, 42]);

        using WebSocket socket = await LinkDial.ConnectAsync(AddressOf(server), default);

        byte[] buffer = new byte[10];
        (await socket.ReceiveAsync(buffer.AsMemory(), default)).Count.Should().Be(1);
        buffer[0].Should().Be(42);
        (await asked).Should().MatchRegex(
            "^GET /link HTTP/1.1\r\nHost: 127.0.0.1:[0-9]+\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: [A-Za-z0-9+/]{22}==\r\n\r\n$");
    }

    [Theory]
    [InlineData("127.0.0.1", "127.0.0.1")]
    [InlineData("127.0.0.1", "localhost")]
    [InlineData("::1", "[::1]")]
    public async Task Addresses_of_both_kinds_and_names_are_dialled(string listen, string host)
    {
        if (IPAddress.Parse(listen).AddressFamily == AddressFamily.InterNetworkV6 && !Socket.OSSupportsIPv6)
        {
            return;
        }

        using TcpListener server = new(IPAddress.Parse(listen), 0);
        server.Start();
        string authority = $"{host}:{((IPEndPoint)server.LocalEndpoint).Port}";
        Task<string> asked = AnswerAsync(server, Good, []);

        using WebSocket socket = await LinkDial.ConnectAsync(new Uri($"ws://{authority}/link"), default)
            .WaitAsync(LinkPair.Patience);

        socket.State.Should().Be(WebSocketState.Open);
        (await asked).Should().Contain($"\r\nHost: {authority}\r\n");
    }

    [Theory]
    [InlineData("ws://0.0.0.0:1/link")]
    [InlineData("ws://no-such-host.invalid:1/link")]
    [InlineData("ws://127.0.0.1:0/link")]
    public async Task An_address_that_cannot_be_dialled_fails_as_every_failed_dial_does(string address) =>
        await FluentActions.Awaiting(() => LinkDial.ConnectAsync(new Uri(address), default))
            .Should().ThrowAsync<WebSocketException>();

    [Theory]
    [InlineData("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n",
        "the other side opens no link; it answered 404 Not Found")]
    [InlineData("HTTP/1.1 503\r\n\r\n", "the other side opens no link; it answered 503")]
    [InlineData("SSH-2.0-OpenSSH_9.6\r\n\r\n", "the other side does not speak HTTP")]
    [InlineData("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: upgrade\r\n"
        + "Sec-WebSocket-Accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA=\r\n\r\n",
        "the other side opens a connection, but not the one that was asked for")]
    [InlineData("HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: upgrade\r\n"
        + "Sec-WebSocket-Accept: {0}\r\n\r\n",
        "the other side opens a connection, but not the one that was asked for")]
    [InlineData("HTTP/1.1 101", "the other side ended the connection before it had answered")]
    public async Task An_answer_that_opens_no_link_is_named(string answer, string cause)
    {
        using TcpListener server = Listen();
        Task<string> asked = AnswerAsync(server, answer, []);

        await LinkDial.ConnectAsync(AddressOf(server), default).Invoking(task => task.WaitAsync(LinkPair.Patience))
            .Should().ThrowAsync<WebSocketException>().WithMessage(cause);
        await asked;
    }

    [Fact]
    public async Task An_answer_without_end_is_not_read_to_its_end()
    {
        using TcpListener server = Listen();
        Task<string> asked = AnswerAsync(server, "HTTP/1.1 200 OK\r\nX: " + new string('x', 10_000), []);

        await LinkDial.ConnectAsync(AddressOf(server), default).Invoking(task => task.WaitAsync(LinkPair.Patience))
            .Should().ThrowAsync<WebSocketException>()
            .WithMessage("the other side's answer has a head of more than 8192 bytes");
        await asked;
    }

    [Fact]
    public async Task A_side_that_does_not_answer_is_given_up_when_told_to()
    {
        using TcpListener server = Listen();
        using CancellationTokenSource patience = new();
        Task<WebSocket> dialling = LinkDial.ConnectAsync(AddressOf(server), patience.Token);
        using Socket silent = await server.AcceptSocketAsync();

        await patience.CancelAsync();

        await dialling.Invoking(task => task.WaitAsync(LinkPair.Patience)).Should()
            .ThrowAsync<OperationCanceledException>();
    }

    [Fact]
    public async Task Nobody_there_is_named_with_the_address()
    {
        using TcpListener server = Listen();
        Uri address = AddressOf(server);
        server.Stop();

        await LinkDial.ConnectAsync(address, default).Invoking(task => task.WaitAsync(LinkPair.Patience)).Should()
            .ThrowAsync<WebSocketException>().WithMessage($"{address.Authority}: *");
    }

    private static TcpListener Listen()
    {
        TcpListener server = new(IPAddress.Loopback, 0);
        server.Start();
        return server;
    }

    private static Uri AddressOf(TcpListener server) => new($"ws://{server.LocalEndpoint}/link");

    // Answers one request, and says what it was.
    private static async Task<string> AnswerAsync(TcpListener server, string answer, byte[] ahead)
    {
        using Socket socket = await server.AcceptSocketAsync();
        byte[] buffer = new byte[4_096];
        string asked = Encoding.ASCII.GetString(buffer, 0, await socket.ReceiveAsync(buffer));
        const string Field = "Sec-WebSocket-Key: ";
        string line = asked.Split("\r\n").Single(line => line.StartsWith(Field, StringComparison.Ordinal));
        string key = line[Field.Length..];
        string accept = Convert.ToBase64String(System.Security.Cryptography.SHA1.HashData(
            Encoding.ASCII.GetBytes(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")));
        await socket.SendAsync((byte[])[.. Encoding.ASCII.GetBytes(answer.Replace("{0}", accept)), .. ahead]);
        socket.Shutdown(SocketShutdown.Send);
        return asked;
    }
}
