using System.CommandLine;
using System.Globalization;
using Blockchain.Cli.Hosting;
using Blockchain.Cli.Options;
using Blockchain.Cli.Voting;
using Blockchain.Cli.Wallet;
using Blockchain.Core.OpenNetwork;
using Blockchain.Wire.Http;
using Blockchain.Wire.Terminal;

namespace Blockchain.Cli.Verbs;

/// <summary><c>blockchain vote</c>: the voting machine on an open network.</summary>
internal static class VoteVerb
{
    private static readonly Setting<Uri> Node = OpenSettings.Node();

    private static readonly Setting<string?> Election = new(
        "--election", "Name of the election.", "NAME", null, text => Texts.Text(text));

    private static readonly Setting<int> Confirmations = OpenSettings.Confirmations();
    private static readonly Setting<TimeSpan> Patience = OpenSettings.Patience();
    private static readonly Setting<string?> Passphrase = PassphraseSource.Option(
        $"File whose first line is the passphrase of the voters' keys; else {PassphraseSource.Variable} is. Without "
            + "one, new keys are plain.");
    private static readonly Setting<string> Data = CommonSettings.Data();
    private static readonly Option<bool> Json = CommonSettings.Json();

    /// <summary>Makes the verb and those below it.</summary>
    public static Command Create()
    {
        Option<string?> commands = new("-c")
        {
            Description = "Options instead of the dialogue, separated by ';': \"a VOTER CHOICE; d\".",
            HelpName = "COMMANDS",
        };
        Command vote = Verb.Create(
            "vote",
            "Votes and counts: at a terminal or from a pipe by a dialogue, else with -c. The first ballot of a voter "
                + "on the best chain counts.",
            "blockchain vote --election board\nblockchain vote --election board -c \"a 17 red; d\"",
            [
                Election.Option, commands, Node.Option, Confirmations.Option, Patience.Option, Passphrase.Option,
                Data.Option, Json,
            ],
            context => RunAsync(context, context.Parsed.GetValue(commands)));
        vote.Subcommands.Add(Open());
        vote.Subcommands.Add(Key());
        return vote;
    }

    private static Command Open()
    {
        Setting<string[]> choices = new(
            "--choices", "What can be chosen, separated by commas; without it, anything.", "LIST", string.Empty,
            text => text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
        Setting<string?> roll = new(
            "--roll", "File with the voters, a line each: id and key; without it, everybody may vote.", "FILE", null,
            text => Texts.Path(text));
        return Verb.Create(
            "vote open",
            "Opens an election: what can be chosen, and who may vote.",
            "blockchain vote open --election board --choices red,blue\n"
                + "blockchain vote key 17 >> roll.txt\nblockchain vote open --election board --roll roll.txt",
            [
                Election.Option, choices.Option, roll.Option, Node.Option, Confirmations.Option, Patience.Option,
                Passphrase.Option, Data.Option, Json,
            ],
            context =>
            {
                string[] list = context.Settings.Read(choices) ?? [];
                if (list.Length == 0 && context.Settings.IsGiven(choices))
                {
                    context.Settings.Fault("--choices names nothing: give one at least, or leave it out");
                }

                string? file = context.Settings.Read(roll);
                return UseAsync(context, session => OpenAsync(context, session, list, file));
            });
    }

    private static async Task<int> OpenAsync(VerbContext context, VoteSession session, string[] choices, string? roll)
    {
        IReadOnlyList<RollEntry> voters = roll is null ? [] : RollFile.Read(roll);
        int height = await session.OpenAsync(choices, voters, context.Stopping);
        Console.Out.WriteLine(context.Settings.Read(Json)
            ? JsonLine.Of(writer =>
            {
                writer.WriteString("command", "open");
                writer.WriteString("election", session.Election);
                writer.WriteNumber("height", height);
            })
            : string.Create(
                CultureInfo.InvariantCulture,
                $"election {PlainText.Of(session.Election)} is open: block {height}"));
        return ExitCode.Done;
    }

    private static Command Key()
    {
        Argument<string> voter = new("VOTER") { Description = "The voter's id." };
        return Verb.Create(
            "vote key",
            "Prints the key of a voter as a line of a roll; makes it when there is none yet.",
            "blockchain vote key 17 >> roll.txt",
            [voter, Passphrase.Option, Data.Option, Json],
            context =>
            {
                VoterKeys keys = Keys(context);
                context.Settings.ThrowIfFaulty();
                string id = context.Parsed.GetRequiredValue(voter).Trim();
                if (id.Length == 0)
                {
                    throw new CliException(ExitCode.Usage, "the id of a voter is empty. Give one, for example 17.");
                }

                string key = keys.Of(id).PublicKey.ToString();
                Console.Out.WriteLine(context.Settings.Read(Json)
                    ? JsonLine.Of(writer =>
                    {
                        writer.WriteString("voter", id);
                        writer.WriteString("key", key);
                    })
                    : $"{PlainText.Of(id)} {key}");
                return Task.FromResult(ExitCode.Done);
            });
    }

    private static Task<int> RunAsync(VerbContext context, string? commands)
    {
        bool asJson = context.Settings.Read(Json);
        return UseAsync(context, async session =>
        {
            if (commands is null && Prompting.IsTerminal)
            {
                using ConsoleTerminal terminal = new();
                TerminalConsole console = new(terminal, historyPath: null);
                return await new VoteDialogue(session, console, asJson).RunAsync(context.Stopping);
            }

            using TextReader input = commands is null ? LineInput.OfConsole() : new StringReader(commands);
            bool showsPrompts = commands is null && !asJson;
            LineConsole lines = new(input, Console.Out, Console.Error, showsPrompts);
            return await new VoteDialogue(session, lines, asJson).RunAsync(context.Stopping);
        });
    }

    private static Task<int> UseAsync(VerbContext context, Func<VoteSession, Task<int>> run)
    {
        Uri? address = context.Settings.Read(Node);
        Func<INodeApi, VoteSession> make = Session(context);
        return NodeAccess.UseAsync(address!, node => run(make(node)));
    }

    private static Func<INodeApi, VoteSession> Session(VerbContext context)
    {
        string? election = context.Settings.Read(Election);
        if (election is null && !context.Settings.IsGiven(Election))
        {
            context.Settings.Fault("--election is missing: it names the election, for example --election board");
        }

        VoterKeys keys = Keys(context);
        int depth = context.Settings.Read(Confirmations);
        TimeSpan patience = context.Settings.Read(Patience);
        context.Settings.ThrowIfFaulty();
        VoteOptions options = new(election!, depth, patience);
        return node => new VoteSession(node, keys, options, TimeProvider.System);
    }

    /// <summary>A dialogue has no place for a passphrase, so that one counts only when a file or the environment
    /// has it.</summary>
    private static VoterKeys Keys(VerbContext context)
    {
        string? file = context.Settings.Read(Passphrase);
        string? data = context.Settings.Read(Data);
        context.Settings.ThrowIfFaulty();
        bool isGiven = file is not null
            || Environment.GetEnvironmentVariable(PassphraseSource.Variable) is { Length: > 0 };
        string? passphrase = isGiven ? new PassphraseSource(file, null).Get("the voters") : null;
        return new VoterKeys(new KeyFolder(DataFolders.Find(data).Voters, "voter's key"), passphrase);
    }
}
