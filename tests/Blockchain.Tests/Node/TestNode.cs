using Blockchain.Core.OpenNetwork;
using Blockchain.Node;
using Blockchain.Node.Hosting;
using Blockchain.Wire.Http;
using Blockchain.Wire.Keys;

namespace Blockchain.Tests.Node;

/// <summary>A node in this process, with its own folder and ports.</summary>
internal sealed class TestNode : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly string _folder;

    private TestNode(string folder, NodeHost host, int number)
    {
        _folder = folder;
        Host = host;
        Api = NodeApi.At(host.Address);
        Number = number;
    }

    /// <summary>Any hash of two does, and rewards can be spent soon.</summary>
    public static NetworkParameters Easy { get; } = NetworkParameters.Test with
    {
        Name = "node tests",
        HalvingInterval = 210_000,
    };

    public NodeHost Host { get; }

    public NodeApi Api { get; }

    public int Number { get; }

    /// <summary>The seed whose address is paid for the node's blocks.</summary>
    public byte[] Seed => Sample.Seed(Number);

    public string Url => Host.Address.GetLeftPart(UriPartial.Authority);

    /// <summary>Starts a node; with a time for own blocks it mines, one each so long at most.</summary>
    public static async Task<TestNode> StartAsync(
        int number, string folder, TimeSpan? mines = null, bool tcp = false, params TestNode[] peers)
    {
        NodeOptions options = new()
        {
            Parameters = Easy,
            Folder = Path.Combine(folder, $"node{number}"),
            Listen = "127.0.0.1:0",
            TcpPort = tcp ? 0 : null,
            Mines = mines is not null,
            Slow = mines ?? TimeSpan.Zero,
            Reward = AddressOf(Sample.Seed(number)),
            Peers = [.. peers.Select(static peer => peer.Host.Address)],
        };
        NodeHost host = NodeHost.Build(options);
        try
        {
            await host.StartAsync(CancellationToken.None);
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }

        return new TestNode(folder, host, number);
    }

    public static Address AddressOf(byte[] seed) => Address.Of(Ed25519.Platform.DeriveKey(seed));

    /// <summary>Ends it cleanly and starts it again.</summary>
    public async Task<TestNode> RestartAsync(TimeSpan? mines = null, params TestNode[] peers)
    {
        await Host.StopAsync();
        await DisposeAsync();
        return await StartAsync(Number, _folder, mines, tcp: false, peers);
    }

    /// <summary>Waits until the node is so high.</summary>
    public Task UntilHeightAsync(int height) =>
        UntilAsync(async () => await HeightAsync() >= height, $"node {Number} at {height}");

    /// <summary>Waits until something holds.</summary>
    public static async Task UntilAsync(Func<Task<bool>> holds, string what)
    {
        using CancellationTokenSource patience = new(Patience);
        while (!await holds())
        {
            if (patience.IsCancellationRequested)
            {
                throw new TimeoutException($"{what}: not within {Patience.TotalSeconds} s");
            }

            await Task.Delay(20, CancellationToken.None);
        }
    }

    public Task<int> HeightAsync() => Host.Service.ReadAsync(static node => node.Chain.Height, CancellationToken.None);

    public Task<BlockHash> TipAsync() => Host.Service.ReadAsync(static node => node.Chain.Tip, CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        Api.Dispose();
        await Host.DisposeAsync();
    }
}
