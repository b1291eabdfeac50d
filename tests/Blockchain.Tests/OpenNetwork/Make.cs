using Blockchain.Core.OpenNetwork;

namespace Blockchain.Tests.OpenNetwork;

/// <summary>Signed transactions of people called by name.</summary>
internal static class Make
{
    public static readonly BlockHash Network = Genesis.Of(NetworkParameters.Test).Hash;

    public static Coins Coins(long whole) => new(whole * Blockchain.Core.OpenNetwork.Coins.UnitsPerCoin);

    public static Transaction.Payment Sign(Transaction.Payment payment, BlockHash? network = null) =>
        payment.WithSignatures([.. payment.Inputs.Select(
            input => FakeEd25519.Sign(input.Key, payment.SignedBytes(network ?? Network)))]);

    /// <summary>Spends outputs of one owner.</summary>
    public static Transaction.Payment Payment(
        string owner, IReadOnlyList<OutPoint> sources, IReadOnlyList<(string To, Coins Amount)> outputs, Coins fee) =>
        Sign(new Transaction.Payment(
            [.. sources.Select(source => new TransactionInput(source, FakeEd25519.KeyOf(owner), default))],
            [.. outputs.Select(output => new TransactionOutput(FakeEd25519.AddressOf(output.To), output.Amount))],
            fee));

    public static Transaction.Message Message(string sender, string text, long? nonce = null)
    {
        Transaction.Message unsigned = new(FakeEd25519.KeyOf(sender), text, nonce, default);
        return unsigned.WithSignature(FakeEd25519.Sign(unsigned.Sender, unsigned.SignedBytes()));
    }

    public static Transaction.Ballot Ballot(string election, string voter, string choice, string? key = null)
    {
        Transaction.Ballot unsigned = new(election, voter, choice, FakeEd25519.KeyOf(key ?? voter), default);
        return unsigned.WithSignature(FakeEd25519.Sign(unsigned.Key, unsigned.SignedBytes(Network)));
    }

    public static Transaction.Election Election(string name, string[] choices, params string[] roll)
    {
        Transaction.Election unsigned = new(
            name,
            choices,
            [.. roll.Select(voter => new RollEntry(voter, FakeEd25519.KeyOf(voter)))],
            FakeEd25519.KeyOf("organizer"),
            default);
        return unsigned.WithSignature(FakeEd25519.Sign(unsigned.Organizer, unsigned.SignedBytes(Network)));
    }

    /// <summary>Does the work: the first nonce that meets the target.</summary>
    public static Header Solve(Header header)
    {
        Target.FromCompact(header.Bits, out Target target).Should().Be(CompactFault.None);
        for (uint nonce = 0; ; nonce++)
        {
            Header tried = header with { Nonce = nonce };
            if (target.IsMetBy(tried.ComputeHash()))
            {
                return tried;
            }
        }
    }

    /// <summary>A block with work done, whatever else is wrong with it.</summary>
    public static Block Block(
        BlockNode parent, IReadOnlyList<Transaction> transactions, Func<Header, Header>? change = null)
    {
        Header header = new(
            Header.CurrentVersion,
            parent.Hash,
            Blockchain.Core.OpenNetwork.Block.RootOf(transactions, out _),
            BlockTree.MedianTimeOf(parent) + 1,
            parent.Header.Bits,
            Nonce: 0);
        return new Block(Solve(change is null ? header : change(header)), transactions);
    }

    /// <summary>Blocks on one another, each with these transactions, with nothing else wrong.</summary>
    public static List<Block> Chain(BlockNode parent, uint seed, params IReadOnlyList<Transaction>[] blocks)
    {
        List<Block> chain = [];
        (BlockHash previous, int height, uint time) = (parent.Hash, parent.Height, BlockTree.MedianTimeOf(parent));
        foreach (IReadOnlyList<Transaction> transactions in blocks)
        {
            Coins fees = new(transactions.OfType<Transaction.Payment>().Sum(payment => payment.Fee.Units));
            Coins due = new Coins(NetworkParameters.Test.RewardUnitsAt(++height)) + fees;
            Transaction[] all = [Coinbase(height, $"miner{seed}", due), .. transactions];
            time += 1 + seed;
            Header header = new(
                Header.CurrentVersion, previous, Blockchain.Core.OpenNetwork.Block.RootOf(all, out _), time,
                parent.Header.Bits, Nonce: 0);
            chain.Add(new Block(Solve(header), all));
            previous = chain[^1].Hash;
        }

        return chain;
    }

    /// <summary>A coinbase that pays what is due, or another amount.</summary>
    public static Transaction.Coinbase Coinbase(int height, string payee = "miner", Coins? amount = null) => new(
        height,
        0,
        string.Empty,
        [new TransactionOutput(
            FakeEd25519.AddressOf(payee), amount ?? new Coins(NetworkParameters.Test.RewardUnitsAt(height)))]);
}
