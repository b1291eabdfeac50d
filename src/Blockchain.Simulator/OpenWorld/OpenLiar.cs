using Blockchain.Core.Kernel;
using Blockchain.Core.OpenNetwork;

namespace Blockchain.Simulator;

/// <summary>
/// A node that follows the chain like any other and tells lies about it: blocks that break one rule each, served to
/// whoever asks, parents that it withholds, transactions that nobody signed, bytes that mean nothing.
/// </summary>
internal sealed class OpenLiar
{
    private readonly OpenWorld _world;
    private readonly Dictionary<BlockHash, Block> _lies = [];
    private readonly HashSet<BlockHash> _withheld = [];
    private readonly Dictionary<OpenLink, Header[]> _promised = [];
    private readonly Action<OpenLink, FullNode>[] _kinds;

    /// <summary>Makes a liar of a node.</summary>
    public OpenLiar(OpenWorld world, OpenHost host)
    {
        _world = world;
        Host = host;
        host.Intercept = Serve;
        _kinds =
        [
            (link, node) => Tell(link, node, Spoil(node, static block => block, hasWork: false)),
            (link, node) => Tell(link, node, Spoil(node, Inflate)),
            (link, node) => Tell(link, node, Spoil(node, block => With(block, Forge(node)))),
            (link, node) => Tell(link, node, Spoil(node, block => With(block, SpendTwice(node)))),
            (link, node) => Tell(link, node, Spoil(node, block => With(block, VoteTwice(node)))),
            (link, node) => Tell(link, node, WrongRoot(node)),
            Malleate,
            Withhold,
            SayUnsigned,
            (link, _) => link.SendGarbage(Host, Garbage()),
        ];
    }

    /// <summary>The node.</summary>
    public OpenHost Host { get; }

    private Prng Random => _world.Random;

    /// <summary>Whether the block of this hash is a lie.</summary>
    public bool Told(BlockHash hash) => _lies.ContainsKey(hash);

    /// <summary>Begins.</summary>
    public void Begin() => _world.Schedule.After(Random.Between(500, 6_000), () =>
    {
        if (!_world.Plan.Over)
        {
            OpenLink[] links = [.. Host.Links];
            if (Host.Node is { } node && links.Length > 0)
            {
                _world.Coverage.Count(OpenHappening.Lie);
                Random.Pick(_kinds)(Random.Pick(links), node);
            }

            Begin();
        }
    });

    private bool Serve(OpenLink link, NodeMessage message)
    {
        if (message is NodeMessage.GetHeaders && _promised.Remove(link, out Header[]? headers))
        {
            link.Send(Host, new NodeMessage.Headers(headers));
            return true;
        }

        if (message is not NodeMessage.GetBlocks ask)
        {
            return false;
        }

        foreach (Block block in ask.Hashes.Where(_lies.ContainsKey).Select(hash => _lies[hash]))
        {
            link.Send(Host, new NodeMessage.BlockBody(block));
        }

        return ask.Hashes.Any(hash => _lies.ContainsKey(hash) || _withheld.Contains(hash));
    }

    private void Tell(OpenLink link, FullNode node, Block? lie)
    {
        if (lie is null)
        {
            return;
        }

        _lies.TryAdd(lie.Hash, lie);
        _world.Trace($"(the liar tells of {lie.Hash.Short} behind {node.Chain.Tip.Short})");
        if (Random.PerMille(800))
        {
            Promise(link, lie.Header);
        }
        else
        {
            link.Send(Host, new NodeMessage.BlockBody(lie));
        }
    }

    /// <summary>Announces the last of these headers, and gives them to who asks.</summary>
    private void Promise(OpenLink link, params Header[] headers)
    {
        _promised[link] = headers;
        link.Send(Host, new NodeMessage.InventoryOf([headers[^1].ComputeHash()], []));
    }

    private Block Honest(BlockHash previous, int height, uint time)
    {
        Transaction.Coinbase coinbase = new(
            height, Random.Bits(), string.Empty,
            [new TransactionOutput(Host.Wallet.Address, new Coins(_world.Parameters.RewardUnitsAt(height)))]);
        return Commit(
            new Header(Header.CurrentVersion, previous, default, time, _world.Parameters.StartBits, 0), [coinbase]);
    }

    private Block? Spoil(FullNode node, Func<Block, Block?> change, bool hasWork = true) =>
        change(Honest(node.Chain.Tip, node.Chain.NextHeight, Now())) is { } block
            ? new Block(Worked(block.Header, hasWork), block.Transactions)
            : null;

    private uint Now() => (uint)(_world.NowUnixMs / 1_000);

    private static Block Commit(Header header, IReadOnlyList<Transaction> transactions) =>
        new(header with { MerkleRoot = Block.RootOf(transactions, out _) }, transactions);

    private static Header Worked(Header header, bool hasWork)
    {
        Target.FromCompact(header.Bits, out Target target);
        for (uint nonce = 0; ; nonce++)
        {
            Header candidate = header with { Nonce = nonce };
            if (target.IsMetBy(candidate.ComputeHash()) == hasWork)
            {
                return candidate;
            }
        }
    }

