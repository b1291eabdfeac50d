using System.Net.WebSockets;
using System.Threading.Channels;
using Blockchain.Bank;
using Blockchain.Bank.Hosting;
using Blockchain.Core.BankNetwork;
using Blockchain.Wire.Http;
using Blockchain.Wire.Keys;
using Blockchain.Wire.Links;

namespace Blockchain.Tests.Bank;

/// <summary>A whole bank on a free port, with its ledger in a folder of the test's own.</summary>
public sealed class HostedBank : IAsyncLifetime
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly TemporaryFolder _folder = new();
    private readonly List<HostedClient> _clients = [];

    public string DataDirectory => _folder.Path;

    public BankHost Host { get; private set; } = null!;

    public HttpClient Http { get; private set; } = null!;

    public BankApi Api { get; private set; } = null!;

    public static BankOptions Options(string folder, string listen = "127.0.0.1:0") =>
        new() { DataDirectory = folder, Listen = listen, Lease = TimeSpan.FromSeconds(5) };

    public async Task InitializeAsync()
    {
        Host = BankHost.Build(Options(DataDirectory));
        await Host.StartAsync(CancellationToken.None).WaitAsync(Patience);

        // With Expect: 100-continue the body goes out when the server asks for it, and never because it was slow to.
        SocketsHttpHandler patient = new() { Expect100ContinueTimeout = TimeSpan.FromMinutes(5) };
        Http = new HttpClient(patient) { BaseAddress = Host.Address };
        Api = BankApi.At(Host.Address);
    }

    /// <summary>A new client that is a member and has its link.</summary>
    public async Task<HostedClient> JoinAsync(string name)
    {
        HostedClient client = new(this, name);
        _clients.Add(client);
        JoinAnswerDto answer = await Api.JoinAsync(client.JoinBody(), default).WaitAsync(Patience);
        client.Joined = answer.ToAccepted();
        await client.ConnectAsync();
        return client;
    }

    public async Task DisposeAsync()
    {
        foreach (HostedClient client in _clients)
        {
            client.Dispose();
        }

        Http.Dispose();
        Api.Dispose();
        await Host.DisposeAsync();
        _folder.Dispose();
    }
}

/// <summary>A client with a real key and a real link.</summary>
public sealed class HostedClient(HostedBank bank, string name) : IDisposable
{
    private readonly Channel<FromBank> _received = Channel.CreateUnbounded<FromBank>();
    private readonly CancellationTokenSource _stop = new();
    private LinkConnection? _link;
    private int _lastTransfer;

    public KeyPair Keys { get; } = KeyPair.Create();

    public JoinAccepted Joined { get; set; } = null!;

    public Task Linked { get; private set; } = Task.CompletedTask;

    public JoinRequest JoinRequest => new(name, Keys.PublicKey, 1, "http://127.0.0.1:1", 0, null);

    public JoinBody JoinBody() =>
        Blockchain.Wire.Http.JoinBody.From(JoinRequest, Keys.Sign(JoinProof.Digest(JoinRequest)));

    public async Task ConnectAsync()
    {
        ClientWebSocket socket = new();
        Uri address = new UriBuilder(bank.Host.Address) { Scheme = "ws", Path = "/link" }.Uri;
        await socket.ConnectAsync(address, default).WaitAsync(HostedBank.Patience);
        await Handshake.ConnectAsync(socket, Joined.Ledger, Joined.Id, Keys, Limits.Bank, Joined.BankKey, default)
            .WaitAsync(HostedBank.Patience);
        _link = new LinkConnection(socket);
        Linked = _link.RunAsync(
            frame => _received.Writer.TryWrite(MessageCodec.DecodeFromBank(frame.Span)), _stop.Token);
    }

    public void Send(ToBank message) => _link!.Send(MessageCodec.Encode(message));

    public void SendRaw(byte[] bytes) => _link!.Send(bytes);

    public SignedRequest Pay(int epoch, long clock, int to, params long[] amounts)
    {
        Token token = new(clock, Joined.Id);
        Transfer[] transfers = [.. amounts.Select(minor => new Transfer(
            new TransferId(((UInt128)(uint)Joined.Id << 64) | (uint)++_lastTransfer), Joined.Id, to, new Money(minor),
            "rent", 0))];
        return new SignedRequest(
            epoch, token, transfers, Keys.Sign(SignedRequest.Digest(Joined.Ledger, epoch, token, transfers)));
    }

    public async Task<T> ExpectAsync<T>(Func<T, bool>? matches = null)
        where T : FromBank
    {
        using CancellationTokenSource timeout = new(HostedBank.Patience);
        while (true)
        {
            if (await _received.Reader.ReadAsync(timeout.Token) is T wanted && (matches is null || matches(wanted)))
            {
                return wanted;
            }
        }
    }

    public void Dispose()
    {
        _stop.Cancel();
        Keys.Dispose();
    }
}
