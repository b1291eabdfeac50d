using System.Numerics;
using Blockchain.Core.Kernel;

namespace Blockchain.Core.OpenNetwork;

/// <content>The signed text of foreign clients.</content>
public abstract partial class Transaction
{
    /// <summary>
    /// A signed text. Its signature does not name a network, because the clients that make it know none: a message is
    /// valid on every network that it is handed to.
    /// </summary>
    public sealed class Message : Transaction
    {
        internal const byte KindCode = 3;
        private const int SenderDigits = 2 * Ed25519Key.Size;

        /// <summary>Makes a message.</summary>
        /// <param name="sender">The sender's key.</param>
        /// <param name="text">1 to 70 letters and digits.</param>
        /// <param name="nonce">The next number of this sender, from 0; null for a text that is recorded once.</param>
        /// <param name="signature">The sender's signature over <see cref="SignedBytes()"/>.</param>
        /// <param name="upperCase">Which of the 64 digits of the sender's key the sender wrote in upper case, the
        /// first in the lowest bit: the signature covers the digits as they were written.</param>
        public Message(
            Ed25519Key sender, string text, long? nonce, Ed25519Signature signature, ulong upperCase = 0)
        {
            Sender = sender;
            Text = text;
            Nonce = nonce;
            Signature = signature;
            UpperCase = upperCase;
        }

        /// <inheritdoc/>
        public override string Kind => "message";

        /// <inheritdoc/>
        public override bool IsFree => true;

        /// <summary>The sender's key.</summary>
        public Ed25519Key Sender { get; }

        /// <summary>1 to 70 letters and digits.</summary>
        public string Text { get; }

        /// <summary>The sender's number of it; null when it has none.</summary>
        public long? Nonce { get; }

        /// <summary>The sender's signature.</summary>
        public Ed25519Signature Signature { get; }

        /// <summary>Which digits of the sender's key were written in upper case.</summary>
        public ulong UpperCase { get; }

        /// <summary>The sender's key as the sender wrote it.</summary>
        public string SenderText => string.Create(SenderDigits, this, static (text, message) =>
        {
            message.Sender.ToString().CopyTo(text);
            for (ulong left = message.UpperCase; left != 0; left &= left - 1)
            {
                int place = BitOperations.TrailingZeroCount(left);
                text[place] = char.ToUpperInvariant(text[place]);
            }
        });

        /// <summary>Whether upper case is said of letters only, so that a message has one encoding.</summary>
        internal bool HasOneCase => (UpperCase & ~LettersOf(Sender)) == 0;

        private protected override byte Code => KindCode;

        private protected override int SignatureBytes => Ed25519Signature.Size;

        /// <summary>Reads a sender's key as it was written and keeps how it was written.</summary>
        /// <param name="text">64 hexadecimal digits of either case.</param>
        /// <param name="sender">The key.</param>
        /// <param name="upperCase">What to hand to the constructor.</param>
        public static bool TryParseSender(ReadOnlySpan<char> text, out Ed25519Key sender, out ulong upperCase)
        {
            upperCase = 0;
            if (!Ed25519Key.TryParse(text, out sender))
            {
                return false;
            }

            for (int i = 0; i < text.Length; i++)
            {
                upperCase |= char.IsAsciiLetterUpper(text[i]) ? 1UL << i : 0;
            }

            return true;
        }

        /// <summary>What the sender signs: the JSON of message, nonce and sender as Python prints it.</summary>
        public byte[] SignedBytes() => PythonJson.Message(SenderText, Text, Nonce);

        /// <summary>The same message with this signature.</summary>
        public Message WithSignature(Ed25519Signature signature) => new(Sender, Text, Nonce, signature, UpperCase);

        internal static Message Read(ref CanonicalReader reader)
        {
            Ed25519Key sender = reader.Ed25519Key();
            ulong upperCase = reader.Bits();
            string text = reader.Text(OpenLimits.MessageCharacters);
            long? nonce = reader.Flag() ? reader.U64() : null;
            Message message = new(sender, text, nonce, reader.Ed25519Signature(), upperCase);
            return message.HasOneCase
                ? message
                : throw new FormatFaultException("a digit of a message's sender is said to be in upper case");
        }

        private protected override void WriteBody(CanonicalWriter writer)
        {
            writer.Write(Sender);
            writer.WriteBits(UpperCase);
            writer.Text(Text);
            writer.WriteFlag(Nonce is not null);
            if (Nonce is { } nonce)
            {
                writer.U64(nonce);
            }

            writer.Write(Signature);
        }

        private static ulong LettersOf(Ed25519Key key)
        {
            string digits = key.ToString();
            ulong letters = 0;
            for (int i = 0; i < digits.Length; i++)
            {
                letters |= char.IsAsciiLetter(digits[i]) ? 1UL << i : 0;
            }

            return letters;
        }
    }
}
