using System.Globalization;
using System.Text;
using Blockchain.Core.Kernel;
using Blockchain.Core.OpenNetwork;
using Blockchain.Tests.Node;
using Blockchain.Tests.Proof;
using Blockchain.Wire.Keys;

namespace Blockchain.Tests.Format;

/// <summary>What the vectors of FORMAT-OPEN.md stand for, built by the product's own code.</summary>
internal sealed class OpenVectors
{
    private const uint Minute = 60;
    private static readonly NetworkParameters Parameters = NetworkParameters.Open("main");
    private readonly BlockHash _network = Genesis.Of(Parameters).Hash;
    private readonly byte[] _alice = SeedOf("alice");
    private readonly byte[] _bob = SeedOf("bob");

    /// <summary>Builds all of them.</summary>
    /// <param name="document">Where the nonce of the block is looked up, so that the work is done once.</param>
    public OpenVectors(IReadOnlyDictionary<string, Dictionary<string, string>> document)
    {
        AddKeys();
        AddHeaders();
        AddGenesis(Parameters);
        AddGenesis(NetworkParameters.Test with { Name = "other" });
        Transactions = MakeTransactions();
        AddTransactions();
        Block = Mine(document);
        AddBlock();
        Payment = MakePayment();
        Add("payment", Payment, Payment.SignedBytes(_network));
        AddMessages();
        AddFrames();
    }

    /// <summary>Fields of each vector, by its name.</summary>
    public Dictionary<string, Dictionary<string, string>> All { get; } = [];

    public IReadOnlyList<Transaction> Transactions { get; }

    public Transaction.Payment Payment { get; }

    public Block Block { get; }

    /// <summary>One message of each kind, by its name in the document.</summary>
    public IReadOnlyList<(string Name, NodeMessage Message)> Messages =>
    [
        ("HELLO", new NodeMessage.Hello(
            FullNode.ProtocolVersion, _network, 0x8000_0000_0000_0001, "http://192.0.2.7:8080", 1,
            Work.Of(Parameters.Limit))),
        ("GET_HEADERS", new NodeMessage.GetHeaders([Block.Hash, _network], BlockHash.Zero)),
        ("HEADERS", new NodeMessage.Headers([Block.Header])),
        ("GET_BLOCKS", new NodeMessage.GetBlocks([Block.Hash])),
        ("BLOCK", new NodeMessage.BlockBody(Block)),
        ("NOT_FOUND", new NodeMessage.NotFound([Block.Hash])),
        ("INVENTORY", new NodeMessage.InventoryOf([Block.Hash], [Payment.Id])),
        ("GET_TRANSACTIONS", new NodeMessage.GetTransactions([Payment.Id])),
        ("TRANSACTIONS", new NodeMessage.TransactionBodies([Payment])),
        ("GET_PEERS", NodeMessage.GetPeers.Instance),
        ("PEERS", new NodeMessage.PeersAre(["http://192.0.2.7:8080", "http://[2001:db8::7]:8080"])),
        ("PING", new NodeMessage.Ping(7)),
        ("PONG", new NodeMessage.Pong(7)),
    ];

    private Ed25519Key Alice => Ed25519.Platform.DeriveKey(_alice);

    private Ed25519Key Bob => Ed25519.Platform.DeriveKey(_bob);

    private static byte[] SeedOf(string name)
    {
        byte[] seed = new byte[Hash.Size];
        Hash.Of(Encoding.ASCII.GetBytes("blockchain test vector " + name)).CopyTo(seed);
        return seed;
    }

    private void AddKeys()
    {
        foreach ((string name, byte[] seed, Ed25519Key key) in
            ((string, byte[], Ed25519Key)[])[("alice", _alice, Alice), ("bob", _bob, Bob)])
        {
            All.Add($"key {name}", new()
            {
                ["seed"] = Hex(seed),
                ["public"] = key.ToString(),
                ["address"] = Address.Of(key).ToString(),
            });
        }
    }

    private void AddHeaders()
    {
        (int, Header)[] headers =
        [
            (0, RealBlocks.Genesis), (30_240, RealBlocks.Block30240), (32_255, RealBlocks.Block32255),
            (32_256, RealBlocks.Block32256),
        ];
        foreach ((int height, Header header) in headers)
        {
            Target.FromCompact(header.Bits, out Target target);
            All.Add(string.Create(CultureInfo.InvariantCulture, $"header {height}"), new()
            {
                ["bytes"] = Hex(header),
                ["hash"] = header.ComputeHash().ToString(),
                ["target"] = target.ToString(),
                ["work"] = Work.Of(target).ToString(),
            });
        }
    }

    private void AddGenesis(NetworkParameters parameters)
    {
        Block genesis = Genesis.Of(parameters);
        All.Add($"genesis {parameters.Name}", new()
        {
            ["bytes"] = Hex(genesis.Canonical.Span),
            ["hash"] = genesis.Hash.ToString(),
        });
    }

