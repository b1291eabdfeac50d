using Blockchain.Cli;
using Blockchain.Cli.Wallet;
using Blockchain.Core.OpenNetwork;
using Blockchain.Tests.Client;
using Blockchain.Wire.Http;

namespace Blockchain.Tests.Applications;

/// <summary>The wallet's commands against a node in memory.</summary>
public sealed class WalletCommandsTests : IDisposable
{
    private static readonly PassphraseSource Nobody = new(null, null);
    private readonly TemporaryFolder _data = new();
    private readonly FakeNode _node = new();
    private readonly StringWriter _output = new();
    private readonly KeyFolder _folder;

    public WalletCommandsTests()
    {
        _folder = new KeyFolder(_data.File("wallets"), "wallet");
        OwnerKeys.AddNew(_folder, "alice", null);
        OwnerKeys.AddNew(_folder, "bob", null);
    }

    public void Dispose()
    {
        _data.Dispose();
        _output.Dispose();
    }

    [Fact]
    public async Task A_payment_spends_coins_of_the_wallet_and_pays_the_change_back_signed()
    {
        Give("alice", 1, 50, 3);

        (await SendAsync("bob", "40")).Should().Be(0);

        Transaction.Payment payment = _node.Pending.Should().ContainSingle().Which.Should()
            .BeOfType<Transaction.Payment>().Subject;
        payment.Outputs[0].Should().Be(new TransactionOutput(AddressOf("bob"), CoinsOf("40")));
        payment.Outputs[1].To.Should().Be(AddressOf("alice"));
        payment.Inputs.Should().ContainSingle().Which.Source.Index.Should().Be(1, "one coin is enough");
        (payment.Outputs[0].Amount + payment.Outputs[1].Amount + payment.Fee).Should().Be(CoinsOf("50"));
        OwnerKey alice = OwnerKeys.Open(_folder, "alice", Nobody);
        payment.Inputs[0].Signature.Should().Be(alice.Sign(payment.SignedBytes(FakeNode.Network)));
        _output.ToString().Should().Contain("sent 40.00 to 0x").And.Contain(payment.Id.ToString());
    }

    [Fact]
    public async Task More_than_the_wallet_has_is_refused_with_what_it_can_spend_and_what_is_needed()
    {
        Give("alice", 5, 2);
        _node.Unspent[AddressOf("alice").ToString()][1] = Unspent(1, 2) with { IsSpendable = false };

        Func<Task> send = () => SendAsync("bob", "5");

        (await send.Should().ThrowAsync<CliException>()).WithMessage(
            "the wallet can spend 5.00, and 5.000* are needed with the fee. 2.00 more cannot be spent yet*")
            .Which.ExitCode.Should().Be(1);
        _node.Pending.Should().BeEmpty();
    }

    [Theory]
    [InlineData("0x12", "*48 hexadecimal digits*")]
    [InlineData("carol", "*no wallet of this machine has this name, and an address starts with 0x*")]
    [InlineData("", "*starts with 0x*")]
    public async Task A_receiver_that_is_none_is_refused(string to, string expected)
    {
        Give("alice", 50);

        Func<Task> send = () => SendAsync(to, "5");

        (await send.Should().ThrowAsync<CliException>()).WithMessage(expected).Which.ExitCode.Should().Be(2);
    }

    [Fact]
    public async Task An_address_with_a_typing_error_is_refused()
    {
        Give("alice", 50);
        string address = AddressOf("bob").ToString();
        string wrong = address[..^1] + (address[^1] == '0' ? '1' : '0');

        Func<Task> send = () => SendAsync(wrong, "5");

        (await send.Should().ThrowAsync<CliException>()).WithMessage("*typing error*");
        _node.Pending.Should().BeEmpty();
    }

    [Fact]
    public async Task Waiting_ends_with_the_block_or_with_the_news_that_there_will_be_none()
    {
        Give("alice", 50);
        Task<int> send = SendAsync("bob", "5", depth: 2);
        while (_node.Pending.Count == 0)
        {
            await Task.Delay(10);
        }

        _node.Mine();
        _node.Mine();
        (await send.WaitAsync(TimeSpan.FromSeconds(30))).Should().Be(0);
        _output.ToString().Should().Contain("confirmed in block 1, 2 deep");

        Task<int> lost = SendAsync("bob", "6", depth: 1);
        _node.Forget();
        Func<Task> wait = () => lost.WaitAsync(TimeSpan.FromSeconds(30));
        (await wait.Should().ThrowAsync<CliException>()).WithMessage("*has dropped transaction*");
    }

    [Fact]
    public async Task A_refusal_of_the_node_is_passed_on()
    {
        Give("alice", 50);
        _node.Refuse = _ => FakeNode.Refusal(Refusal.ConflictsWithPending);

        Func<Task> send = () => SendAsync("bob", "5");

        (await send.Should().ThrowAsync<ApiException>()).WithMessage("*spends the same output*");
    }

    [Fact]
    public async Task The_history_is_read_to_its_end_and_its_last_entries_are_shown()
    {
        Give("alice", 1, 2, 3, 4, 5);

        await Commands("alice").HistoryAsync(_node, 3, CancellationToken.None);

        _output.ToString().Should().NotContain("2.00").And.Contain("3.00").And.Contain("4.00").And.Contain("5.00");
    }

    [Fact]
    public async Task Json_has_amounts_as_exact_numbers()
    {
        Give("alice", 0.1m, 0.2m);

        await Commands("alice", asJson: true).BalanceAsync(_node, CancellationToken.None);

        _output.ToString().Should().Contain("\"balance\":0.3,\"spendable\":0.3");
    }

    private void Give(string wallet, params decimal[] values) =>
        _node.Unspent[AddressOf(wallet).ToString()] = [.. values.Select((value, i) => Unspent(i, value))];

    private static UnspentDto Unspent(int index, decimal value) =>
        new(new string('a', 64), index, value, 1, IsCoinbase: false, IsSpendable: true);

    private Task<int> SendAsync(string to, string amount, int depth = 0) => Commands("alice").SendAsync(
        _node,
        new SendOrder(to, CoinsOf(amount), null, depth, TimeSpan.FromSeconds(30)),
        Nobody,
        CancellationToken.None);

    private WalletCommands Commands(string name, bool asJson = false) => new(_folder, name, _output, asJson);

    private Address AddressOf(string wallet) => Address.Of(new Ed25519Key(_folder.Read(wallet).PublicKey));

    private static Coins CoinsOf(string text) => Coins.TryParse(text, out Coins coins)
        ? coins
        : throw new ArgumentException(text);
}
