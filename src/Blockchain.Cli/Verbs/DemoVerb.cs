using System.CommandLine;
using System.Globalization;
using Blockchain.Cli.Demo;
using Blockchain.Cli.Hosting;
using Blockchain.Cli.Options;
using Blockchain.Client.Hosting;
using Blockchain.Core.BankNetwork;

namespace Blockchain.Cli.Verbs;

/// <summary><c>blockchain demo</c>: the first minute with this program.</summary>
public static class DemoVerb
{
    private const int RacingClients = 3;
    private const int MostClients = 16;

    private static readonly Setting<int> Clients = new(
        "--clients",
        $"How many clients, {RacingClients} to {MostClients}.",
        "N",
        RacingClients.ToString(CultureInfo.InvariantCulture),
        Texts.Number(RacingClients, MostClients));

    private static readonly Setting<Money> Deposit = new(
        "--deposit", "What each client starts with.", "AMOUNT", "10", Texts.Deposit);

    private static readonly Setting<TimeSpan> Delay = new(
        "--delay", "Holds every message between clients this long, to watch the protocol at work.", "DURATION", "0s",
        Texts.Duration);

    private static readonly Setting<int> Port = new(
        "--port", "The bank's port; when it is not given and in use, the next free one.", "PORT", "8000", Texts.Port);

    private static readonly Setting<string> Data = new(
        "--data", "Folder for data, kept afterwards; without it a temporary one that is removed.", "DIR", null,
        Texts.Text);

    /// <summary>Makes the command.</summary>
    public static Command Create() => Verb.Create(
        "demo",
        "Starts a bank and clients as processes, has them race and verifies what came out; a terminal gets a prompt.",
        "blockchain demo\nblockchain demo --clients 5 --delay 500ms",
        [Clients.Option, Deposit.Option, Delay.Option, Port.Option, Data.Option],
        RunAsync);

    private static async Task<int> RunAsync(VerbContext context)
    {
        SettingsReader settings = context.Settings;
        string? data = settings.Read(Data);
        DemoOptions options = new(
            string.Empty, settings.Read(Clients), settings.Read(Deposit), settings.Read(Delay), settings.Read(Port),
            settings.IsGiven(Port));
        if (options.Delay > ClientOptions.LongestDelay)
        {
            settings.Fault($"--delay is from 0s to {ClientOptions.LongestDelay.TotalSeconds:0}s");
        }

        settings.ThrowIfFaulty();
        if (data is not null)
        {
            return await RunAsync(context, options with { Data = Path.GetFullPath(data) });
        }

        DirectoryInfo temporary = Directory.CreateTempSubdirectory("blockchain-demo-");
        try
        {
            return await RunAsync(context, options with { Data = temporary.FullName });
        }
        finally
        {
            temporary.Delete(recursive: true);
        }
    }

    private static async Task<int> RunAsync(VerbContext context, DemoOptions options)
    {
        await using DemoNetwork network = await DemoNetwork.StartAsync(
            options, Console.Out.WriteLine, context.Stopping);
        string bank = network.Bank.GetLeftPart(UriPartial.Authority);
        Console.Out.WriteLine($"A bank at {bank} and {options.Clients} clients, each a process of its own.");
        int exitCode = await new Demonstration(network, options.Deposit, options.Delay, Console.Out)
            .RunAsync(context.Stopping);
        if (exitCode != ExitCode.Done || !Prompting.IsTerminal)
        {
            return exitCode;
        }

        // The same client, with its account and its chain, in a process that has the terminal: this one.
        DemoClient first = network.Clients[0];
        await network.StopAsync(first);
        Console.Out.WriteLine(DemoText.ThreeThings);
        ClientOptions client = new()
        {
            Bank = network.Bank,
            Name = first.Name,
            DataDirectory = options.Data,
            Delay = options.Delay,
        };
        return await ClientVerb.RunAsync(client, ClientManner.AtPrompt, context);
    }
}
