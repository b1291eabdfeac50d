using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Blockchain.Tests.Format;

/// <summary>
/// A verifier of ledgers written from FORMAT.md alone, with no code of the product: what it accepts, the product must
/// accept, and the other way round.
/// </summary>
internal sealed class IndependentLedger
{
    private readonly Dictionary<int, byte[]> _keys = [];
    private readonly HashSet<string> _names = [];
    private readonly HashSet<string> _ids = [];
    private readonly List<byte[]> _request = [];
    private (long Clock, int Client, int Seq) _last;
    private byte[] _signature = [];
    private int _epoch;
    private int[] _members = [];
    private byte[] _bankKey = [];
    private string _ledgerId = "";
    private byte[] _block = [];
    private int _at;

    public string Previous { get; private set; } = Sha256("");

    public Dictionary<int, long> Balances { get; } = [];

    public long Count { get; private set; }

    public int Signed { get; private set; }

    public static string Sha256(string hex) =>
        Convert.ToHexStringLower(SHA256.HashData(Convert.FromHexString(hex)));

    public void Add(byte[] block)
    {
        (_block, _at) = (block, 0);
        Require(Number(1) == 1, "format");
        long kind = Number(1);
        long epoch = Number(4);
        (long Clock, int Client, int Seq) key = (Number(8), (int)Number(4), (int)Number(2));
        Require(Count == 0 ? kind == 2 : key.CompareTo(_last) > 0, "order");
        if ((key.Clock, key.Client) != (_last.Clock, _last.Client))
        {
            Finish();
        }

        switch (kind)
        {
            case 1:
                Open(epoch, key.Client);
                break;
            case 2:
                View(epoch, key.Client);
                break;
            case 3:
                Pay(epoch, key);
                break;
            default:
                throw new InvalidDataException("kind");
        }

        Require(_at == block.Length, "length");
        Previous = Sha256(Previous + Convert.ToHexString(block));
        _ledgerId = Count == 0 ? Previous : _ledgerId;
        _last = key;
        Count++;
    }

    /// <summary>Checks the signature of the request that has ended.</summary>
    public void Finish()
    {
        if (_request.Count == 0)
        {
            return;
        }

        byte[] signed =
        [
            .. Encoding.ASCII.GetBytes("blockchain/request/1"), .. Convert.FromHexString(_ledgerId),
            .. Bytes(4, _epoch), .. Bytes(8, _last.Clock), .. Bytes(4, _last.Client), .. Bytes(2, _request.Count),
            .. _request.SelectMany(transfer => transfer),
        ];
        Require(Verifies(_keys[_last.Client], signed, _signature), "signature");
        _request.Clear();
        Signed++;
    }

    public void CheckCheckpoint(byte[] checkpoint)
    {
        (_block, _at) = (checkpoint, 0);
        long index = Number(8);
        string hash = Convert.ToHexStringLower(Take(32));
        Require(index == Count - 1 && hash == Previous, "checkpoint");
        byte[] signed =
        [
            .. Encoding.ASCII.GetBytes("blockchain/checkpoint/1"), .. Convert.FromHexString(_ledgerId),
            .. Bytes(8, index), .. Convert.FromHexString(hash),
        ];
        Require(Verifies(_bankKey, signed, Take(64)) && _at == checkpoint.Length, "checkpoint signature");
    }

    private void Open(long epoch, int client)
    {
        Number(8);
        long account = Number(4);
        string name = Text(32);
        long deposit = Number(8);
        byte[] key = Take(65);
        Require(client == 0 && epoch == _epoch && account == Balances.Count + 1, "open");
        Require(_names.Add(name.ToUpperInvariant()) && deposit <= 1_000_000_000_000_000 && key[0] == 4, "open");
        Require(!_keys.Values.Any(other => other.SequenceEqual(key)), "open");
        Balances.Add((int)account, deposit);
        _keys.Add((int)account, key);
    }

    private void View(long epoch, int client)
    {
        Number(8);
        byte[] bankKey = Take(65);
        int[] members = Enumerable.Range(0, (int)Number(2)).Select(_ => (int)Number(4)).ToArray();
        Require(client == 0 && epoch == _epoch + 1, "view");
        Require(Count == 0 || bankKey.SequenceEqual(_bankKey), "bank key");
        Require(bankKey[0] == 4 && members.All(Balances.ContainsKey), "members");
        Require(members.Order().Distinct().SequenceEqual(members), "members");
        (_epoch, _members, _bankKey) = ((int)epoch, members, bankKey);
    }

    private void Pay(long epoch, (long Clock, int Client, int Seq) key)
    {
        long outcome = Number(1);
        int start = _at;
        string id = Convert.ToHexString(Take(16));
        int from = (int)Number(4);
        int to = (int)Number(4);
        long amount = Number(8);
        Number(8);
        Text(70);
        byte[] transfer = _block[start.._at];
        Require(epoch == _epoch && _members.Contains(key.Client) && from == key.Client && _ids.Add(id), "transfer");
        Require(key.Seq == _request.Count, "place");
        if (key.Seq == 0)
        {
            _signature = Take(64);
        }

        _request.Add(transfer);
        Require(outcome == Replay(from, to, amount), "outcome");
    }

    private long Replay(int from, int to, long amount)
    {
        if (amount is 0 or > 1_000_000_000_000_000)
        {
            return 4;
        }

        if (from == to)
        {
            return 3;
        }

        if (!Balances.ContainsKey(to))
        {
            return 2;
        }

        if (Balances[from] < amount)
        {
            return 1;
        }

        Balances[from] -= amount;
        Balances[to] += amount;
        return 0;
    }

    private static bool Verifies(byte[] key, byte[] signed, byte[] signature)
    {
        try
        {
            using ECDsa verifier = ECDsa.Create(new ECParameters
            {
                Curve = ECCurve.NamedCurves.nistP256,
                Q = new ECPoint { X = key[1..33], Y = key[33..] },
            });
            return verifier.VerifyData(signed, signature, HashAlgorithmName.SHA256);
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    private static byte[] Bytes(int width, long value)
    {
        byte[] eight = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(eight, value);
        return eight[^width..];
    }

    private long Number(int width)
    {
        long value = Take(width).Aggregate(0L, (sum, next) => (sum << 8) | next);
        Require(value >= 0 && (width != 4 || value <= int.MaxValue), "number");
        return value;
    }

    private string Text(int maxCharacters)
    {
        try
        {
            string text = new UTF8Encoding(false, true).GetString(Take((int)Number(2)));
            Require(text.EnumerateRunes().Count() <= maxCharacters, "text");
            return text;
        }
        catch (ArgumentException)
        {
            throw new InvalidDataException("text");
        }
    }

    private byte[] Take(int count)
    {
        Require(count <= _block.Length - _at, "length");
        _at += count;
        return _block[(_at - count).._at];
    }

    private static void Require(bool holds, string what)
    {
        if (!holds)
        {
            throw new InvalidDataException(what);
        }
    }
}
