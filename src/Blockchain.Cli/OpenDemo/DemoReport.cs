using System.Globalization;
using Blockchain.Cli.Watch;
using Blockchain.Wire.Http;

namespace Blockchain.Cli.OpenDemo;

/// <summary>The account of the fork, and what must hold on every open network, asked of all nodes.</summary>
/// <param name="network">The network.</param>
/// <param name="record">What nodes and oracle have told.</param>
/// <param name="story">The fork that the demonstration made.</param>
/// <param name="screen">Takes what is shown.</param>
internal sealed class DemoReport(
    OpenDemoNetwork network, DemoRecord record, ForkStory story, DemoScreen screen)
{
    private const int ChainShown = 3;
    private readonly DemoCheck _check = new(network);
    private readonly Dictionary<string, int> _places = new(StringComparer.Ordinal);
    private bool _holds = true;

    /// <summary>Checks, and says what came of it.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync(CancellationToken cancellation)
    {
        string[] lost = await FindLostAsync(cancellation);
        screen.Tell(string.Empty);
        screen.Tell("The fork, and how it was resolved:");
        foreach (string line in story.Describe(_places))
        {
            screen.Tell($"  {line}");
        }

        screen.Tell(string.Empty);
        screen.Tell("The checks, each asked of all nodes:");
        await CheckForksAsync(cancellation);
        Report(
            "payments",
            lost.Length == 0,
            lost.Length == 0
                ? $"all {record.Payments.Count} that the oracle sent are in a block, the same one on every node"
                : $"{lost.Length} are in no block: {string.Join(", ", lost)}");
        DemoCheck.Money? money = await _check.CountAsync(cancellation);
        Report(
            "money", money is { Holds: true }, money?.ToString() ?? "the chain changes faster than it can be counted");
        NodeInfoDto? tip = await _check.AgreeAsync(cancellation);
        Report(
            "one tip",
            tip is not null,
            tip is null
                ? "the nodes do not come to one tip"
                : $"all {network.Nodes.Count} nodes are at block {tip.Height}, {WatchText.Short(tip.Tip)}");
        return Conclude(await CheckWorkAsync(cancellation));
    }

    private async Task<string[]> FindLostAsync(CancellationToken cancellation)
    {
        List<string> lost = [];
        foreach (SentPayment payment in record.Payments)
        {
            if (await _check.FindAsync(payment.Txid, cancellation) is { } height)
            {
                _places[payment.Txid] = height;
            }
            else
            {
                lost.Add(payment.Txid);
            }
        }

        return [.. lost];
    }

    private async Task CheckForksAsync(CancellationToken cancellation)
    {
        Dictionary<string, int> beside = new(StringComparer.Ordinal);
        foreach (NodeEventDto fork in record.Events.Select(told => told.Event).Where(told => told.Event == "fork"))
        {
            beside[fork.Hash!] = fork.Height ?? 0;
        }

        foreach (HeaderDto left in story.Left.Select(block => block.Header))
        {
            beside[left.Hash] = left.Height;
        }

        int won = 0;
        List<int> open = [];
        foreach ((string hash, int height) in beside)
        {
            string? chosen = await _check.ResolveAsync(height, cancellation);
            won += chosen == hash ? 1 : 0;
            if (chosen is null)
            {
                open.Add(height);
            }
        }

        string blocks = WatchText.Count(beside.Count, "block");
        int reorganizations = record.Events.Count(told => told.Event.Event == "reorganization");
        string heights = string.Join(", ", beside.Values.Distinct().Order());
        Report(
            "forks",
            beside.Count > 0 && reorganizations > 0 && open.Count == 0,
            open.Count == 0
                ? $"{blocks} stood beside another at height {heights}; {won} of them won; "
                    + $"all nodes chose alike, after {WatchText.Count(reorganizations, "reorganization")}"
                : $"the nodes do not agree at height {string.Join(", ", open)}");
    }

    private async Task<ChainView?> CheckWorkAsync(CancellationToken cancellation)
    {
        ChainView? chain = await new HeaderChain(network.Nodes[0].Api).ReadAsync(ChainShown, cancellation);
        Report(
            "work",
            chain is { Fault: null },
            chain is null
                ? "the chain changes faster than it can be read"
                : chain.Fault ?? $"all {chain.Blocks} headers are linked and have their work, checked here");
        return chain;
    }

    private int Conclude(ChainView? chain)
    {
        if (chain is not null)
        {
            screen.Tell(string.Empty);
            screen.Tell(ChainText.Describe(chain));
        }

        screen.Tell(string.Empty);
        screen.Tell(_holds
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"verified: {network.Nodes.Count} nodes, one chain of {chain!.Blocks} blocks, "
                    + $"{record.Payments.Count} payments, nothing lost and nothing made up")
            : "WRONG: see the checks above.");
        return _holds ? ExitCode.Done : ExitCode.Integrity;
    }

    private void Report(string name, bool holds, string text)
    {
        screen.Tell($"  {(holds ? "ok   " : "WRONG")}  {name,-8}  {text}");
        _holds &= holds;
    }
}
