using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Text.Json;
using Blockchain.Bank;
using Blockchain.Bank.Hosting;
using Blockchain.Bank.Prompt;
using Blockchain.Cli.Hosting;
using Blockchain.Cli.Options;
using Blockchain.Core.BankNetwork;
using Blockchain.Wire.Files;
using Blockchain.Wire.Hosting;
using Blockchain.Wire.Terminal;

namespace Blockchain.Cli.Verbs;

/// <summary><c>blockchain bank</c>: keeps the balances and the ledger, and admits clients.</summary>
public static class BankVerb
{
    private const string LogName = "bank.log";

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        BankSettings settings = new();
        return Verb.Create(
            "bank",
            "Runs the bank: it keeps the balances and the ledger, and admits clients.",
            "blockchain bank\nblockchain bank --listen 127.0.0.1:9000 --deposit 25.00 --data ./data",
            settings.Symbols,
            context => RunAsync(context, settings));
    }

    private static async Task<int> RunAsync(VerbContext context, BankSettings settings)
    {
        SocketThread.Use();
        BankOptions options = settings.Read(context.Settings);
        bool asJson = context.Settings.Read(settings.Json);
        bool withParent = context.Settings.Read(settings.WithParent);
        bool interactive = !asJson && !withParent && Prompting.IsTerminal;
        context.Settings.ThrowIfFaulty();

        using Logs logs = new(context.LogLevel, interactive);
        await using BankHost host = Build(options, logs);
        await host.StartAsync(context.Stopping);
        long blocks = await host.Service.ReadAsync(process => process.Ledger.Count, context.Stopping);
        Announce(options, host.Address, blocks, asJson);

        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(context.Stopping);
        Task running = host.WaitAsync(stop.Token);
        if (withParent)
        {
            await Task.WhenAny(running, ParentWatch.StartAsync());
            await stop.CancelAsync();
        }
        else if (interactive)
        {
            await Task.WhenAny(running, PromptAsync(host, options.DataDirectory, stop.Token));
            await stop.CancelAsync();
        }

        await running;
        return context.Stopping.IsCancellationRequested ? context.Interruption.ExitCode : ExitCode.Done;
    }

    private static BankHost Build(BankOptions options, Logs logs)
    {
        try
        {
            return BankHost.Build(
                options, logging => logs.Configure(logging, Path.Combine(options.Folder, LogName)));
        }
        catch (IntegrityException damage)
        {
            throw new CliException(
                ExitCode.Integrity,
                $"{Failures.Explain(damage).Line.TrimEnd('.')}. If you have a copy of {options.Folder}, put it in the "
                    + "place of the folder and start the bank while its clients run: it takes what the copy lacks "
                    + "back from them (README.md, \"Backup\").");
        }
    }

    private static async Task PromptAsync(BankHost host, string dataDirectory, CancellationToken cancellation)
    {
        BankPrompt prompt = host.CreatePrompt(Console.Out);
        LineHistory history = new(Path.Combine(dataDirectory, "bank-history"));
        using ConsoleTerminal terminal = new();
        LineEditor editor = new(terminal, history, BankPrompt.Complete);
        using Broadcast<BankEvent>.Listener? events = host.Service.Events.Subscribe(
            static happened => BankPrompt.Describe(happened) is not null);
        _ = events is null ? Task.CompletedTask : TellAsync(events, editor, cancellation);
        bool goesOn = true;
        while (goesOn)
        {
            string? line = await Task.Run(() => editor.ReadLine(() => BankPrompt.Text), CancellationToken.None)
                .WaitAsync(cancellation);
            goesOn = line is not null && await ExecuteAsync(prompt, editor, line, cancellation);
        }
    }

    private static async Task TellAsync(
        Broadcast<BankEvent>.Listener events, LineEditor editor, CancellationToken cancellation)
    {
        try
        {
            await foreach (BankEvent happened in events.Reader.ReadAllAsync(cancellation))
            {
                if (BankPrompt.Describe(happened) is { } text)
                {
                    editor.Notice($"{TimeProvider.System.GetLocalNow():HH:mm:ss}  {text}");
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The prompt ends.
        }
    }

    // Ctrl-C ends what a command does, and not the bank.
    private static async Task<bool> ExecuteAsync(
        BankPrompt prompt, LineEditor editor, string line, CancellationToken cancellation)
    {
        using CancellationTokenSource command = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        editor.Interrupted += command.Cancel;
        try
        {
            return await prompt.ExecuteAsync(line, command.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return true;
        }
        finally
        {
            editor.Interrupted -= command.Cancel;
        }
    }

    private static void Announce(BankOptions options, Uri address, long blocks, bool asJson)
    {
        string at = address.GetLeftPart(UriPartial.Authority);
        string folder = options.Folder;
        Console.Out.WriteLine(asJson
            ? $"{{\"event\":\"listening\",\"address\":\"{at}\",\"data\":\"{JsonEncodedText.Encode(folder)}\","
                + $"\"blocks\":{blocks}}}"
            : string.Create(
                CultureInfo.InvariantCulture,
                $"bank at {at}   {blocks} {(blocks == 1 ? "block" : "blocks")} in {folder}   "
                    + $"deposit {options.Deposit}   lease {options.Lease.TotalSeconds:0.###} s"));
        Console.Out.Flush();
    }

    private sealed class BankSettings
    {
        private readonly Setting<IPEndPoint> _listen = new(
            "--listen", "Address and port to listen on; port 0 takes a free one.", "ADDRESS", "127.0.0.1:8000",
            Texts.Endpoint);

        private readonly Setting<string> _data = CommonSettings.Data();

        private readonly Setting<Money> _deposit = new(
            "--deposit", "What a new account starts with.", "AMOUNT", "10.00", Texts.Deposit);

        private readonly Setting<TimeSpan> _lease = new(
            "--lease", "Silence after which a client is taken out of the view.", "DURATION", "10s",
            Texts.PositiveDuration);

        private readonly Option<bool> _allowRemote = CommonSettings.AllowRemote();

        public Option<bool> Json { get; } = CommonSettings.Json();

        public Option<bool> WithParent { get; } = CommonSettings.WithParent();

        public IReadOnlyList<Symbol> Symbols =>
            [_listen.Option, _data.Option, _deposit.Option, _lease.Option, _allowRemote, Json, WithParent];

        public BankOptions Read(SettingsReader reader) => new()
        {
            Listen = reader.Read(_listen)?.ToString() ?? string.Empty,
            DataDirectory = DataFolders.Find(reader.Read(_data)).Root,
            Deposit = reader.Read(_deposit),
            Lease = reader.Read(_lease),
            AllowRemote = reader.Read(_allowRemote),
        };
    }
}
