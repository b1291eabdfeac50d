using Blockchain.Cli.Wallet;
using Blockchain.Core.OpenNetwork;
using Blockchain.Wire.Http;

namespace Blockchain.Cli.Voting;

/// <summary>What votes are cast with.</summary>
/// <param name="Election">Name of the election.</param>
/// <param name="Depth">Confirmations that a vote waits for.</param>
/// <param name="Patience">The longest wait for them.</param>
internal sealed record VoteOptions(string Election, int Depth, TimeSpan Patience);

/// <summary>Casts ballots through a node, counts them, and keeps an eye on those that it cast: a block that had one can
/// be left for a better chain, and then the ballot waits again.</summary>
/// <param name="node">The node.</param>
/// <param name="keys">The voters' keys.</param>
/// <param name="options">What votes are cast with.</param>
/// <param name="time">The clock.</param>
internal sealed class VoteSession(INodeApi node, VoterKeys keys, VoteOptions options, TimeProvider time)
{
    private const int Attempts = 5;
    private static readonly TimeSpan AttemptAgain = TimeSpan.FromMilliseconds(500);
    private readonly List<CastBallot> _cast = [];
    private readonly SemaphoreSlim _turn = new(1);
    private BlockHash? _network;

    /// <summary>Name of the election.</summary>
    public string Election => options.Election;

    /// <summary>Casts a vote and waits until it counts.</summary>
    /// <param name="voter">The voter's id.</param>
    /// <param name="choice">What is chosen.</param>
    /// <param name="cancellation">Ends the wait; what was cast goes on.</param>
    public async Task<VoteOutcome> AddAsync(string voter, string choice, CancellationToken cancellation)
    {
        Transaction.Ballot unsigned = new(options.Election, voter, choice, default, default);
        if (TransactionForm.Check(unsigned) is var refusal && refusal != Refusal.None)
        {
            return VoteOutcome.Refused(refusal.Describe());
        }

        try
        {
            _network ??= await node.GetNetworkAsync(cancellation);
        }
        catch (Exception fault) when (fault is HttpRequestException or ApiException { Status: >= 500 })
        {
            return VoteOutcome.Again(fault.Message.TrimEnd('.'));
        }

        OwnerKey key = keys.Of(voter);
        Transaction.Ballot ballot = new(options.Election, voter, choice, key.PublicKey, default);
        ballot = ballot.WithSignature(key.Sign(ballot.SignedBytes(_network.Value)));
        return await SubmitAsync(ballot, cancellation) ?? await WaitAsync(ballot, cancellation);
    }

    /// <summary>The count now; null when there is neither an election of this name nor a vote.</summary>
    public async Task<ElectionDto?> TallyAsync(CancellationToken cancellation)
    {
        _network ??= await node.GetNetworkAsync(cancellation);
        try
        {
            return await node.GetElectionAsync(options.Election, cancellation);
        }
        catch (ApiException fault) when (fault.Status == 404)
        {
            return null;
        }
    }

    /// <summary>Opens the election and waits until it stands in a block.</summary>
    /// <returns>The height of the block.</returns>
    /// <exception cref="CliException">It is not well formed, or another was first.</exception>
    public async Task<int> OpenAsync(
        IReadOnlyList<string> choices, IReadOnlyList<RollEntry> roll, CancellationToken cancellation)
    {
        OwnerKey key = keys.Organizer();
        Transaction.Election election = new(options.Election, choices, roll, key.PublicKey, default);
        if (TransactionForm.Check(election) is var refusal && refusal != Refusal.None)
        {
            throw new CliException(ExitCode.Usage, $"the election is refused: {refusal.Describe()}.");
        }

        BlockHash network = _network ??= await node.GetNetworkAsync(cancellation);
        election = election.WithSignature(key.Sign(election.SignedBytes(network)));
        string txid = await node.SubmitAsync(election, cancellation);
        TransactionStatusDto status =
            await new Confirmation(node, time).WaitAsync(txid, options.Depth, options.Patience, cancellation)
            ?? throw new CliException(
                ExitCode.Failed, $"another election or ballot of the name '{options.Election}' was first.");
        return status.Height ?? 0;
    }

    /// <summary>Looks where the ballots are that this session has cast.</summary>
    /// <returns>Those that are somewhere else than they were.</returns>
    public async Task<IReadOnlyList<CastBallot>> LookAsync(CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation);
        try
        {
            List<CastBallot> moved = [];
            foreach (CastBallot ballot in _cast)
            {
                if (await ballot.LookAsync(node, cancellation))
                {
                    moved.Add(ballot);
                }
            }

            return moved;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>The ballots that this session has cast.</summary>
    public IReadOnlyList<CastBallot> Cast => _cast;

    /// <returns>Null when the node has the ballot.</returns>
    private async Task<VoteOutcome?> SubmitAsync(Transaction.Ballot ballot, CancellationToken cancellation)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                await node.SubmitAsync(ballot, cancellation);
                return null;
            }
            catch (ApiException fault) when (fault.Status is >= 400 and < 500 && !IsPassing(fault))
            {
                return VoteOutcome.Refused(fault.Message.TrimEnd('.'));
            }
            catch (Exception fault) when (fault is ApiException or HttpRequestException)
            {
                if (attempt == Attempts)
                {
                    return VoteOutcome.Again(fault.Message.TrimEnd('.'));
                }
            }

            await Task.Delay(AttemptAgain, time, cancellation);
        }
    }

    private async Task<VoteOutcome> WaitAsync(Transaction.Ballot ballot, CancellationToken cancellation)
    {
        string txid = ballot.Id.ToString();
        CastBallot cast = new(ballot.ElectionName, ballot.Voter, ballot.Choice, txid);
        try
        {
            TransactionStatusDto? status =
                await new Confirmation(node, time).WaitAsync(txid, options.Depth, options.Patience, cancellation);
            if (status is not { Height: { } height })
            {
                return VoteOutcome.Refused("another ballot of this voter was first");
            }

            cast.Place(height);
            await KeepAsync(cast);
            return VoteOutcome.Counted(txid, height);
        }
        catch (TimeoutException)
        {
            await KeepAsync(cast);
            return VoteOutcome.Waiting(txid);
        }
        catch (OperationCanceledException)
        {
            // Whoever waited no longer does, and is told later what became of it.
            await KeepAsync(cast);
            throw;
        }
    }

    private async Task KeepAsync(CastBallot cast)
    {
        await _turn.WaitAsync(CancellationToken.None);
        _cast.Add(cast);
        _turn.Release();
    }

    /// <summary>Whether the same ballot may be taken a little later.</summary>
    private static bool IsPassing(ApiException fault) => fault.Type == ProblemTypes.Prefix + "pool-full";
}
