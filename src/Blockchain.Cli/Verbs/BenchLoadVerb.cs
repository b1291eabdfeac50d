using System.CommandLine;
using Blockchain.Cli.Bench;
using Blockchain.Cli.Hosting;
using Blockchain.Cli.Options;
using Blockchain.Client.Hosting;
using Blockchain.Wire.Hosting;

namespace Blockchain.Cli.Verbs;

/// <summary>The processes that <c>blockchain bench</c> starts: real clients, told by lines when to pay.</summary>
internal static class BenchLoadVerb
{
    private static readonly Setting<Uri> Bank = new(
        "--bank", "Address of the bank.", "URL", "http://127.0.0.1:8000", Texts.Url);

    private static readonly Setting<string> Data = CommonSettings.Data();

    private static readonly Setting<string[]> Names = new(
        "--names", "Names of the clients.", "LIST", "client-1", text => [.. text.Split(',').Select(Texts.Name)]);

    private static readonly Setting<int> Batch = ClientSettings.Batch();

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        Command command = Verb.Create(
            "bench-load",
            "Runs clients under load for bench.",
            "blockchain bench",
            [Bank.Option, Data.Option, Names.Option, Batch.Option],
            RunAsync);
        command.Hidden = true;
        return command;
    }

    private static async Task<int> RunAsync(VerbContext context)
    {
        SocketThread.Use();
        SettingsReader settings = context.Settings;
        ClientOptions options = new()
        {
            Bank = settings.Read(Bank) ?? new Uri(Bank.Fallback!),
            DataDirectory = DataFolders.Find(settings.Read(Data)).Root,
            MaxBatch = settings.Read(Batch),
        };
        string[] names = settings.Read(Names) ?? [];
        settings.ThrowIfFaulty();
        await using LoadServer server = new(options, names, context.LogLevel);
        using TextReader input = LineInput.OfConsole();
        await server.RunAsync(input, Console.Out, context.Stopping);
        return ExitCode.Done;
    }
}
