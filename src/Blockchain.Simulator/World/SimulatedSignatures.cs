using System.Text;
using Blockchain.Core.Kernel;

namespace Blockchain.Simulator;

/// <summary>
/// Signatures that cost one hash. They prove nothing to an outsider; inside a simulated world nobody computes
/// another's, because the liar forges by spoiling bits.
/// </summary>
internal sealed class SimulatedSignatures : ISignatureScheme
{
    /// <summary>The scheme has no state.</summary>
    public static readonly SimulatedSignatures Instance = new();

    private SimulatedSignatures()
    {
    }

    /// <summary>The key of a name.</summary>
    public static PublicKey KeyOf(string name)
    {
        Hash x = Hash.Of(Encoding.ASCII.GetBytes(name));
        return new PublicKey(x.Value, Hash.Link(x, []).Value);
    }

    /// <summary>Signs with the secret that belongs to a key.</summary>
    public static Signature Sign(PublicKey key, Hash digest)
    {
        Span<byte> bytes = stackalloc byte[Hash.Size];
        digest.CopyTo(bytes);
        return new Signature(Hash.Link(new Hash(key.Y), bytes).Value, digest.Value);
    }

    /// <inheritdoc/>
    public bool Verify(PublicKey key, Hash digest, Signature signature) => Sign(key, digest) == signature;
}
