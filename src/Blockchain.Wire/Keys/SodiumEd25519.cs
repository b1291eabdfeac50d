using System.Security.Cryptography;
using Blockchain.Core.Kernel;

namespace Blockchain.Wire.Keys;

/// <summary>Ed25519 by libsodium (crypto_sign_detached; doc.libsodium.org, "Public-key signatures").</summary>
internal sealed unsafe class SodiumEd25519 : IEd25519Library
{
    /// <summary>Where it is found on the platforms.</summary>
    public static readonly string[] Names =
    [
        "libsodium.so.26",
        "libsodium.so.23",
        "libsodium.dylib",
        "/opt/homebrew/lib/libsodium.dylib",
        "/usr/local/lib/libsodium.dylib",
        "libsodium.dll",
    ];

    private const int KeyBytes = 32;
    private const int SecretBytes = 64;

    private static readonly string[] Functions =
    [
        "sodium_init", "crypto_sign_seed_keypair", "crypto_sign_detached", "crypto_sign_verify_detached",
        "crypto_core_ed25519_is_valid_point",
    ];

    private readonly delegate* unmanaged[Cdecl]<byte*, byte*, byte*, int> _keyPair;
    private readonly delegate* unmanaged[Cdecl]<byte*, ulong*, byte*, ulong, byte*, int> _sign;
    private readonly delegate* unmanaged[Cdecl]<byte*, byte*, ulong, byte*, int> _verify;
    private readonly delegate* unmanaged[Cdecl]<byte*, int> _isValidPoint;

    private SodiumEd25519(NativeExports library)
    {
        int begun = ((delegate* unmanaged[Cdecl]<int>)library[Functions[0]])();
        Invariant.Holds(begun >= 0, "libsodium can be initialised");
        _keyPair = (delegate* unmanaged[Cdecl]<byte*, byte*, byte*, int>)library[Functions[1]];
        _sign = (delegate* unmanaged[Cdecl]<byte*, ulong*, byte*, ulong, byte*, int>)library[Functions[2]];
        _verify = (delegate* unmanaged[Cdecl]<byte*, byte*, ulong, byte*, int>)library[Functions[3]];
        _isValidPoint = (delegate* unmanaged[Cdecl]<byte*, int>)library[Functions[4]];
    }

    /// <inheritdoc/>
    public string Name => "libsodium";

    /// <summary>Loads it; null when it is not there.</summary>
    public static SodiumEd25519? TryLoad(IEnumerable<string> names) =>
        NativeExports.Find(names, Functions) is { } library ? new SodiumEd25519(library) : null;

    /// <inheritdoc/>
    public bool Verify(ReadOnlySpan<byte> key, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        fixed (byte* bytes = key)
        fixed (byte* text = message)
        fixed (byte* proof = signature)
        {
            // Releases from 1.0.19 on multiply the equation by the cofactor, and OpenSSL does not. With both points in
            // the subgroup of prime order there is no difference.
            return _isValidPoint(bytes) == 1
                && _isValidPoint(proof) == 1
                && _verify(proof, text, (ulong)message.Length, bytes) == 0;
        }
    }

    /// <inheritdoc/>
    public void Sign(ReadOnlySpan<byte> seed, ReadOnlySpan<byte> message, Span<byte> signature)
    {
        Span<byte> key = stackalloc byte[KeyBytes];
        Span<byte> secret = stackalloc byte[SecretBytes];
        Expand(seed, key, secret);
        fixed (byte* bytes = secret)
        fixed (byte* text = message)
        fixed (byte* proof = signature)
        {
            Invariant.Holds(
                _sign(proof, null, text, (ulong)message.Length, bytes) == 0, "libsodium signs with any seed");
        }

        CryptographicOperations.ZeroMemory(secret);
    }

    /// <inheritdoc/>
    public void DeriveKey(ReadOnlySpan<byte> seed, Span<byte> key)
    {
        Span<byte> secret = stackalloc byte[SecretBytes];
        Expand(seed, key, secret);
        CryptographicOperations.ZeroMemory(secret);
    }

    private void Expand(ReadOnlySpan<byte> seed, Span<byte> key, Span<byte> secret)
    {
        fixed (byte* from = seed)
        fixed (byte* to = key)
        fixed (byte* both = secret)
        {
            Invariant.Holds(_keyPair(to, both, from) == 0, "any 32 bytes are a seed");
        }
    }
}