    private Block Inflate(Block block)
    {
        Transaction.Coinbase coinbase = (Transaction.Coinbase)block.Transactions[0];
        TransactionOutput paid = coinbase.Outputs[0];
        TransactionOutput more = paid with { Amount = new Coins(paid.Amount.Units + Random.Between(1, 1_000)) };
        return Commit(
            block.Header, [new Transaction.Coinbase(coinbase.Height, coinbase.ExtraNonce, coinbase.Text, [more])]);
    }

    private static Block? With(Block block, IReadOnlyList<Transaction> more) =>
        more.Count == 0 ? null : Commit(block.Header, [.. block.Transactions, .. more]);

    private (OutPoint Source, UnspentOutput Output)? Ripe(FullNode node, Address owner)
    {
        foreach (OutPoint source in node.Chain.UnspentOf(owner)
            .OrderBy(static source => source.Transaction.ToString(), StringComparer.Ordinal))
        {
            node.Chain.Find(source, out UnspentOutput output);
            if (!output.IsReward || node.Chain.NextHeight - output.Height >= _world.Parameters.CoinbaseMaturity)
            {
                return (source, output);
            }
        }

        return null;
    }

    /// <summary>Somebody else's money, with a signature of the liar's.</summary>
    private Transaction[] Forge(FullNode node)
    {
        OpenWallet victim = Random.Pick(_world.Hosts).Wallet;
        if (Ripe(node, victim.Address) is not { } ripe)
        {
            return [];
        }

        Transaction.Payment payment = victim.Pay(
            node.Chain.GenesisHash, ripe.Source,
            [new TransactionOutput(Host.Wallet.Address, ripe.Output.Amount)], Coins.Zero);
        return [payment.WithSignatures([OpenSignatures.Sign(Host.Wallet.Key, payment.SignedBytes(default))])];
    }

    private Transaction[] SpendTwice(FullNode node)
    {
        if (Ripe(node, Host.Wallet.Address) is not { } ripe || ripe.Output.Amount.Units < 2)
        {
            return [];
        }

        OpenWallet[] payees = [Host.Wallet, _world.Hosts[0].Wallet];
        return [.. payees.Select(payee => Host.Wallet.Pay(
            node.Chain.GenesisHash, ripe.Source,
            [new TransactionOutput(payee.Address, ripe.Output.Amount)], Coins.Zero))];
    }

    private Transaction[] VoteTwice(FullNode node)
    {
        string voter = $"liar{Random.Between(0, 999)}";
        return
        [
            Host.Wallet.Vote(node.Chain.GenesisHash, "tea", voter, "yes"),
            Host.Wallet.Vote(node.Chain.GenesisHash, "tea", voter, "no"),
        ];
    }

    private Block WrongRoot(FullNode node)
    {
        Block block = Spoil(node, static block => block)!;
        Header header = Worked(block.Header with { MerkleRoot = Hash.Empty }, hasWork: true);
        return new Block(header, block.Transactions);
    }

    /// <summary>An honest block with its end repeated (CVE-2012-2459): the hash of the valid block must not be
    /// spoiled.</summary>
    private void Malleate(OpenLink link, FullNode node)
    {
        Block? honest = Spoil(node, block => With(block, VoteOnceAndSpeak(node)));
        if (honest is null)
        {
            return;
        }

        Tell(link, node, new Block(honest.Header, [.. honest.Transactions, honest.Transactions[^1]]));
        if (Random.PerMille(500))
        {
            _lies[honest.Hash] = honest;
        }
    }

    // With the coinbase three leaves: the last is paired with itself.
    private Transaction[] VoteOnceAndSpeak(FullNode node) =>
    [
        Host.Wallet.Vote(node.Chain.GenesisHash, "tea", $"liar{Random.Between(1_000, 9_999)}", "yes"),
        Host.Wallet.Say($"lie{Random.Bits()}", null),
    ];

    /// <summary>A valid block whose parent, valid too, is never given.</summary>
    private void Withhold(OpenLink link, FullNode node)
    {
        Block parent = Spoil(node, static block => block)!;
        _withheld.Add(parent.Hash);
        Block child = Honest(parent.Hash, node.Chain.NextHeight + 1, parent.Header.Time + 1);
        child = new Block(Worked(child.Header, hasWork: true), child.Transactions);
        _lies[child.Hash] = child;
        if (Random.PerMille(500))
        {
            Promise(link, parent.Header, child.Header);
        }
        else
        {
            link.Send(Host, new NodeMessage.BlockBody(child));
        }
    }

    private void SayUnsigned(OpenLink link, FullNode node)
    {
        Transaction[] forged = Forge(node);
        Transaction lie = forged.Length > 0
            ? forged[0]
            : new Transaction.Message(_world.Hosts[0].Wallet.Key, $"lie{Random.Bits()}", null, default);
        link.Send(Host, new NodeMessage.TransactionBodies([lie]));
    }

    private byte[] Garbage()
    {
        byte[] bytes = new byte[Random.Between(0, 200)];
        for (int i = 0; i < bytes.Length; i++)
        {
            bytes[i] = (byte)Random.Bits();
        }

        return bytes;
    }
}
