using System.Buffers.Binary;
using Blockchain.Core.Kernel;

namespace Blockchain.Core.OpenNetwork;

/// <summary>
/// What the work is done on: 80 bytes in Bitcoin's layout, numbers with the least significant byte first
/// (Bitcoin developer reference, "Block headers").
/// </summary>
/// <param name="Version">Which rules the block says to follow.</param>
/// <param name="Previous">The block before.</param>
/// <param name="MerkleRoot">The root over the ids of the block's transactions.</param>
/// <param name="Time">When it was made, in seconds since 1970, as its miner says.</param>
/// <param name="Bits">The target that the hash must meet.</param>
/// <param name="Nonce">What is varied until it does.</param>
public readonly record struct Header(
    int Version, BlockHash Previous, Hash MerkleRoot, uint Time, CompactTarget Bits, uint Nonce)
{
    /// <summary>Length in bytes.</summary>
    public const int Size = 80;

    /// <summary>The version that this program writes.</summary>
    public const int CurrentVersion = 1;

    private const int PreviousAt = 4;
    private const int RootAt = 36;
    private const int TimeAt = 68;
    private const int BitsAt = 72;

    /// <summary>Where the nonce is, in bytes from the start.</summary>
    internal const int NonceAt = 76;

    /// <summary>Reads exactly 80 bytes. Any 80 bytes are a header; whether a valid one is another question.</summary>
    /// <exception cref="ArgumentException">The length is not 80.</exception>
    public static Header Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Size)
        {
            throw new ArgumentException($"{Size} bytes are needed, not {bytes.Length}.", nameof(bytes));
        }

        return new Header(
            BinaryPrimitives.ReadInt32LittleEndian(bytes),
            new BlockHash(new Bytes32(bytes[PreviousAt..RootAt])),
            new Hash(bytes[RootAt..TimeAt]),
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[TimeAt..]),
            new CompactTarget(BinaryPrimitives.ReadUInt32LittleEndian(bytes[BitsAt..])),
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[NonceAt..]));
    }

    /// <summary>Writes the 80 bytes to the start of <paramref name="destination"/>.</summary>
    public void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteInt32LittleEndian(destination, Version);
        Previous.Value.CopyTo(destination[PreviousAt..]);
        MerkleRoot.CopyTo(destination[RootAt..]);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[TimeAt..], Time);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[BitsAt..], Bits.Value);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[NonceAt..], Nonce);
    }

    /// <summary>The name of the block: the double SHA-256 of the 80 bytes.</summary>
    public BlockHash ComputeHash()
    {
        Span<byte> bytes = stackalloc byte[Size];
        Write(bytes);
        return new BlockHash(Hash256.Of(bytes).Value);
    }
}
