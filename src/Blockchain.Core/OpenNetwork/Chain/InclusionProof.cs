using Blockchain.Core.Kernel;

namespace Blockchain.Core.OpenNetwork;

/// <summary>Why a proof does not show that a transaction is in a block.</summary>
public enum ProofFault
{
    /// <summary>It does.</summary>
    None,

    /// <summary>The transaction has 64 bytes, as a node of the tree has: the proof may show a node instead
    /// (CVE-2017-12842).</summary>
    SizeOfNode,

    /// <summary>The bytes are no transaction.</summary>
    NotATransaction,

    /// <summary>The proof does not lead from the transaction to the root in the header.</summary>
    WrongPath,
}

/// <summary>Shows that a transaction is in a block to one who has the headers alone (Bitcoin paper, section 8,
/// "Simplified Payment Verification").</summary>
public static class InclusionProof
{
    /// <summary>Checks a proof that <see cref="Block.Prove"/> made.</summary>
    /// <remarks>No block has a transaction of 64 bytes, so such bytes are no transaction, whatever root they lead
    /// to.</remarks>
    /// <param name="transaction">The transaction's canonical bytes.</param>
    /// <param name="proof">The way to the root.</param>
    /// <param name="header">The header of the block, whose work and place were checked.</param>
    public static ProofFault Check(ReadOnlySpan<byte> transaction, MerkleProof proof, Header header)
    {
        if (transaction.Length == MerkleProof.NodeBytes)
        {
            return ProofFault.SizeOfNode;
        }

        try
        {
            return proof.Check(Transaction.Decode(transaction).Id.Leaf, header.MerkleRoot)
                ? ProofFault.None
                : ProofFault.WrongPath;
        }
        catch (FormatFaultException)
        {
            return ProofFault.NotATransaction;
        }
    }
}
