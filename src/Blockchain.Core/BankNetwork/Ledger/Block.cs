using System.Runtime.CompilerServices;
using Blockchain.Core.Kernel;

namespace Blockchain.Core.BankNetwork;

/// <summary>
/// One row of the ledger. Its canonical bytes hold every field and nothing derived: neither index nor hash.
/// Closed: <see cref="Open"/>, <see cref="View"/>, <see cref="Payment"/>.
/// </summary>
public abstract class Block
{
    /// <summary>The first byte of a block's canonical form.</summary>
    public const byte FormatVersion = 1;

    private byte[]? _canonical;

    private Block(int epoch, BlockKey key, long unixMs)
    {
        Epoch = epoch;
        Key = key;
        UnixMs = unixMs;
    }

    /// <summary>The view in which the block was made.</summary>
    public int Epoch { get; }

    /// <summary>The block's place in the order.</summary>
    public BlockKey Key { get; }

    /// <summary>Wall clock of its maker, in milliseconds since 1970. Information only.</summary>
    public long UnixMs { get; }

    /// <summary>OPEN, VIEW or TRANSFER.</summary>
    public abstract string Kind { get; }

    /// <summary>The canonical bytes; encoded once and used for hash, wire and file.</summary>
    public ReadOnlyMemory<byte> Canonical => _canonical ??= Encode();

    /// <summary>The hash of this block behind <paramref name="previous"/>: SHA-256(previous, canonical
    /// bytes).</summary>
    public Hash HashAfter(Hash previous) => Hash.Link(previous, (_canonical ??= Encode()));

    /// <summary>Reads one block and insists that nothing follows.</summary>
    /// <exception cref="FormatFaultException">The bytes are not exactly one block.</exception>
    public static Block Decode(ReadOnlySpan<byte> bytes)
    {
        CanonicalReader reader = new(bytes);
        byte version = reader.U8();
        if (version != FormatVersion)
        {
            throw new FormatFaultException($"a block has format {version}; this program reads {FormatVersion}");
        }

        byte kind = reader.U8();
        int epoch = reader.U32();
        BlockKey key = new(new Token(reader.U64(), reader.U32()), reader.U16());
        Block block = kind switch
        {
            Open.Code => Open.Read(ref reader, epoch, key),
            View.Code => View.Read(ref reader, epoch, key),
            Payment.Code => Payment.Read(ref reader, epoch, key),
            _ => throw new FormatFaultException($"{kind} is no kind of block"),
        };
        reader.End();
        block._canonical = bytes.ToArray();
        return block;
    }

    private protected abstract byte KindCode { get; }

    private protected abstract void WriteBody(CanonicalWriter writer);

    private byte[] Encode()
    {
        CanonicalWriter writer = CanonicalWriter.Take();
        writer.U8(FormatVersion);
        writer.U8(KindCode);
        writer.U32(Epoch);
        writer.U64(Key.Token.Clock);
        writer.U32(Key.Token.Client);
        writer.U16((ushort)Key.Seq);
        WriteBody(writer);
        return writer.Finish();
    }

    /// <summary>A new account and its opening deposit: the only way money comes into the ledger.</summary>
    public sealed class Open(
        int epoch, BlockKey key, long unixMs, int account, string name, Money deposit, PublicKey publicKey)
        : Block(epoch, key, unixMs)
    {
        internal const byte Code = 1;

        /// <inheritdoc/>
        public override string Kind => "OPEN";

        /// <summary>Number of the account, from 1, never used again.</summary>
        public int Account { get; } = account;

        /// <summary>Name of the client that owns it.</summary>
        public string Name { get; } = name;

        /// <summary>What it starts with.</summary>
        public Money Deposit { get; } = deposit;

        /// <summary>Only the holder of this key can pay from the account.</summary>
        public PublicKey PublicKey { get; } = publicKey;

        private protected override byte KindCode => Code;

        internal static Open Read(ref CanonicalReader reader, int epoch, BlockKey key)
        {
            long unixMs = reader.U64();
            int account = reader.U32();
            string name = reader.Text(Limits.NameCharacters);
            return new Open(epoch, key, unixMs, account, name, new Money(reader.U64()), reader.Key());
        }

        private protected override void WriteBody(CanonicalWriter writer)
        {
            writer.U64(UnixMs);
            writer.U32(Account);
            writer.Text(Name);
            writer.U64(Deposit.Minor);
            writer.Key(PublicKey);
        }
    }

