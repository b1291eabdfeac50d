using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Blockchain.Cli.Hosting;
using Blockchain.Node;
using Blockchain.Node.Hosting;

namespace Blockchain.Cli.Verbs;

/// <summary><c>blockchain node</c>: a full node of an open network.</summary>
public static class NodeVerb
{
    private const string LogName = "node.log";

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        NodeSettings settings = new();
        return Verb.Create(
            "node",
            "Runs a full node of an open network: it checks and keeps the chain, and mines when it is told to.",
            "blockchain node --mine --reward ADDRESS --tcp 7777\n"
            + "blockchain node --listen 127.0.0.1:0 --name second --tracker http://127.0.0.1:7000",
            settings.Symbols,
            context => RunAsync(context, settings));
    }

    private static async Task<int> RunAsync(VerbContext context, NodeSettings settings)
    {
        NodeOptions options = settings.Read(context.Settings);
        bool asJson = context.Settings.Read(settings.Json);
        bool withParent = context.Settings.Read(settings.WithParent);
        bool takesCommands = context.Settings.Read(settings.Commands);
        context.Settings.ThrowIfFaulty();

        using Logs logs = new(context.LogLevel, interactive: false);
        await using NodeHost host = NodeHost.Build(
            options, logging => logs.Configure(logging, Path.Combine(options.Folder, LogName)));
        await host.StartAsync(context.Stopping);
        int height = await host.Service.ReadAsync(static node => node.Chain.Height, context.Stopping);
        Announce(options, host, height, asJson);

        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(context.Stopping);
        Task running = host.WaitAsync(stop.Token);
        if (takesCommands || withParent)
        {
            Task ended = takesCommands
                ? new NodeCommands(host, Console.Out, Console.Error, asJson).RunAsync(stop.Token)
                : ParentWatch.StartAsync();
            await Task.WhenAny(running, ended);
            await stop.CancelAsync();
        }

        await running;
        return context.Stopping.IsCancellationRequested ? context.Interruption.ExitCode : ExitCode.Done;
    }

    private static void Announce(NodeOptions options, NodeHost host, int height, bool asJson)
    {
        string at = host.Address.GetLeftPart(UriPartial.Authority);
        string network = options.Parameters.Name;
        if (asJson)
        {
            string tcp = host.TcpPort is { } port
                ? string.Create(CultureInfo.InvariantCulture, $",\"tcp\":{port}")
                : string.Empty;
            Console.Out.WriteLine(
                $"{{\"event\":\"listening\",\"address\":\"{at}\"{tcp},"
                + $"\"network\":\"{JsonEncodedText.Encode(network)}\","
                + $"\"data\":\"{JsonEncodedText.Encode(options.Folder)}\",\"height\":{height}}}");
        }
        else
        {
            string tcp = host.TcpPort is { } port
                ? string.Create(CultureInfo.InvariantCulture, $"   TCP clients at {port}")
                : string.Empty;
            string mining = options.Mines ? $"   mines for {options.Reward}" : string.Empty;
            Console.Out.WriteLine(
                $"node of '{network}' at {at}   height {height} in {options.Folder}{tcp}{mining}");
        }

        Console.Out.Flush();
    }
}
