using Blockchain.Core.Kernel;

namespace Blockchain.Core.OpenNetwork;

/// <content>Elections and ballots.</content>
public abstract partial class Transaction
{
    /// <summary>Defines an election: the first of its name on the best chain, and before any ballot of that
    /// name.</summary>
    public sealed class Election : Transaction
    {
        internal const byte KindCode = 4;
        private const int MinTextBytes = 2;
        private readonly string[] _choices;
        private readonly RollEntry[] _roll;
        private Dictionary<string, Ed25519Key>? _keys;

        /// <summary>Makes an election.</summary>
        /// <param name="name">Its name.</param>
        /// <param name="choices">What can be chosen; none for anything.</param>
        /// <param name="roll">Who may vote; none for everybody.</param>
        /// <param name="organizer">The key of who holds it.</param>
        /// <param name="signature">The organizer's signature over <see cref="SignedBytes(BlockHash)"/>.</param>
        public Election(
            string name,
            IReadOnlyList<string> choices,
            IReadOnlyList<RollEntry> roll,
            Ed25519Key organizer,
            Ed25519Signature signature)
        {
            Name = name;
            _choices = [.. choices];
            _roll = [.. roll];
            Organizer = organizer;
            Signature = signature;
        }

        /// <summary>ASCII in front of what is signed.</summary>
        public static ReadOnlySpan<byte> Domain => "blockchain/election/1"u8;

        /// <inheritdoc/>
        public override string Kind => "election";

        /// <inheritdoc/>
        public override bool IsFree => true;

        /// <summary>Its name.</summary>
        public string Name { get; }

        /// <summary>What can be chosen; empty for anything.</summary>
        public IReadOnlyList<string> Choices => _choices;

        /// <summary>Who may vote; empty for everybody.</summary>
        public IReadOnlyList<RollEntry> Roll => _roll;

        /// <summary>The key of who holds it.</summary>
        public Ed25519Key Organizer { get; }

        /// <summary>The organizer's signature.</summary>
        public Ed25519Signature Signature { get; }

        private protected override byte Code => KindCode;

        private protected override int SignatureBytes => Ed25519Signature.Size;

        /// <summary>What the organizer signs.</summary>
        /// <param name="network">Hash of the network's genesis block.</param>
        public byte[] SignedBytes(BlockHash network) => SignedBytes(Domain, network);

        /// <summary>Finds the key of a voter on the roll.</summary>
        public bool TryFindVoter(string voter, out Ed25519Key key)
        {
            _keys ??= _roll.ToDictionary(entry => entry.Voter, entry => entry.Key, StringComparer.Ordinal);
            return _keys.TryGetValue(voter, out key);
        }

        /// <summary>The same election with this signature.</summary>
        public Election WithSignature(Ed25519Signature signature) => new(Name, _choices, _roll, Organizer, signature);

        internal static Election Read(ref CanonicalReader reader)
        {
            string name = reader.Text(OpenLimits.BallotCharacters);
            string[] choices = new string[reader.Count(OpenLimits.Choices, MinTextBytes, "choices")];
            for (int i = 0; i < choices.Length; i++)
            {
                choices[i] = reader.Text(OpenLimits.BallotCharacters);
            }

            RollEntry[] roll = new RollEntry[reader.Count(OpenLimits.Roll, MinTextBytes + Ed25519Key.Size, "voters")];
            for (int i = 0; i < roll.Length; i++)
            {
                string voter = reader.Text(OpenLimits.BallotCharacters);
                roll[i] = new RollEntry(voter, reader.Ed25519Key());
            }

            return new Election(name, choices, roll, reader.Ed25519Key(), reader.Ed25519Signature());
        }

        private protected override void WriteBody(CanonicalWriter writer)
        {
            writer.Text(Name);
            writer.U16((ushort)_choices.Length);
            foreach (string choice in _choices)
            {
                writer.Text(choice);
            }

            writer.U16((ushort)_roll.Length);
            foreach (RollEntry entry in _roll)
            {
                writer.Text(entry.Voter);
                writer.Write(entry.Key);
            }

            writer.Write(Organizer);
            writer.Write(Signature);
        }
    }

    /// <summary>A vote: one for each voter of an election on a chain, the first counts.</summary>
    /// <param name="election">Name of the election; one that nobody defined is open to everybody.</param>
    /// <param name="voter">The voter's id.</param>
    /// <param name="choice">What is chosen.</param>
    /// <param name="key">The voter's key; with a roll, the one that stands there.</param>
    /// <param name="signature">The voter's signature over <see cref="SignedBytes(BlockHash)"/>.</param>
    public sealed class Ballot(
        string election, string voter, string choice, Ed25519Key key, Ed25519Signature signature) : Transaction
    {
        internal const byte KindCode = 5;

        /// <summary>ASCII in front of what is signed.</summary>
        public static ReadOnlySpan<byte> Domain => "blockchain/ballot/1"u8;

        /// <inheritdoc/>
        public override string Kind => "ballot";

        /// <inheritdoc/>
        public override bool IsFree => true;

        /// <summary>Name of the election.</summary>
        public string ElectionName { get; } = election;

        /// <summary>The voter's id.</summary>
        public string Voter { get; } = voter;

        /// <summary>What is chosen.</summary>
        public string Choice { get; } = choice;

        /// <summary>The voter's key.</summary>
        public Ed25519Key Key { get; } = key;

        /// <summary>The voter's signature.</summary>
        public Ed25519Signature Signature { get; } = signature;

        private protected override byte Code => KindCode;

        private protected override int SignatureBytes => Ed25519Signature.Size;

        /// <summary>What the voter signs.</summary>
        /// <param name="network">Hash of the network's genesis block.</param>
        public byte[] SignedBytes(BlockHash network) => SignedBytes(Domain, network);

        /// <summary>The same ballot with this signature.</summary>
        public Ballot WithSignature(Ed25519Signature signature) => new(ElectionName, Voter, Choice, Key, signature);

        internal static Ballot Read(ref CanonicalReader reader)
        {
            string election = reader.Text(OpenLimits.BallotCharacters);
            string voter = reader.Text(OpenLimits.BallotCharacters);
            string choice = reader.Text(OpenLimits.BallotCharacters);
            return new Ballot(election, voter, choice, reader.Ed25519Key(), reader.Ed25519Signature());
        }

        private protected override void WriteBody(CanonicalWriter writer)
        {
            writer.Text(ElectionName);
            writer.Text(Voter);
            writer.Text(Choice);
            writer.Write(Key);
            writer.Write(Signature);
        }
    }
}
