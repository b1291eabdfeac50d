using System.Threading.Channels;
using Blockchain.Cli.Hosting;
using Blockchain.Client;
using Blockchain.Client.Hosting;
using Blockchain.Client.Terminal;
using Blockchain.Core.BankNetwork;
using Blockchain.Wire.Hosting;
using Blockchain.Wire.Terminal;
using Command = System.CommandLine.Command;

namespace Blockchain.Cli.Verbs;

/// <summary><c>blockchain client</c>: one client, with a prompt, with commands, or as a service.</summary>
public static class ClientVerb
{
    private const string Examples = """
        blockchain client --name alice
        blockchain client --name alice -c "transfer 2 5.00; balance"
        blockchain client --name alice --json < commands.txt
        """;

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        ClientSettings settings = new();
        return Verb.Create(
            "client",
            "Runs a client: at a terminal with a prompt, else with the commands of -c or of standard input.",
            Examples,
            settings.Symbols,
            context => RunAsync(context, settings));
    }

    private static async Task<int> RunAsync(VerbContext context, ClientSettings settings)
    {
        ClientOptions options = settings.Read(context.Settings);
        ClientManner manner = settings.ReadManner(context.Settings);
        context.Settings.ThrowIfFaulty();
        return await RunAsync(options, manner, context);
    }

    /// <summary>Runs a client until its user or a signal ends it.</summary>
    /// <returns>The exit code.</returns>
    internal static async Task<int> RunAsync(ClientOptions options, ClientManner manner, VerbContext context)
    {
        SocketThread.Use();
        using Logs logs = new(context.LogLevel, manner.IsInteractive);
        await using ClientHost host = await ClientHost.StartAsync(
            options, folder => logs.Open(ClientHost.LogPathOf(folder)), context.Stopping);

        // Whatever the user of the client waits for, the wait ends when the client does.
        using CancellationTokenSource ended = CancellationTokenSource.CreateLinkedTokenSource(context.Stopping);
        _ = host.Completion.ContinueWith(
            _ => ended.CancelAsync(), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        int exitCode = manner.Stay
            ? await StayAsync(host, manner.Json, ended.Token)
            : await RunCommandsAsync(host.Service, manner, Path.Combine(options.DataDirectory, "history"), ended.Token);
        if (host.Completion.IsFaulted)
        {
            await host.Completion;
        }

        await host.Service.LeaveAsync(CancellationToken.None);
        await host.Completion;
        bool interruptedService = manner.Stay && context.Stopping.IsCancellationRequested;
        return interruptedService ? context.Interruption.ExitCode : exitCode;
    }

    private static async Task<int> RunCommandsAsync(
        IClientSession session, ClientManner manner, string historyPath, CancellationToken cancellation)
    {
        if (manner.IsInteractive)
        {
            using ConsoleTerminal terminal = new();
            PromptSession prompt = new(session, terminal, historyPath, TimeProvider.System);
            return await prompt.RunAsync(cancellation);
        }

        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using TextReader input = manner.Commands is { } commands ? new StringReader(commands) : LineInput.OfConsole();
        if (manner.WithParent && input is LineInput lines)
        {
            // Whoever drives this client takes every answer before it ends the input, so nobody waits for one now.
            _ = lines.Ended.ContinueWith(
                _ => stop.CancelAsync(), cancellation, TaskContinuationOptions.None, TaskScheduler.Default);
        }

        ScriptOptions options = new(manner.Json, manner.KeepGoing);
        ScriptSession script = new(session, input, Console.Out, Console.Error, options, TimeProvider.System);
        return await script.RunAsync(stop.Token);
    }

    /// <summary>Keeps the chain and takes part in the agreement until told to stop.</summary>
    private static async Task<int> StayAsync(ClientHost host, bool asJson, CancellationToken cancellation)
    {
        ChannelReader<ClientEvent> events = host.Service.Subscribe();
        string address = host.Address.GetLeftPart(UriPartial.Authority);
        string name = host.Service.Name;
        Console.Out.WriteLine(asJson
            ? $"{{\"event\":\"listening\",\"address\":\"{address}\",\"name\":\"{name}\"}}"
            : $"client {name} at {address}");
        try
        {
            await foreach (ClientEvent happened in events.ReadAllAsync(cancellation))
            {
                Judge(happened, asJson);
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // Asked to stop.
        }

        return ExitCode.Done;
    }

    /// <summary>A service has nobody who could do something about these; whoever starts it shall see its end.</summary>
    private static void Judge(ClientEvent happened, bool asJson)
    {
        switch (happened)
        {
            case ClientEvent.JoinRefused { Reason: not (JoinRefusal.Full or JoinRefusal.Recovering) } refused:
                int exitCode = refused.Reason == JoinRefusal.Forked ? ExitCode.Integrity : ExitCode.Failed;
                throw new CliException(
                    exitCode, $"the bank refuses this client: {Wire.Http.ProblemTypes.Describe(refused.Reason)}.");
            case ClientEvent.Alarm alarm:
                throw new CliException(ExitCode.Integrity, Texts.OfAlarm(alarm.Evidence));
            case ClientEvent.Installed installed:
                string members = string.Join(asJson ? ',' : ' ', installed.View.Members.Select(member => member.Id));
                Console.Out.WriteLine(asJson
                    ? $"{{\"event\":\"view\",\"epoch\":{installed.View.Epoch},\"members\":[{members}]}}"
                    : $"view {installed.View.Epoch}: members {members}");
                break;
            case ClientEvent.BankUnreachable:
                Console.Error.WriteLine("the bank cannot be reached; still trying");
                break;
        }
    }
}
