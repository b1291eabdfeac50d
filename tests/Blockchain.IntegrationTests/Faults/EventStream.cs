using System.Text.RegularExpressions;
using Blockchain.IntegrationTests.Support;

namespace Blockchain.IntegrationTests.Faults;

/// <summary>What a bank or client tells at <c>/events</c>.</summary>
public sealed partial class EventStream : IAsyncDisposable
{
    private readonly HttpClient _http = new() { Timeout = Timeout.InfiniteTimeSpan };
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private readonly List<(string Kind, string Text)> _events = [];
    private readonly Task _reading;

    /// <summary>Starts to listen.</summary>
    /// <param name="address">The process.</param>
    public EventStream(Uri address)
    {
        _reading = ReadAsync(new Uri(address, "/events"));
    }

    /// <summary>Everything heard so far.</summary>
    public IReadOnlyList<(string Kind, string Text)> All
    {
        get
        {
            lock (_gate)
            {
                return [.. _events];
            }
        }
    }

    /// <summary>Ids of the transfers that were accepted from the user.</summary>
    public IReadOnlyList<string> Accepted =>
    [
        .. All.Where(happened => happened.Kind == "accepted").Select(happened => Txid().Match(happened.Text).Value),
    ];

    /// <summary>How many of a kind were heard.</summary>
    public int Count(string kind) => All.Count(happened => happened.Kind == kind);

    /// <summary>Waits until so many of a kind were heard.</summary>
    public Task WaitForAsync(string kind, int count, string because) => Conditions.UntilAsync(
        () => Count(kind) >= count, $"{count} events {kind}; {because}", FaultNetwork.Patience);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _reading;
        _http.Dispose();
        _stop.Dispose();
    }

    [GeneratedRegex("[0-9a-f]{32}")]
    private static partial Regex Txid();

    private async Task ReadAsync(Uri address)
    {
        try
        {
            using HttpResponseMessage response = await _http.GetAsync(
                address, HttpCompletionOption.ResponseHeadersRead, _stop.Token);
            using StreamReader reader = new(await response.Content.ReadAsStreamAsync(_stop.Token));
            string kind = string.Empty;
            while (await reader.ReadLineAsync(_stop.Token) is { } line)
            {
                if (line.StartsWith("event: ", StringComparison.Ordinal))
                {
                    kind = line["event: ".Length..];
                }
                else if (line.StartsWith("data: ", StringComparison.Ordinal))
                {
                    lock (_gate)
                    {
                        _events.Add((kind, line["data: ".Length..]));
                    }
                }
            }
        }
        catch (Exception fault) when (fault is OperationCanceledException or HttpRequestException or IOException)
        {
            // The process or this test has ended.
        }
    }
}
