using System.Buffers.Binary;
using Blockchain.Cli.Wallet;
using Blockchain.Core.Kernel;
using Blockchain.Core.OpenNetwork;

namespace Blockchain.Tests.Applications;

/// <summary>Keys whose signatures anybody can make: hashes.</summary>
internal static class FakeKeys
{
    public static OwnerKey Of(int number)
    {
        Span<byte> bytes = stackalloc byte[Bytes32.Size];
        BinaryPrimitives.WriteInt32BigEndian(bytes, number);
        Ed25519Key key = new(new Bytes32(bytes));
        return new OwnerKey(key, message => Sign(key, message));
    }

    public static bool IsSigned(Ed25519Key key, byte[] message, Ed25519Signature signature) =>
        Sign(key, message) == signature;

    private static Ed25519Signature Sign(Ed25519Key key, byte[] message)
    {
        byte[] bytes = new byte[Bytes32.Size + message.Length];
        key.Value.CopyTo(bytes);
        message.CopyTo(bytes, Bytes32.Size);
        return new Ed25519Signature(Hash256.Of(bytes).Value, key.Value);
    }
}
