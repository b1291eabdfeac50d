using System.Text;
using Blockchain.Core.Kernel;

namespace Blockchain.Tests.Network;

/// <summary>Cheap signatures that are always the same: whoever knows a key can sign with it, and no test
/// cheats.</summary>
internal sealed class TestSignatures : ISignatureScheme
{
    public static PublicKey KeyOf(string name) => new(
        Hash.Of(Encoding.UTF8.GetBytes("x of " + name)).Value, Hash.Of(Encoding.UTF8.GetBytes("y of " + name)).Value);

    public static Signature Sign(PublicKey key, Hash digest) => new(
        Hash.Link(new Hash(key.X), Bytes(digest)).Value, Hash.Link(new Hash(key.Y), Bytes(digest)).Value);

    public bool Verify(PublicKey key, Hash digest, Signature signature) => signature == Sign(key, digest);

    private static byte[] Bytes(Hash hash)
    {
        byte[] bytes = new byte[Hash.Size];
        hash.CopyTo(bytes);
        return bytes;
    }
}
