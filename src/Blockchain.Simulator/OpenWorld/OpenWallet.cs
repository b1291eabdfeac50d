using System.Globalization;
using System.Text;
using Blockchain.Core.Kernel;
using Blockchain.Core.OpenNetwork;

namespace Blockchain.Simulator;

/// <summary>A key, and what can be signed with it.</summary>
/// <param name="number">The user's number.</param>
internal sealed class OpenWallet(int number)
{
    /// <summary>The key.</summary>
    public Ed25519Key Key { get; } = new(
        Hash.Of(Encoding.ASCII.GetBytes(number.ToString(CultureInfo.InvariantCulture))).Value);

    /// <summary>What is paid to it.</summary>
    public Address Address => Address.Of(Key);

    /// <summary>A payment of one output, signed.</summary>
    public Transaction.Payment Pay(
        BlockHash network, OutPoint source, IReadOnlyList<TransactionOutput> outputs, Coins fee)
    {
        Transaction.Payment payment = new([new TransactionInput(source, Key, default)], outputs, fee);
        return payment.WithSignatures([OpenSignatures.Sign(Key, payment.SignedBytes(network))]);
    }

    /// <summary>A message, signed.</summary>
    public Transaction.Message Say(string text, long? nonce)
    {
        Transaction.Message message = new(Key, text, nonce, default);
        return message.WithSignature(OpenSignatures.Sign(Key, message.SignedBytes()));
    }

    /// <summary>A ballot, signed.</summary>
    public Transaction.Ballot Vote(BlockHash network, string election, string voter, string choice)
    {
        Transaction.Ballot ballot = new(election, voter, choice, Key, default);
        return new Transaction.Ballot(
            election, voter, choice, Key, OpenSignatures.Sign(Key, ballot.SignedBytes(network)));
    }
}
