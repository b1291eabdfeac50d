using System.CommandLine;
using System.Globalization;
using System.Net;
using Blockchain.Cli.Hosting;
using Blockchain.Cli.Options;
using Blockchain.Client.Hosting;
using Blockchain.Core.BankNetwork;

namespace Blockchain.Cli.Verbs;

/// <summary>How a client meets its user.</summary>
/// <param name="Commands">What -c said; null when it was not given.</param>
/// <param name="Json">One object per command on standard output.</param>
/// <param name="KeepGoing">A command that fails does not stop the rest.</param>
/// <param name="Stay">No commands at all: a service.</param>
/// <param name="WithParent">Stop in the middle of everything when standard input ends.</param>
internal sealed record ClientManner(string? Commands, bool Json, bool KeepGoing, bool Stay, bool WithParent)
{
    /// <summary>At a terminal.</summary>
    public static readonly ClientManner AtPrompt = new(
        null, Json: false, KeepGoing: false, Stay: false, WithParent: false);

    /// <summary>Whether a person types at a prompt.</summary>
    public bool IsInteractive => Commands is null && !Json && !Stay && Prompting.IsTerminal;
}

/// <summary>The settings of <c>blockchain client</c>.</summary>
internal sealed class ClientSettings
{
    private readonly Setting<Uri> _bank = new(
        "--bank", "Address of the bank.", "URL", "http://127.0.0.1:8000", Texts.Url);

    private readonly Setting<string> _name = new(
        "--name",
        "Name of the client. One that ran here before comes back with its account, chain and unfinished transfers. "
            + "Without it a new client starts.",
        "NAME",
        null,
        Texts.Name);

    private readonly Setting<string> _data = CommonSettings.Data();

    private readonly Setting<IPEndPoint> _listen = new(
        "--listen", "Address and port where other clients reach this one; port 0 takes a free one.", "ADDRESS",
        "127.0.0.1:0", Texts.Endpoint);

    private readonly Setting<string> _advertise = new(
        "--advertise", "Host that other clients are told, when it is not that of --listen.", "HOST", null, Texts.Host);

    private readonly Setting<TimeSpan> _delay = new(
        "--delay", "Holds every message of another client this long, to watch the protocol at work.", "DURATION", "0s",
        Texts.Duration);

    private readonly Setting<string> _commands = new(
        "-c", "Runs these commands, separated by ';', and ends.", "COMMANDS", null, text => text);

    private readonly Setting<string> _history = new(
        "--history", "Appends a line of JSON per operation to this file, for checkers.", "FILE", null, Texts.Path);

    private readonly Setting<int> _batch = Batch();

    private readonly Option<bool> _json = CommonSettings.Json();

    private readonly Option<bool> _keepGoing = new("--keep-going")
    {
        Description = "A command that fails does not stop those behind it.",
    };

    private readonly Option<bool> _stay = new("--stay")
    {
        Description = "Takes no commands and runs until it is told to stop: for services.",
    };

    private readonly Option<bool> _withParent = CommonSettings.WithParent();

    private readonly Option<bool> _allowRemote = CommonSettings.AllowRemote();

    /// <summary>Its options.</summary>
    public IReadOnlyList<Symbol> Symbols =>
    [
        _bank.Option, _name.Option, _data.Option, _listen.Option, _advertise.Option, _delay.Option, _commands.Option,
        _json, _keepGoing, _stay, _history.Option, _batch.Option, _allowRemote, _withParent,
    ];

    /// <summary>How many transfers go into one critical section; for measurements.</summary>
    public static Setting<int> Batch()
    {
        Setting<int> batch = new(
            "--batch", "Most transfers in one request; 1 gives each a critical section of its own.", "N",
            Limits.RequestTransfers.ToString(CultureInfo.InvariantCulture), Texts.Number(1, Limits.RequestTransfers));
        batch.Option.Hidden = true;
        return batch;
    }

    /// <summary>How the client is to run.</summary>
    public ClientOptions Read(SettingsReader reader)
    {
        ClientOptions options = new()
        {
            Bank = reader.Read(_bank) ?? new Uri(_bank.Fallback!),
            Name = reader.Read(_name),
            DataDirectory = DataFolders.Find(reader.Read(_data)).Root,
            Listen = reader.Read(_listen) ?? new IPEndPoint(IPAddress.Loopback, 0),
            Advertise = reader.Read(_advertise),
            Delay = reader.Read(_delay),
            History = reader.Read(_history),
            AllowRemote = reader.Read(_allowRemote),
            MaxBatch = reader.Read(_batch),
        };
        foreach (string fault in options.Faults())
        {
            reader.Fault(fault);
        }

        return options;
    }

    /// <summary>How it meets its user.</summary>
    public ClientManner ReadManner(SettingsReader reader)
    {
        ClientManner manner = new(
            reader.Read(_commands), reader.Read(_json), reader.Read(_keepGoing), reader.Read(_stay),
            reader.Read(_withParent));
        if (manner is { Stay: true, Commands: not null })
        {
            reader.Fault("--stay takes no commands, and -c gives some. Leave one of them out.");
        }

        return manner;
    }
}
