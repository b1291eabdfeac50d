using System.CommandLine;
using System.Globalization;
using Blockchain.Cli.Bench;
using Blockchain.Cli.Options;

namespace Blockchain.Cli.Verbs;

/// <summary><c>blockchain bench</c>: what the network does beside what its disk would do alone.</summary>
internal static class BenchVerb
{
    private const int FewestClients = 2;
    private const int MostClients = 100;

    private static readonly Setting<int[]> Clients = new(
        "--clients", $"Numbers of clients, each {FewestClients} to {MostClients}.", "LIST", "3,5,10", ParseClients);

    private static readonly Setting<TimeSpan> Seconds = new(
        "--seconds", "How long each figure of a round is measured; with --pow, in all rounds together.", "SECONDS",
        "5", Texts.PositiveDuration);

    private static readonly Setting<int> Rounds = new(
        "--rounds", "Rounds; medians are taken over them.", "N", "5", Texts.Number(1, 1_000));

    private static readonly Setting<string?> Peers = new(
        "--peers", "postgres: measures the advisory lock of a PostgreSQL server, too; one is started.", "LIST", null,
        ParsePeers);

    private static readonly Setting<string> Data = new(
        "--data", "Folder on the disk that is to be measured; without it that for temporary files. It is left as it "
            + "was.",
        "DIR", null, Texts.Path);

    private static readonly Option<bool> Growth = new("--growth")
    {
        Description = "Measures instead what a block costs in ledgers of different lengths.",
    };

    private static readonly Setting<int[]> Blocks = new(
        "--blocks", $"With --growth: lengths of ledgers, each {GrowthRun.FewestBlocks} to {GrowthRun.MostBlocks} "
            + "blocks.",
        "LIST", "1000,100000,1000000", text => ParseNumbers(text, GrowthRun.FewestBlocks, GrowthRun.MostBlocks));

    private static readonly Option<bool> Pow = new("--pow")
    {
        Description = "Measures the miner of the open network instead, beside one hash after another.",
    };

    private static readonly Option<bool> Json = CommonSettings.Json();

    /// <summary>Makes the command.</summary>
    public static Command Create() => Verb.Create(
        "bench",
        "Measures a bank and clients, each a process (of more than ten clients ten share one), beside SQLite alone on "
            + "the same disk in the same run.",
        "blockchain bench\nblockchain bench --clients 3,10 --seconds 2 --json\n"
        + "blockchain bench --clients 10 --peers postgres\nblockchain bench --growth --blocks 1000,100000\n"
        + "blockchain bench --pow",
        [
            Clients.Option, Seconds.Option, Rounds.Option, Peers.Option, Data.Option, Growth, Blocks.Option, Pow, Json,
        ],
        RunAsync);

    private static async Task<int> RunAsync(VerbContext context)
    {
        SettingsReader settings = context.Settings;
        int[] clients = settings.Read(Clients) ?? [];
        string data = settings.Read(Data) ?? Path.GetTempPath();
        Microsoft.Extensions.Logging.LogLevel level = context.IsLogLevelGiven
            ? context.LogLevel
            : Microsoft.Extensions.Logging.LogLevel.Warning;
        BenchOptions options = new(
            data, settings.Read(Seconds), settings.Read(Rounds), settings.Read(Peers) is not null, level);
        bool isGrowth = settings.Read(Growth);
        int[] blocks = settings.Read(Blocks) ?? [];
        if (settings.IsGiven(Blocks) && !isGrowth)
        {
            settings.Fault("--blocks: lengths of ledgers are measured with --growth only");
        }

        bool asJson = settings.Read(Json);
        bool isPow = settings.Read(Pow);
        if (isPow && isGrowth)
        {
            settings.Fault("--pow and --growth: one thing is measured at a time");
        }

        settings.ThrowIfFaulty();
        if (isPow)
        {
            return RunPow(options, asJson, context.Stopping);
        }

        DirectoryInfo folder = Directory.CreateDirectory(
            Path.Combine(Path.GetFullPath(data), string.Create(
                CultureInfo.InvariantCulture, $"blockchain-bench-{Environment.ProcessId}")));
        try
        {
            options = options with { Data = folder.FullName };
            return isGrowth
                ? await GrowAsync(options, blocks, asJson, context.Stopping)
                : await RunAsync(options, clients, asJson, context.Stopping);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<int> RunAsync(
        BenchOptions options, int[] clients, bool asJson, CancellationToken cancellation)
    {
        await using PostgresPeer? postgres = options.Postgres
            ? await PostgresPeer.StartAsync(Path.Combine(options.Data, "postgres"), cancellation)
            : null;
        bool areEqual = true;
        foreach (int number in clients)
        {
            BenchResult result = await new BenchRun(options, number, postgres, Tell).RunAsync(cancellation);
            areEqual &= result.ChainsEqual;
            foreach (string line in asJson ? [result.ToJson()] : BenchText.Lines(result))
            {
                Console.Out.WriteLine(line);
            }
        }

        return areEqual ? ExitCode.Done : ExitCode.Integrity;
    }

    private static async Task<int> GrowAsync(
        BenchOptions options, int[] blocks, bool asJson, CancellationToken cancellation)
    {
        IReadOnlyList<GrowthResult> results =
            await new GrowthRun(options.Data, options.Rounds, Tell).RunAsync(blocks, cancellation);
        foreach (string line in asJson ? results.Select(result => result.ToJson()) : GrowthResult.Lines(results))
        {
            Console.Out.WriteLine(line);
        }

        return ExitCode.Done;
    }

    private static int RunPow(BenchOptions options, bool asJson, CancellationToken cancellation)
    {
        PowResult result = PowBench.Run(options.Seconds, options.Rounds, cancellation);
        foreach (string line in asJson ? [result.ToJson()] : result.Lines())
        {
            Console.Out.WriteLine(line);
        }

        return result.FoundByAll ? ExitCode.Done : ExitCode.Integrity;
    }

    private static void Tell(string line) => Console.Error.WriteLine($"bench: {line}");

    private static int[] ParseClients(string text) => ParseNumbers(text, FewestClients, MostClients);

    private static int[] ParseNumbers(string text, int least, int most)
    {
        Func<string, int> number = Texts.Number(least, most);
        try
        {
            return [.. text.Split(',').Select(word => number(word.Trim()))];
        }
        catch (FormatException)
        {
            throw new FormatException($"it is one or more numbers from {least} to {most}, separated by commas");
        }
    }

    private static string ParsePeers(string text) => text == "postgres"
        ? text
        : throw new FormatException("the only peer beside SQLite is postgres");
}
