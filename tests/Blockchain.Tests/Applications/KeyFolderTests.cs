using Blockchain.Cli;
using Blockchain.Cli.Wallet;
using Blockchain.Core.Kernel;
using Blockchain.Tests.Client;

namespace Blockchain.Tests.Applications;

/// <summary>Key files in their folder: never overwritten, readable by their owner alone.</summary>
public sealed class KeyFolderTests : IDisposable
{
    private static readonly byte[] Secret = [.. Enumerable.Range(1, KeyFile.SecretBytes).Select(i => (byte)i)];
    private static readonly KeyFile Key = KeyFile.Plain(new Bytes32(Secret), Secret);
    private readonly TemporaryFolder _temporary = new();
    private readonly KeyFolder _keys;

    public KeyFolderTests() => _keys = new KeyFolder(_temporary.File("wallets"), "wallet");

    public void Dispose() => _temporary.Dispose();

    [Fact]
    public void A_key_that_was_added_is_there_and_only_its_owner_can_read_it()
    {
        _keys.Names().Should().BeEmpty();
        _keys.Add("bob", Key);
        _keys.Add("alice", Key);

        _keys.Names().Should().Equal("alice", "bob");
        _keys.Read("bob").PublicKey.Should().Be(Key.PublicKey);
        Directory.GetFiles(_temporary.File("wallets")).Should().HaveCount(2, "nothing half-written is left");
        if (!OperatingSystem.IsWindows())
        {
            File.GetUnixFileMode(_keys.PathOf("bob")).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
    }

    [Fact]
    public void A_key_is_never_overwritten()
    {
        _keys.Add("bob", Key);
        byte[] before = File.ReadAllBytes(_keys.PathOf("bob"));
        byte[] other = [.. Secret.Reverse()];

        Action again = () => _keys.Add("bob", KeyFile.Plain(new Bytes32(other), other));
        Action check = () => _keys.EnsureFree("bob");

        again.Should().Throw<CliException>().WithMessage("*'bob' already*").Which.ExitCode.Should().Be(1);
        check.Should().Throw<CliException>().WithMessage("*never overwritten*");
        File.ReadAllBytes(_keys.PathOf("bob")).Should().Equal(before);
        Directory.GetFiles(_temporary.File("wallets")).Should().ContainSingle();
    }

    [Fact]
    public void A_key_that_is_not_there_is_named_with_those_that_are()
    {
        _keys.Add("bob", Key);

        Action read = () => _keys.Read("carol");

        read.Should().Throw<CliException>().WithMessage("there is no wallet 'carol'*There is bob.");
    }

    [Theory]
    [InlineData("not a key", "*is not a key file*", 1)]
    [InlineData("{\"format\":\"blockchain key\"}", "*is damaged*", 4)]
    public void A_file_that_is_wrong_is_named_and_has_its_exit_code(string text, string message, int exitCode)
    {
        _keys.Add("bob", Key);
        File.WriteAllText(_keys.PathOf("bob"), text);

        Action read = () => _keys.Read("bob");

        read.Should().Throw<CliException>().WithMessage(message).Which.ExitCode.Should().Be(exitCode);
    }

    [Fact]
    public void A_huge_file_is_not_read()
    {
        _keys.Add("bob", Key);
        File.WriteAllBytes(_keys.PathOf("bob"), new byte[KeyFileText.MaxBytes + 1]);

        Action read = () => _keys.Read("bob");

        read.Should().Throw<CliException>().WithMessage("*is not a key file*");
    }
}
