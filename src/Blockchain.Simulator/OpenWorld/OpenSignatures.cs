using Blockchain.Core.Kernel;
using Blockchain.Core.OpenNetwork;

namespace Blockchain.Simulator;

/// <summary>A cheap stand-in for Ed25519: a signature is the hash of key and message. Everybody could forge it, and
/// nobody here does but the liar, whose forgeries are wrong on purpose.</summary>
internal sealed class OpenSignatures : IEd25519
{
    /// <inheritdoc/>
    public bool Verify(Ed25519Key key, ReadOnlySpan<byte> message, Ed25519Signature signature) =>
        signature == Sign(key, message);

    /// <summary>Signs.</summary>
    public static Ed25519Signature Sign(Ed25519Key key, ReadOnlySpan<byte> message) =>
        new(Hash.Link(new Hash(key.Value), message).Value, key.Value);
}
