using Blockchain.Cli.Wallet;
using Blockchain.Wire.Http;

namespace Blockchain.Cli.Voting;

/// <summary>Where a ballot is.</summary>
internal enum BallotState
{
    /// <summary>It waits for a block.</summary>
    Waiting,

    /// <summary>It is in a block and counts.</summary>
    Counted,

    /// <summary>Another ballot of the voter counts instead.</summary>
    Replaced,
}

/// <summary>A ballot that was cast here, and where it was seen last.</summary>
/// <param name="election">Name of the election.</param>
/// <param name="voter">The voter's id.</param>
/// <param name="choice">What was chosen.</param>
/// <param name="txid">Its transaction.</param>
internal sealed class CastBallot(string election, string voter, string choice, string txid)
{
    private const int MissesTaken = 3;
    private int _misses;

    /// <summary>The voter's id.</summary>
    public string Voter => voter;

    /// <summary>What was chosen.</summary>
    public string Choice => choice;

    /// <summary>Its transaction.</summary>
    public string Txid => txid;

    /// <summary>Where it was seen last.</summary>
    public BallotState State { get; private set; }

    /// <summary>The block that has it; null while none has.</summary>
    public int? Height { get; private set; }

    /// <summary>Confirmations when it was seen last.</summary>
    public int Confirmations { get; private set; }

    /// <summary>Notes that it is in a block.</summary>
    public void Place(int? height) => (State, Height, _misses) = (BallotState.Counted, height, 0);

    /// <summary>Looks where it is now.</summary>
    /// <returns>Whether it is somewhere else than before.</returns>
    public async Task<bool> LookAsync(INodeApi node, CancellationToken cancellation)
    {
        if (State == BallotState.Replaced)
        {
            return false;
        }

        (BallotState state, int? height) before = (State, Height);
        TransactionStatusDto? status = await node.FindTransactionAsync(txid, cancellation);
        switch (status)
        {
            case { Status: TransactionStatusDto.Confirmed }:
                Place(status.Height);
                Confirmations = status.Confirmations;
                break;
            case not null:
                (State, Height, _misses, Confirmations) = (BallotState.Waiting, null, 0, 0);
                break;
            default:
                await MissAsync(node, cancellation);
                break;
        }

        return before != (State, Height);
    }

    // Between two chains a ballot is for a moment on neither: one miss says nothing.
    private async Task MissAsync(INodeApi node, CancellationToken cancellation)
    {
        if (++_misses < MissesTaken)
        {
            return;
        }

        try
        {
            BallotDto counted = await node.GetBallotAsync(election, voter, cancellation);
            if (counted.Txid != txid)
            {
                (State, Height, Confirmations) = (BallotState.Replaced, null, 0);
            }
        }
        catch (ApiException fault) when (fault.Status == 404)
        {
            (State, Height, Confirmations) = (BallotState.Waiting, null, 0);
        }
    }
}
