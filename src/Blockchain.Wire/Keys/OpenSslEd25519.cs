using Blockchain.Core.Kernel;

namespace Blockchain.Wire.Keys;

/// <summary>Ed25519 by OpenSSL 3 (EVP_DigestSign, EVP_DigestVerify; man page EVP_SIGNATURE-ED25519).</summary>
internal sealed unsafe class OpenSslEd25519 : IEd25519Library
{
    /// <summary>Where it is found on the platforms.</summary>
    public static readonly string[] Names =
    [
        "libcrypto.so.3",
        "libcrypto.3.dylib",
        "/opt/homebrew/opt/openssl@3/lib/libcrypto.3.dylib",
        "/usr/local/opt/openssl@3/lib/libcrypto.3.dylib",
        "libcrypto-3-x64.dll",
        "libcrypto-3-arm64.dll",
    ];

    // NID_ED25519 of obj_mac.h.
    private const int Ed25519 = 1087;

    private static readonly string[] Functions =
    [
        "EVP_PKEY_new_raw_public_key", "EVP_PKEY_new_raw_private_key", "EVP_PKEY_get_raw_public_key", "EVP_PKEY_free",
        "EVP_MD_CTX_new", "EVP_MD_CTX_free", "EVP_DigestSignInit", "EVP_DigestSign", "EVP_DigestVerifyInit",
        "EVP_DigestVerify", "ERR_clear_error",
    ];

    private readonly delegate* unmanaged[Cdecl]<int, nint, byte*, nuint, nint> _newPublic;
    private readonly delegate* unmanaged[Cdecl]<int, nint, byte*, nuint, nint> _newPrivate;
    private readonly delegate* unmanaged[Cdecl]<nint, byte*, nuint*, int> _getPublic;
    private readonly delegate* unmanaged[Cdecl]<nint, void> _freeKey;
    private readonly delegate* unmanaged[Cdecl]<nint> _newContext;
    private readonly delegate* unmanaged[Cdecl]<nint, void> _freeContext;
    private readonly delegate* unmanaged[Cdecl]<nint, nint, nint, nint, nint, int> _signInit;
    private readonly delegate* unmanaged[Cdecl]<nint, byte*, nuint*, byte*, nuint, int> _sign;
    private readonly delegate* unmanaged[Cdecl]<nint, nint, nint, nint, nint, int> _verifyInit;
    private readonly delegate* unmanaged[Cdecl]<nint, byte*, nuint, byte*, nuint, int> _verify;
    private readonly delegate* unmanaged[Cdecl]<void> _clearErrors;

    private OpenSslEd25519(NativeExports library)
    {
        _newPublic = (delegate* unmanaged[Cdecl]<int, nint, byte*, nuint, nint>)library[Functions[0]];
        _newPrivate = (delegate* unmanaged[Cdecl]<int, nint, byte*, nuint, nint>)library[Functions[1]];
        _getPublic = (delegate* unmanaged[Cdecl]<nint, byte*, nuint*, int>)library[Functions[2]];
        _freeKey = (delegate* unmanaged[Cdecl]<nint, void>)library[Functions[3]];
        _newContext = (delegate* unmanaged[Cdecl]<nint>)library[Functions[4]];
        _freeContext = (delegate* unmanaged[Cdecl]<nint, void>)library[Functions[5]];
        _signInit = (delegate* unmanaged[Cdecl]<nint, nint, nint, nint, nint, int>)library[Functions[6]];
        _sign = (delegate* unmanaged[Cdecl]<nint, byte*, nuint*, byte*, nuint, int>)library[Functions[7]];
        _verifyInit = (delegate* unmanaged[Cdecl]<nint, nint, nint, nint, nint, int>)library[Functions[8]];
        _verify = (delegate* unmanaged[Cdecl]<nint, byte*, nuint, byte*, nuint, int>)library[Functions[9]];
        _clearErrors = (delegate* unmanaged[Cdecl]<void>)library[Functions[10]];
    }

    /// <inheritdoc/>
    public string Name => "OpenSSL";

    /// <summary>Loads it; null when it is not there.</summary>
    public static OpenSslEd25519? TryLoad(IEnumerable<string> names) =>
        NativeExports.Find(names, Functions) is { } library ? new OpenSslEd25519(library) : null;

    /// <inheritdoc/>
    public bool Verify(ReadOnlySpan<byte> key, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        nint handle;
        fixed (byte* bytes = key)
        {
            handle = _newPublic(Ed25519, 0, bytes, (nuint)key.Length);
        }

        nint context = _newContext();
        try
        {
            fixed (byte* text = message)
            fixed (byte* proof = signature)
            {
                return handle != 0
                    && context != 0
                    && _verifyInit(context, 0, 0, 0, handle) == 1
                    && _verify(context, proof, (nuint)signature.Length, text, (nuint)message.Length) == 1;
            }
        }
        finally
        {
            Free(context, handle);
        }
    }

    /// <inheritdoc/>
    public void Sign(ReadOnlySpan<byte> seed, ReadOnlySpan<byte> message, Span<byte> signature)
    {
        nint handle = Private(seed);
        nint context = _newContext();
        try
        {
            fixed (byte* text = message)
            fixed (byte* proof = signature)
            {
                nuint length = (nuint)signature.Length;
                Invariant.Holds(
                    context != 0
                        && _signInit(context, 0, 0, 0, handle) == 1
                        && _sign(context, proof, &length, text, (nuint)message.Length) == 1,
                    "OpenSSL signs with any seed");
            }
        }
        finally
        {
            Free(context, handle);
        }
    }

    /// <inheritdoc/>
    public void DeriveKey(ReadOnlySpan<byte> seed, Span<byte> key)
    {
        nint handle = Private(seed);
        try
        {
            fixed (byte* bytes = key)
            {
                nuint length = (nuint)key.Length;
                Invariant.Holds(_getPublic(handle, bytes, &length) == 1, "every seed has a public key");
            }
        }
        finally
        {
            Free(0, handle);
        }
    }

    private nint Private(ReadOnlySpan<byte> seed)
    {
        fixed (byte* bytes = seed)
        {
            nint handle = _newPrivate(Ed25519, 0, bytes, (nuint)seed.Length);
            Invariant.Holds(handle != 0, "any 32 bytes are a seed");
            return handle;
        }
    }

    // The platform's own cryptography may share the thread's error queue, and must not find what was said here.
    private void Free(nint context, nint key)
    {
        _freeContext(context);
        _freeKey(key);
        _clearErrors();
    }
}
