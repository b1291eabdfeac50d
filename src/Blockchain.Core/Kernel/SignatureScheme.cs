using System.Security.Cryptography;

namespace Blockchain.Core.Kernel;

/// <summary>
/// Checks signatures. Signing needs a secret and randomness, so it is a host's affair; checking is a pure function.
/// The simulator brings a cheap scheme of its own, everything that ships uses <see cref="EcdsaP256"/>.
/// </summary>
public interface ISignatureScheme
{
    /// <summary>Whether <paramref name="signature"/> over <paramref name="digest"/> was made by the holder of
    /// <paramref name="key"/>. A key or signature that is not well formed yields false.</summary>
    /// <param name="key">The key said to have signed.</param>
    /// <param name="digest">SHA-256 of the signed bytes.</param>
    /// <param name="signature">The signature to check.</param>
    bool Verify(PublicKey key, Hash digest, Signature signature);
}

/// <summary>ECDSA over NIST P-256 with SHA-256 (FIPS 186-5, section 6). One thread at a time may use an
/// instance.</summary>
public sealed class EcdsaP256 : ISignatureScheme
{
    private const int MaxCachedKeys = 1024;
    private readonly Dictionary<PublicKey, ECDsa> _keys = [];

    /// <inheritdoc/>
    public bool Verify(PublicKey key, Hash digest, Signature signature)
    {
        Span<byte> digestBytes = stackalloc byte[Hash.Size];
        Span<byte> signatureBytes = stackalloc byte[Signature.Size];
        digest.CopyTo(digestBytes);
        signature.CopyTo(signatureBytes);
        return TryImport(key, out ECDsa? verifier) && verifier.VerifyHash(digestBytes, signatureBytes);
    }

    /// <summary>Whether the coordinates are a point of the curve, so that something can be signed by its
    /// holder.</summary>
    public bool IsValid(PublicKey key) => TryImport(key, out _);

    private bool TryImport(PublicKey key, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out ECDsa? verifier)
    {
        if (_keys.TryGetValue(key, out verifier))
        {
            return true;
        }

        Span<byte> bytes = stackalloc byte[PublicKey.Size];
        key.CopyTo(bytes);
        ECPoint point = new()
        {
            X = bytes.Slice(1, Bytes32.Size).ToArray(),
            Y = bytes[(1 + Bytes32.Size)..].ToArray(),
        };
        try
        {
            verifier = ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = point });
        }
        catch (CryptographicException)
        {
            return false;
        }

        // Importing a key costs more than checking a signature, and a ledger has few keys.
        if (_keys.Count >= MaxCachedKeys)
        {
            _keys.Clear();
        }

        _keys[key] = verifier;
        return true;
    }
}
