using System.Diagnostics;
using Blockchain.Cli.Hosting;
using Blockchain.Cli.Wallet;
using Blockchain.Wire.Http;

namespace Blockchain.Cli.OpenDemo;

/// <summary>
/// The story of the open network: all mine together; then one node is cut off, so that there are two branches; then it
/// joins again, and the branch with less work is left. What is told comes from the nodes' own events.
/// </summary>
/// <param name="network">The network.</param>
/// <param name="options">What it runs with.</param>
/// <param name="screen">Takes what is shown.</param>
internal sealed class OpenDemonstration(OpenDemoNetwork network, OpenDemoOptions options, DemoScreen screen)
{
    private const int MinPayments = 3;
    private const int PatienceInSpacings = 10;

    // The slow node may hold one more block back, and it must not matter.
    private const int Lead = 2;
    private static readonly TimeSpan LeastPatience = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan LongEnough = TimeSpan.FromSeconds(25);
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(50);
    private readonly DemoRecord _record = new();
    private readonly Stopwatch _watch = Stopwatch.StartNew();

    private DemoNode Cut => network.Nodes[^1];

    private DemoNode Other => network.Nodes[0];

    /// <summary>Runs to the end.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync(CancellationToken cancellation)
    {
        DemoListener listener = new(network, _record, screen);
        using CancellationTokenSource over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        List<Task> listening = await ListenAsync(listener, over.Token);
        ForkStory story;
        try
        {
            ChildProcess oracle = network.StartOracle();
            listening.Add(listener.ListenToOracleAsync(oracle, over.Token));
            story = await PlayAsync(listener, listening, cancellation);
            await over.CancelAsync();
            await network.StopAsync(oracle);
        }
        finally
        {
            await over.CancelAsync();
            await Task.WhenAll(listening).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return await new DemoReport(network, _record, story, screen).RunAsync(cancellation);
    }

    private async Task<List<Task>> ListenAsync(DemoListener listener, CancellationToken cancellation)
    {
        List<Task> listening = [];
        foreach (DemoNode node in network.Nodes)
        {
            TaskCompletionSource isListening = new(TaskCreationOptions.RunContinuationsAsynchronously);
            listening.Add(listener.ListenToAsync(node, isListening, cancellation));
            await isListening.Task;
        }

        return listening;
    }

    private async Task<ForkStory> PlayAsync(
        DemoListener listener, IReadOnlyList<Task> listening, CancellationToken cancellation)
    {
        screen.Begin("Together. What the oracle does, and the blocks as node 1 sees them:");
        await UntilAsync(_ => Task.FromResult(_record.Confirmed > 0), listening, cancellation);

        int from = _record.Events.Count;
        await network.CutOffAsync(cancellation);
        int parted = (await Cut.Api.GetInfoAsync(cancellation)).Height;
        listener.Shown = [Other.Number, Cut.Number];
        screen.Begin(
            $"Apart. Node {Cut.Number} is cut off; the oracle still pays through it, unheard by the others:");
        await UntilAsync(token => HavePartedAsync(from, token), listening, cancellation);

        from = _record.Events.Count;
        listener.Shown = [Other.Number];
        screen.Begin($"Together again. Node {Cut.Number} is back, and the branch of the others has more work:");
        await network.RejoinAsync(cancellation);
        await UntilAsync(_ => Task.FromResult(FindReorganization(from, parted) is not null), listening, cancellation);
        ForkStory story = ForkStory.Of(_record, FindReorganization(from, parted)!);
        await UntilAsync(token => IsEnoughAsync(story, token), listening, cancellation);
        return story;
    }

    /// <summary>Whether both sides have blocks of their own, the others more of them, and the one that is cut off has a
    /// payment in a block that the others have not heard of.</summary>
    private async Task<bool> HavePartedAsync(int from, CancellationToken cancellation)
    {
        SentPayment[] confirmed =
        [
            .. _record.Events.Skip(from).Where(told => told.Node == Cut.Number && told.Event.Event == "block")
                .SelectMany(told => _record.PaymentsIn(told.Event.Hash!)),
        ];
        foreach (SentPayment payment in confirmed)
        {
            if (await Other.Api.FindTransactionAsync(payment.Txid, cancellation) is null)
            {
                NodeInfoDto cut = await Cut.Api.GetInfoAsync(cancellation);
                NodeInfoDto other = await Other.Api.GetInfoAsync(cancellation);
                return other.Height >= cut.Height + Lead;
            }
        }

        return false;
    }

    /// <summary>The reorganization that ends the parting: it goes back to before it, unlike a small one that came by
    /// itself.</summary>
    private Told? FindReorganization(int from, int parted) => _record.Events.Skip(from).FirstOrDefault(
        told => told.Event.Event == "reorganization" && told.Event.CommonHeight <= parted);

    /// <summary>Whether there are enough blocks and payments, and what was displaced is in blocks again.</summary>
    private async Task<bool> IsEnoughAsync(ForkStory story, CancellationToken cancellation)
    {
        if (_record.Confirmed < MinPayments)
        {
            return false;
        }

        foreach (SentPayment payment in story.Displaced)
        {
            if (await Other.Api.FindTransactionAsync(payment.Txid, cancellation)
                is not { Status: TransactionStatusDto.Confirmed })
            {
                return false;
            }
        }

        // On a machine with other things to do nobody waits for a mere number, unless it was asked for.
        return (!options.AreBlocksWanted && _watch.Elapsed > LongEnough)
            || (await Other.Api.GetInfoAsync(cancellation)).Height >= options.Blocks;
    }

    private async Task UntilAsync(
        Func<CancellationToken, Task<bool>> isDone, IReadOnlyList<Task> listening, CancellationToken cancellation)
    {
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        TimeSpan most = options.Spacing * options.Blocks * PatienceInSpacings;
        patience.CancelAfter(most > LeastPatience ? most : LeastPatience);
        try
        {
            do
            {
                await network.EnsureRunningAsync();
                if (listening.FirstOrDefault(task => task.IsFaulted) is { } broken)
                {
                    await broken;
                }

                await Task.Delay(LookAgain, patience.Token);
            }
            while (!await isDone(patience.Token));
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new CliException(
                ExitCode.Unreachable,
                "blocks come too seldom for the demonstration to go on. Give the machine some rest and start again.");
        }
    }
}
