using Blockchain.Client.Terminal;
using Blockchain.Wire.Files;
using Blockchain.Wire.Http;
using Blockchain.Wire.Terminal;

namespace Blockchain.Cli.Voting;

/// <summary>The dialogue of the voting machine: add a record, display the tally, quit.</summary>
/// <param name="session">Casts the votes.</param>
/// <param name="console">Who is asked.</param>
/// <param name="asJson">Whether an answer is an object of JSON.</param>
internal sealed class VoteDialogue(VoteSession session, IVoteConsole console, bool asJson)
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);
    private int _exit = ExitCode.Done;

    /// <summary>Asks until the person quits or the lines are used up.</summary>
    /// <returns>The exit code: of the first vote that did not count, else 0.</returns>
    public async Task<int> RunAsync(CancellationToken cancellation)
    {
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Task watching = WatchAsync(stop.Token);
        while (await console.AskAsync(VoteText.Option, cancellation) is { } line
            && await ExecuteAsync(line, cancellation))
        {
        }

        await stop.CancelAsync();
        await watching;
        await FinishAsync(cancellation);
        return _exit;
    }

    /// <returns>False to quit.</returns>
    private async Task<bool> ExecuteAsync(string line, CancellationToken cancellation)
    {
        foreach (CommandWords command in CommandTokenizer.Split(line))
        {
            if (!await ExecuteAsync(command, cancellation))
            {
                return false;
            }
        }

        return true;
    }

    /// <returns>False to quit.</returns>
    private async Task<bool> ExecuteAsync(CommandWords command, CancellationToken cancellation)
    {
        IReadOnlyList<string> words = command.Words;
        switch (words.FirstOrDefault()?.ToLowerInvariant())
        {
            case null:
                Fail(ExitCode.Usage, command.Fault!.Message);
                return true;
            case "a" or "add":
                string? choice = words.Count > 2 ? string.Join(' ', words.Skip(2)) : null;
                await AddAsync(words.ElementAtOrDefault(1), choice, cancellation);
                return true;
            case "d" or "display" or "tally" when words.Count == 1:
                await DisplayAsync(cancellation);
                return true;
            case "q" or "quit" or "exit" when words.Count == 1:
                return false;
            default:
                Fail(ExitCode.Usage, $"no such option: {PlainText.Of(string.Join(' ', words))}. Enter a, d or q.");
                return true;
        }
    }

    private async Task AddAsync(string? voter, string? choice, CancellationToken cancellation)
    {
        voter ??= await console.AskAsync(VoteText.Voter, cancellation);
        choice ??= string.IsNullOrWhiteSpace(voter) ? voter : await console.AskAsync(VoteText.Choice, cancellation);
        if (voter is null || choice is null)
        {
            Fail(ExitCode.Usage, "the input ended before the vote was complete.");
            return;
        }

        (voter, choice) = (voter.Trim(), choice.Trim());
        if (voter.Length == 0 || choice.Length == 0)
        {
            Fail(ExitCode.Usage, "nothing was entered, so no vote was cast.");
            return;
        }

        VoteOutcome? outcome = null;
        bool waited;
        try
        {
            waited = await console.WaitAsync(
                async token => outcome = await session.AddAsync(voter, choice, token), cancellation);
        }
        catch (Exception fault) when (fault is CliException or StoreFaultException or ApiException)
        {
            // A key that cannot be used, or an answer that is none: of this voter alone.
            (int exitCode, string line) = Failures.Explain(fault);
            Fail(exitCode, line);
            return;
        }

        if (!waited)
        {
            console.Tell("no longer waited for; a vote that was sent goes on");
            return;
        }

        string text = asJson ? VoteText.ToJson(voter, choice, outcome!) : VoteText.Describe(outcome!);
        console.Tell(text);
        int code = outcome!.Result switch
        {
            VoteResult.Accepted => ExitCode.Done,
            VoteResult.Retry => ExitCode.Unreachable,
            _ => ExitCode.Failed,
        };
        _exit = _exit == ExitCode.Done ? code : _exit;
    }

    private async Task DisplayAsync(CancellationToken cancellation)
    {
        try
        {
            ElectionDto? election = await session.TallyAsync(cancellation);
            foreach (string line in asJson
                ? [VoteText.ToJson(session.Election, election)]
                : VoteText.Describe(election))
            {
                console.Tell(line);
            }
        }
        catch (Exception fault) when (fault is HttpRequestException or ApiException or CliException)
        {
            (int exitCode, string line) = Failures.Explain(fault);
            Fail(exitCode, line);
        }
    }

    private void Fail(int code, string message)
    {
        if (asJson)
        {
            console.Tell(Reply.Error(code, "command", message).JsonText);
        }
        else
        {
            console.Complain(message);
        }

        _exit = _exit == ExitCode.Done ? code : _exit;
    }

    private async Task WatchAsync(CancellationToken cancellation)
    {
        try
        {
            while (true)
            {
                await Task.Delay(LookEvery, cancellation);
                await TellMovedAsync(cancellation);
            }
        }
        catch (OperationCanceledException)
        {
            // The dialogue is over.
        }
    }

    private async Task TellMovedAsync(CancellationToken cancellation)
    {
        try
        {
            foreach (CastBallot ballot in await session.LookAsync(cancellation))
            {
                console.Tell(asJson ? VoteText.ToJson(ballot) : VoteText.Describe(ballot));
            }
        }
        catch (Exception fault) when (fault is HttpRequestException or ApiException)
        {
            // The node may come back; the next look tells.
        }
    }

    /// <summary>Says where the ballots are in the end.</summary>
    private async Task FinishAsync(CancellationToken cancellation)
    {
        if (session.Cast.Count == 0)
        {
            return;
        }

        try
        {
            await session.LookAsync(cancellation);
            foreach (CastBallot ballot in session.Cast)
            {
                console.Tell(asJson ? VoteText.ToJson(ballot) : VoteText.DescribeFinal(ballot));
                bool counts = ballot.State != BallotState.Replaced;
                _exit = _exit == ExitCode.Done && !counts ? ExitCode.Failed : _exit;
            }
        }
        catch (Exception fault) when (fault is HttpRequestException or ApiException)
        {
            Fail(ExitCode.Unreachable, $"where the ballots are is not known: {fault.Message}");
        }
    }
}
