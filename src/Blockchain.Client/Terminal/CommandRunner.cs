using Blockchain.Core.BankNetwork;
using Blockchain.Wire.Files;
using Blockchain.Wire.Http;

namespace Blockchain.Client.Terminal;

/// <summary>Carries out commands on a running client. What they print is made here, so prompt, pipe and <c>-c</c>
/// agree.</summary>
/// <param name="session">The client.</param>
/// <param name="time">Measures how long the bank stays away.</param>
/// <param name="notice">Told in a line that a command waits for the bank; null for nobody.</param>
public sealed class CommandRunner(IClientSession session, TimeProvider time, Action<string>? notice = null)
{
    private static readonly TimeSpan BankPatience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan NoticeAfter = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LocalPatience = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(50);
    private readonly ChainCommands _chain = new(session);
    private readonly StateCommands _state = new(session);

    /// <summary>Carries out one command and waits for its outcome.</summary>
    /// <exception cref="OperationCanceledException">The caller, or the client, has stopped.</exception>
    public async Task<Reply> RunAsync(Command command, CancellationToken cancellationToken)
    {
        try
        {
            return await DispatchAsync(command, cancellationToken);
        }
        catch (Exception e) when (
            e is HttpRequestException or TaskCanceledException { InnerException: TimeoutException })
        {
            return Reply.Error(
                Reply.Unreachable, "unreachable",
                $"the bank at {session.BankAddress} cannot be reached. Is it running? The client keeps trying.");
        }
        catch (IntegrityException e)
        {
            return Reply.Error(
                Reply.Integrity, "integrity", $"the stored chain is damaged: {e.Message} 'verify' tells more.");
        }
        catch (Exception e) when (e is StoreFaultException or IOException)
        {
            return Reply.Error(Reply.Failed, "store", $"the stored chain cannot be read: {e.Message}");
        }
        catch (ApiException e) when (e.Status == 404)
        {
            // The bank's own words name a route of HTTP, where a person at a prompt needs a command.
            string missing = command is Command.Balance { Account: { } id } ? $"there is no account {id}." : e.Message;
            return Reply.Error(
                Reply.Failed, "not-found", $"{missing} 'balance all' shows the clients and their numbers.");
        }
        catch (ApiException e)
        {
            return Reply.Error(Reply.Failed, "refused", $"the bank refuses: {e.Message}");
        }
    }

    /// <summary>
    /// Waits until the client is a member, so that the command can be carried out. A command that needs no bank waits
    /// only for as long as catching up takes when there is one.
    /// </summary>
    /// <returns>Null to go on; otherwise why the client is no member.</returns>
    public async Task<Reply?> WaitForMembershipAsync(Command command, CancellationToken cancellationToken)
    {
        bool needsBank = command is Command.Transfer or Command.Balance or Command.Balances or Command.All;
        TimeSpan patience = needsBank ? BankPatience : LocalPatience;
        long since = time.GetTimestamp();
        bool isNoticed = !needsBank;
        while (true)
        {
            ClientPhase phase = await session.ReadAsync(process => process.Phase);
            if (phase == ClientPhase.Member || command is Command.Help or Command.Log)
            {
                return null;
            }

            if (phase == ClientPhase.Stopped)
            {
                return needsBank ? Reply.Error(Reply.Failed, "stopped", "the client has stopped.") : null;
            }

            if (time.GetElapsedTime(since) > patience)
            {
                return needsBank ? Unreachable() : null;
            }

            if (!isNoticed && time.GetElapsedTime(since) > NoticeAfter)
            {
                isNoticed = true;
                SayThatItWaits();
            }

            await Task.Delay(LookAgain, time, cancellationToken);
        }
    }

    /// <summary>Hands a transfer to the client, which keeps it whatever happens from then on.</summary>
    /// <returns>The transfer under way, or the reply that refuses it.</returns>
    public async Task<(SubmitResult? Accepted, Reply? Refused)> SubmitAsync(Command.Transfer transfer)
    {
        SubmitResult result = await session.SubmitAsync(transfer.To, transfer.Amount, transfer.Memo);
        return result.Fault is { } fault
            ? (null, Reply.Error(Reply.Failed, "refused", SubmitFaults.Describe(fault, transfer)))
            : (result, null);
    }

