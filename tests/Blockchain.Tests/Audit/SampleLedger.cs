using System.Buffers.Binary;
using System.Security.Cryptography;
using Blockchain.Core.BankNetwork;
using Blockchain.Core.Kernel;

namespace Blockchain.Tests.Audit;

/// <summary>
/// A small ledger with real signatures: three accounts of 10.00, the original's race of three transfers, and a request
/// of three transfers. 0 VIEW 1; 1 to 3 OPEN; 4 VIEW 2; 5 to 7 one request each; 8 to 10 one request of three.
/// </summary>
internal sealed class SampleLedger
{
    private readonly List<Block> _blocks = [];

    private SampleLedger()
    {
        BankKey = NewKey();
        ClientKeys = [NewKey(), NewKey(), NewKey()];
        Bank(1, key => new Block.View(1, key, 1_000, [], Public(BankKey)));
        for (int i = 1; i <= 3; i++)
        {
            int account = i;
            Bank(1 + i, key => new Block.Open(
                1, key, 1_000, account, $"client-{account}", new Money(10_00), Public(ClientKeys[account - 1])));
        }

        Bank(5, key => new Block.View(2, key, 1_000, [1, 2, 3], Public(BankKey)));
        Request(new Token(6, 2), (3, 5_00, Outcome.Success));
        Request(new Token(6, 3), (1, 12_00, Outcome.Success));
        Request(new Token(7, 3), (1, 11_00, Outcome.InsufficientFunds));
        Request(
            new Token(8, 1), (2, 1_00, Outcome.Success), (3, 2_00, Outcome.Success),
            (2, 99_00, Outcome.InsufficientFunds));
    }

    public ECDsa BankKey { get; }

    public ECDsa[] ClientKeys { get; }

    public IReadOnlyList<Block> Blocks => _blocks;

    public Hash LedgerId => Hashes()[0];

    public static SampleLedger Create() => new();

    public List<Hash> Hashes() => HashesOf(_blocks.Select(block => block.Canonical.ToArray()));

    public static List<Hash> HashesOf(IEnumerable<byte[]> blocks)
    {
        List<Hash> hashes = [];
        foreach (byte[] block in blocks)
        {
            hashes.Add(Hash.Link(hashes.Count == 0 ? Hash.Empty : hashes[^1], block));
        }

        return hashes;
    }

    public Checkpoint CheckpointAt(int index)
    {
        Hash hash = Hashes()[index];
        return new Checkpoint(index, hash, Sign(BankKey, Checkpoint.Digest(LedgerId, index, hash)));
    }

    public Block.Payment[] Request(Token token, params (int To, long Minor, Outcome Outcome)[] transfers)
    {
        Block.Payment[] blocks = Signed(2, token, transfers);
        _blocks.AddRange(blocks);
        return blocks;
    }

    /// <summary>The blocks of a request, signed by its client as they stand.</summary>
    public Block.Payment[] Signed(int epoch, Token token, params (int To, long Minor, Outcome Outcome)[] transfers)
    {
        Transfer[] made = [.. transfers.Select(t => new Transfer(
            new TransferId(BinaryPrimitives.ReadUInt128BigEndian(RandomNumberGenerator.GetBytes(16))),
            token.Client, t.To, new Money(t.Minor), "", 2_000))];
        Signature signature = Sign(
            ClientKeys[token.Client - 1], SignedRequest.Digest(LedgerId, epoch, token, made));
        return [.. made.Select((transfer, seq) => new Block.Payment(
            epoch, new BlockKey(token, seq), transfer, transfers[seq].Outcome, seq == 0 ? signature : null))];
    }

    public static PublicKey Public(ECDsa key)
    {
        ECPoint point = key.ExportParameters(false).Q;
        return new PublicKey(new Bytes32(point.X), new Bytes32(point.Y));
    }

    public static Signature Sign(ECDsa key, Hash digest)
    {
        byte[] bytes = new byte[Hash.Size];
        digest.CopyTo(bytes);
        return new Signature(key.SignHash(bytes));
    }

    public static ECDsa NewKey() => ECDsa.Create(ECCurve.NamedCurves.nistP256);

    private void Bank(long clock, Func<BlockKey, Block> make) =>
        _blocks.Add(make(new BlockKey(new Token(clock, 0), 0)));
}
