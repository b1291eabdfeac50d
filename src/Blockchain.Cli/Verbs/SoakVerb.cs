using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Blockchain.Cli.Options;
using Blockchain.Core.BankNetwork;
using Blockchain.Core.OpenNetwork;
using Blockchain.Simulator;

namespace Blockchain.Cli.Verbs;

/// <summary>
/// <c>blockchain soak</c>: simulated worlds, each from one seed. What it prints on standard output is the same whenever
/// it is run; times go to standard error.
/// </summary>
internal static class SoakVerb
{
    private const long ProgressEveryMs = 5_000;

    private static readonly Setting<(ulong First, ulong Last)> Seeds = new(
        "--seeds", "Seeds of the worlds: one, or first..last.", "SEEDS", "1..1000", ParseSeeds);

    private static readonly Setting<int> Clients = new(
        "--clients", "Clients that a world begins with, 1 to 16.", "N", "3", ParseClients);

    private static readonly Setting<Fault> FaultList = new(
        "--faults", $"all, none, or some of {string.Join(',', Faults.Each.Select(fault => fault.Word()))}.", "LIST",
        "all", ParseFaults);

    private static readonly Setting<string> Without = new(
        "--without",
        "Takes rules of the protocol out, to show that the checks notice: "
            + $"{string.Join(", ", RuleWords.Each(ProtocolRules.All))}; with --network open "
            + $"{string.Join(", ", RuleWords.Each(OpenRules.All))}.",
        "RULES",
        string.Empty,
        text => text);

    private static readonly Setting<bool> IsOpen = new(
        "--network", "bank, or open: full nodes with proof of work, as many as --clients.", "NETWORK", "bank",
        ParseNetwork);

    private static readonly Setting<string?> Trace = new(
        "--trace", "Writes every step to this file.", "FILE", null, text => text);

    /// <summary>Makes the verb.</summary>
    public static Command Create() => Verb.Create(
        "soak",
        "Runs the protocol in simulated worlds with faults and checks every invariant after every step.",
        "blockchain soak --seeds 1..1000\nblockchain soak --seeds 17 --faults loss,crash --trace steps.txt\n"
        + "blockchain soak --without fence,dedup\nblockchain soak --network open --clients 5",
        [IsOpen.Option, Seeds.Option, Clients.Option, FaultList.Option, Without.Option, Trace.Option],
        context => Task.FromResult(Run(context)));

    private static int Run(VerbContext context)
    {
        SettingsReader settings = context.Settings;
        (ulong first, ulong last) = settings.Read(Seeds);
        bool isOpen = settings.Read(IsOpen);
        string without = settings.Read(Without) ?? string.Empty;
        SoakOptions options = new()
        {
            First = first,
            Last = last,
            Clients = settings.Read(Clients),
            Faults = settings.Read(FaultList),
            Rules = isOpen ? ProtocolRules.All : ParseWithout(settings, without, ProtocolRules.All),
        };
        OpenRules openRules = isOpen ? ParseWithout(settings, without, OpenRules.All) : OpenRules.All;
        string? file = settings.Read(Trace);
        settings.ThrowIfFaulty();
        if (isOpen)
        {
            return RunOpen(options, openRules, file, context.Stopping);
        }

        Stopwatch watch = Stopwatch.StartNew();
        SoakReport report = file is null
            ? SoakRunner.Run(options, new Progress(options.Count, watch).Tell, context.Stopping)
            : RunTraced(options, file, context.Stopping);
        Console.Out.Write(report.ToString());
        if (report.Failure is null)
        {
            double seconds = watch.Elapsed.TotalSeconds;
            Console.Error.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"soak: {options.Count} seeds in {seconds:0.0} s, {options.Count / seconds:0} seeds/s"));
        }

        return report.Failure is null ? ExitCode.Done : ExitCode.Integrity;
    }

    private static int RunOpen(SoakOptions options, OpenRules rules, string? file, CancellationToken cancel)
    {
        OpenSoakOptions open = new()
        {
            First = options.First,
            Last = options.Last,
            Nodes = options.Clients,
            Faults = options.Faults,
            Rules = rules,
        };
        using StreamWriter? trace = file is null ? null : new StreamWriter(file);
        Progress progress = new(options.Count, Stopwatch.StartNew());
        OpenSoakReport report = OpenSoak.Run(
            open, trace is null ? null : line => trace.Write($"{line}\n"), progress.Tell, cancel);
        Console.Out.Write(report.ToString());
        return report.Failure is null && report.Hollow.Count == 0 ? ExitCode.Done : ExitCode.Integrity;
    }

    private static SoakReport RunTraced(SoakOptions options, string file, CancellationToken cancel)
    {
        using StreamWriter trace = new(file);
        return SoakRunner.RunTraced(options, trace, cancel);
    }

    private static (ulong First, ulong Last) ParseSeeds(string text) =>
        SoakOptions.TryParseSeeds(text, out ulong first, out ulong last)
            ? (first, last)
            : throw new FormatException(
                "a seed is a number of digits, and two of them are written 1..1000, the lower first");

    private static int ParseClients(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int clients)
            && clients is >= 1 and <= SoakOptions.MaxClients
            ? clients
            : throw new FormatException($"a world begins with 1 to {SoakOptions.MaxClients} clients");

    private static Fault ParseFaults(string text) => Faults.TryParse(text, out Fault faults, out string unknown)
        ? faults
        : throw new FormatException(
            $"'{unknown}' is no fault; the faults are {string.Join(", ", Faults.Each.Select(fault => fault.Word()))}, "
                + "all and none");

    private static T ParseWithout<T>(SettingsReader settings, string text, T all)
        where T : struct, Enum
    {
        if (!RuleWords.TryParseWithout(text, all, out T rules))
        {
            settings.Fault($"--without: the rules of this network are {string.Join(", ", RuleWords.Each(all))}");
        }

        return rules;
    }

    private static bool ParseNetwork(string text) => text switch
    {
        "bank" => false,
        "open" => true,
        _ => throw new FormatException("a network is bank or open"),
    };

    /// <summary>Says on standard error how far a long run is.</summary>
    private sealed class Progress(ulong seeds, Stopwatch watch)
    {
        private long _nextMs = ProgressEveryMs;

        public void Tell(long done)
        {
            long now = watch.ElapsedMilliseconds;
            long next = Interlocked.Read(ref _nextMs);
            if (now >= next && Interlocked.CompareExchange(ref _nextMs, now + ProgressEveryMs, next) == next)
            {
                Console.Error.WriteLine(string.Create(
                    CultureInfo.InvariantCulture, $"soak: {done} of {seeds} seeds, {done * 1_000.0 / now:0} seeds/s"));
            }
        }
    }
}
