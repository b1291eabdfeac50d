using Blockchain.Core.Kernel;

namespace Blockchain.Core.OpenNetwork;

/// <content>The transactions that move coins.</content>
public abstract partial class Transaction
{
    /// <summary>The first transaction of every block: creates the reward and collects the fees.</summary>
    public sealed class Coinbase : Transaction
    {
        internal const byte KindCode = 1;
        private readonly TransactionOutput[] _outputs;

        /// <summary>Makes the first transaction of a block.</summary>
        /// <param name="height">Height of the block, which makes the id of every coinbase another.</param>
        /// <param name="extraNonce">Varied by miners when the header's nonces are used up.</param>
        /// <param name="text">Whatever the miner wants to say, at most 512 characters.</param>
        /// <param name="outputs">Who gets the reward and the fees.</param>
        public Coinbase(int height, ulong extraNonce, string text, IReadOnlyList<TransactionOutput> outputs)
        {
            Height = height;
            ExtraNonce = extraNonce;
            Text = text;
            _outputs = [.. outputs];
        }

        /// <inheritdoc/>
        public override string Kind => "coinbase";

        /// <inheritdoc/>
        public override bool IsFree => false;

        /// <summary>Height of the block.</summary>
        public int Height { get; }

        /// <summary>Varied by miners when the header's nonces are used up.</summary>
        public ulong ExtraNonce { get; }

        /// <summary>Whatever the miner wants to say.</summary>
        public string Text { get; }

        /// <inheritdoc/>
        public override IReadOnlyList<TransactionOutput> Outputs => _outputs;

        private protected override byte Code => KindCode;

        private protected override int SignatureBytes => 0;

        internal static Coinbase Read(ref CanonicalReader reader) => new(
            reader.U32(), reader.Bits(), reader.Text(OpenLimits.CoinbaseCharacters), reader.Outputs());

        private protected override void WriteBody(CanonicalWriter writer)
        {
            writer.U32(Height);
            writer.WriteBits(ExtraNonce);
            writer.Text(Text);
            writer.Write(_outputs);
        }
    }

    /// <summary>Spends outputs and makes new ones. Every owner signs all of it and the network's id.</summary>
    public sealed class Payment : Transaction
    {
        internal const byte KindCode = 2;
        private const int InputBytes = Bytes32.Size + sizeof(int) + Ed25519Key.Size;
        private readonly TransactionInput[] _inputs;
        private readonly TransactionOutput[] _outputs;

        /// <summary>Makes a payment.</summary>
        /// <param name="inputs">What is spent.</param>
        /// <param name="outputs">What is paid, change included.</param>
        /// <param name="fee">What is left to the miner; inputs are outputs and fee.</param>
        public Payment(
            IReadOnlyList<TransactionInput> inputs, IReadOnlyList<TransactionOutput> outputs, Coins fee)
        {
            _inputs = [.. inputs];
            _outputs = [.. outputs];
            Fee = fee;
        }

        /// <summary>ASCII in front of what is signed.</summary>
        public static ReadOnlySpan<byte> Domain => "blockchain/payment/1"u8;

        /// <inheritdoc/>
        public override string Kind => "payment";

        /// <inheritdoc/>
        public override bool IsFree => false;

        /// <summary>What is spent.</summary>
        public IReadOnlyList<TransactionInput> Inputs => _inputs;

        /// <inheritdoc/>
        public override IReadOnlyList<TransactionOutput> Outputs => _outputs;

        /// <summary>What is left to the miner.</summary>
        public Coins Fee { get; }

        private protected override byte Code => KindCode;

        private protected override int SignatureBytes => _inputs.Length * Ed25519Signature.Size;

        /// <summary>What every owner signs.</summary>
        /// <param name="network">Hash of the network's genesis block.</param>
        public byte[] SignedBytes(BlockHash network) => SignedBytes(Domain, network);

        /// <summary>The same payment with these signatures, one an input.</summary>
        public Payment WithSignatures(IReadOnlyList<Ed25519Signature> signatures) => new(
            [.. _inputs.Select((input, i) => input with { Signature = signatures[i] })], _outputs, Fee);

        internal static Payment Read(ref CanonicalReader reader)
        {
            TransactionInput[] inputs = new TransactionInput[reader.Count(OpenLimits.Inputs, InputBytes, "inputs")];
            for (int i = 0; i < inputs.Length; i++)
            {
                OutPoint source = new(new TransactionId(reader.Bytes()), reader.U32());
                inputs[i] = new TransactionInput(source, reader.Ed25519Key(), default);
            }

            TransactionOutput[] outputs = reader.Outputs();
            Coins fee = new(reader.U64());
            for (int i = 0; i < inputs.Length; i++)
            {
                inputs[i] = inputs[i] with { Signature = reader.Ed25519Signature() };
            }

            return new Payment(inputs, outputs, fee);
        }

        private protected override void WriteBody(CanonicalWriter writer)
        {
            writer.U16((ushort)_inputs.Length);
            foreach (TransactionInput input in _inputs)
            {
                writer.Write(input.Source.Transaction.Value);
                writer.U32(input.Source.Index);
                writer.Write(input.Key);
            }

            writer.Write(_outputs);
            writer.U64(Fee.Units);
            foreach (TransactionInput input in _inputs)
            {
                writer.Write(input.Signature);
            }
        }
    }
}
