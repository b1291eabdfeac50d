using System.CommandLine;
using Blockchain.Cli.Hosting;
using Blockchain.Cli.Options;
using Blockchain.Cli.Wallet;
using Blockchain.Cli.Watch;

namespace Blockchain.Cli.Verbs;

/// <summary><c>blockchain watch</c>: what happens on the open network, as one node sees it.</summary>
internal static class WatchVerb
{
    private static readonly Setting<Uri> Node = OpenSettings.Node();

    private static readonly Setting<int?> Blocks = new(
        "--blocks", "Stop after so many new blocks; without it, watch until stopped.", "N", null,
        text => Texts.Number(1, int.MaxValue)(text));

    private static readonly Setting<int> Last = new(
        "--last", "Blocks that --chain shows, 1 to 1000.", "N", "3", Texts.Number(1, 1_000));

    private static readonly Option<bool> Chain = new("--chain")
    {
        Description = "Show the end of the chain, header by header, whenever it changes; its work and its links are "
            + "checked here.",
    };

    private static readonly Option<bool> Json = CommonSettings.Json();
    private static readonly Option<bool> WithParent = CommonSettings.WithParent();

    /// <summary>Makes the command.</summary>
    public static Command Create() => Verb.Create(
        "watch",
        "Shows blocks, transactions, forks and reorganizations while they happen.",
        "blockchain watch\nblockchain watch --node http://127.0.0.1:8101 --chain",
        [Node.Option, Blocks.Option, Chain, Last.Option, Json, WithParent],
        RunAsync);

    private static async Task<int> RunAsync(VerbContext context)
    {
        SettingsReader settings = context.Settings;
        Uri? address = settings.Read(Node);
        int? blocks = settings.Read(Blocks);
        int last = settings.Read(Last);
        bool asJson = settings.Read(Json);
        bool asChain = settings.Read(Chain);
        bool withParent = settings.Read(WithParent);
        if (asJson && asChain)
        {
            settings.Fault("--json and --chain exclude each other");
        }

        settings.ThrowIfFaulty();
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(context.Stopping);
        if (withParent)
        {
            _ = ParentWatch.StartAsync().ContinueWith(
                _ => stop.CancelAsync(), context.Stopping, TaskContinuationOptions.None, TaskScheduler.Default);
        }

        WatchForm form = asJson ? WatchForm.Json : asChain ? WatchForm.Chain : WatchForm.Table;
        try
        {
            await NodeAccess.UseAsync(address!, async node =>
            {
                await new WatchSession(address!, node, FollowedOutput.Open(), Console.Error, TimeProvider.System)
                    .RunAsync(new WatchOptions(form, blocks, last), stop.Token);
                return ExitCode.Done;
            });
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Asked to stop.
        }

        return context.Stopping.IsCancellationRequested ? context.Interruption.ExitCode : ExitCode.Done;
    }
}
