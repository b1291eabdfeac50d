using System.CommandLine;
using System.Globalization;
using Blockchain.Cli.Hosting;
using Blockchain.Cli.OpenDemo;
using Blockchain.Cli.Options;
using Blockchain.Cli.Voting;
using Blockchain.Cli.Wallet;
using Blockchain.Wire.Terminal;

namespace Blockchain.Cli.Verbs;

/// <summary><c>blockchain open-demo</c>: the first minute with the open network.</summary>
internal static class OpenDemoVerb
{
    private const int FewestBlocks = OpenDemoNetwork.Maturity + 5;
    private const int MostBlocks = 10_000;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    private static readonly Setting<int> Blocks = new(
        "--blocks",
        $"Ends after so many blocks, {FewestBlocks} to {MostBlocks}, a fork and a few payments; when it is not given, "
            + "a slow machine may end with fewer than the default.",
        "N",
        "20",
        Texts.Number(FewestBlocks, MostBlocks));

    private static readonly Setting<TimeSpan> Spacing = new(
        "--spacing", "How far apart blocks come on average, 1s to 1m.", "DURATION", "1s", Texts.PositiveDuration);

    private static readonly Setting<TimeSpan> Slow = new(
        "--slow", "How long the third node holds its blocks back, 0s to 1m.", "DURATION", "2s", Texts.Duration);

    private static readonly Setting<string> Data = new(
        "--data", "Folder for data, kept afterwards; without it a temporary one that is removed.", "DIR", null,
        Texts.Path);

    /// <summary>Makes the command.</summary>
    public static Command Create() => Verb.Create(
        "open-demo",
        "Starts a tracker, three nodes that mine and an oracle as processes, cuts one node off to make a fork, and "
            + "checks what came out; a terminal gets the voting machine.",
        "blockchain open-demo\nblockchain open-demo --blocks 40 --slow 4s",
        [Blocks.Option, Spacing.Option, Slow.Option, Data.Option],
        RunAsync);

    private static async Task<int> RunAsync(VerbContext context)
    {
        SettingsReader settings = context.Settings;
        string? data = settings.Read(Data);
        OpenDemoOptions options = new(
            string.Empty, settings.Read(Blocks), settings.IsGiven(Blocks), settings.Read(Spacing), settings.Read(Slow));
        if (options.Spacing < TimeSpan.FromSeconds(1) || options.Spacing > TimeSpan.FromMinutes(1)
            || options.Spacing.Milliseconds != 0)
        {
            settings.Fault("--spacing is a whole number of seconds from 1s to 60s");
        }

        if (options.Slow > TimeSpan.FromMinutes(1))
        {
            settings.Fault("--slow is from 0s to 60s");
        }

        if (data is not null && Directory.Exists(Path.Combine(data, "nodes")))
        {
            settings.Fault(
                $"--data '{data}': it has the blocks of another network, and every demonstration makes one of its own. "
                    + "Name an empty folder, or leave --data out");
        }

        settings.ThrowIfFaulty();
        if (data is not null)
        {
            return await RunAsync(context, options with { Data = Path.GetFullPath(data) });
        }

        DirectoryInfo temporary = Directory.CreateTempSubdirectory("blockchain-open-demo-");
        try
        {
            return await RunAsync(context, options with { Data = temporary.FullName });
        }
        finally
        {
            temporary.Delete(recursive: true);
        }
    }

    private static async Task<int> RunAsync(VerbContext context, OpenDemoOptions options)
    {
        await using OpenDemoNetwork network = await OpenDemoNetwork.StartAsync(options, context.Stopping);
        Console.Out.WriteLine(
            $"A tracker at {Authority(network.Tracker)} and {network.Nodes.Count} nodes, each a process of its own:");
        foreach (DemoNode node in network.Nodes)
        {
            bool isSlow = node == network.Nodes[^1] && options.Slow > TimeSpan.Zero;
            string slow = isSlow
                ? string.Create(
                    CultureInfo.InvariantCulture,
                    $", and holds its blocks back for {options.Slow.TotalSeconds:0.###} s")
                : string.Empty;
            Console.Out.WriteLine(
                $"  node {node.Number}  {Authority(node.Url)}  mines for wallet {node.Number - 1}{slow}");
        }

        Console.Out.WriteLine(
            $"An oracle pays among {network.Wallets.Count} wallets through node {network.Nodes.Count}, as soon as the "
                + "first reward may be spent.");
        DemoScreen screen = new(Console.Out, TimeProvider.System);
        int exitCode = await new OpenDemonstration(network, options, screen).RunAsync(context.Stopping);
        if (exitCode == ExitCode.Done && Prompting.IsTerminal)
        {
            await VoteAsync(network, options, context.Stopping);
        }

        return exitCode;
    }

    /// <summary>Gives the terminal to a person, who can vote on the running network.</summary>
    private static async Task VoteAsync(
        OpenDemoNetwork network, OpenDemoOptions options, CancellationToken cancellation)
    {
        string node = Authority(network.Nodes[0].Url);
        Console.Out.WriteLine(
            $"""

            The network goes on until you enter q. Try in another terminal:
              scripts/blockchain watch --chain --node {node}
              scripts/blockchain vote --election board --node {Authority(network.Nodes[1].Url)}
              curl {node}/info
            and here, at the voting machine of the election 'board', a, d and q:

            """);
        VoterKeys keys = new(new KeyFolder(new DataFolders(options.Data).Voters, "voter's key"), passphrase: null);
        VoteOptions vote = new("board", Depth: 1, Patience);
        VoteSession session = new(network.Nodes[0].Api, keys, vote, TimeProvider.System);
        using ConsoleTerminal terminal = new();
        TerminalConsole console = new(terminal, historyPath: null);
        await new VoteDialogue(session, console, asJson: false).RunAsync(cancellation);
    }

    private static string Authority(Uri address) => address.GetLeftPart(UriPartial.Authority);
}
