using System.Text.Json;
using Blockchain.Wire.Http;

namespace Blockchain.Cli.Watch;

/// <summary>How a node is watched.</summary>
/// <param name="Form">What is shown.</param>
/// <param name="Blocks">Ends after so many new blocks; null for no end.</param>
/// <param name="Last">Blocks of the readable chain that are shown.</param>
internal sealed record WatchOptions(WatchForm Form, int? Blocks, int Last);

/// <summary>The forms in which events are shown.</summary>
internal enum WatchForm
{
    /// <summary>A line each, in columns.</summary>
    Table,

    /// <summary>An object of JSON each.</summary>
    Json,

    /// <summary>The end of the chain, whole, at every change.</summary>
    Chain,
}

/// <summary>Follows what happens at a node, over interruptions of the connection.</summary>
/// <param name="address">Where the node is.</param>
/// <param name="node">The node.</param>
/// <param name="output">Takes what happens.</param>
/// <param name="errors">Takes what goes wrong on the way.</param>
/// <param name="time">The clock.</param>
internal sealed class WatchSession(
    Uri address, INodeApi node, TextWriter output, TextWriter errors, TimeProvider time)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);
    private readonly HeaderChain _chain = new(node);
    private int _blocks;
    private string? _tip;

    /// <summary>Watches until told to stop, or until enough blocks have been seen.</summary>
    /// <exception cref="HttpRequestException">The node cannot be reached at the start.</exception>
    public async Task RunAsync(WatchOptions options, CancellationToken cancellation)
    {
        await BeginAsync(options, cancellation);
        TimeSpan pause = FirstPause;
        while (true)
        {
            try
            {
                await foreach (NodeEventDto happened in node.WatchAsync(cancellation))
                {
                    pause = FirstPause;
                    await ShowAsync(happened, options, cancellation);
                    if (_blocks >= (options.Blocks ?? int.MaxValue))
                    {
                        return;
                    }
                }
            }
            catch (Exception fault) when (fault is HttpRequestException or IOException
                or ApiException { Status: >= 500 })
            {
                // Told below; the node may come back.
            }

            await errors.WriteLineAsync(
                $"{time.GetLocalNow():HH:mm:ss}  the node does not answer; it is asked again in "
                    + $"{pause.TotalSeconds:0.##} s");
            await Task.Delay(pause, time, cancellation);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    private async Task BeginAsync(WatchOptions options, CancellationToken cancellation)
    {
        NodeInfoDto info = await node.GetInfoAsync(cancellation);
        switch (options.Form)
        {
            case WatchForm.Table:
                await output.WriteLineAsync(WatchText.Banner(address, info));
                await output.WriteLineAsync(WatchText.Heading);
                break;
            case WatchForm.Chain:
                await output.WriteLineAsync(WatchText.Banner(address, info));
                await ShowChainAsync(options, cancellation);
                break;
        }

        await output.FlushAsync(cancellation);
    }

    private async Task ShowAsync(NodeEventDto happened, WatchOptions options, CancellationToken cancellation)
    {
        // The first event of every connection says where the node stands: news only when that has changed meanwhile.
        bool isNews = happened.Event != "listening" || (_tip is not null && happened.Hash != _tip);
        _tip = happened.Event is "listening" or "block" or "reorganization" ? happened.Hash : _tip;
        _blocks += happened.Event == "block" ? 1 : 0;
        switch (options.Form)
        {
            case WatchForm.Json:
                await output.WriteLineAsync(JsonSerializer.Serialize(happened, NodeJson.Default.NodeEventDto));
                break;
            case WatchForm.Table when isNews:
                await output.WriteLineAsync(WatchText.Line(time.GetLocalNow(), happened));
                break;
            case WatchForm.Chain when isNews && happened.Event is "listening" or "block" or "reorganization":
                await ShowChainAsync(options, cancellation);
                break;
        }

        await output.FlushAsync(cancellation);
    }

    private async Task ShowChainAsync(WatchOptions options, CancellationToken cancellation)
    {
        ChainView? view = await _chain.ReadAsync(options.Last, cancellation);
        if (view is not null)
        {
            await output.WriteLineAsync(ChainText.Describe(view));
        }
    }
}
