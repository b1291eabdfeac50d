using System.Text;
using Blockchain.Cli.Wallet;
using Blockchain.Core.Kernel;

namespace Blockchain.Tests.Applications;

/// <summary>Keys at rest: sealed ones open with their passphrase alone, and a changed byte is noticed.</summary>
public sealed class KeyFileTests
{
    private const string Passphrase = "correct horse";
    private static readonly byte[] Secret = [.. Enumerable.Range(1, KeyFile.SecretBytes).Select(i => (byte)i)];
    private static readonly Bytes32 Public = new([.. Secret.Reverse()]);

    // Stretching takes a while, on purpose: one file serves all tests.
    private static readonly KeyFile Sealed = KeyFile.Seal(Public, Secret, Passphrase);

    [Fact]
    public void A_plain_key_comes_back_without_a_passphrase()
    {
        KeyFile file = Read(KeyFileText.Write(KeyFile.Plain(Public, Secret)));

        file.IsSealed.Should().BeFalse();
        file.PublicKey.Should().Be(Public);
        file.TryUnseal(null, out byte[]? secret).Should().Be(KeyFileFault.None);
        secret.Should().Equal(Secret);
    }

    [Fact]
    public void A_sealed_key_opens_with_its_passphrase_and_no_other()
    {
        KeyFile file = Read(KeyFileText.Write(Sealed));

        file.TryUnseal(Passphrase, out byte[]? secret).Should().Be(KeyFileFault.None);
        secret.Should().Equal(Secret);
        file.TryUnseal(Passphrase + " ", out secret).Should().Be(KeyFileFault.WrongPassphrase);
        secret.Should().BeNull();
        file.TryUnseal(null, out _).Should().Be(KeyFileFault.PassphraseNeeded);
        file.TryUnseal(string.Empty, out _).Should().Be(KeyFileFault.PassphraseNeeded);
    }

    [Fact]
    public void A_sealed_file_does_not_hold_the_key_and_asks_for_at_least_600_000_rounds()
    {
        string text = Encoding.UTF8.GetString(KeyFileText.Write(Sealed));

        text.Should().NotContain(Convert.ToHexStringLower(Secret));
        Sealed.Rounds.Should().BeGreaterThanOrEqualTo(600_000);
        KeyFile other = KeyFile.Seal(Public, Secret, Passphrase);
        other.Salt.Should().NotEqual(Sealed.Salt, "two files with one passphrase must not show that");
        other.Nonce.Should().NotEqual(Sealed.Nonce);
        other.Secret.Should().NotEqual(Sealed.Secret);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Every_changed_digit_is_noticed(bool isSealed)
    {
        byte[] bytes = KeyFileText.Write(isSealed ? Sealed : KeyFile.Plain(Public, Secret));
        for (int i = 0; i < bytes.Length; i++)
        {
            if (!char.IsAsciiHexDigit((char)bytes[i]))
            {
                continue;
            }

            byte[] changed = [.. bytes];
            changed[i] = (byte)(changed[i] == '1' ? '2' : '1');
            KeyFileText.TryRead(changed, out KeyFile? file).Should().NotBe(KeyFileFault.None, "of digit {0}", i);
            file.Should().BeNull();
        }
    }

    [Fact]
    public void A_file_that_was_cut_short_is_damaged()
    {
        byte[] bytes = KeyFileText.Write(Sealed);
        int named = Encoding.UTF8.GetString(bytes).IndexOf("blockchain key", StringComparison.Ordinal) + 20;
        for (int length = named; length < bytes.Length - 2; length++)
        {
            KeyFileText.TryRead(bytes.AsMemory(0, length), out _).Should().Be(KeyFileFault.Damaged, "of {0}", length);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("\"text\"")]
    [InlineData("{\"format\":7}")]
    [InlineData("{\"format\":\"something else\",\"version\":1}")]
    [InlineData("-----BEGIN PRIVATE KEY-----")]
    public void What_was_never_a_key_file_is_called_so(string text) =>
        KeyFileText.TryRead(Encoding.UTF8.GetBytes(text), out _).Should().Be(KeyFileFault.NotAKeyFile);

    [Theory]
    [InlineData("\"version\": 1", "\"version\": 2", KeyFileFault.NewerVersion)]
    [InlineData("\"version\": 1", "\"version\": 0", KeyFileFault.Damaged)]
    [InlineData("\"version\": 1", "\"version\": 1.5", KeyFileFault.Damaged)]
    [InlineData("\"version\": 1", "\"version\": \"1\"", KeyFileFault.Damaged)]
    [InlineData("\"iterations\": 600000", "\"iterations\": 1", KeyFileFault.Damaged)]
    [InlineData("\"iterations\": 600000", "\"iterations\": 2147483647", KeyFileFault.Damaged)]
    [InlineData("aes-256-gcm", "aes-128-gcm", KeyFileFault.Damaged)]
    [InlineData("pbkdf2-hmac-sha256", "none", KeyFileFault.Damaged)]
    internal void Another_version_or_protection_is_refused_by_name(string part, string other, KeyFileFault expected)
    {
        string text = Encoding.UTF8.GetString(KeyFileText.Write(Sealed));
        text.Should().Contain(part);

        KeyFileText.TryRead(Encoding.UTF8.GetBytes(text.Replace(part, other, StringComparison.Ordinal)), out _)
            .Should().Be(expected);
    }

    [Fact]
    public void A_file_that_another_program_wrote_from_the_format_opens()
    {
        // src/Blockchain.Cli/Wallet/README.md; sealed with Python's hashlib and cryptography.
        const string Text = """
            {
              "format": "blockchain key",
              "version": 1,
              "public_key": "201f1e1d1c1b1a191817161514131211100f0e0d0c0b0a090807060504030201",
              "kdf": "pbkdf2-hmac-sha256",
              "iterations": 600000,
              "salt": "000102030405060708090a0b0c0d0e0f",
              "cipher": "aes-256-gcm",
              "nonce": "000102030405060708090a0b",
              "secret": "SECRET",
              "checksum": "cfbc175f736d2e67"
            }

            """;
        const string Encrypted = "4a25423a3ca3ba5534ec3d85a1a3063604329d99d95298249f789c4fe875a684"
            + "bd1ac2b86e477c0c195aa7bd7bfde106";
        string text = Text.Replace("SECRET", Encrypted, StringComparison.Ordinal).ReplaceLineEndings("\n");
        KeyFile file = Read(Encoding.UTF8.GetBytes(text));

        file.TryUnseal(Passphrase, out byte[]? secret).Should().Be(KeyFileFault.None);
        secret.Should().Equal(Secret);
        Encoding.UTF8.GetString(KeyFileText.Write(file)).Should().Be(text);
    }

    private static KeyFile Read(byte[] bytes)
    {
        KeyFileText.TryRead(bytes, out KeyFile? file).Should().Be(KeyFileFault.None);
        return file!;
    }
}
