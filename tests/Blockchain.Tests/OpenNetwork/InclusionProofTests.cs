using Blockchain.Core.Kernel;
using Blockchain.Core.OpenNetwork;

namespace Blockchain.Tests.OpenNetwork;

/// <summary>Simplified payment verification, and the 64 bytes that it must not fall for.</summary>
public sealed class InclusionProofTests
{
    private static readonly Transaction[] Transactions =
        [Make.Coinbase(1), .. "abcde".Select(letter => Make.Message("alice", $"{letter}"))];

    private static readonly Block Block =
        Make.Block(new BlockTree(NetworkParameters.Test).GenesisNode, Transactions);

    // No outputs and a text of 47 characters: 1 + 4 + 8 + 2 + 47 + 2 bytes.
    private static readonly Transaction.Coinbase OfSize64 = new(1, 0, new string('x', 47), []);

    [Fact]
    public void A_proof_shows_each_transaction_and_no_other()
    {
        for (int i = 0; i < Transactions.Length; i++)
        {
            MerkleProof proof = Block.Prove(i);
            byte[] bytes = Transactions[i].Canonical.ToArray();
            InclusionProof.Check(bytes, proof, Block.Header).Should().Be(ProofFault.None);
            InclusionProof.Check(Make.Message("eve", "x").Canonical.Span, proof, Block.Header)
                .Should().Be(ProofFault.WrongPath);
            InclusionProof.Check(bytes, proof, Block.Header with { MerkleRoot = Hash.Empty })
                .Should().Be(ProofFault.WrongPath);
            bytes[^1] ^= 1;
            InclusionProof.Check(bytes, proof, Block.Header).Should().Be(ProofFault.WrongPath);
            InclusionProof.Check([], proof, Block.Header).Should().Be(ProofFault.NotATransaction);
        }
    }

    [Fact]
    public void A_node_of_the_tree_is_no_transaction_though_it_leads_to_the_root()
    {
        byte[] node = new byte[MerkleProof.NodeBytes];
        Transactions[0].Id.Leaf.CopyTo(node);
        Transactions[1].Id.Leaf.CopyTo(node.AsSpan(Hash.Size));
        MerkleProof shorter = new(0, [.. Block.Prove(0).Siblings.Skip(1)]);

        shorter.Check(Hash256.Of(node), Block.Header.MerkleRoot).Should().BeTrue("a hash cannot tell them apart");
        InclusionProof.Check(node, shorter, Block.Header).Should().Be(ProofFault.SizeOfNode);
    }

    [Fact]
    public void No_block_has_a_transaction_of_64_bytes()
    {
        OfSize64.Size.Should().Be(MerkleProof.NodeBytes);
        TransactionForm.Check(OfSize64).Should().Be(Refusal.SizeOfNode);
        Block block = Make.Block(new BlockTree(NetworkParameters.Test).GenesisNode, [OfSize64]);

        BlockForm.Check(block, NetworkParameters.Test).Should().Be(
            new BlockRefusal(BlockFault.InvalidTransaction, Refusal.SizeOfNode));
        InclusionProof.Check(OfSize64.Canonical.Span, block.Prove(0), block.Header).Should().Be(ProofFault.SizeOfNode);
    }

    [Fact]
    public void Only_a_coinbase_could_have_64_bytes()
    {
        Ed25519Signature none = default;
        int[] smallest =
        [
            new Transaction.Payment([new TransactionInput(default, default, none)], [], Coins.Zero).Size,
            new Transaction.Message(default, "", null, none).Size,
            new Transaction.Election("", [], [], default, none).Size,
            new Transaction.Ballot("", "", "", default, none).Size,
        ];

        smallest.Should().OnlyContain(size => size > MerkleProof.NodeBytes);
    }
}
