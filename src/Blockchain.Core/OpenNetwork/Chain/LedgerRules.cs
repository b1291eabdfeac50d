using Blockchain.Core.Kernel;

namespace Blockchain.Core.OpenNetwork;

/// <summary>The rules of transactions that depend on what comes before them. Blocks and the pool are judged by the
/// same code, so they cannot disagree.</summary>
public static class LedgerRules
{
    /// <summary>Checks a transaction that <see cref="TransactionForm.Check"/> passes, but not its
    /// signatures.</summary>
    /// <param name="transaction">The transaction.</param>
    /// <param name="before">What comes before it.</param>
    /// <param name="maturity">How many blocks deep a reward must be.</param>
    /// <returns><see cref="Refusal.None"/>, or the first rule that is broken.</returns>
    public static Refusal Check(Transaction transaction, LedgerView before, int maturity) => transaction switch
    {
        Transaction.Coinbase => Refusal.None,
        Transaction.Payment payment => CheckPayment(payment, before, maturity),
        Transaction.Message message => CheckMessage(message, before),
        Transaction.Election election =>
            before.TryFindElection(election.Name, out _) ? Refusal.ElectionExists : Refusal.None,
        Transaction.Ballot ballot => CheckBallot(ballot, before),
        _ => throw new InvariantException("the kinds of transaction are closed"),
    };

    private static Refusal CheckPayment(Transaction.Payment payment, LedgerView before, int maturity)
    {
        Int128 balance = -(Int128)payment.Fee.Units;
        foreach (TransactionInput input in payment.Inputs)
        {
            OutputStatus status = before.Find(input.Source, out UnspentOutput output);
            if (status != OutputStatus.Unspent)
            {
                return RefusalOf(status);
            }

            if (Address.Of(input.Key) != output.Owner)
            {
                return Refusal.NotOwner;
            }

            if (output.IsReward && before.NextHeight - output.Height < maturity)
            {
                return Refusal.ImmatureReward;
            }

            balance += output.Amount.Units;
        }

        foreach (TransactionOutput output in payment.Outputs)
        {
            balance -= output.Amount.Units;
        }

        return balance == 0 ? Refusal.None : Refusal.Unbalanced;
    }

    private static Refusal RefusalOf(OutputStatus status) => status switch
    {
        OutputStatus.Spent => Refusal.AlreadySpent,
        OutputStatus.SpentByPending => Refusal.ConflictsWithPending,
        _ => Refusal.UnknownOutput,
    };

    private static Refusal CheckMessage(Transaction.Message message, LedgerView before)
    {
        if (message.Nonce is not { } nonce)
        {
            return before.HasMessage(message.Sender, message.Text) ? Refusal.DuplicateMessage : Refusal.None;
        }

        long next = before.NextNonce(message.Sender);
        return nonce == next ? Refusal.None : nonce < next ? Refusal.NonceUsed : Refusal.NonceTooHigh;
    }

    private static Refusal CheckBallot(Transaction.Ballot ballot, LedgerView before)
    {
        if (before.HasBallot(ballot.ElectionName, ballot.Voter))
        {
            return Refusal.DuplicateVote;
        }

        if (!before.TryFindElection(ballot.ElectionName, out Transaction.Election? election) || election is null)
        {
            return Refusal.None;
        }

        if (election.Roll.Count > 0)
        {
            if (!election.TryFindVoter(ballot.Voter, out Ed25519Key key))
            {
                return Refusal.NotOnRoll;
            }

            if (key != ballot.Key)
            {
                return Refusal.WrongVoterKey;
            }
        }

        return election.Choices.Count == 0 || election.Choices.Contains(ballot.Choice, StringComparer.Ordinal)
            ? Refusal.None
            : Refusal.UnknownChoice;
    }
}
