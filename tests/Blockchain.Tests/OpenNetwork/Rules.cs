using Blockchain.Core.OpenNetwork;

namespace Blockchain.Tests.OpenNetwork;

/// <summary>What must hold of a node at any time, computed anew from its blocks.</summary>
internal static class Rules
{
    public static void HoldOf(TestNode test)
    {
        FullNode node = test.Node;
        Snapshot fresh = Snapshot.Of(Replay(node));
        Snapshot.Of(node.Chain).Should().BeEquivalentTo(fresh, "the state is what the blocks give");
        fresh.Rich.Sum(each => each.Balance.Units).Should().Be(node.Chain.Supply.Units, "money is the rewards");
        test.StoredPending.Should().BeEquivalentTo(
            node.Mempool.Entries.Select(entry => entry.Transaction.Id).Concat(node.Losing),
            "what waits, or may wait again, is stored");
        node.Mempool.Entries.Count(entry => node.Chain.TryFind(entry.Transaction.Id, out _))
            .Should().Be(0, "what is confirmed does not wait");
    }

    private static ChainState Replay(FullNode node)
    {
        ChainState chain = new(node.Parameters);
        for (int height = 1; height <= node.Chain.Height; height++)
        {
            Block block = node.ReadAt(height)!;
            BlockForm.Check(block, node.Parameters).Should().Be(BlockRefusal.None);
            chain.TryConnect(
                block, tx => TransactionForm.IsSigned(tx, node.NetworkId, new FakeEd25519()), out _)
                .Should().Be(BlockRefusal.None, "of the block at {0}", height);
        }

        return chain;
    }
}

/// <summary>All that a chain state says, in an order that does not depend on how it came about.</summary>
internal sealed record Snapshot(
    BlockHash Tip,
    int Transactions,
    Coins Supply,
    IReadOnlyList<AddressBalance> Rich,
    IReadOnlyList<string> Outputs,
    IReadOnlyList<string> History,
    IReadOnlyList<string> Elections)
{
    public static Snapshot Of(ChainState chain, params string[] more)
    {
        AddressBalance[] rich = [.. chain.RichList];
        Address[] addresses = [.. rich.Select(each => each.Address), .. more.Select(FakeEd25519.AddressOf)];
        return new Snapshot(
            chain.Tip,
            chain.TransactionCount,
            chain.Supply,
            rich,
            [.. addresses.SelectMany(chain.UnspentOf).Distinct().Select(output => OutputOf(chain, output))
                .Order(StringComparer.Ordinal)],
            [.. addresses.Distinct().SelectMany(address => chain.HistoryOf(address)
                .Select(entry => $"{address} {entry}"))],
            [.. chain.Elections.OrderBy(each => each.Key, StringComparer.Ordinal).Select(each =>
                $"{each.Key} {each.Value.Definition} "
                + string.Join(',', each.Value.Ballots.OrderBy(b => b.Key, StringComparer.Ordinal)) + " "
                + string.Join(',', each.Value.Count))]);
    }

    private static string OutputOf(ChainState chain, OutPoint output)
    {
        chain.Find(output, out UnspentOutput found).Should().Be(OutputStatus.Unspent);
        return $"{output} {found}";
    }
}
