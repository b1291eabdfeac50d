using Blockchain.Core.OpenNetwork;

namespace Blockchain.Cli.Wallet;

/// <summary>A key that signs: what an address, a voter or an organizer of an election is made of.</summary>
/// <param name="PublicKey">The half that others may know.</param>
/// <param name="Sign">Signs bytes with the other half.</param>
internal sealed record OwnerKey(Ed25519Key PublicKey, Func<byte[], Ed25519Signature> Sign)
{
    /// <summary>Where this key is paid.</summary>
    public Address Address => Address.Of(PublicKey);
}
