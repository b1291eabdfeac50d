using Blockchain.Core.Kernel;
using Blockchain.Core.OpenNetwork;

namespace Blockchain.Wire.Keys;

/// <summary>
/// Ed25519 (RFC 8032) by a library of the platform, OpenSSL 3 or else libsodium, since .NET has none. What the RFC
/// leaves open is decided here and not by the library, so that nodes agree: S below the order of the group, points in
/// their one encoding, and no point of small order, neither as key nor as R. Any thread may call.
/// </summary>
/// <remarks>One difference between the libraries is left. A key that is a point of mixed order, which no seed gives, is
/// refused with libsodium and may have signatures that fit with OpenSSL; its owner must have made it by hand.</remarks>
public sealed class Ed25519 : IEd25519
{
    /// <summary>Bytes of a seed, the secret from which everything is derived (RFC 8032, section 5.1.5).</summary>
    public const int SeedBytes = 32;

    private static readonly Lazy<Ed25519> Loaded = new(static () => Load(OpenSslEd25519.Names, SodiumEd25519.Names));

    // 2^252 + 27742317777372353535851937790883648493, the order of the group, least significant byte first.
    private static readonly byte[] Order = Convert.FromHexString(
        "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");

    // 2^255 - 19, of which coordinates are the rests.
    private static readonly byte[] Prime = Convert.FromHexString(
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f");

    // The y of the points of order 1, 2, 4 and 8 (the list of RFC 7748's and libsodium's authors, canonical ones only).
    private static readonly byte[][] SmallOrder =
    [
        Convert.FromHexString("0000000000000000000000000000000000000000000000000000000000000000"),
        Convert.FromHexString("0100000000000000000000000000000000000000000000000000000000000000"),
        Convert.FromHexString("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"),
        Convert.FromHexString("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"),
        Convert.FromHexString("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
    ];

    private readonly IEd25519Library _library;

    private Ed25519(IEd25519Library library) => _library = library;

    /// <summary>The library of this platform, loaded once.</summary>
    /// <exception cref="MissingLibraryException">There is none.</exception>
    public static Ed25519 Platform => Loaded.Value;

    /// <summary>Which library it is.</summary>
    public string Library => _library.Name;

    /// <inheritdoc/>
    public bool Verify(Ed25519Key key, ReadOnlySpan<byte> message, Ed25519Signature signature)
    {
        Span<byte> bytes = stackalloc byte[Ed25519Key.Size + Ed25519Signature.Size];
        key.Value.CopyTo(bytes);
        signature.CopyTo(bytes[Ed25519Key.Size..]);
        return Verify(bytes[..Ed25519Key.Size], message, bytes[Ed25519Key.Size..]);
    }

    /// <summary>Signs with a seed.</summary>
    /// <param name="seed">32 bytes.</param>
    /// <param name="message">What to sign.</param>
    public Ed25519Signature Sign(ReadOnlySpan<byte> seed, ReadOnlySpan<byte> message)
    {
        CheckSeed(seed);
        Span<byte> signature = stackalloc byte[Ed25519Signature.Size];
        _library.Sign(seed, message, signature);
        return new Ed25519Signature(signature);
    }

    /// <summary>The public key of a seed.</summary>
    /// <param name="seed">32 bytes.</param>
    public Ed25519Key DeriveKey(ReadOnlySpan<byte> seed)
    {
        CheckSeed(seed);
        Span<byte> key = stackalloc byte[Ed25519Key.Size];
        _library.DeriveKey(seed, key);
        return new Ed25519Key(new Bytes32(key));
    }

    /// <summary>Loads the first that is there: OpenSSL by these names, libsodium by those.</summary>
    /// <exception cref="MissingLibraryException">There is none.</exception>
    internal static Ed25519 Load(IReadOnlyList<string> openSsl, IReadOnlyList<string> sodium)
    {
        IEd25519Library? library = (IEd25519Library?)OpenSslEd25519.TryLoad(openSsl) ?? SodiumEd25519.TryLoad(sodium);
        return library is null
            ? throw new MissingLibraryException(
                "the open network signs with Ed25519, for which OpenSSL 3 (libcrypto) or libsodium is needed, and "
                    + "neither is found. Install one of them.")
            : new Ed25519(library);
    }

    private static void CheckSeed(ReadOnlySpan<byte> seed)
    {
        if (seed.Length != SeedBytes)
        {
            throw new ArgumentException($"{SeedBytes} bytes are needed, not {seed.Length}.", nameof(seed));
        }
    }

    private static bool IsSound(ReadOnlySpan<byte> point)
    {
        Span<byte> y = stackalloc byte[Ed25519Key.Size];
        point.CopyTo(y);
        y[^1] &= 0x7f;
        foreach (byte[] small in SmallOrder)
        {
            if (y.SequenceEqual(small))
            {
                return false;
            }
        }

        return IsBelow(y, Prime);
    }

    private static bool IsBelow(ReadOnlySpan<byte> number, ReadOnlySpan<byte> bound)
    {
        for (int i = number.Length - 1; i >= 0; i--)
        {
            if (number[i] != bound[i])
            {
                return number[i] < bound[i];
            }
        }

        return false;
    }

    private bool Verify(ReadOnlySpan<byte> key, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature) =>
        IsSound(key)
        && IsSound(signature[..Ed25519Key.Size])
        && IsBelow(signature[Ed25519Key.Size..], Order)
        && _library.Verify(key, message, signature);
}
