using System.Globalization;
using System.Text;
using System.Text.Json;
using Blockchain.Core.Kernel;
using Blockchain.Core.OpenNetwork;
using FsCheck.Fluent;

namespace Blockchain.Tests.OpenNetwork;

/// <summary>What holds of any chain, transaction, message and text. A failure prints the seed.</summary>
public sealed class OpenPropertyTests
{
    [Fact]
    public void Transactions_blocks_and_messages_come_back_from_their_bytes() =>
        Prop.ForAll<int>(seed =>
        {
            RandomTransactions random = new(seed);
            Transaction transaction = random.Any();
            Transaction read = Transaction.Decode(transaction.Canonical.Span);
            RandomTransactions.Remake(read).Canonical.Span.SequenceEqual(transaction.Canonical.Span).Should().BeTrue();
            read.Id.Should().Be(transaction.Id);
            Block block = new(random.Header(), [transaction, random.Any()]);
            Block again = RandomTransactions.Remake(Block.Decode(block.Canonical.Span));
            again.Canonical.Span.SequenceEqual(block.Canonical.Span).Should().BeTrue();
            again.Hash.Should().Be(block.Hash);
            byte[] bytes = NodeMessageCodec.Encode(random.Say());
            NodeMessageCodec.Encode(NodeMessageCodec.Decode(bytes)).Should().Equal(bytes);
        }).Holds(300);

    [Fact]
    public void Taking_blocks_off_one_by_one_gives_back_every_state_that_was() =>
        Prop.ForAll<int>(seed =>
        {
            List<Block> blocks = Grow(new TestNode(1, TestOpenNetwork.StartMs), seed, 12);
            ChainState chain = new(NetworkParameters.Test);
            Stack<(Snapshot Before, BlockUndo Undo)> undo = [];
            foreach (Block block in blocks)
            {
                Snapshot before = Snapshot.Of(chain, "alice", "bob", "carol", "dave");
                chain.TryConnect(block, null, out BlockUndo spent).Should().Be(BlockRefusal.None);
                undo.Push((before, spent));
                chain.RebuildUndo(block, new Blocks(blocks)).Spent.Should().Equal(spent.Spent);
            }

            foreach (Block block in Enumerable.Reverse(blocks))
            {
                (Snapshot before, BlockUndo spent) = undo.Pop();
                chain.Disconnect(block, spent);
                Snapshot.Of(chain, "alice", "bob", "carol", "dave").Should().BeEquivalentTo(before);
            }
        }).Holds(12);

    [Fact]
    public void A_block_that_is_refused_leaves_the_state_as_it_was() =>
        Prop.ForAll<int>(seed =>
        {
            TestNode node = new(1, TestOpenNetwork.StartMs);
            List<Block> blocks = Grow(node, seed, 8);
            ChainState chain = node.Node.Chain;
            Snapshot before = Snapshot.Of(chain, "alice", "bob", "carol", "dave");
            Transaction again = blocks.SelectMany(block => block.Transactions).Last();
            foreach (IReadOnlyList<Transaction> bad in (IReadOnlyList<Transaction>[])
                [[Make.Coinbase(9), again], [Make.Coinbase(9, "x", new Coins(1))], [Make.Coinbase(7)]])
            {
                chain.TryConnect(Make.Block(node.Node.Tip, bad), null, out _).Fault.Should().NotBe(BlockFault.None);
                Snapshot.Of(chain, "alice", "bob", "carol", "dave").Should().BeEquivalentTo(before);
            }
        }).Holds(12);

