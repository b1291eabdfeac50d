using System.CommandLine;
using System.Globalization;
using Blockchain.Cli.Hosting;
using Blockchain.Cli.Options;
using Blockchain.Cli.Oracle;
using Blockchain.Cli.Wallet;

namespace Blockchain.Cli.Verbs;

/// <summary><c>blockchain oracle</c>: load for an open network, random payments that are valid.</summary>
internal static class OracleVerb
{
    private const int FewestWallets = 2;
    private const int MostWallets = 64;

    private static readonly Setting<Uri> Node = OpenSettings.Node();

    private static readonly Setting<int> Wallets = new(
        "--wallets",
        $"How many wallets, {FewestWallets} to {MostWallets}; they are kept in the data folder, without a passphrase.",
        "N",
        "4",
        Texts.Number(FewestWallets, MostWallets));

    private static readonly Setting<(TimeSpan From, TimeSpan To)> Interval = new(
        "--interval", "Pause before each payment, a range or one duration.", "RANGE", "3s..10s",
        OpenSettings.ReadInterval);

    private static readonly Setting<int?> Count = new(
        "--count", "Stop after so many confirmed payments; without it, pay until stopped.", "N", null,
        text => Texts.Number(1, int.MaxValue)(text));

    private static readonly Setting<int?> Seed = new(
        "--seed", "Decides who pays whom, how much and when; without it, every run is another.", "N", null,
        text => Texts.Number(0, int.MaxValue)(text));

    private static readonly Setting<int> Confirmations = OpenSettings.Confirmations();
    private static readonly Setting<TimeSpan> Patience = OpenSettings.Patience();
    private static readonly Setting<string> Data = CommonSettings.Data();
    private static readonly Option<bool> Json = CommonSettings.Json();
    private static readonly Option<bool> WithParent = CommonSettings.WithParent();

    /// <summary>Makes the command.</summary>
    public static Command Create() => Verb.Create(
        "oracle",
        "Pays at random among its own wallets and waits until each payment is confirmed.",
        "blockchain oracle --wallets 4 --interval 3s..10s\nblockchain oracle --count 10 --seed 7 --interval 0s",
        [
            Node.Option, Wallets.Option, Interval.Option, Count.Option, Seed.Option, Confirmations.Option,
            Patience.Option, Data.Option, Json, WithParent,
        ],
        RunAsync);

    private static async Task<int> RunAsync(VerbContext context)
    {
        SettingsReader settings = context.Settings;
        Uri? address = settings.Read(Node);
        int wallets = settings.Read(Wallets);
        (TimeSpan from, TimeSpan to) = settings.Read(Interval);
        int? seed = settings.Read(Seed);
        OracleOptions options = new(
            from, to, settings.Read(Count), seed ?? Random.Shared.Next(), settings.Read(Confirmations),
            settings.Read(Patience));
        string? data = settings.Read(Data);
        bool asJson = settings.Read(Json);
        bool withParent = settings.Read(WithParent);
        settings.ThrowIfFaulty();
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(context.Stopping);
        if (withParent)
        {
            _ = ParentWatch.StartAsync().ContinueWith(
                _ => stop.CancelAsync(), context.Stopping, TaskContinuationOptions.None, TaskScheduler.Default);
        }

        if (!asJson && seed is null)
        {
            Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"seed {options.Seed}"));
        }

        KeyFolder folder = new(DataFolders.Find(data).Oracle, "oracle's wallet");
        IReadOnlyList<OwnerKey> keys = OracleSession.Wallets(folder, wallets);
        OracleText text = new(FollowedOutput.Open(), asJson);
        try
        {
            await NodeAccess.UseAsync(address!, async node =>
            {
                await new OracleSession(node, keys, text, TimeProvider.System).RunAsync(options, stop.Token);
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
