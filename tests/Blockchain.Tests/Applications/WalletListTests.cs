using Blockchain.Cli.Wallet;
using Blockchain.Tests.Client;

namespace Blockchain.Tests.Applications;

/// <summary>The list of wallets.</summary>
public sealed class WalletListTests : IDisposable
{
    private readonly TemporaryFolder _data = new();
    private readonly StringWriter _output = new();
    private readonly StringWriter _errors = new();

    public void Dispose()
    {
        _data.Dispose();
        _output.Dispose();
        _errors.Dispose();
    }

    [Fact]
    public void A_bad_file_is_told_and_hides_no_other()
    {
        KeyFolder folder = Folder();
        OwnerKeys.AddNew(folder, "alice", null);
        OwnerKeys.AddNew(folder, "zoe", null);
        File.WriteAllText(folder.PathOf("bob"), "{\"format\":\"blockchain key\"");

        List(folder).Should().Be(4);

        _output.ToString().Should().Contain("alice").And.Contain("zoe").And.NotContain("bob");
        _errors.ToString().Should().StartWith("blockchain: ").And.Contain("bob.key is damaged");
    }

    [Fact]
    public void No_wallet_is_no_error()
    {
        List(Folder()).Should().Be(0);

        _output.ToString().Should().BeEmpty();
        _errors.ToString().Should().Contain("'blockchain wallet new' makes one");
    }

    private KeyFolder Folder() => new(_data.File("wallets"), "wallet");

    private int List(KeyFolder folder) => new WalletList(folder, _output, _errors, asJson: false).Show();
}
