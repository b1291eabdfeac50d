using Blockchain.Core.Kernel;
using Blockchain.Core.OpenNetwork;

namespace Blockchain.Tests.OpenNetwork;

/// <summary>Transactions, blocks and messages of any content from one seed.</summary>
internal sealed class RandomTransactions(int seed)
{
    private static readonly string[] Words = ["a", "Zürich", "x²Ⅷ", "漢字", "𝔘", "0", "q9"];
    private static readonly string[] People = ["alice", "bob", "carol", "dave"];
    private readonly Random _random = new(seed);

    public int Next(int below) => _random.Next(below);

    public T Pick<T>(IReadOnlyList<T> list) => list[_random.Next(list.Count)];

    public string Person() => Pick(People);

    public Transaction Any() => _random.Next(5) switch
    {
        0 => new Transaction.Coinbase(_random.Next(), Bits(), Text(500), Outputs()),
        1 => new Transaction.Payment(
            [.. Some(3, () => new TransactionInput(
                new OutPoint(new TransactionId(Bytes()), _random.Next(9)), new Ed25519Key(Bytes()), Signature()))],
            Outputs(),
            new Coins(_random.NextInt64(OpenLimits.AmountUnits))),
        2 => Message(),
        3 => new Transaction.Election(
            Text(20),
            [.. Some(4, () => Text(20))],
            [.. Some(4, () => new RollEntry(Text(20), new Ed25519Key(Bytes())))],
            new Ed25519Key(Bytes()), Signature()),
        _ => new Transaction.Ballot(Text(20), Text(20), Text(20), new Ed25519Key(Bytes()), Signature()),
    };

    public Header Header() => new(
        _random.Next(), new BlockHash(Bytes()), new Hash(Bytes()), (uint)Bits(), new CompactTarget((uint)Bits()),
        (uint)Bits());

    public NodeMessage Say() => _random.Next(13) switch
    {
        0 => new NodeMessage.Hello(
            _random.Next(65_536), new BlockHash(Bytes()), Bits(), Text(60), _random.Next(),
            new Work(UInt256.FromBigEndian(Bytes()))),
        1 => new NodeMessage.GetHeaders(Hashes(OpenLimits.Locator), new BlockHash(Bytes())),
        2 => new NodeMessage.Headers([.. Some(9, Header)]),
        3 => new NodeMessage.GetBlocks(Hashes(OpenLimits.Blocks)),
        4 => new NodeMessage.BlockBody(new Block(Header(), [.. Some(5, Any)])),
        5 => new NodeMessage.NotFound(Hashes(OpenLimits.Blocks)),
        6 => new NodeMessage.InventoryOf(Hashes(20), Ids()),
        7 => new NodeMessage.GetTransactions(Ids()),
        8 => new NodeMessage.TransactionBodies([.. Some(5, Any)]),
        9 => NodeMessage.GetPeers.Instance,
        10 => new NodeMessage.PeersAre([.. Some(5, () => Text(60))]),
        11 => new NodeMessage.Ping(_random.NextInt64()),
        _ => new NodeMessage.Pong(_random.NextInt64()),
    };

    /// <summary>What somebody might hand in at a node; often it breaks a rule.</summary>
    public Transaction Wish(FullNode node)
    {
        string person = Person();
        switch (_random.Next(6))
        {
            case 0:
                return Make.Message(person, Pick(Words));
            case 1:
                return Make.Message(person, Pick(Words), node.Chain.NextNonce(FakeEd25519.KeyOf(person)) + Next(2));
            case 2:
                return Make.Ballot(Pick(["lunch", "dinner"]), person, Pick(Words));
            case 3 when _random.Next(4) == 0:
                return Make.Election(Pick(["lunch", "dinner"]), _random.Next(2) == 0 ? [] : Words[..3]);
            default:
                return Pay(node, person);
        }
    }

    /// <summary>The same fields in a new object, so that the bytes are made anew.</summary>
    public static Transaction Remake(Transaction transaction) => transaction switch
    {
        Transaction.Coinbase each => new Transaction.Coinbase(each.Height, each.ExtraNonce, each.Text, each.Outputs),
        Transaction.Payment each => new Transaction.Payment(each.Inputs, each.Outputs, each.Fee),
        Transaction.Message each => new Transaction.Message(
            each.Sender, each.Text, each.Nonce, each.Signature, each.UpperCase),
        Transaction.Election each => new Transaction.Election(
            each.Name, each.Choices, each.Roll, each.Organizer, each.Signature),
        Transaction.Ballot each => new Transaction.Ballot(
            each.ElectionName, each.Voter, each.Choice, each.Key, each.Signature),
        _ => throw new InvariantException("the kinds of transaction are closed"),
    };

    public static Block Remake(Block block) => new(block.Header, [.. block.Transactions.Select(Remake)]);

    private Transaction.Message Message()
    {
        Ed25519Key sender = new(Bytes());
        string digits = string.Concat(sender.ToString().Select(
            digit => _random.Next(2) == 0 ? digit : char.ToUpperInvariant(digit)));
        Transaction.Message.TryParseSender(digits, out _, out ulong upperCase);
        long? nonce = _random.Next(2) == 0 ? null : _random.NextInt64();
        return new Transaction.Message(sender, Pick(Words), nonce, Signature(), upperCase);
    }

    private Transaction Pay(FullNode node, string person)
    {
        OutPoint[] sources = [.. node.Chain.UnspentOf(FakeEd25519.AddressOf(person))
            .Concat(node.Mempool.Entries.Where(entry => entry.Transaction is Transaction.Payment)
                .Select(entry => new OutPoint(entry.Transaction.Id, 0)))
            .OrderBy(source => source.ToString(), StringComparer.Ordinal)];
        OutPoint source = sources.Length == 0 ? new OutPoint(new TransactionId(Bytes()), 0) : Pick(sources);
        if (node.Mempool.Ledger.Find(source, out UnspentOutput output) != OutputStatus.Unspent)
        {
            return Make.Payment(person, [source], [(Person(), new Coins(1))], Coins.Zero);
        }

        long fee = _random.NextInt64(output.Amount.Units / 2);
        long part = _random.NextInt64(output.Amount.Units - fee);
        return Make.Payment(
            person,
            [source],
            [(Person(), new Coins(part)), (person, new Coins(output.Amount.Units - fee - part))],
            new Coins(fee));
    }

    private TransactionOutput[] Outputs() => [.. Some(4, () => new TransactionOutput(
        Address.Of(new Ed25519Key(Bytes())), new Coins(_random.NextInt64(OpenLimits.AmountUnits))))];

    private BlockHash[] Hashes(int most) => [.. Some(most, () => new BlockHash(Bytes()))];

    private TransactionId[] Ids() => [.. Some(20, () => new TransactionId(Bytes()))];

    private IEnumerable<T> Some<T>(int most, Func<T> make) =>
        Enumerable.Range(0, _random.Next(most + 1)).Select(_ => make()).ToArray();

    private string Text(int most) => string.Concat(Some(most / 5, () => Pick(Words)));

    private Bytes32 Bytes()
    {
        byte[] bytes = new byte[Bytes32.Size];
        _random.NextBytes(bytes);
        return new Bytes32(bytes);
    }

    private Ed25519Signature Signature() => new(Bytes(), Bytes());

    private ulong Bits() => (ulong)_random.NextInt64() << 1 | (uint)_random.Next(2);
}
