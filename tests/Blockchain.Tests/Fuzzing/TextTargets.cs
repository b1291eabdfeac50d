using System.CommandLine;
using Blockchain.Cli;
using Blockchain.Cli.Options;
using Blockchain.Cli.Verbs;
using Blockchain.Client.Hosting;
using Blockchain.Client.Terminal;
using Blockchain.Core.BankNetwork;
using Blockchain.Core.Kernel;
using Blockchain.Simulator;
using Blockchain.Wire.Keys;
using PromptCommand = Blockchain.Client.Terminal.Command;
using Texts = Blockchain.Cli.Options.Texts;

namespace Blockchain.Tests.Fuzzing;

/// <summary>What people and configuration files write.</summary>
internal static class TextTargets
{
    private const int LongestMessage = 400;

    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        FuzzTarget.OfText("money", 4_000, ["12", "12.5", "12.50", "10000000000000.00", "0.01"], TakesMoney),
        FuzzTarget.OfText("transfer-id", 2_000, [new TransferId(UInt128.MaxValue / 3).ToString()], text =>
            Again(text, TransferId.TryParse(text, out TransferId id), id)),
        FuzzTarget.OfText("hash", 2_000, [Hash.Empty.ToString()], text =>
            Again(text, Hash.TryParse(text, out Hash hash), hash)),
        FuzzTarget.OfText("public-key", 2_000, [Samples.BankKey.ToString()], text =>
            Again(text, PublicKey.TryParse(text, out PublicKey key), key)),
        FuzzTarget.OfText("signature", 2_000, [Samples.Signature.ToString()], text =>
            Again(text, Signature.TryParse(text, out Signature signature), signature)),
        FuzzTarget.OfText("key-pem", 400, Keys(), TakesKey),
        FuzzTarget.OfText("prompt", 4_000, Lines(), TakesLine),
        FuzzTarget.OfText("endpoint", 2_000, ["127.0.0.1:8000", "[::1]:0", "localhost:65535", ":80"], text =>
            Takes(text, Texts.Endpoint, static endpoint => Texts.Endpoint(endpoint.ToString()).Should().Be(endpoint))),
        FuzzTarget.OfText("url", 2_000, ["http://127.0.0.1:8000", "localhost:8000", "https://[::1]/"], text =>
            Takes(text, Texts.Url, static url => url.IsAbsoluteUri.Should().BeTrue())),
        FuzzTarget.OfText("duration", 3_000, ["500ms", "2s", "1.5s", "10m", "1440m", "0"], text =>
            Takes(text, Texts.Duration, static duration => duration.Should()
                .BeGreaterThanOrEqualTo(TimeSpan.Zero).And.BeLessThanOrEqualTo(TimeSpan.FromDays(1)))),
        FuzzTarget.OfText("option", 3_000, ["alice", "8000", "16", "10.00", "bank.example.org"], TakesOption),
        FuzzTarget.OfText("soak-option", 3_000, ["1..1000", "17", "loss,crash", "fence,dedup", "all"], TakesSoakOption),
        FuzzTarget.OfText("client-options", 500, CommandLines(), TakesCommandLine),
    ];

    private static bool TakesMoney(string text)
    {
        AmountFault fault = Money.Parse(text, out Money amount);
        Money.Describe(fault).Should().NotBeEmpty();
        if (fault != AmountFault.None)
        {
            return false;
        }

        amount.IsTransferable.Should().BeTrue();
        Money.Parse(amount.ToString(), out Money again).Should().Be(AmountFault.None);
        again.Should().Be(amount);
        decimal.Parse(text, System.Globalization.CultureInfo.InvariantCulture).Should().Be(amount.Minor / 100m);
        return true;
    }

    private static bool Again<T>(string text, bool read, T value)
    {
        if (read)
        {
            value!.ToString().Should().Be(text.ToLowerInvariant());
        }

        return read;
    }

    private static string[] Keys()
    {
        using KeyPair keys = KeyPair.Create();
        using System.Security.Cryptography.ECDsa other =
            System.Security.Cryptography.ECDsa.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP256);
        return [keys.ExportPem(), other.ExportECPrivateKeyPem()];
    }

    private static bool TakesKey(string text)
    {
        try
        {
            using KeyPair keys = KeyPair.Load(text);
            Signature signature = keys.Sign(Hash.Empty);
            new EcdsaP256().Verify(keys.PublicKey, Hash.Empty, signature).Should().BeTrue("the two halves are a pair");
            return true;
        }
        catch (FormatFaultException)
        {
            return false;
        }
    }

    private static string[] Lines() =>
    [
        "transfer 2 3.50 \"rent for May\" --wait; balance", "print chain last 10", "block 0b6a9982", "help print chain",
        "history 2; why; queue # all", "log 20", "balance all", "t 2 1 'a \"b\" c'",
    ];

    private static bool TakesLine(string line)
    {
        IReadOnlyList<ReadResult> results = CommandParser.Parse(line);
        foreach (ReadResult result in results)
        {
            (result.Command is null).Should().Be(result.Fault is not null, "it is a command or it is not");
            if (result.Fault is { } fault)
            {
                fault.Message.Length.Should().BeInRange(1, LongestMessage);
            }
            else if (result.Command is PromptCommand.Transfer transfer)
            {
                transfer.Amount.IsTransferable.Should().BeTrue();
                Characters.Count(transfer.Memo).Should().BeLessThanOrEqualTo(Limits.MemoCharacters);
            }
        }

        return results.Count > 0 && results.All(result => result.Fault is null);
    }

    private static bool TakesOption(string text)
    {
        Func<string, object>[] parsers =
        [
            Texts.Name, Texts.Host, Texts.Path, text => Texts.Port(text), text => Texts.Deposit(text),
            text => Texts.PositiveDuration(text), text => Texts.Number(1, 256)(text),
        ];
        return parsers.Count(parse => Takes(text, parse, static value => value.Should().NotBeNull())) > 1;
    }

    private static bool TakesSoakOption(string text)
    {
        bool seeds = SoakOptions.TryParseSeeds(text, out ulong first, out ulong last);
        (seeds && (first > last || last - first == ulong.MaxValue)).Should().BeFalse("the seeds can be counted");
        bool rules = SoakOptions.TryParseWithout(text, out _);
        bool faults = Faults.TryParse(text, out _, out string unknown);
        (faults || text.Contains(unknown, StringComparison.Ordinal)).Should().BeTrue("what is unknown is named");
        return seeds || rules || faults;
    }

    private static string[] CommandLines() =>
    [
        "--bank http://127.0.0.1:8000 --name alice --listen 127.0.0.1:0 --delay 2s", "-c balance --json --keep-going",
        "--data folder --history file --advertise example.org --allow-remote", "--stay --listen=[::1]:8001",
    ];

    private static bool TakesCommandLine(string line)
    {
        ClientSettings settings = new();
        System.CommandLine.Command verb = new("client");
        settings.Symbols.OfType<Option>().ToList().ForEach(verb.Options.Add);
        ParseResult parsed = verb.Parse(line.Split(' '));
        if (parsed.Errors.Count > 0)
        {
            return false;
        }

        try
        {
            SettingsReader reader = new(parsed, Configuration.SectionOf("fuzz"));
            ClientOptions options = settings.Read(reader);
            settings.ReadManner(reader);
            reader.ThrowIfFaulty();
            options.DataDirectory.Should().NotBeEmpty();
            return true;
        }
        catch (CliException fault)
        {
            fault.ExitCode.Should().Be(ExitCode.Usage);
            return false;
        }
    }

    private static bool Takes<T>(string text, Func<string, T> parse, Action<T> check)
    {
        T value;
        try
        {
            value = parse(text);
        }
        catch (FormatException)
        {
            return false;
        }

        check(value);
        return true;
    }
}