    [Fact]
    public void A_reorganization_gives_the_state_that_the_new_chain_gives_from_scratch() =>
        Prop.ForAll<int>(seed =>
        {
            TestNode left = new(1, TestOpenNetwork.StartMs);
            List<Block> common = Grow(left, seed, 4);
            TestNode right = new(2, TestOpenNetwork.StartMs);
            common.ForEach(block => right.Step(new NodeInput.BlockMined(block)));
            Grow(left, seed + 1, 1 + (Math.Abs(seed % 6)));
            Grow(right, seed + 2, 8);

            for (int height = common.Count + 1; height <= right.Node.Chain.Height; height++)
            {
                left.Step(new NodeInput.BlockMined(right.Node.ReadAt(height)!));
            }

            left.Node.Tip.Hash.Should().Be(right.Node.Tip.Hash);
            Snapshot.Of(left.Node.Chain).Should().BeEquivalentTo(Snapshot.Of(right.Node.Chain));
            Rules.HoldOf(left);
            left.Restart();
            left.Node.Tip.Hash.Should().Be(right.Node.Tip.Hash);
            Rules.HoldOf(left);
        }).Holds(12);

    [Fact]
    public void Every_template_is_a_valid_block_when_the_work_is_done() =>
        Prop.ForAll<int>(seed =>
        {
            // Blocks so small that by far not everything fits.
            NetworkParameters small = NetworkParameters.Test with { MaxBlockBytes = 1_500 };
            Mempool? pool = null;
            ChainState chain = new(small);
            pool = new Mempool(chain, small, _ => true);
            BlockTree tree = new(small);
            BlockNode tip = tree.GenesisNode;
            RandomTransactions random = new(seed);
            for (int i = 0; i < 12; i++)
            {
                for (int wishes = 0; wishes < 8; wishes++)
                {
                    pool.TryAdd(Chained(random, chain, pool), 0, isTrusted: true, []);
                }

                Header header = new(1, chain.Tip, default, BlockTree.MedianTimeOf(tip) + 1, small.StartBits, 0);
                BlockTemplate template = pool.MakeTemplate(header, FakeEd25519.AddressOf(random.Person()));
                Block block = template.ToBlock(Make.Solve(template.HeaderWith((ulong)i)), (ulong)i);
                tree.TryAdd(block.Header, long.MaxValue, out BlockNode? node).Should().Be(BlockFault.None);
                BlockForm.Check(block, small).Should().Be(BlockRefusal.None);
                chain.TryConnect(block, null, out _).Should().Be(BlockRefusal.None);
                pool.Refresh([], 0);
                tip = node!;
            }
        }).Holds(25);

    [Fact]
    public void Amounts_and_addresses_come_back_from_their_text() =>
        Prop.ForAll<long, int>((number, seed) =>
        {
            Coins coins = new(1 + (Math.Abs(number % OpenLimits.AmountUnits)));
            Coins.Parse(coins.ToString(), out Coins read).Should().Be(
                coins.IsPayable ? AmountFault.None : AmountFault.TooLarge);
            (read == coins || !coins.IsPayable).Should().BeTrue();
            decimal.Parse(coins.ToString(), CultureInfo.InvariantCulture)
                .Should().Be((decimal)coins.Units / Coins.UnitsPerCoin);
            Address address = FakeEd25519.AddressOf(seed.ToString(CultureInfo.InvariantCulture));
            Address.Parse(address.ToString(), out Address again).Should().Be(AddressFault.None);
            again.Should().Be(address);

            // A digit that is wrong, or two that are swapped, are noticed.
            char[] text = address.ToString().ToCharArray();
            int at = 2 + (int)(Math.Abs((long)seed) % (text.Length - 3));
            (text[at], text[at + 1]) = (text[at + 1], text[at]);
            Address.Parse(text, out _).Should().Be(
                text[at] == text[at + 1] ? AddressFault.None : AddressFault.WrongChecksum);
            text[at] = text[at] == '0' ? '1' : '0';
            Address.Parse(text, out _).Should().Be(AddressFault.WrongChecksum);
        }).Holds();

