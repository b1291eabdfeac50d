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

    private ReadOnlyMemory<byte> _canonical;

    private Block(int epoch, BlockKey key)
    {
        Epoch = epoch;
        Key = key;
    }

    /// <summary>The view in which the block was made.</summary>
    public int Epoch { get; }

    /// <summary>The block's place in the order.</summary>
    public BlockKey Key { get; }

    /// <summary>Wall clock of its maker, in milliseconds since 1970. Information only.</summary>
    public abstract long UnixMs { get; }

    /// <summary>OPEN, VIEW or TRANSFER.</summary>
    public abstract string Kind { get; }

    /// <summary>The canonical bytes; encoded once and used for hash, wire and file.</summary>
    public ReadOnlyMemory<byte> Canonical => _canonical.IsEmpty ? _canonical = Encode() : _canonical;

    /// <summary>The hash of this block behind <paramref name="previous"/>: SHA-256(previous, canonical
    /// bytes).</summary>
    public Hash HashAfter(Hash previous) => Hash.Link(previous, Canonical.Span);

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
        WriteHead(writer, KindCode, Epoch, Key);
        WriteBody(writer);
        return writer.Finish();
    }

    private static void WriteHead(CanonicalWriter writer, byte kindCode, int epoch, BlockKey key)
    {
        writer.U8(FormatVersion);
        writer.U8(kindCode);
        writer.U32(epoch);
        writer.U64(key.Token.Clock);
        writer.U32(key.Token.Client);
        writer.U16((ushort)key.Seq);
    }

    /// <summary>A new account and its opening deposit: the only way money comes into the ledger.</summary>
    public sealed class Open(
        int epoch, BlockKey key, long unixMs, int account, string name, Money deposit, PublicKey publicKey)
        : Block(epoch, key)
    {
        internal const byte Code = 1;

        /// <inheritdoc/>
        public override long UnixMs { get; } = unixMs;

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
        : Block(epoch, key)
    {
        internal const byte Code = 2;

        /// <inheritdoc/>
        public override long UnixMs { get; } = unixMs;

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
        private const int TransferAt = 1 + 1 + 4 + 8 + 4 + 2 + 1;

        // As bytes, the blocks of a request share arrays that the collector does not yet take for old ones.
        private const int PieceLength = 1 << 10;

        // Null when there are only the bytes, as with the blocks of a long request.
        private readonly Transfer? _transfer;

        // One block of a request has it: the others need no room for 64 bytes.
        private readonly StrongBox<Signature>? _signature;

        /// <summary>Makes the block of one transfer of a request.</summary>
        /// <param name="epoch">The view of the request.</param>
        /// <param name="key">Token and place.</param>
        /// <param name="transfer">The transfer.</param>
        /// <param name="outcome">What became of it.</param>
        /// <param name="signature">The request's signature, in the block with place 0 only.</param>
        public Payment(int epoch, BlockKey key, Transfer transfer, Outcome outcome, Signature? signature)
            : base(epoch, key)
        {
            Invariant.Holds(signature.HasValue == (key.Seq == 0), "the first block of a request carries its signature");
            _transfer = transfer;
            Outcome = outcome;
            _signature = signature is { } one ? new StrongBox<Signature>(one) : null;
        }

        private Payment(int epoch, BlockKey key, Outcome outcome, Signature? signature, ReadOnlyMemory<byte> canonical)
            : base(epoch, key)
        {
            Outcome = outcome;
            _signature = signature is { } one ? new StrongBox<Signature>(one) : null;
            _canonical = canonical;
        }

        /// <inheritdoc/>
        public override string Kind => "TRANSFER";

        /// <inheritdoc/>
        public override long UnixMs => Transfer.UnixMs;

        /// <summary>What was asked for. Read from the bytes each time where that is all there is.</summary>
        public Transfer Transfer => _transfer ?? ReadTransfer();

        /// <summary>The same without what is for people.</summary>
        public TransferTerms Terms => _transfer?.Terms ?? ReadTerms();

        /// <summary>What became of it.</summary>
        public Outcome Outcome { get; }

        /// <summary>The client's signature over the whole request; only the block with place 0 has it.</summary>
        public Signature? Signature => _signature?.Value;

        private protected override byte KindCode => Code;

        /// <summary>The blocks that the bank has made of a request.</summary>
        /// <param name="epoch">The view of the request.</param>
        /// <param name="token">Its place in the order.</param>
        /// <param name="transfers">What it carries.</param>
        /// <param name="outcomes">What became of each.</param>
        /// <param name="signature">The client's, over the request.</param>
        public static Block[] OfRequest(
            int epoch, Token token, IReadOnlyList<Transfer> transfers, IReadOnlyList<Outcome> outcomes,
            Signature signature)
        {
            Block[] blocks = new Block[transfers.Count];
            if (transfers is EncodedTransfers encoded)
            {
                for (int from = 0; from < blocks.Length; from += PieceLength)
                {
                    FillPiece(blocks, from, epoch, token, encoded, outcomes, signature);
                }

                return blocks;
            }

            for (int seq = 0; seq < blocks.Length; seq++)
            {
                blocks[seq] = new Payment(
                    epoch, new BlockKey(token, seq), transfers[seq], outcomes[seq], seq == 0 ? signature : null);
            }

            return blocks;
        }

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

        private static void FillPiece(
            Block[] blocks, int from, int epoch, Token token, EncodedTransfers transfers,
            IReadOnlyList<Outcome> outcomes, Signature signature)
        {
            int count = Math.Min(PieceLength, blocks.Length - from);
            Span<int> ends = stackalloc int[PieceLength];
            CanonicalWriter writer = CanonicalWriter.Take();
            for (int i = 0; i < count; i++)
            {
                WriteHead(writer, Code, epoch, new BlockKey(token, from + i));
                writer.U8((byte)outcomes[from + i]);
                writer.Raw(transfers.BytesOf(from + i));
                if (from + i == 0)
                {
                    writer.Signature(signature);
                }

                ends[i] = writer.Length;
            }

            byte[] bytes = writer.Finish();
            for (int i = 0; i < count; i++)
            {
                int start = i == 0 ? 0 : ends[i - 1];
                blocks[from + i] = new Payment(
                    epoch, new BlockKey(token, from + i), outcomes[from + i], from + i == 0 ? signature : null,
                    bytes.AsMemory(start..ends[i]));
            }
        }

        private TransferTerms ReadTerms()
        {
            CanonicalReader reader = new(Canonical.Span[TransferAt..]);
            return TransferTerms.Read(ref reader);
        }

        private Transfer ReadTransfer()
        {
            CanonicalReader reader = new(Canonical.Span[TransferAt..]);
            return Transfer.Read(ref reader);
        }
    }
}
