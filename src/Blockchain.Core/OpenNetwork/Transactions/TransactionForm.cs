using System.Text;
using Blockchain.Core.Kernel;

namespace Blockchain.Core.OpenNetwork;

/// <summary>What can be said about a transaction without knowing a chain.</summary>
public static class TransactionForm
{
    /// <summary>Checks everything but signatures. Cheap; the encoding is made only when the parts are
    /// sound.</summary>
    /// <returns><see cref="Refusal.None"/>, or the first rule that is broken.</returns>
    public static Refusal Check(Transaction transaction)
    {
        Refusal refusal = transaction switch
        {
            Transaction.Coinbase coinbase => CheckCoinbase(coinbase),
            Transaction.Payment payment => CheckPayment(payment),
            Transaction.Message message => CheckMessage(message),
            Transaction.Election election => CheckElection(election),
            Transaction.Ballot ballot => IsName(ballot.ElectionName) && IsName(ballot.Voter) && IsName(ballot.Choice)
                ? Refusal.None
                : Refusal.MalformedElection,
            _ => throw new InvariantException("the kinds of transaction are closed"),
        };
        return refusal != Refusal.None ? refusal
            : transaction.Size > OpenLimits.TransactionBytes ? Refusal.TooLarge
            : transaction.Size == MerkleProof.NodeBytes ? Refusal.SizeOfNode
            : Refusal.None;
    }

    /// <summary>Whether every signature is by its key over this content. Expensive: comes last.</summary>
    /// <param name="transaction">A transaction that <see cref="Check"/> passes.</param>
    /// <param name="network">Hash of the network's genesis block.</param>
    /// <param name="signatures">The check of one signature.</param>
    public static bool IsSigned(Transaction transaction, BlockHash network, IEd25519 signatures) => transaction switch
    {
        Transaction.Payment payment => IsSigned(payment, network, signatures),
        Transaction.Message message => signatures.Verify(message.Sender, message.SignedBytes(), message.Signature),
        Transaction.Election election =>
            signatures.Verify(election.Organizer, election.SignedBytes(network), election.Signature),
        Transaction.Ballot ballot => signatures.Verify(ballot.Key, ballot.SignedBytes(network), ballot.Signature),
        _ => true,
    };

    private static bool IsSigned(Transaction.Payment payment, BlockHash network, IEd25519 signatures)
    {
        byte[] signed = payment.SignedBytes(network);
        HashSet<(Ed25519Key, Ed25519Signature)> seen = [];
        foreach (TransactionInput input in payment.Inputs)
        {
            // All inputs of one owner have the same signature over the same bytes.
            if (seen.Add((input.Key, input.Signature)) && !signatures.Verify(input.Key, signed, input.Signature))
            {
                return false;
            }
        }

        return true;
    }

    private static Refusal CheckCoinbase(Transaction.Coinbase coinbase)
    {
        if (coinbase.Height < 0 || coinbase.Outputs.Count > OpenLimits.Outputs
            || !IsText(coinbase.Text, OpenLimits.CoinbaseCharacters))
        {
            return Refusal.MalformedPayment;
        }

        return coinbase.Outputs.All(output => output.Amount.IsPayable) ? Refusal.None : Refusal.WrongAmount;
    }

    private static Refusal CheckPayment(Transaction.Payment payment)
    {
        if (payment.Inputs.Count == 0)
        {
            return Refusal.NoInputs;
        }

        if (payment.Outputs.Count == 0)
        {
            return Refusal.NoOutputs;
        }

        if (payment.Inputs.Count > OpenLimits.Inputs || payment.Outputs.Count > OpenLimits.Outputs
            || payment.Inputs.Any(input => input.Source.Index < 0))
        {
            return Refusal.MalformedPayment;
        }

        if (payment.Fee.Units > OpenLimits.AmountUnits || !payment.Outputs.All(output => output.Amount.IsPayable))
        {
            return Refusal.WrongAmount;
        }

        return payment.Inputs.Select(input => input.Source).Distinct().Count() == payment.Inputs.Count
            ? Refusal.None
            : Refusal.DuplicateInput;
    }

    private static Refusal CheckMessage(Transaction.Message message)
    {
        if (message.Nonce < 0 || !message.HasOneCase)
        {
            return Refusal.MalformedMessage;
        }

        return IsText(message.Text, OpenLimits.MessageCharacters) && Alphanumeric.IsAlphanumeric(message.Text)
            ? Refusal.None
            : Refusal.InvalidText;
    }

    private static Refusal CheckElection(Transaction.Election election)
    {
        bool isSound = IsName(election.Name)
            && election.Choices.Count <= OpenLimits.Choices
            && election.Roll.Count <= OpenLimits.Roll
            && election.Choices.All(IsName)
            && election.Roll.All(entry => IsName(entry.Voter))
            && election.Choices.Distinct(StringComparer.Ordinal).Count() == election.Choices.Count
            && election.Roll.DistinctBy(entry => entry.Voter, StringComparer.Ordinal).Count() == election.Roll.Count;
        return isSound ? Refusal.None : Refusal.MalformedElection;
    }

    private static bool IsName(string name) =>
        name.Length > 0
        && IsText(name, OpenLimits.BallotCharacters)
        && name[0] != ' ' && name[^1] != ' '
        && !name.Any(char.IsControl);

    // The length in UTF-16 units first: a text of any length must cost nothing.
    private static bool IsText(string text, int characters) =>
        text.Length <= 2 * characters
        && Characters.AreWellFormed(text)
        && Characters.Count(text) <= characters
        && Encoding.UTF8.GetByteCount(text) <= ushort.MaxValue;
}
