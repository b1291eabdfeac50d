using Blockchain.Core.Kernel;
using Blockchain.Core.OpenNetwork;

namespace Blockchain.Tests.OpenNetwork;

/// <summary>Each limit of what is read, at the limit and one beyond.</summary>
public sealed class OpenLimitTests
{
    private static readonly Address Payee = FakeEd25519.AddressOf("alice");

    [Theory]
    [InlineData(OpenLimits.AmountUnits, Refusal.None)]
    [InlineData(OpenLimits.AmountUnits + 1, Refusal.WrongAmount)]
    public void An_output_has_an_amount_within_the_limit(long units, Refusal refusal) =>
        TransactionForm.Check(Coinbase("", 1, units)).Should().Be(refusal);

    [Theory]
    [InlineData(OpenLimits.Outputs, Refusal.None)]
    [InlineData(OpenLimits.Outputs + 1, Refusal.MalformedPayment)]
    public void A_transaction_has_so_many_outputs(int count, Refusal refusal)
    {
        Transaction.Coinbase coinbase = Coinbase("", count, 1);
        TransactionForm.Check(coinbase).Should().Be(refusal);
        Reads(coinbase.Canonical).Should().Be(refusal == Refusal.None);
    }

    [Theory]
    [InlineData(OpenLimits.Inputs, Refusal.None)]
    [InlineData(OpenLimits.Inputs + 1, Refusal.MalformedPayment)]
    public void A_payment_has_so_many_inputs(int count, Refusal refusal)
    {
        Transaction.Payment payment = new(
            [.. Enumerable.Range(0, count).Select(
                i => new TransactionInput(new OutPoint(default, i), default, default))],
            [new TransactionOutput(Payee, new Coins(1))],
            Coins.Zero);
        TransactionForm.Check(payment).Should().Be(refusal);
        Reads(payment.Canonical).Should().Be(refusal == Refusal.None);
    }

    [Theory]
    [InlineData(OpenLimits.CoinbaseCharacters, Refusal.None)]
    [InlineData(OpenLimits.CoinbaseCharacters + 1, Refusal.MalformedPayment)]
    public void The_text_of_a_coinbase_has_so_many_characters(int count, Refusal refusal)
    {
        Transaction.Coinbase coinbase = Coinbase(string.Concat(Enumerable.Repeat("𝔘", count)), 1, 1);
        TransactionForm.Check(coinbase).Should().Be(refusal);
        Reads(coinbase.Canonical).Should().Be(refusal == Refusal.None);
    }

    [Theory]
    [InlineData(OpenLimits.NetworkNameCharacters, true)]
    [InlineData(OpenLimits.NetworkNameCharacters + 1, false)]
    [InlineData(0, false)]
    public void The_name_of_a_network_has_so_many_characters(int count, bool isName) =>
        Genesis.IsName(new string('n', count)).Should().Be(isName);

    [Theory]
    [InlineData(OpenLimits.MessageCharacters, Refusal.None)]
    [InlineData(OpenLimits.MessageCharacters + 1, Refusal.InvalidText)]
    [InlineData(0, Refusal.InvalidText)]
    public void A_message_has_so_many_characters(int count, Refusal refusal) => TransactionForm.Check(
        Make.Message("alice", string.Concat(Enumerable.Repeat("𝔘", count)))).Should().Be(refusal);

    [Theory]
    [InlineData(OpenLimits.BallotCharacters, Refusal.None)]
    [InlineData(OpenLimits.BallotCharacters + 1, Refusal.MalformedElection)]
    [InlineData(0, Refusal.MalformedElection)]
    public void Names_choices_and_voters_have_so_many_characters(int count, Refusal refusal)
    {
        string text = new('n', count);
        Transaction[] all =
        [
            Make.Ballot(text, "v", "c"), Make.Ballot("e", text, "c"), Make.Ballot("e", "v", text),
            Make.Election(text, []), Make.Election("e", [text]), Make.Election("e", [], text),
        ];
        all.Select(TransactionForm.Check).Should().AllBeEquivalentTo(refusal);
    }

    [Theory]
    [InlineData(OpenLimits.Choices, 0, Refusal.None)]
    [InlineData(OpenLimits.Choices + 1, 0, Refusal.MalformedElection)]
    [InlineData(0, OpenLimits.Roll, Refusal.None)]
    [InlineData(0, OpenLimits.Roll + 1, Refusal.MalformedElection)]
    public void An_election_has_so_many_choices_and_voters(int choices, int voters, Refusal refusal)
    {
        Transaction.Election election = Make.Election("e", Names(choices, 3), Names(voters, 3));
        TransactionForm.Check(election).Should().Be(refusal);
        Reads(election.Canonical).Should().Be(refusal == Refusal.None);
    }

    [Fact]
    public void A_transaction_has_so_many_bytes()
    {
        Transaction.Election election = Make.Election("e", [], Names(OpenLimits.Roll, OpenLimits.BallotCharacters));
        Transaction.Election large = Make.Election(
            "e", Names(OpenLimits.Choices, OpenLimits.BallotCharacters),
            Names(OpenLimits.Roll, OpenLimits.BallotCharacters));

        TransactionForm.Check(election).Should().Be(Refusal.None, "{0} bytes fit", election.Size);
        large.Size.Should().BeGreaterThan(OpenLimits.TransactionBytes);
        TransactionForm.Check(large).Should().Be(Refusal.TooLarge);
        Reads(large.Canonical).Should().BeFalse();
        FluentActions.Invoking(() => Transaction.Decode(new byte[OpenLimits.TransactionBytes + 1]))
            .Should().Throw<FormatFaultException>().WithMessage("*is the most");
    }

