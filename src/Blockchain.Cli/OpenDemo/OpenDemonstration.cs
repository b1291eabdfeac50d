using System.Globalization;
using Blockchain.Cli.Hosting;
using Blockchain.Cli.Watch;
using Blockchain.Wire.Http;

namespace Blockchain.Cli.OpenDemo;

/// <summary>Has a running network grow until there are enough blocks and a fork, and checks what came of it.</summary>
/// <param name="network">The network.</param>
/// <param name="options">What it runs with.</param>
/// <param name="output">Takes what is shown.</param>
internal sealed class OpenDemonstration(OpenDemoNetwork network, OpenDemoOptions options, TextWriter output)
{
    private const int ChainShown = 3;
    private const int MinPayments = 3;
    private const int PatienceInSpacings = 10;
    private static readonly TimeSpan LeastPatience = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(100);
    private readonly Lock _screen = new();
    private readonly DemoCheck _check = new(network);

    /// <summary>Runs to the end.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync(CancellationToken cancellation)
    {
        Tell(string.Empty);
        Tell($"What node {OpenDemoNetwork.NodeCount} sees, and what the oracle does:");
        Tell(WatchText.Heading);
        DemoListener listener = new(Tell, TimeProvider.System);
        ChildProcess watch = network.StartWatch();
        ChildProcess oracle = network.StartOracle();
        using CancellationTokenSource over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Task watching = listener.ListenToWatchAsync(watch, over.Token);
        Task paying = listener.ListenToOracleAsync(oracle, over.Token);
        await GrowAsync(listener, [watching, paying], cancellation);

        // The oracle goes first, so that no payment is made that nobody has heard of.
        await StopListeningAsync(over, [paying, watching]);
        await network.StopAsync(oracle);
        await network.StopAsync(watch);
        return await CheckAsync(listener, cancellation);
    }

    private async Task GrowAsync(DemoListener listener, Task[] listening, CancellationToken cancellation)
    {
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        TimeSpan most = options.Spacing * options.Blocks * PatienceInSpacings;
        patience.CancelAfter(most > LeastPatience ? most : LeastPatience);
        try
        {
            while (true)
            {
                await network.EnsureRunningAsync();
                int height = (await network.Nodes[0].Api.GetInfoAsync(patience.Token)).Height;
                if (height >= options.Blocks && listener.Forks.Count > 0 && listener.Payments.Count >= MinPayments)
                {
                    return;
                }

                if (listening.FirstOrDefault(task => task.IsFaulted) is { } broken)
                {
                    await broken;
                }

                await Task.Delay(LookAgain, patience.Token);
            }
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new CliException(
                ExitCode.Unreachable,
                $"there are not {options.Blocks} blocks, a fork and {MinPayments} payments yet, and it takes too long. "
                    + "Give the machine some rest, or ask for fewer blocks with --blocks.");
        }
    }

    private static async Task StopListeningAsync(CancellationTokenSource over, Task[] listening)
    {
        await over.CancelAsync();
        foreach (Task task in listening)
        {
            await task;
        }
    }

    private async Task<int> CheckAsync(DemoListener listener, CancellationToken cancellation)
    {
        Tell(string.Empty);
        Tell("The checks, each asked of all nodes:");
        bool holds = await CheckForksAsync(listener, cancellation);
        holds &= await CheckPaymentsAsync(listener, cancellation);
        holds &= await CheckMoneyAsync(cancellation);
        NodeInfoDto? tip = await _check.AgreeAsync(cancellation);
        Report(
            "one tip",
            tip is not null,
            tip is null
                ? "the nodes do not come to one tip"
                : $"all {network.Nodes.Count} nodes are at block {tip.Height}, {WatchText.Short(tip.Tip)}");
        ChainView? chain = await new HeaderChain(network.Nodes[0].Api).ReadAsync(ChainShown, cancellation);
        Report(
            "work",
            chain is { Fault: null },
            chain is null
                ? "the chain changes faster than it can be read"
                : chain.Fault ?? $"all {chain.Blocks} headers are linked and have their work, checked here");
        holds &= tip is not null && chain is { Fault: null };
        if (chain is not null)
        {
            Tell(string.Empty);
            Tell(ChainText.Describe(chain));
        }

        Tell(string.Empty);
        Tell(holds
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"verified: {network.Nodes.Count} nodes, one chain of {chain!.Blocks} blocks, "
                    + $"{listener.Payments.Count} payments, nothing lost and nothing made up")
            : "WRONG: see the checks above.");
        return holds ? ExitCode.Done : ExitCode.Integrity;
    }

    private async Task<bool> CheckForksAsync(DemoListener listener, CancellationToken cancellation)
    {
        IReadOnlyList<NodeEventDto> forks = listener.Forks;
        int adopted = 0;
        List<int> open = [];
        foreach (NodeEventDto fork in forks)
        {
            (bool isResolved, bool isAdopted) = await _check.ResolveAsync(fork, cancellation);
            adopted += isAdopted ? 1 : 0;
            if (!isResolved)
            {
                open.Add(fork.Height ?? 0);
            }
        }

        string heights = string.Join(", ", forks.Select(fork => fork.Height).Distinct().Order());
        string text = open.Count == 0
            ? $"{WatchText.Count(forks.Count, "block")} stood beside the chain, at height {heights}; all nodes have "
                + $"chosen alike ({adopted} of them won in the end, "
                + $"{WatchText.Count(listener.Reorganizations, "reorganization")})"
            : $"the nodes do not agree at height {string.Join(", ", open)}";
        return Report("forks", forks.Count > 0 && open.Count == 0, text);
    }

    private async Task<bool> CheckPaymentsAsync(DemoListener listener, CancellationToken cancellation)
    {
        List<string> lost = [];
        foreach (SentPayment payment in listener.Payments)
        {
            if (await _check.FindAsync(payment.Txid, cancellation) is null)
            {
                lost.Add(payment.Txid);
            }
        }

        return Report(
            "payments",
            lost.Count == 0,
            lost.Count == 0
                ? $"all {listener.Payments.Count} that the oracle sent are in a block, the same one on every node"
                : $"{lost.Count} are in no block: {string.Join(", ", lost)}");
    }

    private async Task<bool> CheckMoneyAsync(CancellationToken cancellation)
    {
        DemoCheck.Money? money = await _check.CountAsync(cancellation);
        return Report(
            "money", money is { Holds: true }, money?.ToString() ?? "the chain changes faster than it can be counted");
    }

    private bool Report(string name, bool holds, string text)
    {
        Tell($"  {(holds ? "ok   " : "WRONG")}  {name,-8}  {text}");
        return holds;
    }

    private void Tell(string line)
    {
        lock (_screen)
        {
            output.WriteLine(line);
            output.Flush();
        }
    }
}