    private async Task<Reply> DispatchAsync(Command command, CancellationToken cancellationToken) => command switch
    {
        Command.Transfer transfer => await TransferAsync(transfer, cancellationToken),
        Command.Balance balance => await _state.BalanceAsync(balance.Account, cancellationToken),
        Command.Balances => await _state.BalancesAsync(cancellationToken),
        Command.Chain chain => await _chain.ChainAsync(chain.Last),
        Command.OneBlock block => await _chain.BlockAsync(block.Which),
        Command.History history => await _chain.HistoryAsync(history.Account, history.Last),
        Command.Queue => await _state.QueueAsync(),
        Command.Why => await _state.WhyAsync(),
        Command.Clock => await _state.ClockAsync(),
        Command.Peers => await _state.PeersAsync(),
        Command.Verify => await VerifyAsync(cancellationToken),
        Command.All => await AllAsync(cancellationToken),
        Command.Log log => Texts.Log(session.LogPath, log.Lines),
        Command.Help help => Texts.Help(help.Topic),
        _ => new Reply(Reply.Done, [], new LinesAnswer(command.GetType().Name.ToLowerInvariant(), [])),
    };

    private async Task<Reply> TransferAsync(Command.Transfer transfer, CancellationToken cancellationToken)
    {
        (SubmitResult? accepted, Reply? refused) = await SubmitAsync(transfer);
        if (accepted is null)
        {
            return refused!;
        }

        ClientEvent.Settled? settled = await SettledAsync(accepted, cancellationToken);
        return settled is null
            ? Reply.Error(
                Reply.Unreachable, "unreachable",
                $"the bank has not been reachable for {BankPatience.TotalSeconds:0} s. The transfer is kept and is "
                + "finished when this client runs again under its name.")
            : Texts.Settled(settled);
    }

    private async Task<ClientEvent.Settled?> SettledAsync(SubmitResult accepted, CancellationToken cancellationToken)
    {
        long reachedAt = time.GetTimestamp();
        bool isNoticed = false;
        while (!accepted.Settled.IsCompleted)
        {
            await Task.WhenAny(accepted.Settled, Task.Delay(LookAgain, time, cancellationToken));
            cancellationToken.ThrowIfCancellationRequested();
            if (session.BankReachable)
            {
                reachedAt = time.GetTimestamp();
            }
            else if (time.GetElapsedTime(reachedAt) > BankPatience)
            {
                return null;
            }
            else if (!isNoticed && time.GetElapsedTime(reachedAt) > NoticeAfter)
            {
                isNoticed = true;
                SayThatItWaits();
            }
        }

        return await accepted.Settled;
    }

    private async Task<Reply> VerifyAsync(CancellationToken cancellationToken)
    {
        VerifyResult result = await session.VerifyAsync(cancellationToken);
        VerifyAnswer answer = new(
            "verify", result.Fault is null, result.Count, result.Head.ToString(), result.Total.ToString(),
            result.Comparison, result.Fault?.Index, result.Fault?.Explanation);
        string[] lines = result.Fault is { } fault
            ? [$"block {fault.Index} is wrong: {fault.Explanation}"]
            : [$"{result.Count} blocks verified, head {result.Head.Short}, balances sum to {result.Total}; "
                + $"{result.Comparison}"];
        return new Reply(result.Fault is null ? Reply.Done : Reply.Integrity, lines, answer);
    }

    private async Task<Reply> AllAsync(CancellationToken cancellationToken)
    {
        Reply balances = await _state.BalancesAsync(cancellationToken);
        Reply chain = await _chain.ChainAsync(null);
        Reply queue = await _state.QueueAsync();
        return new Reply(
            Reply.Done, [.. balances.Lines, string.Empty, .. chain.Lines, string.Empty, .. queue.Lines],
            new AllAnswer("all", (BalancesAnswer)balances.Json, (ChainAnswer)chain.Json, (QueueAnswer)queue.Json));
    }

    private void SayThatItWaits() => notice?.Invoke(
        $"waiting for the bank at {session.BankAddress}, {BankPatience.TotalSeconds:0} s in all");

    private Reply Unreachable() => Reply.Error(
        Reply.Unreachable, "unreachable",
        $"the bank at {session.BankAddress} has not answered for {BankPatience.TotalSeconds:0} s"
        + (session.BankTrouble is { } trouble ? $": {trouble}" : string.Empty)
        + ". Start it, or name another with --bank.");
}
