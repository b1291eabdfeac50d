using System.Security.Cryptography;
using Blockchain.Wire.Keys;

namespace Blockchain.Cli.Wallet;

/// <summary>Keys that sign, made from the secrets of key files.</summary>
internal static class OwnerKeys
{
    /// <summary>Makes a key and its file.</summary>
    /// <param name="folder">Where the file goes.</param>
    /// <param name="name">Name of the file.</param>
    /// <param name="passphrase">Seals the file; null leaves it plain.</param>
    public static OwnerKey AddNew(KeyFolder folder, string name, string? passphrase)
    {
        byte[] secret = RandomNumberGenerator.GetBytes(KeyFile.SecretBytes);
        try
        {
            OwnerKey key = Of(secret);
            folder.Add(name, passphrase is null
                ? KeyFile.Plain(key.PublicKey.Value, secret)
                : KeyFile.Seal(key.PublicKey.Value, secret, passphrase));
            return key;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    /// <summary>Opens the key of a file.</summary>
    /// <param name="folder">Where the file is.</param>
    /// <param name="name">Name of the file.</param>
    /// <param name="passphrases">Asked when the key is sealed.</param>
    /// <exception cref="CliException">The passphrase is wrong, or the file is.</exception>
    public static OwnerKey Open(KeyFolder folder, string name, PassphraseSource passphrases)
    {
        KeyFile file = folder.Read(name);
        string? passphrase = file.IsSealed ? passphrases.Get(name) : null;
        KeyFileFault fault = file.TryUnseal(passphrase, out byte[]? secret);
        if (fault != KeyFileFault.None)
        {
            throw KeyFolder.Explain(fault, folder.PathOf(name));
        }

        OwnerKey key = Of(secret);
        CryptographicOperations.ZeroMemory(secret);
        return key.PublicKey.Value == file.PublicKey
            ? key
            : throw KeyFolder.Explain(KeyFileFault.Damaged, folder.PathOf(name));
    }

    /// <summary>The key of a secret.</summary>
    /// <param name="secret">32 bytes, copied.</param>
    /// <exception cref="MissingLibraryException">The platform has no Ed25519.</exception>
    public static OwnerKey Of(ReadOnlySpan<byte> secret)
    {
        byte[] seed = secret.ToArray();
        Ed25519 platform = Ed25519.Platform;
        return new OwnerKey(platform.DeriveKey(seed), message => platform.Sign(seed, message));
    }
}
