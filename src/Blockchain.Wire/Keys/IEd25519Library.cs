namespace Blockchain.Wire.Keys;

/// <summary>What a native library does for <see cref="Ed25519"/>. Any thread may call.</summary>
internal interface IEd25519Library
{
    /// <summary>Name and version, for logs.</summary>
    string Name { get; }

    /// <summary>Whether the signature fits; key and R were found to be well formed.</summary>
    bool Verify(ReadOnlySpan<byte> key, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature);

    /// <summary>Signs with a seed of 32 bytes.</summary>
    void Sign(ReadOnlySpan<byte> seed, ReadOnlySpan<byte> message, Span<byte> signature);

    /// <summary>The public key of a seed.</summary>
    void DeriveKey(ReadOnlySpan<byte> seed, Span<byte> key);
}
