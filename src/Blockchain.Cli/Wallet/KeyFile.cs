using System.Security.Cryptography;
using System.Text;
using Blockchain.Core.Kernel;

namespace Blockchain.Cli.Wallet;

/// <summary>
/// A secret Ed25519 key at rest (README.md of this folder): sealed with a passphrase, or plain. The
/// public key stands in the open, so that an address is shown and money received without the passphrase.
/// </summary>
/// <remarks>
/// The passphrase is stretched with PBKDF2 (RFC 8018, section 5.2) over HMAC-SHA-256, with the count of rounds that
/// OWASP's Password Storage Cheat Sheet asks for, and the key sealed with AES-256 in Galois/counter mode (NIST SP
/// 800-38D). A checksum over everything tells a changed file from a wrong passphrase.
/// </remarks>
internal sealed record KeyFile
{
    /// <summary>Rounds of PBKDF2 that a new file is sealed with.</summary>
    public const int Iterations = 600_000;

    /// <summary>The most rounds that a file may ask for, so that a forged one cannot keep a process busy.</summary>
    public const int MaxIterations = 10_000_000;

    /// <summary>Bytes of the secret key: the seed of RFC 8032, section 5.1.5.</summary>
    public const int SecretBytes = 32;

    /// <summary>Bytes of the random salt of a sealed key.</summary>
    public const int SaltBytes = 16;

    /// <summary>Bytes of the nonce of a sealed key.</summary>
    public const int NonceBytes = 12;

    /// <summary>Bytes of the authentication tag behind a sealed key.</summary>
    public const int TagBytes = 16;

    internal const string Name = "blockchain key";
    internal const int Version = 1;
    private const int ChecksumBytes = 8;

    /// <summary>The public half.</summary>
    public required Bytes32 PublicKey { get; init; }

    /// <summary>Rounds of PBKDF2; 0 when the key is plain.</summary>
    public required int Rounds { get; init; }

    /// <summary>The salt; empty when the key is plain.</summary>
    public required byte[] Salt { get; init; }

    /// <summary>The nonce; empty when the key is plain.</summary>
    public required byte[] Nonce { get; init; }

    /// <summary>The secret key as it is, or sealed with its tag behind it.</summary>
    public required byte[] Secret { get; init; }

    /// <summary>Whether a passphrase is needed to use the key.</summary>
    public bool IsSealed => Rounds > 0;

    /// <summary>A file whose key anyone who can read it can use.</summary>
    public static KeyFile Plain(Bytes32 publicKey, ReadOnlySpan<byte> secret) => new()
    {
        PublicKey = publicKey,
        Rounds = 0,
        Salt = [],
        Nonce = [],
        Secret = secret.ToArray(),
    };

    /// <summary>A file whose key only the passphrase opens.</summary>
    public static KeyFile Seal(Bytes32 publicKey, ReadOnlySpan<byte> secret, string passphrase)
    {
        KeyFile file = new()
        {
            PublicKey = publicKey,
            Rounds = Iterations,
            Salt = RandomNumberGenerator.GetBytes(SaltBytes),
            Nonce = RandomNumberGenerator.GetBytes(NonceBytes),
            Secret = new byte[SecretBytes + TagBytes],
        };
        byte[] key = file.Stretch(passphrase);
        using AesGcm cipher = new(key, TagBytes);
        cipher.Encrypt(
            file.Nonce, secret, file.Secret.AsSpan(0, SecretBytes), file.Secret.AsSpan(SecretBytes), file.Open());
        CryptographicOperations.ZeroMemory(key);
        return file;
    }

    /// <summary>Gives the secret key.</summary>
    /// <param name="passphrase">The passphrase; not looked at when the key is plain.</param>
    /// <param name="secret">The key, for the caller to wipe; null unless the result is none.</param>
    public KeyFileFault TryUnseal(string? passphrase, out byte[]? secret)
    {
        secret = null;
        if (!IsSealed)
        {
            secret = [.. Secret];
            return KeyFileFault.None;
        }

        if (string.IsNullOrEmpty(passphrase))
        {
            return KeyFileFault.PassphraseNeeded;
        }

        byte[] key = Stretch(passphrase);
        byte[] opened = new byte[SecretBytes];
        using AesGcm cipher = new(key, TagBytes);
        CryptographicOperations.ZeroMemory(key);
        try
        {
            cipher.Decrypt(Nonce, Secret.AsSpan(0, SecretBytes), Secret.AsSpan(SecretBytes), opened, Open());
        }
        catch (AuthenticationTagMismatchException)
        {
            return KeyFileFault.WrongPassphrase;
        }

        secret = opened;
        return KeyFileFault.None;
    }

    /// <summary>The first bytes of the SHA-256 of everything in the file.</summary>
    internal byte[] Checksum()
    {
        CanonicalWriter writer = new();
        writer.Raw(Open());
        writer.Prefixed(Nonce);
        writer.Prefixed(Secret);
        return SHA256.HashData(writer.Written)[..ChecksumBytes];
    }

    /// <summary>What stands in the open: authenticated with the sealed key.</summary>
    private byte[] Open()
    {
        CanonicalWriter writer = new();
        writer.Text(Name);
        writer.U32(Version);
        Span<byte> publicKey = stackalloc byte[Bytes32.Size];
        PublicKey.CopyTo(publicKey);
        writer.Raw(publicKey);
        writer.U32(Rounds);
        writer.Prefixed(Salt);
        return writer.ToArray();
    }

    private byte[] Stretch(string passphrase) => Rfc2898DeriveBytes.Pbkdf2(
        Encoding.UTF8.GetBytes(passphrase), Salt, Rounds, HashAlgorithmName.SHA256, SecretBytes);
}
