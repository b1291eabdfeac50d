using System.Globalization;
using System.Text.Json;
using Blockchain.Cli.Wallet;
using Blockchain.Cli.Watch;
using Blockchain.Wire.Http;
using Blockchain.Wire.Terminal;

namespace Blockchain.Cli.Voting;

/// <summary>What the voting machine says.</summary>
internal static class VoteText
{
    /// <summary>Asks what to do.</summary>
    public const string Option = "Enter option ('a' add record, 'd' display tally, 'q' quit): ";

    /// <summary>Asks who votes.</summary>
    public const string Voter = "Enter voter id: ";

    /// <summary>Asks for what.</summary>
    public const string Choice = "Enter choice: ";

    /// <summary>The vote will never count.</summary>
    public const string Invalid = "Invalid/duplicate vote";

    /// <summary>What became of a vote.</summary>
    public static string Describe(VoteOutcome outcome) => PlainText.Of(outcome switch
    {
        { Result: VoteResult.Accepted, Height: { } height } =>
            string.Create(CultureInfo.InvariantCulture, $"Vote added: block {height}"),
        { Result: VoteResult.Accepted } => "Vote accepted; it still waits for a block",
        { Result: VoteResult.Retry } => $"Retry: {outcome.Reason}",
        _ => $"{Invalid}: {outcome.Reason}",
    });

    /// <summary>The same as JSON.</summary>
    public static string ToJson(string voter, string choice, VoteOutcome outcome) => JsonLine.Of(writer =>
    {
        writer.WriteString("command", "add");
        writer.WriteString("voter", voter);
        writer.WriteString("choice", choice);
        writer.WriteString("result", outcome.Result.ToString().ToLowerInvariant());
        WriteNumber(writer, "height", outcome.Height);
        writer.WriteString("txid", outcome.Txid);
        writer.WriteString("reason", outcome.Reason.Length == 0 ? null : outcome.Reason);
    });

    /// <summary>The count as a table.</summary>
    public static IEnumerable<string> Describe(ElectionDto? election)
    {
        if (election is null || (election.Ballots == 0 && election.Choices.Length == 0))
        {
            return ["No votes yet"];
        }

        TextTable table = new("choice", ">votes");
        IEnumerable<TallyDto> unchosen = election.Choices
            .Where(choice => election.Tally.All(line => line.Choice != choice))
            .Select(choice => new TallyDto(choice, 0));
        foreach (TallyDto line in election.Tally.Concat(unchosen))
        {
            table.Add(PlainText.Of(line.Choice), line.Votes.ToString(CultureInfo.InvariantCulture));
        }

        string roll = election.RollSize > 0
            ? $" of {WatchText.Count(election.RollSize, "voter")}"
            : string.Empty;
        string waiting = election.Pending > 0
            ? string.Create(CultureInfo.InvariantCulture, $", {election.Pending} waiting for a block")
            : string.Empty;
        return
        [
            .. table.Lines(),
            string.Create(
                CultureInfo.InvariantCulture,
                $"{WatchText.Count(election.Ballots, "ballot")}{roll} up to block {election.Height}{waiting}"),
        ];
    }

    /// <summary>The same as JSON.</summary>
    public static string ToJson(string name, ElectionDto? election) => JsonLine.Of(writer =>
    {
        writer.WriteString("command", "tally");
        writer.WriteString("election", name);
        writer.WriteStartObject("tally");
        foreach (TallyDto line in election?.Tally ?? [])
        {
            writer.WriteNumber(line.Choice, line.Votes);
        }

        writer.WriteEndObject();
        writer.WriteNumber("ballots", election?.Ballots ?? 0);
        writer.WriteNumber("pending", election?.Pending ?? 0);
        WriteNumber(writer, "height", election?.Height);
    });

    /// <summary>Where a ballot has gone.</summary>
    public static string Describe(CastBallot ballot) => PlainText.Of(ballot.State switch
    {
        BallotState.Counted => string.Create(
            CultureInfo.InvariantCulture, $"the ballot of {ballot.Voter} is in block {ballot.Height} now"),
        BallotState.Waiting =>
            $"the block with the ballot of {ballot.Voter} was left for a better chain; the ballot waits for a block "
                + "again",
        _ => $"the ballot of {ballot.Voter} does not count: another one of this voter was first",
    });

    /// <summary>Where a ballot is at the end.</summary>
    public static string DescribeFinal(CastBallot ballot) => PlainText.Of(ballot.State switch
    {
        BallotState.Counted => string.Create(
            CultureInfo.InvariantCulture,
            $"ballot of {ballot.Voter} for {ballot.Choice}: block {ballot.Height}, "
                + $"{Math.Max(1, ballot.Confirmations)} deep"),
        BallotState.Waiting => $"ballot of {ballot.Voter} for {ballot.Choice}: waits for a block",
        _ => $"ballot of {ballot.Voter} for {ballot.Choice}: does not count, another one was first",
    });

    /// <summary>Where a ballot is, as JSON.</summary>
    public static string ToJson(CastBallot ballot) => JsonLine.Of(writer =>
    {
        writer.WriteString("event", "ballot");
        writer.WriteString("voter", ballot.Voter);
        writer.WriteString("choice", ballot.Choice);
        writer.WriteString("state", ballot.State.ToString().ToLowerInvariant());
        WriteNumber(writer, "height", ballot.Height);
        writer.WriteNumber("confirmations", ballot.Confirmations);
        writer.WriteString("txid", ballot.Txid);
    });

    private static void WriteNumber(Utf8JsonWriter writer, string name, int? number)
    {
        if (number is { } value)
        {
            writer.WriteNumber(name, value);
        }
        else
        {
            writer.WriteNull(name);
        }
    }
}
