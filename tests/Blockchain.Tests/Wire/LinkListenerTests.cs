using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using Blockchain.Wire.Hosting;
using Blockchain.Wire.Links.Tcp;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Blockchain.Tests.Wire;

/// <summary>One port for links and for HTTP: an ordinary request for a link goes past the web server, everything else
/// comes to it as it was sent.</summary>
public sealed class LinkListenerTests : IAsyncDisposable
{
    private const string Ordinary =
        "GET /link HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, Upgrade\r\nUpgrade: WebSocket\r\n"
        + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

    private readonly WebApplication _server;
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SemaphoreSlim _forHttp = new(0);
    private int _links;
    private int _slowLinks;
    private Uri _address = null!;

    public LinkListenerTests()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.UseLinks(maxConnections: 3, TimeSpan.FromMilliseconds(200));
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(
            IPAddress.Loopback,
            0,
            listen => listen.Use(next => connection =>
            {
                _forHttp.Release();
                return next(connection);
            })));
        _server = builder.Build();
        _server.UseWebSockets();
        _server.MapGet("/hello", () => "hello");
        _server.Map("/link", async (HttpContext context) =>
        {
            if (!context.WebSockets.IsWebSocketRequest)
            {
                context.Response.StatusCode = StatusCodes.Status418ImATeapot;
                return;
            }

            Interlocked.Increment(ref _slowLinks);
            await EchoAsync(await context.WebSockets.AcceptWebSocketAsync(), default);
        });
        _server.ServeLinks(async (socket, stop) =>
        {
            socket.Should().BeOfType<TcpWebSocket>();
            Interlocked.Increment(ref _links);
            try
            {
                await EchoAsync(socket, stop);
            }
            catch (OperationCanceledException)
            {
                _stopped.SetResult();
            }
        });
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _forHttp.Dispose();
    }

    [Fact]
    public async Task The_example_of_the_standard_gets_the_answer_of_the_standard()
    {
        await StartAsync();
        using Socket socket = await ConnectAsync();

        await socket.SendAsync(Encoding.ASCII.GetBytes(Ordinary));

        (await HeadAsync(socket)).Should().Be(
            "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            + "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n");
        await AssertEchoAsync(socket);
        (_links, _slowLinks).Should().Be((1, 0));
    }

    [Fact]
    public async Task Any_WebSocket_client_can_open_a_link()
    {
        await StartAsync();
        using ClientWebSocket socket = new();
        byte[] buffer = new byte[10];

        await socket.ConnectAsync(new UriBuilder(_address) { Scheme = "ws", Path = "/link" }.Uri, default)
            .WaitAsync(LinkPair.Patience);
        await socket.SendAsync("hi"u8.ToArray(), WebSocketMessageType.Binary, true, default);

        (await socket.ReceiveAsync(buffer, default).WaitAsync(LinkPair.Patience)).Count.Should().Be(2);
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "done", default).WaitAsync(LinkPair.Patience);
        (_links, _slowLinks).Should().Be((1, 0));
    }

    [Theory]
    [InlineData("/link", "/other", "404")]
    [InlineData("GET", "PUT", "418")]
    [InlineData("Sec-WebSocket-Version: 13", "Sec-WebSocket-Version: 8", "418")]
    [InlineData("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n", "", "418")]
    [InlineData("dGhlIHNhbXBsZSBub25jZQ==", "dGhlIHNhbXBs", "418")]
    [InlineData("Upgrade: WebSocket\r\n", "", "418")]
    [InlineData("Host: a\r\n", "", "400")]
    [InlineData("Host: a\r\n", "Host: a\r\nHost: b\r\n", "400")]
    [InlineData("GET /link HTTP/1.1", "hello", "400")]
    public async Task An_odd_request_is_answered_by_the_web_server(string part, string instead, string status)
    {
        await StartAsync();
        using Socket socket = await ConnectAsync();

        await socket.SendAsync(Encoding.ASCII.GetBytes(Ordinary.Replace(part, instead, StringComparison.Ordinal)));

        (await HeadAsync(socket)).Should().StartWith("HTTP/1.1 " + status);
        (_links, _slowLinks).Should().Be((0, 0));
    }

    [Fact]
    public async Task A_head_without_end_is_refused_by_the_web_server()
    {
        await StartAsync();
        using Socket socket = await ConnectAsync();

        await socket.SendAsync(Encoding.ASCII.GetBytes(
            Ordinary.Replace("Host: a", "Host: a\r\nX: " + new string('x', 40_000), StringComparison.Ordinal)));

        (await HeadAsync(socket)).Should().StartWith("HTTP/1.1 431");
        _links.Should().Be(0);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2_500)]
    public async Task A_request_that_comes_in_pieces_or_is_long_opens_a_link_through_the_web_server(int padding)
    {
        await StartAsync();
        using Socket socket = await ConnectAsync();
        byte[] request = Encoding.ASCII.GetBytes(
            Ordinary.Replace("Host: a", "Host: a\r\nX: " + new string('x', padding), StringComparison.Ordinal));

        foreach (byte[] piece in padding == 1 ? request.Chunk(1) : [request])
        {
            await socket.SendAsync(piece);
        }

        (await HeadAsync(socket)).Should().StartWith("HTTP/1.1 101");
        await AssertEchoAsync(socket);
        (_links + _slowLinks).Should().Be(1);
        _links.Should().BeLessThanOrEqualTo(padding == 1 ? 1 : 0, "a whole request may be there when it is looked at");
    }

    [Fact]
    public async Task Who_says_nothing_for_long_is_the_web_servers_and_served_when_he_speaks()
    {
        await StartAsync();
        using Socket silent = await ConnectAsync();
        using Socket late = await ConnectAsync();
        (await _forHttp.WaitAsync(LinkPair.Patience) && await _forHttp.WaitAsync(LinkPair.Patience)).Should().BeTrue();

        await silent.SendAsync("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray());
        await late.SendAsync(Encoding.ASCII.GetBytes(Ordinary));

        (await HeadAsync(silent)).Should().StartWith("HTTP/1.1 200");
        (await HeadAsync(late)).Should().StartWith("HTTP/1.1 101");
        (_links, _slowLinks).Should().Be((0, 1));
    }

    [Fact]
    public async Task Links_and_HTTP_share_the_limit_of_connections()
    {
        await StartAsync();
        using Socket link = await ConnectAsync();
        await link.SendAsync(Encoding.ASCII.GetBytes(Ordinary));
        await HeadAsync(link);
        using Socket http = await ConnectAsync();
        await http.SendAsync("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray());
        await HeadAsync(http);
        using Socket silent = await ConnectAsync();
        using (Socket tooMany = await ConnectAsync())
        {
            (await tooMany.ReceiveAsync(new byte[1]).WaitAsync(LinkPair.Patience)).Should().Be(0);
        }

        link.Dispose();
        http.Dispose();

        using CancellationTokenSource patience = new(LinkPair.Patience);
        List<Socket> held = [];
        while (held.Count < 2)
        {
            patience.Token.ThrowIfCancellationRequested();
            Socket next = await ConnectAsync();
            if (await TryGetAsync(next))
            {
                held.Add(next);
            }
        }

        held.ForEach(socket => socket.Dispose());
    }

    [Fact]
    public async Task A_server_that_stops_cuts_its_links_and_waits_for_who_serves_them()
    {
        await StartAsync();
        using Socket socket = await ConnectAsync();
        await socket.SendAsync(Encoding.ASCII.GetBytes(Ordinary));
        await HeadAsync(socket);
        using Socket silent = await ConnectAsync();

        await _server.StopAsync(new CancellationToken(canceled: true)).WaitAsync(LinkPair.Patience);

        _stopped.Task.IsCompleted.Should().BeTrue();
        await this.Invoking(test => test.ConnectAsync()).Should().ThrowAsync<SocketException>();
    }

    private static async Task EchoAsync(WebSocket socket, CancellationToken stop)
    {
        byte[] buffer = new byte[100];
        while (true)
        {
            ValueWebSocketReceiveResult received;
            try
            {
                received = await socket.ReceiveAsync(buffer.AsMemory(), stop);
            }
            catch (WebSocketException)
            {
                return;
            }

            if (received.MessageType == WebSocketMessageType.Close)
            {
                await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, stop);
                return;
            }

            await socket.SendAsync(buffer.AsMemory(0, received.Count), received.MessageType, true, stop);
        }
    }

    private static async Task AssertEchoAsync(Socket socket)
    {
        await socket.SendAsync((byte[])[0x82, 0x81, 0, 0, 0, 0, 7]);
        byte[] back = new byte[3];
        for (int at = 0; at < back.Length;)
        {
            int read = await socket.ReceiveAsync(back.AsMemory(at)).AsTask().WaitAsync(LinkPair.Patience);
            read.Should().BePositive();
            at += read;
        }

        back.Should().Equal(0x82, 1, 7);
    }

    private static async Task<bool> TryGetAsync(Socket socket)
    {
        try
        {
            await socket.SendAsync("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray());
            return (await HeadAsync(socket)).StartsWith("HTTP/1.1 200", StringComparison.Ordinal);
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static async Task<string> HeadAsync(Socket socket)
    {
        List<byte> head = [];
        byte[] one = new byte[1];
        while (!Encoding.ASCII.GetString([.. head]).EndsWith("\r\n\r\n", StringComparison.Ordinal)
            && await socket.ReceiveAsync(one).WaitAsync(LinkPair.Patience) > 0)
        {
            head.Add(one[0]);
        }

        return Encoding.ASCII.GetString([.. head]);
    }

    private async Task StartAsync() =>
        _address = await WebListening.StartAsync(_server, "127.0.0.1:0", default).WaitAsync(LinkPair.Patience);

    private async Task<Socket> ConnectAsync()
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, _address.Port);
        return socket;
    }
}
