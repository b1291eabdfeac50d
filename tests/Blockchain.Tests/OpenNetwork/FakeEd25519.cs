using System.Text;
using Blockchain.Core.Kernel;
using Blockchain.Core.OpenNetwork;

namespace Blockchain.Tests.OpenNetwork;

/// <summary>Stands in for Ed25519: whoever knows the key can sign, and every changed bit shows.</summary>
internal sealed class FakeEd25519 : IEd25519
{
    public int Checked { get; private set; }

    public static Ed25519Key KeyOf(string name) => new(Hash.Of(Encoding.UTF8.GetBytes("key of " + name)).Value);

    public static Address AddressOf(string name) => Address.Of(KeyOf(name));

    public static Ed25519Signature Sign(Ed25519Key key, ReadOnlySpan<byte> message)
    {
        Hash r = Hash.Link(new Hash(key.Value), message);
        return new Ed25519Signature(r.Value, Hash.Link(r, []).Value);
    }

    public bool Verify(Ed25519Key key, ReadOnlySpan<byte> message, Ed25519Signature signature)
    {
        Checked++;
        return Sign(key, message) == signature;
    }
}