    private Transaction[] MakeTransactions()
    {
        Transaction.Coinbase coinbase = new(
            1, 0xfedc_ba98_7654_3210, "März", [new TransactionOutput(Address.Of(Alice), new Coins(5_000_000_000))]);
        Transaction.Election election = new(
            "lunch", ["soup", "salad"], [new RollEntry("v1", Alice), new RollEntry("v2", Bob)], Bob, default);
        Transaction.Ballot ballot = new("lunch", "v1", "soup", Alice, default);
        Transaction.Message.TryParseSender(Alice.ToString().ToUpperInvariant(), out Ed25519Key sender, out ulong cases);
        Transaction.Message numbered = new(sender, "grüße10", 0, default, cases);
        Transaction.Message once = new(Alice, "x²Ⅷ", null, default);
        return
        [
            coinbase,
            election.WithSignature(Ed25519.Platform.Sign(_bob, election.SignedBytes(_network))),
            ballot.WithSignature(Ed25519.Platform.Sign(_alice, ballot.SignedBytes(_network))),
            numbered.WithSignature(Ed25519.Platform.Sign(_alice, numbered.SignedBytes())),
            once.WithSignature(Ed25519.Platform.Sign(_alice, once.SignedBytes())),
        ];
    }

    private void AddTransactions()
    {
        for (int i = 0; i < Transactions.Count; i++)
        {
            Transaction transaction = Transactions[i];
            byte[] signed = transaction switch
            {
                Transaction.Election election => election.SignedBytes(_network),
                Transaction.Ballot ballot => ballot.SignedBytes(_network),
                Transaction.Message message => message.SignedBytes(),
                _ => [],
            };
            string name = string.Create(CultureInfo.InvariantCulture, $"transaction {i} {transaction.Kind}");
            Add(name, transaction, signed);
        }
    }

    private void Add(string name, Transaction transaction, byte[] signed)
    {
        Dictionary<string, string> fields = new()
        {
            ["bytes"] = Hex(transaction.Canonical.Span),
            ["id"] = transaction.Id.ToString(),
        };
        if (signed.Length > 0)
        {
            fields["signed bytes"] = Hex(signed);
        }

        All.Add(name, fields);
    }

    private Block Mine(IReadOnlyDictionary<string, Dictionary<string, string>> document)
    {
        Header header = new(
            Header.CurrentVersion, _network, Block.RootOf(Transactions, out _), Parameters.GenesisTime + Minute,
            Parameters.StartBits, Nonce: 0);
        Target.FromCompact(header.Bits, out Target target);
        if (document.TryGetValue("block 1", out Dictionary<string, string>? fields)
            && fields.TryGetValue("nonce", out string? text))
        {
            Header tried = header with { Nonce = uint.Parse(text, CultureInfo.InvariantCulture) };
            if (target.IsMetBy(tried.ComputeHash()))
            {
                return new Block(tried, Transactions);
            }
        }

        uint nonce = Miner.Search(header, 0, uint.MaxValue, MinerPaths.Fastest)!.Value;
        return new Block(header with { Nonce = nonce }, Transactions);
    }

    private void AddBlock()
    {
        All.Add("block 1", new()
        {
            ["header"] = Hex(Block.Header),
            ["nonce"] = Block.Header.Nonce.ToString(CultureInfo.InvariantCulture),
            ["bytes"] = Hex(Block.Canonical.Span),
            ["hash"] = Block.Hash.ToString(),
        });
        foreach (int index in (int[])[3, 4])
        {
            All.Add(string.Create(CultureInfo.InvariantCulture, $"proof {index}"), new()
            {
                ["index"] = index.ToString(CultureInfo.InvariantCulture),
                ["siblings"] = string.Concat(Block.Prove(index).Siblings),
            });
        }
    }

    private Transaction.Payment MakePayment()
    {
        Transaction.Payment unsigned = new(
            [new TransactionInput(new OutPoint(Transactions[0].Id, 0), Alice, default)],
            [
                new TransactionOutput(Address.Of(Bob), new Coins(1_250_000_000)),
                new TransactionOutput(Address.Of(Alice), new Coins(3_749_990_000)),
            ],
            new Coins(10_000));
        return unsigned.WithSignatures([Ed25519.Platform.Sign(_alice, unsigned.SignedBytes(_network))]);
    }

    private void AddMessages()
    {
        foreach ((string name, NodeMessage message) in Messages)
        {
            All.Add($"message {name}", new() { ["bytes"] = Hex(NodeMessageCodec.Encode(message)) });
        }
    }

    private void AddFrames()
    {
        Transaction.Message message = (Transaction.Message)Transactions[3];
        string json = Sample.Write(message.SenderText, message.Text, message.Nonce, message.Signature.ToString());
        All.Add("frames", new()
        {
            ["request"] = Hex(Sample.Frame(json)),
            ["yes"] = Hex(Sample.Frame("{\"response\": true}")),
            ["no"] = Hex(Sample.Frame("{\"response\": false}")),
        });
    }

    private static string Hex(Header header)
    {
        byte[] bytes = new byte[Header.Size];
        header.Write(bytes);
        return Hex(bytes);
    }

    private static string Hex(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(bytes);
}
