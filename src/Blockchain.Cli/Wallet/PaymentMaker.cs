using Blockchain.Core.Kernel;
using Blockchain.Core.OpenNetwork;

namespace Blockchain.Cli.Wallet;

/// <summary>Makes signed payments.</summary>
internal static class PaymentMaker
{
    /// <summary>Pays from one key.</summary>
    /// <param name="selection">Which coins of the payer's.</param>
    /// <param name="to">Whom.</param>
    /// <param name="amount">How much arrives.</param>
    /// <param name="payer">Who signs, and gets the change.</param>
    /// <param name="network">For which network.</param>
    public static Transaction.Payment Make(
        Selection selection, Address to, Coins amount, OwnerKey payer, BlockHash network)
    {
        TransactionInput[] inputs =
            [.. selection.Coins.Select(coin => new TransactionInput(coin.Source, payer.PublicKey, default))];
        List<TransactionOutput> outputs = [new TransactionOutput(to, amount)];
        if (selection.Change > Coins.Zero)
        {
            outputs.Add(new TransactionOutput(payer.Address, selection.Change));
        }

        Transaction.Payment unsigned = new(inputs, outputs, selection.Fee);
        Invariant.Holds(
            unsigned.Size == Sizes.Payment(inputs.Length, outputs.Count), "a payment is as long as its fee is for");
        Ed25519Signature signature = payer.Sign(unsigned.SignedBytes(network));
        return unsigned.WithSignatures([.. inputs.Select(_ => signature)]);
    }
}
