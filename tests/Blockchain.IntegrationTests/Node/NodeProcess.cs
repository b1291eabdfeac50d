using System.Globalization;
using System.Text.Json;
using Blockchain.IntegrationTests.Support;
using Blockchain.Wire.Http;
using Blockchain.Wire.Keys;

namespace Blockchain.IntegrationTests.Node;

/// <summary>A node in a process of its own, on a network whose every second hash is a block.</summary>
public sealed class NodeProcess : IAsyncDisposable
{
    private static readonly string[] Network =
        ["--network", "integration", "--start-bits", "207fffff", "--window", "0", "--maturity", "2", "--spacing", "1"];

    private NodeProcess(ProcessRunner process, Uri address, int? tcp, int height)
    {
        Process = process;
        Address = address;
        Tcp = tcp ?? 0;
        FirstHeight = height;
        Api = NodeApi.At(address);
    }

    public ProcessRunner Process { get; }

    public Uri Address { get; }

    public int Tcp { get; }

    /// <summary>The height of its chain when it began to listen.</summary>
    public int FirstHeight { get; }

    public NodeApi Api { get; }

    public string Url => Address.GetLeftPart(UriPartial.Authority);

    /// <summary>Starts one.</summary>
    /// <param name="data">The data folder.</param>
    /// <param name="name">Name of its folder there.</param>
    /// <param name="options">More options.</param>
    public static Task<NodeProcess> StartAsync(TempFolder data, string name, params string[] options) =>
        StartBehindAsync([], data, name, options);

    /// <summary>Starts one behind another program.</summary>
    /// <param name="prefix">That program and its arguments; none for no other.</param>
    /// <param name="data">The data folder.</param>
    /// <param name="name">Name of its folder there.</param>
    /// <param name="options">More options.</param>
    public static async Task<NodeProcess> StartBehindAsync(
        string[] prefix, TempFolder data, string name, params string[] options)
    {
        string[] command =
        [
            .. prefix, "dotnet", ProcessRunner.Executable, "node", "--json", "--with-parent", "--name", name,
            .. Network, .. WithListen(options),
        ];
        ProcessRunner process = ProcessRunner.StartFile(
            command[0], data, new Dictionary<string, string>(), command[1..]);
        try
        {
            using JsonDocument line = JsonDocument.Parse(await process.WaitForOutputAsync("listening"));
            JsonElement root = line.RootElement;
            return new NodeProcess(
                process,
                new Uri(root.GetProperty("address").GetString()!),
                root.TryGetProperty("tcp", out JsonElement tcp) ? tcp.GetInt32() : null,
                root.GetProperty("height").GetInt32());
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    /// <summary>Options of a node that mines and holds each block back so long.</summary>
    public static string[] Mining(int number, int slowMs) =>
    [
        "--mine", "--reward", Core.OpenNetwork.Address.Of(Ed25519.Platform.DeriveKey(Seed(number))).ToString(),
        "--slow", string.Create(CultureInfo.InvariantCulture, $"{slowMs}ms"),
    ];

    /// <summary>A seed by number.</summary>
    public static byte[] Seed(int number)
    {
        byte[] seed = new byte[Ed25519.SeedBytes];
        BitConverter.TryWriteBytes(seed, number);
        return seed;
    }

    /// <summary>A counter; 0 when nothing was counted.</summary>
    public async Task<long> CountAsync(string name)
    {
        using HttpClient http = new() { BaseAddress = Address };
        return MetricsText.Read(await http.GetStringAsync("/metrics")).GetValueOrDefault(name);
    }

    /// <summary>Waits until its chain is so high.</summary>
    public Task UntilHeightAsync(int height) => Conditions.UntilAsync(
        async () => (await Api.GetInfoAsync(default)).Height >= height, $"height {height}", ProcessRunner.Patience);

    /// <summary>Waits until all have one tip, blocks behind the first, and nothing waits at any of them.</summary>
    public static Task AgreeAsync(params NodeProcess[] nodes) => Conditions.UntilAsync(
        async () =>
        {
            NodeInfoDto[] infos = await Task.WhenAll(nodes.Select(node => node.Api.GetInfoAsync(default)));
            return infos[0].Height > 0 && infos.All(info => info.Tip == infos[0].Tip && info.Pending == 0);
        },
        "one tip, and nothing waits",
        ProcessRunner.Patience);

    /// <summary>Every message on the best chain, with how often it stands there.</summary>
    public async Task<Dictionary<string, int>> ReadMessagesAsync()
    {
        Dictionary<string, int> messages = [];
        int height = (await Api.GetInfoAsync(default)).Height;
        for (int i = 1; i <= height; i++)
        {
            NodeBlockDto block = await Api.GetBlockAsync(i, default);
            foreach (TransactionDto message in block.Transactions!.Where(static each => each.Kind == "message"))
            {
                string key = $"{message.Sender}/{message.Text}/{message.Nonce}";
                messages[key] = messages.GetValueOrDefault(key) + 1;
            }
        }

        return messages;
    }

    public async ValueTask DisposeAsync()
    {
        Api.Dispose();
        await Process.DisposeAsync();
    }

    private static string[] WithListen(string[] options) =>
        options.Contains("--listen") ? options : ["--listen", "127.0.0.1:0", .. options];
}
