using System.Diagnostics;
using System.Globalization;
using System.Runtime;
using Blockchain.Cli.Hosting;
using Blockchain.Client.Hosting;
using Blockchain.Core.BankNetwork;
using Microsoft.Extensions.Logging;

namespace Blockchain.Cli.Bench;

/// <summary>
/// A process with clients under load, told by lines on standard input what to do. It answers each with a line of names
/// and values, separated by blanks; <see cref="LoadProcess"/> is the other end.
/// </summary>
internal sealed class LoadServer(ClientOptions options, IReadOnlyList<string> names, LogLevel level) : IAsyncDisposable
{
    private readonly List<LoadClient> _clients = [];
    private readonly List<Logs> _logs = [];
    private EchoLink? _echo;

    /// <summary>Serves until standard input ends.</summary>
    public async Task RunAsync(TextReader input, TextWriter output, CancellationToken cancellation)
    {
        while (await input.ReadLineAsync(cancellation) is { } line)
        {
            await output.WriteLineAsync(await AnswerAsync(line.Split(' '), cancellation));
            await output.FlushAsync(cancellation);
        }
    }

    /// <summary>Stops without leaving the view: the view of whoever leaves first would be missed by those who have
    /// left.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (LoadClient client in _clients)
        {
            await client.DisposeAsync();
        }

        if (_echo is not null)
        {
            await _echo.DisposeAsync();
        }

        _logs.ForEach(log => log.Dispose());
    }

    private async Task<string> AnswerAsync(string[] words, CancellationToken cancellation) => words switch
    {
        ["join"] => await JoinAsync(cancellation),
        ["members"] => Answer(("members", await LeastMembersAsync())),
        ["load", var depth, var least, var look] => await LoadAsync(new Load(
            int.Parse(depth, CultureInfo.InvariantCulture),
            int.Parse(least, CultureInfo.InvariantCulture),
            TimeSpan.FromMilliseconds(int.Parse(look, CultureInfo.InvariantCulture)))),
        ["mark"] => Mark(),
        ["stop"] => await StopAsync(),
        ["latency", var count] => await MeasureAsync(int.Parse(count, CultureInfo.InvariantCulture)),
        ["echo"] => await EchoAsync(cancellation),
        ["ping", var address, var count] => Answer(("us", await EchoLink.MeasureAsync(
            new Uri(address), int.Parse(count, CultureInfo.InvariantCulture), cancellation))),
        ["heads"] => await HeadsAsync(),
        _ => throw new CliException(ExitCode.Usage, $"the process under load knows no '{string.Join(' ', words)}'."),
    };

    /// <summary>One after another, so that numbers and names go together.</summary>
    private async Task<string> JoinAsync(CancellationToken cancellation)
    {
        foreach (string name in names)
        {
            Logs logs = new(level, interactive: false);
            _logs.Add(logs);
            ClientHost host = await ClientHost.StartAsync(
                options with { Name = name }, folder => logs.Open(ClientHost.LogPathOf(folder)), cancellation);
            _clients.Add(new LoadClient(host));
            while (!await host.Service.ReadAsync(process => process.Phase == ClientPhase.Member))
            {
                await Task.Delay(TimeSpan.FromMilliseconds(5), cancellation);
            }
        }

        return Answer(("addresses", string.Join(',', _clients.Select(client => client.Host.Address.Authority))));
    }

    private async Task<int> LeastMembersAsync()
    {
        int least = int.MaxValue;
        foreach (LoadClient client in _clients)
        {
            least = Math.Min(least, await client.Host.Service.ReadAsync(process =>
                process.Phase == ClientPhase.Member && process.ConnectedPeers.Count == process.View!.Members.Count - 1
                    ? process.View.Members.Count
                    : 0));
        }

        return least;
    }

    private async Task<string> LoadAsync(Load load)
    {
        await Task.WhenAll(_clients.Select(client => client.StartAsync(load)));
        return Mark();
    }

    private string Mark() => Answer(
        ("settled", _clients.Sum(client => client.Settled)),
        ("us", Stats.Microseconds(Stopwatch.GetTimestamp())),
        ("compiled_us", JitInfo.GetCompilationTime().TotalMicroseconds));

    private async Task<string> StopAsync()
    {
        await Task.WhenAll(_clients.Select(client => client.StopAsync()));
        return Mark();
    }

    private async Task<string> MeasureAsync(int count)
    {
        long[] ticks = await _clients[0].MeasureAsync(count);
        return Answer(("p50", Stats.Percentile(ticks, 0.5)), ("p99", Stats.Percentile(ticks, 0.99)));
    }

    private async Task<string> EchoAsync(CancellationToken cancellation)
    {
        _echo ??= await EchoLink.StartAsync(cancellation);
        return Answer(("address", _echo.Address));
    }

    private async Task<string> HeadsAsync()
    {
        List<string> heads = [];
        foreach (LoadClient client in _clients)
        {
            heads.Add(await client.Host.Service.ReadAsync(
                process => $"{process.Chain.SettledCount}:{process.Ledger.Head}"));
        }

        return Answer(("heads", string.Join(',', heads)));
    }

    private static string Answer(params ReadOnlySpan<(string Name, object Value)> fields)
    {
        List<string> words = [];
        foreach ((string name, object value) in fields)
        {
            words.Add(name);
            words.Add(string.Create(CultureInfo.InvariantCulture, $"{value}"));
        }

        return string.Join(' ', words);
    }
}
