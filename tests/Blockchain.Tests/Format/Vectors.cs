using System.Security.Cryptography;
using System.Text;
using Blockchain.Core.BankNetwork;
using Blockchain.Core.Kernel;

namespace Blockchain.Tests.Format;

/// <summary>
/// What the vectors of FORMAT.md stand for, built by the product's own code: a ledger of two accounts and three
/// transfers, and one message of each kind about it.
/// </summary>
internal sealed partial class Vectors
{
    private readonly IReadOnlyDictionary<string, Dictionary<string, string>> _document;
    private readonly EcdsaP256 _scheme = new();
    private readonly TestKey _bank = TestKey.Of("bank");
    private readonly TestKey _alice = TestKey.Of("alice");
    private readonly TestKey _bob = TestKey.Of("bob");

    public Vectors(IReadOnlyDictionary<string, Dictionary<string, string>> document)
    {
        _document = document;
        AddKeys();
        AddLedger();
        AddMessages();
        AddProofs();
        AddFiles();
    }

    /// <summary>Fields of each vector, by its name.</summary>
    public Dictionary<string, Dictionary<string, string>> All { get; } = [];

    public IReadOnlyList<Block> Ledger { get; private set; } = [];

    private SignedRequest Request { get; set; } = null!;

    private Checkpoint Checkpoint { get; set; } = null!;

    private Hash LedgerId => Ledger[0].HashAfter(Hash.Empty);

    private void AddKeys()
    {
        foreach (TestKey key in (TestKey[])[_bank, _alice, _bob])
        {
            All.Add($"key {key.Name}", new()
            {
                ["private"] = key.Private.ToString(),
                ["public"] = key.Public.ToString(),
            });
        }
    }

    private void AddLedger()
    {
        const long Noon = 1_767_268_800_000; // 2026-01-01T12:00:00Z
        List<Block> blocks =
        [
            new Block.View(1, KeyAt(1, 0), Noon, [], _bank.Public),
            new Block.Open(1, KeyAt(2, 0), Noon + 1_000, 1, "alice", new Money(1_000), _alice.Public),
            new Block.Open(1, KeyAt(2, 0, 1), Noon + 1_000, 2, "bob", new Money(1_000), _bob.Public),
            new Block.View(2, KeyAt(2, 0, 2), Noon + 1_000, [1, 2], _bank.Public),
        ];
        Ledger = blocks;
        Transfer rent = new(IdOf(Noon + 3_000, 1), 1, 2, new Money(350), "rent for März", Noon + 3_000);
        Transfer tooMuch = new(IdOf(Noon + 3_001, 2), 1, 2, new Money(1_200), "", Noon + 3_001);
        Transfer back = new(IdOf(Noon + 4_000, 3), 2, 1, new Money(1), "a cent", Noon + 4_000);
        Request = Signed("signed request", _alice, new Token(6, 1), [rent, tooMuch]);
        SignedRequest second = Signed("block 6 SUCCESS", _bob, new Token(7, 2), [back]);
        blocks.Add(new Block.Payment(2, KeyAt(6, 1), rent, Outcome.Success, Request.Signature));
        blocks.Add(new Block.Payment(2, KeyAt(6, 1, 1), tooMuch, Outcome.InsufficientFunds, null));
        blocks.Add(new Block.Payment(2, KeyAt(7, 2), back, Outcome.Success, second.Signature));
        AddBlocks(blocks);
        AddSigned();
    }

    private void AddBlocks(List<Block> blocks)
    {
        Hash previous = Hash.Empty;
        for (int i = 0; i < blocks.Count; i++)
        {
            Hash hash = blocks[i].HashAfter(previous);
            string kind = blocks[i] is Block.Payment payment ? payment.Outcome.Status() : blocks[i].Kind;
            All.Add($"block {i} {kind}", new()
            {
                ["bytes"] = Hex(blocks[i].Canonical.Span),
                ["previous hash"] = previous.ToString(),
                ["hash"] = hash.ToString(),
            });
            previous = hash;
        }

        All["block 6 SUCCESS"]["signature"] = ((Block.Payment)blocks[6]).Signature.ToString()!;
    }

    private void AddSigned()
    {
        CanonicalWriter writer = new();
        writer.Raw("blockchain/request/1"u8);
        writer.Hash(LedgerId);
        writer.U32(Request.Epoch);
        writer.U64(Request.Token.Clock);
        writer.U32(Request.Token.Client);
        SignedRequest.WriteTransfers(writer, Request.Transfers);
        All.Add("signed request", new()
        {
            ["signed bytes"] = Hex(writer.Written),
            ["digest"] = Request.Digest(LedgerId).ToString(),
            ["signature"] = Request.Signature.ToString(),
            ["signed by"] = "alice",
        });

        Hash head = Ledger.Aggregate(Hash.Empty, (previous, block) => block.HashAfter(previous));
        long index = Ledger.Count - 1;
        Hash digest = Checkpoint.Digest(LedgerId, index, head);
        Checkpoint = new Checkpoint(index, head, SignatureOf("checkpoint", _bank, digest));
        writer.Clear();
        Checkpoint.Write(writer);
        string bytes = Hex(writer.Written);
        writer.Clear();
        writer.Raw("blockchain/checkpoint/1"u8);
        writer.Hash(LedgerId);
        writer.U64(index);
        writer.Hash(head);
        All.Add("checkpoint", new()
        {
            ["bytes"] = bytes,
            ["signed bytes"] = Hex(writer.Written),
            ["digest"] = digest.ToString(),
            ["signature"] = Checkpoint.Signature.ToString(),
            ["signed by"] = "bank",
        });
    }

    private SignedRequest Signed(string vector, TestKey key, Token token, Transfer[] transfers)
    {
        Hash digest = SignedRequest.Digest(LedgerId, 2, token, transfers);
        return new SignedRequest(2, token, transfers, SignatureOf(vector, key, digest));
    }

    /// <summary>The signature that the document gives if it is right, else a new one: signing is not
    /// repeatable.</summary>
    private Signature SignatureOf(string vector, TestKey key, Hash digest) =>
        _document.TryGetValue(vector, out Dictionary<string, string>? fields)
        && fields.TryGetValue("signature", out string? text)
        && Signature.TryParse(text, out Signature signature)
        && _scheme.Verify(key.Public, digest, signature)
            ? signature
            : key.Sign(digest);

    private static BlockKey KeyAt(long clock, int client, int seq = 0) => new(new Token(clock, client), seq);

    private static TransferId IdOf(long unixMs, ushort number) =>
        new(((UInt128)unixMs << 80) | ((UInt128)7 << 76) | ((UInt128)2 << 62) | number);

    private static string Hex(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(bytes);

    /// <summary>A key whose private half everybody knows.</summary>
    internal sealed record TestKey(string Name, Hash Private, PublicKey Public)
    {
        public static TestKey Of(string name)
        {
            Hash secret = Hash.Of(Encoding.ASCII.GetBytes("blockchain test vector " + name));
            using ECDsa key = Import(secret);
            ECPoint point = key.ExportParameters(false).Q;
            return new TestKey(name, secret, new PublicKey(new Bytes32(point.X), new Bytes32(point.Y)));
        }

        public Signature Sign(Hash digest)
        {
            using ECDsa key = Import(Private);
            return new Signature(key.SignHash(Convert.FromHexString(digest.ToString())));
        }

        private static ECDsa Import(Hash secret) => ECDsa.Create(new ECParameters
        {
            Curve = ECCurve.NamedCurves.nistP256,
            D = Convert.FromHexString(secret.ToString()),
        });
    }
}