    [Fact]
    public void What_is_signed_of_a_message_is_JSON_that_says_the_same() =>
        Prop.ForAll<string, long>((text, number) =>
        {
            string said = text ?? string.Empty;
            long? nonce = number % 3 == 0 ? null : Math.Abs(number);
            byte[] json = PythonJson.Message("AbC", said, nonce);
            json.Should().OnlyContain(each => each < 0x80);
            if (!Characters.AreWellFormed(said))
            {
                return;
            }

            using JsonDocument document = JsonDocument.Parse(json);
            document.RootElement.GetProperty("message").GetString().Should().Be(said);
            document.RootElement.GetProperty("sender").GetString().Should().Be("AbC");
            document.RootElement.EnumerateObject().Select(each => each.Name).Should().Equal(
                nonce is null ? ["message", "sender"] : ["message", "nonce", "sender"]);
        }).Holds();

    [Fact]
    public void Letters_and_numbers_are_those_of_Unicode_as_far_as_the_platform_knows_them()
    {
        int known = 0;
        int differing = 0;
        for (int code = 0; code <= 0x10ffff; code++)
        {
            bool isHere = Alphanumeric.IsAlphanumeric(code);
            known += isHere ? 1 : 0;
            if (!Rune.IsValid(code))
            {
                isHere.Should().BeFalse("half a surrogate pair is no letter");
                continue;
            }

            differing += Rune.IsLetter(new Rune(code)) || CharUnicodeInfo.GetUnicodeCategory(code)
                is UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber
                == isHere ? 0 : 1;
        }

        known.Should().BeGreaterThan(140_000);
        differing.Should().BeLessThan(10_000, "a platform with another version of Unicode knows a few more or less");
        "aZ09ß²Ⅷ漢𝔘".EnumerateRunes().Should().OnlyContain(each => Alphanumeric.IsAlphanumeric(each.Value));
        " -_.\u0301\u200d😀\n\0".EnumerateRunes().Should().OnlyContain(
            each => !Alphanumeric.IsAlphanumeric(each.Value));
    }

    /// <summary>Mines so many blocks with whatever people hand in meanwhile.</summary>
    private static List<Block> Grow(TestNode node, int seed, int blocks)
    {
        RandomTransactions random = new(seed);
        List<Block> chain = [];
        for (int i = 0; i < blocks; i++)
        {
            for (int wishes = random.Next(6); wishes > 0; wishes--)
            {
                node.Submit(random.Wish(node.Node));
            }

            chain.Add(node.Mine(random.Person(), (ulong)node.Number));
            node.Node.Tip.Hash.Should().Be(chain[^1].Hash, "what a node mines it takes");
        }

        return chain;
    }

    private static Transaction Chained(RandomTransactions random, ChainState chain, Mempool pool)
    {
        string person = random.Person();
        if (random.Next(2) == 0)
        {
            return random.Next(2) == 0
                ? Make.Ballot(random.Next(2) == 0 ? "lunch" : "tea", $"v{random.Next(99)}", "x")
                : Make.Message(person, $"m{random.Next(99)}", pool.Ledger.NextNonce(FakeEd25519.KeyOf(person)));
        }

        OutPoint[] sources = [.. chain.UnspentOf(FakeEd25519.AddressOf(person))
            .Concat(pool.Entries.Where(entry => !entry.Transaction.IsFree)
                .Select(entry => new OutPoint(entry.Transaction.Id, 0)))
            .OrderBy(source => source.ToString(), StringComparer.Ordinal)];
        if (sources.Length == 0
            || pool.Ledger.Find(random.Pick(sources), out UnspentOutput output) != OutputStatus.Unspent
            || output.Amount.Units < 1_000)
        {
            return Make.Message(person, $"n{random.Next(999)}");
        }

        long fee = random.Next(500);
        OutPoint source = sources.First(each =>
            pool.Ledger.Find(each, out UnspentOutput found) == OutputStatus.Unspent && found == output);
        return Make.Payment(person, [source], [(person, output.Amount - new Coins(fee))], new Coins(fee));
    }

    private sealed class Blocks(List<Block> blocks) : IBlockReader
    {
        public Block Read(BlockHash hash) => blocks.Single(block => block.Hash == hash);
    }
}
