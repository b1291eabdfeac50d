using System.CommandLine;
using System.Net;
using Blockchain.Cli.Hosting;
using Blockchain.Cli.Options;
using Blockchain.Node;
using Blockchain.Node.Hosting;

namespace Blockchain.Cli.Verbs;

/// <summary><c>blockchain tracker</c>: tells the nodes of a network of one another.</summary>
public static class TrackerVerb
{
    private const string LogName = "tracker.log";

    private static readonly Setting<IPEndPoint> Listen = new(
        "--listen", "Address and port to listen on; port 0 takes a free one.", "ADDRESS", "127.0.0.1:7000",
        Texts.Endpoint);

    private static readonly Setting<TimeSpan> Silence = new(
        "--silence", "Silence after which a node is removed.", "DURATION", "10s", Texts.PositiveDuration);

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        Setting<string> data = CommonSettings.Data();
        Option<bool> allowRemote = CommonSettings.AllowRemote();
        Option<bool> json = CommonSettings.Json();
        Option<bool> withParent = CommonSettings.WithParent();
        return Verb.Create(
            "tracker",
            "Tells the nodes of an open network of one another.",
            "blockchain tracker\nblockchain tracker --listen 127.0.0.1:7001 --silence 5s",
            [Listen.Option, Silence.Option, data.Option, allowRemote, json, withParent],
            context => RunAsync(context, data, allowRemote, json, withParent));
    }

    private static async Task<int> RunAsync(
        VerbContext context, Setting<string> data, Option<bool> allowRemote, Option<bool> json, Option<bool> withParent)
    {
        TrackerOptions options = new()
        {
            Listen = context.Settings.Read(Listen)?.ToString() ?? string.Empty,
            Silence = context.Settings.Read(Silence),
            AllowRemote = context.Settings.Read(allowRemote),
        };
        string folder = Path.Combine(DataFolders.Find(context.Settings.Read(data)).Root, "tracker");
        bool asJson = context.Settings.Read(json);
        bool ends = context.Settings.Read(withParent);
        context.Settings.ThrowIfFaulty();

        using Logs logs = new(context.LogLevel, interactive: false);
        await using TrackerHost host = TrackerHost.Build(
            options, logging => logs.Configure(logging, Path.Combine(folder, LogName)));
        await host.StartAsync(context.Stopping);
        string at = host.Address.GetLeftPart(UriPartial.Authority);
        Console.Out.WriteLine(asJson
            ? $"{{\"event\":\"listening\",\"address\":\"{at}\"}}"
            : $"tracker at {at}");
        Console.Out.Flush();
        Task running = host.WaitAsync(context.Stopping);
        await (ends ? Task.WhenAny(running, ParentWatch.StartAsync()) : running);
        return context.Stopping.IsCancellationRequested ? context.Interruption.ExitCode : ExitCode.Done;
    }
}
