using System.Globalization;
using Blockchain.Core.Kernel;
using Blockchain.Tests.Proof;

namespace Blockchain.Tests.Kernel;

/// <summary>Bitcoin's tree, its weakness, and proofs in it.</summary>
public sealed class MerkleTreeTests
{
    // Blocks 170 and 100,000 of Bitcoin.
    [Theory]
    [InlineData(
        "7dac2c5666815c17a3b36427de37bb9d2e2c5ccec3f8633eb91a4205cb4c10ff",
        "b1fea52486ce0c62bb442b530a3f0132b826c74e473d1f2c220bfa78111c5082",
        "f4184fc596403b9d638783cf57adfe4c75c605f6356fbc91338530e9831e9e16")]
    [InlineData(
        "f3e94742aca4b5ef85488dc37c06c3282295ffec960994b2c0d5ac2a25a95766",
        "8c14f0db3df150123e6f3dbbf30f8b955a8249b62ac1d1ff16284aefa3d06d87",
        "fff2525b8931402dd09222c50775608f75787bd2b87e56995a7bdd30f79702c4",
        "6359f0868171b1d194cbee1af2f16ea598ae8fad666d9b012c8ed2b79a236ec4",
        "e9a66845e05d5abc0ad04ec80f774a7e585c6e8db975962d069a522137b80c1d")]
    public void A_real_block_has_its_real_root(string root, params string[] transactions)
    {
        Hash[] leaves = transactions.Select(RealBlocks.Node).ToArray();

        MerkleTree.Root(leaves, out bool mutated).Should().Be(RealBlocks.Node(root));
        mutated.Should().BeFalse();
    }

    [Fact]
    public void One_leaf_is_its_own_root_and_none_has_zeros()
    {
        Hash[] leaves = Leaves(1);

        MerkleTree.Root(leaves, out bool one).Should().Be(leaves[0]);
        MerkleTree.Root([], out bool none).Should().Be(default(Hash));
        (one || none).Should().BeFalse();
    }

    [Fact]
    public void The_last_of_an_odd_level_is_paired_with_itself()
    {
        Hash[] leaves = Leaves(3);
        Hash left = Hash256.OfPair(leaves[0], leaves[1]);
        Hash right = Hash256.OfPair(leaves[2], leaves[2]);

        MerkleTree.Root(leaves, out _).Should().Be(Hash256.OfPair(left, right));
    }

    // What is repeated, of how many: the end of every odd level, leaves or higher up.
    [Theory]
    [InlineData(3, 1)]
    [InlineData(6, 2)]
    [InlineData(12, 4)]
    [InlineData(5, 1)]
    [InlineData(7, 1)]
    [InlineData(10, 2)]
    public void A_list_with_its_end_repeated_has_the_same_root_and_is_told_apart(int count, int repeated)
    {
        Hash[] honest = Leaves(count);
        Hash[] malleated = [.. honest, .. honest[^repeated..]];

        Hash root = MerkleTree.Root(honest, out bool honestMutated);
        MerkleTree.Root(malleated, out bool mutated).Should().Be(root, "else there were nothing to tell apart");

        honestMutated.Should().BeFalse();
        mutated.Should().BeTrue();
    }

    [Fact]
    public void Every_leaf_of_a_tree_of_any_size_is_proved_at_its_own_place_and_no_other()
    {
        for (int count = 1; count <= 33; count++)
        {
            Hash[] leaves = Leaves(count);
            Hash root = MerkleTree.Root(leaves, out _);
            for (int i = 0; i < count; i++)
            {
                MerkleProof proof = MerkleProof.Make(leaves, i);

                proof.Check(leaves[i], root).Should().BeTrue("of leaf {0} of {1}", i, count);
                proof.Check(leaves[(i + 1) % count], root).Should().Be(count == 1);
                (proof with { Index = i ^ 1 }).Check(leaves[i], root).Should().BeFalse();
                (proof with { Index = i + (1 << proof.Siblings.Count) }).Check(leaves[i], root).Should().BeFalse();
            }
        }
    }

    [Fact]
    public void A_leaf_behind_the_end_is_not_proved_by_pairing_the_last_with_itself()
    {
        Hash[] leaves = Leaves(3);
        Hash root = MerkleTree.Root(leaves, out _);
        MerkleProof last = MerkleProof.Make(leaves, 2);

        last.Siblings[0].Should().Be(leaves[2]);
        (last with { Index = 3 }).Check(leaves[2], root).Should().BeFalse("there is no fourth leaf");
    }

    [Fact]
    public void A_proof_with_a_sibling_changed_missing_or_too_many_proves_nothing()
    {
        Hash[] leaves = Leaves(8);
        Hash root = MerkleTree.Root(leaves, out _);
        MerkleProof proof = MerkleProof.Make(leaves, 5);
        Hash[] siblings = proof.Siblings.ToArray();

        for (int i = 0; i < siblings.Length; i++)
        {
            Hash[] changed = [.. siblings];
            changed[i] = Hash.Empty;
            new MerkleProof(5, changed).Check(leaves[5], root).Should().BeFalse();
        }

        new MerkleProof(5, siblings[..2]).Check(leaves[5], root).Should().BeFalse();
        new MerkleProof(5, [.. siblings, Hash.Empty]).Check(leaves[5], root).Should().BeFalse();
        new MerkleProof(-1, siblings).Check(leaves[5], root).Should().BeFalse();
        new MerkleProof(0, new Hash[MerkleProof.MaxSiblings + 1]).Check(leaves[5], root).Should().BeFalse();
    }

    [Fact]
    public void Proofs_are_equal_when_they_say_the_same()
    {
        Hash[] leaves = Leaves(5);
        MerkleProof proof = MerkleProof.Make(leaves, 4);

        proof.Should().Be(MerkleProof.Make(leaves, 4));
        proof.GetHashCode().Should().Be(MerkleProof.Make(leaves, 4).GetHashCode());
        proof.Should().NotBe(MerkleProof.Make(leaves, 3));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(4)]
    public void There_is_no_proof_of_a_leaf_that_is_not_there(int index)
    {
        Action making = () => MerkleProof.Make(Leaves(4), index);

        making.Should().Throw<ArgumentOutOfRangeException>();
    }

    private static Hash[] Leaves(int count) => Enumerable.Range(0, count)
        .Select(static i => Hash256.Of(System.Text.Encoding.ASCII.GetBytes(i.ToString(CultureInfo.InvariantCulture))))
        .ToArray();
}
