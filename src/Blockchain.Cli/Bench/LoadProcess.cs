using System.Globalization;
using Blockchain.Cli.Hosting;

namespace Blockchain.Cli.Bench;

/// <summary>How far a process under load has come.</summary>
/// <param name="Settled">Transfers settled so far.</param>
/// <param name="Seconds">When that was, on its own clock.</param>
/// <param name="Compiled">Seconds that the runtime has compiled for, since the process started.</param>
internal readonly record struct Mark(double Settled, double Seconds, double Compiled);

/// <summary>A process with clients under load, from the side of the one that measures.</summary>
/// <param name="process">The process.</param>
internal sealed class LoadProcess(ChildProcess process) : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    // Fifty full queues, 200,000 transfers that fifty members check, take minutes on two cores.
    private static readonly TimeSpan DrainPatience = TimeSpan.FromMinutes(10);

    /// <summary>The process.</summary>
    public ChildProcess Process => process;

    /// <summary>Where its clients listen, once they have joined.</summary>
    public IReadOnlyList<Uri> Addresses { get; private set; } = [];

    /// <summary>Has its clients join.</summary>
    public async Task JoinAsync(CancellationToken cancellation)
    {
        string addresses = (await AskAsync("join", cancellation))["addresses"];
        Addresses = [.. addresses.Split(',').Select(address => new Uri($"http://{address}"))];
    }

    /// <summary>How many members the smallest view of its clients has; 0 while one is not connected to all.</summary>
    public async Task<int> MembersAsync(CancellationToken cancellation) =>
        (int)Number(await AskAsync("members", cancellation), "members");

    /// <summary>Has its clients pay.</summary>
    public Task LoadAsync(Load load, CancellationToken cancellation)
    {
        double lookMs = load.LookEvery.TotalMilliseconds;
        return AskAsync(
            string.Create(CultureInfo.InvariantCulture, $"load {load.Depth} {load.Least} {lookMs:0}"), cancellation);
    }

    /// <summary>How far it has come.</summary>
    public async Task<Mark> MarkAsync(CancellationToken cancellation)
    {
        Dictionary<string, string> answer = await AskAsync("mark", cancellation);
        return new Mark(Number(answer, "settled"), Number(answer, "us") / 1e6, Number(answer, "compiled_us") / 1e6);
    }

    /// <summary>Stops paying and waits until everything has settled.</summary>
    public Task StopAsync(CancellationToken cancellation) => AskAsync("stop", DrainPatience, cancellation);

    /// <summary>Latency of transfers one at a time, in microseconds.</summary>
    public async Task<(double P50, double P99)> LatencyAsync(int count, CancellationToken cancellation)
    {
        Dictionary<string, string> answer =
            await AskAsync(string.Create(CultureInfo.InvariantCulture, $"latency {count}"), cancellation);
        return (Number(answer, "p50"), Number(answer, "p99"));
    }

    /// <summary>Where it sends frames back.</summary>
    public async Task<string> EchoAsync(CancellationToken cancellation) =>
        (await AskAsync("echo", cancellation))["address"];

    /// <summary>The median round trip to there, in microseconds.</summary>
    public async Task<double> PingAsync(string address, int count, CancellationToken cancellation) => Number(
        await AskAsync(string.Create(CultureInfo.InvariantCulture, $"ping {address} {count}"), cancellation), "us");

    /// <summary>Number of settled blocks and head of each client.</summary>
    public async Task<string[]> HeadsAsync(CancellationToken cancellation) =>
        (await AskAsync("heads", cancellation))["heads"].Split(',');

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => process.DisposeAsync();

    private static double Number(Dictionary<string, string> answer, string name) =>
        double.Parse(answer[name], CultureInfo.InvariantCulture);

    private Task<Dictionary<string, string>> AskAsync(string line, CancellationToken cancellation) =>
        AskAsync(line, Patience, cancellation);

    private async Task<Dictionary<string, string>> AskAsync(
        string line, TimeSpan patience, CancellationToken cancellation)
    {
        await process.SendAsync(line);
        string[] words = (await process.ReadAsync(patience, cancellation)).Split(' ');
        return words.Chunk(2).ToDictionary(pair => pair[0], pair => pair[^1]);
    }
}
