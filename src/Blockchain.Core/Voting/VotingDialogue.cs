using System.Globalization;

namespace Blockchain.Core.Voting;

/// <summary>What a line of the voter asks for. Closed.</summary>
public abstract record VotingAction
{
    private VotingAction()
    {
    }

    /// <summary>Nothing but to read the next line.</summary>
    public sealed record Ask : VotingAction;

    /// <summary>Tell the voter something, then read the next line.</summary>
    /// <param name="Text">What.</param>
    public sealed record Tell(string Text) : VotingAction;

    /// <summary>Hand in a vote and tell what became of it.</summary>
    /// <param name="Voter">The voter's id.</param>
    /// <param name="Choice">The choice.</param>
    public sealed record Cast(string Voter, string Choice) : VotingAction;

    /// <summary>Show the tally.</summary>
    public sealed record Display : VotingAction;

    /// <summary>Leave.</summary>
    public sealed record Quit : VotingAction;
}

/// <summary>The conversation with a voter: <c>a</c> adds a vote, <c>d</c> displays the tally, <c>q</c> quits. Knows
/// neither terminal nor node.</summary>
public sealed class VotingDialogue
{
    private const string OptionPrompt = "Enter option ('a' add record, 'd' display tally, 'q' quit):";
    private const string VoterPrompt = "Enter voter id:";
    private const string ChoicePrompt = "Enter choice:";

    private string? _voter;

    /// <summary>What to show before the next line is read, without the space behind it.</summary>
    public string Prompt { get; private set; } = OptionPrompt;

    /// <summary>Handles a line.</summary>
    /// <param name="line">What was typed; null at the end of the input.</param>
    public VotingAction Enter(string? line)
    {
        string text = line?.Trim() ?? string.Empty;
        return (line, Prompt) switch
        {
            (null, _) => new VotingAction.Quit(),
            (_, VoterPrompt) => EnterVoter(text),
            (_, ChoicePrompt) => EnterChoice(text),
            _ => EnterOption(text),
        };
    }

    /// <summary>The tally as lines of text: choice and votes, aligned.</summary>
    /// <param name="result">The result; null when nobody has voted and nobody defined the election.</param>
    public static IReadOnlyList<string> Show(ElectionResult? result)
    {
        if (result is null || result.Tallies.Count == 0)
        {
            return ["No votes yet"];
        }

        int width = result.Tallies.Max(tally => tally.Choice.Length);
        return [.. result.Tallies.Select(tally => string.Create(
            CultureInfo.InvariantCulture, $"{tally.Choice.PadRight(width)}  {tally.Votes}"))];
    }

    private VotingAction EnterOption(string text)
    {
        switch (text)
        {
            case "a":
                Prompt = VoterPrompt;
                return new VotingAction.Ask();
            case "d":
                return new VotingAction.Display();
            case "q":
                return new VotingAction.Quit();
            case "":
                return new VotingAction.Ask();
            default:
                return new VotingAction.Tell($"'{text}' is no option: type a, d or q");
        }
    }

    private VotingAction EnterVoter(string text)
    {
        if (text.Length == 0)
        {
            return new VotingAction.Tell("A voter id is needed");
        }

        _voter = text;
        Prompt = ChoicePrompt;
        return new VotingAction.Ask();
    }

    private VotingAction EnterChoice(string text)
    {
        if (text.Length == 0)
        {
            return new VotingAction.Tell("A choice is needed");
        }

        Prompt = OptionPrompt;
        return new VotingAction.Cast(_voter!, text);
    }
}
