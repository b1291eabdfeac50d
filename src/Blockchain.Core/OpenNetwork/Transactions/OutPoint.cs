namespace Blockchain.Core.OpenNetwork;

/// <summary>Names an output of a transaction.</summary>
/// <param name="Transaction">The transaction.</param>
/// <param name="Index">Place among its outputs, from 0.</param>
public readonly record struct OutPoint(TransactionId Transaction, int Index)
{
    /// <summary>As people read it: id:index.</summary>
    public override string ToString() => $"{Transaction}:{Index}";
}

/// <summary>What an input of a payment spends, and who says so.</summary>
/// <param name="Source">The output that is spent, as a whole.</param>
/// <param name="Key">The owner's key; the output's address is made from it.</param>
/// <param name="Signature">The owner's signature over the payment,
/// <see cref="Transaction.Payment.SignedBytes"/>.</param>
public readonly record struct TransactionInput(OutPoint Source, Ed25519Key Key, Ed25519Signature Signature);

/// <summary>What a transaction pays to whom.</summary>
/// <param name="To">The address paid.</param>
/// <param name="Amount">How much.</param>
public readonly record struct TransactionOutput(Address To, Coins Amount);

/// <summary>A voter of an election with a roll.</summary>
/// <param name="Voter">The voter's id, unique in the roll.</param>
/// <param name="Key">The key that must sign the voter's ballot.</param>
public readonly record struct RollEntry(string Voter, Ed25519Key Key);
