using System.Globalization;
using System.Text;
using Blockchain.Cli;
using Blockchain.Cli.Voting;
using Blockchain.Cli.Wallet;
using Blockchain.Core.Kernel;
using Blockchain.Core.OpenNetwork;
using Blockchain.Node.Tcp;
using Blockchain.Tests.Format;
using Blockchain.Tests.Node;
using Blockchain.Tests.OpenNetwork;
using TestNode = Blockchain.Tests.OpenNetwork.TestNode;

namespace Blockchain.Tests.Fuzzing;

/// <summary>What comes in from peers, clients and people of the open network.</summary>
internal static class OpenTargets
{
    private const long Now = 1_800_000_000_000;
    private static readonly OpenVectors Vectors = new(VectorDocument.Load(VectorDocument.PathOfOpenFormat).Read());

    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        new("open-transaction", 4_000, Transactions(), bytes => Recodes(bytes, RecodeTransaction)),
        new("open-block", 3_000, [Vectors.Block.Canonical.ToArray()], bytes => Recodes(
            bytes, static bytes => RandomTransactions.Remake(Block.Decode(bytes)).Canonical.ToArray())),
        new("open-header", 2_000, [Header(Vectors.Block.Header)], TakesHeader),
        new("node-message", 4_000, Messages(), bytes => Recodes(
            bytes, static bytes => NodeMessageCodec.Encode(NodeMessageCodec.Decode(bytes)))),
        new("peer-talk", 300, [Talk()], TakesTalk),
        new("message-json", 4_000, Requests(), TakesRequest),
        new("key-file", 1_000, [KeyFileText.Write(KeyFile.Plain(default, Enumerable.Repeat((byte)7, 32).ToArray()))],
            TakesKeyFile),
        FuzzTarget.OfText("address", 3_000, [FakeEd25519.AddressOf("alice").ToString()], TakesAddress),
        FuzzTarget.OfText("coins", 4_000, ["12", "0.5", "0.00000001", "50000000", "1.10"], TakesCoins),
        FuzzTarget.OfText("block-hash", 1_000, [Vectors.Block.Hash.ToString()], text => Again(
            text, BlockHash.TryParse(text, out BlockHash hash), hash)),
        FuzzTarget.OfText("ed25519-key", 1_000, [FakeEd25519.KeyOf("a").ToString()], text => Again(
            text, Ed25519Key.TryParse(text, out Ed25519Key key), key)),
        FuzzTarget.OfText("ed25519-signature", 1_000, [FakeEd25519.Sign(default, []).ToString()], text => Again(
            text, Ed25519Signature.TryParse(text, out Ed25519Signature signature), signature)),
        FuzzTarget.OfText("roll-file", 1_000, [Roll()], TakesRoll),
    ];

    private static byte[][] Transactions() =>
        [.. Vectors.Transactions.Append(Vectors.Payment).Select(each => each.Canonical.ToArray())];

    private static byte[][] Messages() => [.. Vectors.Messages.Select(each => NodeMessageCodec.Encode(each.Message))];

    private static byte[] Header(Header header)
    {
        byte[] bytes = new byte[Core.OpenNetwork.Header.Size];
        header.Write(bytes);
        return bytes;
    }

    private static bool Recodes(byte[] bytes, Func<byte[], byte[]> recode)
    {
        try
        {
            recode(bytes).Should().Equal(bytes, "a value has one encoding");
            return true;
        }
        catch (FormatFaultException)
        {
            return false;
        }
    }

    // Whatever was decoded can be judged and described.
    private static byte[] RecodeTransaction(byte[] bytes)
    {
        Transaction transaction = RandomTransactions.Remake(Transaction.Decode(bytes));
        TransactionForm.Check(transaction).Describe().Should().NotBeEmpty();
        TransactionForm.IsSigned(transaction, Make.Network, new FakeEd25519()).Should().Be(
            transaction is Transaction.Coinbase or Transaction.Payment { Inputs.Count: 0 },
            "the vectors are signed by real keys");
        return transaction.Canonical.ToArray();
    }

    private static bool TakesHeader(byte[] bytes)
    {
        if (bytes.Length != Core.OpenNetwork.Header.Size)
        {
            FluentActions.Invoking(() => Core.OpenNetwork.Header.Read(bytes)).Should().Throw<ArgumentException>();
            return false;
        }

        Header header = Core.OpenNetwork.Header.Read(bytes);
        Header(header).Should().Equal(bytes);
        CompactFault fault = Target.FromCompact(header.Bits, out Target target);
        if (fault == CompactFault.None)
        {
            Target.FromCompact(target.ToCompact(), out Target again).Should().Be(CompactFault.None);
            again.Should().Be(target);
            Work.Of(target).Value.Should().NotBe(UInt256.Zero);
        }

        BlockTree tree = new(NetworkParameters.Open("main"));
        BlockFault judged = tree.TryAdd(header, Now, out BlockNode? node);
        judged.Describe().Should().NotBeEmpty();
        (node is null).Should().Be(judged != BlockFault.None);
        return judged == BlockFault.None;
    }

    /// <summary>A peer says hello, gives a block of three and its transactions, and asks for this and that.</summary>
    private static byte[] Talk()
    {
        BlockNode genesis = new BlockTree(NetworkParameters.Test).GenesisNode;
        List<Block> chain = Make.Chain(
            genesis, 1, [Make.Message("alice", "hi", 0)], [Make.Ballot("tea", "v", "yes")], []);
        Work work = genesis.Work + genesis.Work + genesis.Work + genesis.Work;
        NodeMessage[] messages =
        [
            new NodeMessage.Hello(FullNode.ProtocolVersion, genesis.Hash, 7, "192.0.2.1:1", 3, work),
            new NodeMessage.Headers([.. chain.Select(block => block.Header)]),
            .. chain.Select(block => new NodeMessage.BlockBody(block)),
            new NodeMessage.TransactionBodies([Make.Message("alice", "hi", 1)]),
            new NodeMessage.GetHeaders([genesis.Hash], chain[1].Hash),
            new NodeMessage.GetBlocks([chain[0].Hash, genesis.Hash]),
            new NodeMessage.InventoryOf([chain[2].Hash], [chain[0].Transactions[1].Id]),
            new NodeMessage.PeersAre(["192.0.2.2:1"]),
            new NodeMessage.Ping(1),
        ];
        CanonicalWriter writer = new();
        foreach (NodeMessage message in messages)
        {
            writer.Prefixed(NodeMessageCodec.Encode(message));
        }

        return writer.ToArray();
    }

    // Whatever a peer says, the node neither falls over nor follows what is not valid.
    private static bool TakesTalk(byte[] bytes)
    {
        TestNode node = new(1, TestOpenNetwork.StartMs);
        PeerId peer = new(1);
        node.Step(new NodeInput.PeerConnected(peer, false, "peer"));
        try
        {
            CanonicalReader reader = new(bytes);
            while (reader.Remaining > 0)
            {
                node.Step(new NodeInput.FromPeer(peer, NodeMessageCodec.Decode(reader.Prefixed())));
            }
        }
        catch (FormatFaultException)
        {
            node.Step(new NodeInput.PeerDisconnected(peer));
        }

        node.Tick(1_000);
        Rules.HoldOf(node);
        node.StoredBlocks.Count.Should().BeLessThanOrEqualTo(4);
        return node.Node.Chain.Height > 0;
    }

    private static byte[][] Requests() =>
    [
        Encoding.UTF8.GetBytes(Sample.Json),
        Encoding.UTF8.GetBytes(Sample.Write(Sample.Sender.ToUpperInvariant(), "x²\\u6f22", null, Sample.Signature)),
    ];

    private static bool TakesRequest(byte[] bytes)
    {
        MessageFault fault = MessageJson.Read(bytes, out Transaction.Message? message);
        (message is null).Should().Be(fault != MessageFault.None);
        if (message is null)
        {
            return false;
        }

        PythonJson.Message(message.SenderText, message.Text, message.Nonce).Should().Equal(message.SignedBytes());
        if (TransactionForm.Check(message) != Refusal.None)
        {
            return false;
        }

        Transaction.Decode(RandomTransactions.Remake(message).Canonical.Span).Should().Be(message);
        MessageJson.Read(
            Encoding.UTF8.GetBytes(Sample.Write(
                message.SenderText, message.Text, message.Nonce, message.Signature.ToString())),
            out Transaction.Message? again).Should().Be(MessageFault.None);
        again.Should().Be(message);
        return true;
    }

    private static bool TakesKeyFile(byte[] bytes)
    {
        KeyFileFault fault = KeyFileText.TryRead(bytes, out KeyFile? file);
        (file is null).Should().Be(fault != KeyFileFault.None);
        return file is not null;
    }

    private static bool TakesAddress(string text)
    {
        AddressFault fault = Address.Parse(text, out Address address);
        Address.Describe(fault).Should().NotBeEmpty();
        if (fault == AddressFault.None)
        {
            address.ToString().Should().Be(text.Trim().ToLowerInvariant());
        }

        return fault == AddressFault.None;
    }

    private static bool TakesCoins(string text)
    {
        AmountFault fault = Coins.Parse(text, out Coins coins);
        Coins.Describe(fault).Should().NotBeEmpty();
        if (fault != AmountFault.None)
        {
            coins.Should().Be(Coins.Zero);
            return false;
        }

        coins.IsPayable.Should().BeTrue();
        Coins.Parse(coins.ToString(), out Coins again).Should().Be(AmountFault.None);
        again.Should().Be(coins);
        decimal.Parse(text, CultureInfo.InvariantCulture).Should().Be((decimal)coins.Units / Coins.UnitsPerCoin);
        return true;
    }

    private static bool Again<T>(string text, bool read, T value)
    {
        if (read)
        {
            value!.ToString().Should().Be(text.ToLowerInvariant());
        }

        return read;
    }

    private static string Roll() =>
        $"# who may vote\n\nv1 {FakeEd25519.KeyOf("v1")}\nAnna Maria\t{FakeEd25519.KeyOf("v2")}\n";

    private static bool TakesRoll(string text)
    {
        try
        {
            IReadOnlyList<RollEntry> roll = RollFile.Parse(text.Split('\n'), "roll");
            roll.Select(entry => entry.Voter).Should().OnlyHaveUniqueItems();
            roll.Count.Should().BeLessThanOrEqualTo(OpenLimits.Roll);
            return roll.Count > 0;
        }
        catch (CliException fault)
        {
            fault.ExitCode.Should().NotBe(ExitCode.Done);
            return false;
        }
    }
}