    [Fact]
    public void A_block_has_so_many_bytes_and_a_part_of_them_for_what_is_free()
    {
        Block block = Make.Block(
            new BlockTree(NetworkParameters.Test).GenesisNode, [Make.Coinbase(1), Make.Message("alice", "hello")]);
        int free = block.Transactions[1].Size;

        Judge(block.Size, block).Should().Be(BlockFault.TooManyFree);
        Judge(block.Size - 1, block).Should().Be(BlockFault.TooLarge);
        Judge(free * OpenLimits.FreeShare, block).Should().Be(BlockFault.None);
        Judge((free * OpenLimits.FreeShare) - 1, block).Should().Be(BlockFault.TooManyFree);
    }

    [Theory]
    [InlineData(OpenLimits.FutureSeconds, BlockFault.None)]
    [InlineData(OpenLimits.FutureSeconds + 1, BlockFault.TimeTooNew)]
    public void A_block_is_so_far_ahead_of_the_clock_at_most(int seconds, BlockFault fault)
    {
        BlockTree tree = new(NetworkParameters.Test);
        long now = tree.GenesisNode.Header.Time + 100;
        Block block = Make.Block(tree.GenesisNode, [Make.Coinbase(1)], header => header with
        {
            Time = (uint)(now + seconds),
        });
        tree.TryAdd(block.Header, (now * 1_000) + 999, out _).Should().Be(fault);
    }

    [Fact]
    public void A_message_between_nodes_has_so_many_bytes() => FluentActions
        .Invoking(() => NodeMessageCodec.Decode(new byte[OpenLimits.FrameBytes + 1]))
        .Should().Throw<FormatFaultException>().WithMessage("*is the most");

    [Fact]
    public void Every_list_in_a_message_has_so_many_members()
    {
        (int Most, Func<int, NodeMessage> Make)[] lists =
        [
            (OpenLimits.Headers, count => new NodeMessage.Headers(new Header[count])),
            (OpenLimits.Locator, count => new NodeMessage.GetHeaders(new BlockHash[count], default)),
            (OpenLimits.Blocks, count => new NodeMessage.GetBlocks(new BlockHash[count])),
            (OpenLimits.Blocks, count => new NodeMessage.NotFound(new BlockHash[count])),
            (OpenLimits.Inventory, count => new NodeMessage.InventoryOf(new BlockHash[count], [])),
            (OpenLimits.Inventory, count => new NodeMessage.InventoryOf([], new TransactionId[count])),
            (OpenLimits.Inventory, count => new NodeMessage.InventoryOf(
                new BlockHash[count / 2], new TransactionId[count - (count / 2)])),
            (OpenLimits.Inventory, count => new NodeMessage.GetTransactions(new TransactionId[count])),
            (OpenLimits.Transactions, count => new NodeMessage.TransactionBodies(
                [.. Enumerable.Repeat(Make.Coinbase(1), count)])),
            (OpenLimits.Addresses, count => new NodeMessage.PeersAre([.. Enumerable.Repeat("a", count)])),
            (OpenLimits.AddressCharacters, count => new NodeMessage.PeersAre([new string('a', count)])),
        ];
        foreach ((int most, Func<int, NodeMessage> make) in lists)
        {
            byte[] bytes = NodeMessageCodec.Encode(make(most));
            NodeMessageCodec.Encode(NodeMessageCodec.Decode(bytes)).Should().Equal(bytes);
            byte[] beyond = NodeMessageCodec.Encode(make(most + 1));
            FluentActions.Invoking(() => NodeMessageCodec.Decode(beyond)).Should().Throw<FormatFaultException>();
        }
    }

    [Fact]
    public void A_locator_of_the_longest_chain_fits_a_message() => BlockLocator
        .Make(int.MaxValue, static _ => BlockHash.Zero).Count.Should().BeLessThanOrEqualTo(OpenLimits.Locator);

    [Fact]
    public void Headers_beside_the_best_chain_are_so_many_at_most()
    {
        BlockTree tree = new(NetworkParameters.Test);
        BlockNode tip = tree.GenesisNode;
        for (int i = 0; i < 2; i++)
        {
            tree.TryAdd(Make.Block(tip, [Make.Coinbase(1)]).Header, long.MaxValue, out BlockNode? next);
            tip = next!;
        }

        Header fork = Make.Block(tree.GenesisNode, [Make.Coinbase(2)]).Header;
        BlockFault fault = BlockFault.None;
        while (fault == BlockFault.None)
        {
            fault = tree.TryAdd(fork, long.MaxValue, out _);
            fork = Make.Solve(fork with { MerkleRoot = Hash.Link(fork.MerkleRoot, []) });
        }

        fault.Should().Be(BlockFault.TooManyForks);
        (tree.Count - 3).Should().Be(OpenLimits.ForkHeaders);
        tree.TryAdd(Make.Block(tip, [Make.Coinbase(3)]).Header, long.MaxValue, out _)
            .Should().Be(BlockFault.None, "what makes a better chain is taken");
    }

    private static BlockFault Judge(int maxBytes, Block block) =>
        BlockForm.Check(block, NetworkParameters.Test with { MaxBlockBytes = maxBytes }).Fault;

    private static string[] Names(int count, int length) =>
        [.. Enumerable.Range(0, count).Select(number => $"{number}".PadRight(length, 'x'))];

    private static Transaction.Coinbase Coinbase(string text, int outputs, long units) => new(
        1, 0, text, [.. Enumerable.Repeat(new TransactionOutput(Payee, new Coins(units)), outputs)]);

    private static bool Reads(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            Transaction.Decode(bytes.Span);
            return true;
        }
        catch (FormatFaultException)
        {
            return false;
        }
    }
}
