using System.Text.Json;
using Blockchain.Core.Kernel;

namespace Blockchain.Cli.Wallet;

/// <summary>A key file as the JSON that is on disk, and back.</summary>
internal static class KeyFileText
{
    /// <summary>The longest file that is looked at, in bytes.</summary>
    public const int MaxBytes = 4_096;

    private const string Kdf = "pbkdf2-hmac-sha256";
    private const string Cipher = "aes-256-gcm";

    /// <summary>The bytes of the file.</summary>
    public static byte[] Write(KeyFile file)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter writer = new(stream, new JsonWriterOptions { Indented = true, NewLine = "\n" }))
        {
            writer.WriteStartObject();
            writer.WriteString("format", KeyFile.Name);
            writer.WriteNumber("version", KeyFile.Version);
            writer.WriteString("public_key", file.PublicKey.ToString());
            if (file.IsSealed)
            {
                writer.WriteString("kdf", Kdf);
                writer.WriteNumber("iterations", file.Rounds);
                writer.WriteString("salt", Convert.ToHexStringLower(file.Salt));
                writer.WriteString("cipher", Cipher);
                writer.WriteString("nonce", Convert.ToHexStringLower(file.Nonce));
            }

            writer.WriteString("secret", Convert.ToHexStringLower(file.Secret));
            writer.WriteString("checksum", Convert.ToHexStringLower(file.Checksum()));
            writer.WriteEndObject();
        }

        stream.WriteByte((byte)'\n');
        return stream.ToArray();
    }

    /// <summary>Reads the bytes of a file.</summary>
    /// <param name="bytes">All of them.</param>
    /// <param name="file">What they say; null unless the result is none.</param>
    public static KeyFileFault TryRead(ReadOnlyMemory<byte> bytes, out KeyFile? file)
    {
        file = null;
        try
        {
            using JsonDocument document = JsonDocument.Parse(bytes);
            JsonElement root = document.RootElement;
            if (!root.TryGetProperty("format", out JsonElement format) || format.GetString() != KeyFile.Name)
            {
                return KeyFileFault.NotAKeyFile;
            }

            if (root.GetProperty("version").GetInt32() is var version && version != KeyFile.Version)
            {
                return version > KeyFile.Version ? KeyFileFault.NewerVersion : KeyFileFault.Damaged;
            }

            KeyFile read = Read(root);
            byte[] checksum = Hex(root, "checksum");
            bool isWhole = checksum.AsSpan().SequenceEqual(read.Checksum());
            file = isWhole ? read : null;
            return isWhole ? KeyFileFault.None : KeyFileFault.Damaged;
        }
        catch (Exception fault) when (fault is JsonException or FormatException or InvalidOperationException
            or KeyNotFoundException)
        {
            // What still has the name in it was a key file once; the person needs the backup and not another path.
            return bytes.Span.IndexOf("blockchain key"u8) >= 0 ? KeyFileFault.Damaged : KeyFileFault.NotAKeyFile;
        }
    }

    private static KeyFile Read(JsonElement root)
    {
        bool isSealed = root.TryGetProperty("kdf", out JsonElement kdf);
        KeyFile file = new()
        {
            PublicKey = new Bytes32(Sized(Hex(root, "public_key"), Bytes32.Size)),
            Rounds = isSealed ? root.GetProperty("iterations").GetInt32() : 0,
            Salt = isSealed ? Sized(Hex(root, "salt"), KeyFile.SaltBytes) : [],
            Nonce = isSealed ? Sized(Hex(root, "nonce"), KeyFile.NonceBytes) : [],
            Secret = Sized(
                Hex(root, "secret"), KeyFile.SecretBytes + (isSealed ? KeyFile.TagBytes : 0)),
        };
        bool isKnown = !isSealed || (kdf.GetString() == Kdf && root.GetProperty("cipher").GetString() == Cipher
            && file.Rounds is >= KeyFile.Iterations and <= KeyFile.MaxIterations);
        return isKnown ? file : throw new FormatException("the protection is not known");
    }

    private static byte[] Hex(JsonElement root, string name) =>
        Convert.FromHexString(root.GetProperty(name).GetString() ?? string.Empty);

    private static byte[] Sized(byte[] bytes, int size) => bytes.Length == size
        ? bytes
        : throw new FormatException("a field has another length");
}