    /// <summary>A new list of members. Requests agreed on under an earlier view are void.</summary>
    public sealed class View(
        int epoch, BlockKey key, long unixMs, IReadOnlyList<int> members, PublicKey bankKey)
        : Block(epoch, key, unixMs)
    {
        internal const byte Code = 2;

        /// <inheritdoc/>
        public override string Kind => "VIEW";

        /// <summary>Ids of the clients that take part in mutual exclusion from here on, ascending.</summary>
        public IReadOnlyList<int> Members { get; } = members;

        /// <summary>The key with which the bank signs checkpoints; the same in every view of a ledger.</summary>
        public PublicKey BankKey { get; } = bankKey;

        private protected override byte KindCode => Code;

        internal static View Read(ref CanonicalReader reader, int epoch, BlockKey key)
        {
            long unixMs = reader.U64();
            PublicKey bankKey = reader.Key();
            int count = reader.U16();
            if (count > Limits.Members)
            {
                throw new FormatFaultException($"a view has {count} members; {Limits.Members} is the most");
            }

            int[] members = new int[count];
            for (int i = 0; i < count; i++)
            {
                members[i] = reader.U32();
            }

            return new View(epoch, key, unixMs, members, bankKey);
        }

        private protected override void WriteBody(CanonicalWriter writer)
        {
            writer.U64(UnixMs);
            writer.Key(BankKey);
            writer.U16((ushort)Members.Count);
            foreach (int member in Members)
            {
                writer.U32(member);
            }
        }
    }

    /// <summary>A transfer and what became of it: kind TRANSFER.</summary>
    public sealed class Payment : Block
    {
        internal const byte Code = 3;

        // One block of a request has it: the others need no room for 64 bytes.
        private readonly StrongBox<Signature>? _signature;

        /// <summary>Makes the block of one transfer of a request.</summary>
        /// <param name="epoch">The view of the request.</param>
        /// <param name="key">Token and place.</param>
        /// <param name="transfer">The transfer.</param>
        /// <param name="outcome">What became of it.</param>
        /// <param name="signature">The request's signature, in the block with place 0 only.</param>
        public Payment(int epoch, BlockKey key, Transfer transfer, Outcome outcome, Signature? signature)
            : base(epoch, key, transfer.UnixMs)
        {
            Invariant.Holds(signature.HasValue == (key.Seq == 0), "the first block of a request carries its signature");
            Transfer = transfer;
            Outcome = outcome;
            _signature = signature is { } one ? new StrongBox<Signature>(one) : null;
        }

        /// <inheritdoc/>
        public override string Kind => "TRANSFER";

        /// <summary>What was asked for.</summary>
        public Transfer Transfer { get; }

        /// <summary>What became of it.</summary>
        public Outcome Outcome { get; }

        /// <summary>The client's signature over the whole request; only the block with place 0 has it.</summary>
        public Signature? Signature => _signature?.Value;

        private protected override byte KindCode => Code;

        internal static Payment Read(ref CanonicalReader reader, int epoch, BlockKey key)
        {
            Outcome outcome = Outcomes.Read(ref reader);
            Transfer transfer = Transfer.Read(ref reader);
            Signature? signature = key.Seq == 0 ? reader.Signature() : null;
            return new Payment(epoch, key, transfer, outcome, signature);
        }

        private protected override void WriteBody(CanonicalWriter writer)
        {
            writer.U8((byte)Outcome);
            Transfer.Write(writer);
            if (_signature is { Value: var signature })
            {
                writer.Signature(signature);
            }
        }
    }
}
