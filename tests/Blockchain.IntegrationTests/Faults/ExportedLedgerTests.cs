using System.Globalization;

namespace Blockchain.IntegrationTests.Faults;

/// <summary>A judge that cannot say no is worth nothing.</summary>
public sealed class ExportedLedgerTests
{
    private const string Because = "test";

    private static readonly string[] Opened = [Open(0, 1), Open(1, 2)];

    [Fact]
    public void A_good_ledger_gives_its_balances()
    {
        ExportedLedger ledger = Read([.. Opened, Pay(2, "a", "3.00", "SUCCESS"), Pay(3, "b", "8.00", "ABORT")]);

        ledger.Balances.Should().Equal(new Dictionary<int, decimal> { [1] = 7.00m, [2] = 13.00m });
        ledger.Transfers.Should().Be(2);
        ledger.ShouldHold([Told("a", 2, "SUCCESS"), Told("b", 3, "ABORT")], Because);
    }

    [Fact]
    public void A_transfer_applied_twice_is_found() =>
        Refuse([.. Opened, Pay(2, "a", "3.00", "SUCCESS"), Pay(3, "a", "3.00", "SUCCESS")], "*applied once*");

    [Fact]
    public void An_outcome_that_the_money_contradicts_is_found() =>
        Refuse([.. Opened, Pay(2, "a", "10.01", "SUCCESS")], "*block 2 replays*");

    [Fact]
    public void A_block_that_is_missing_is_found() =>
        Refuse([.. Opened, Pay(3, "a", "1.00", "SUCCESS")], "*2L*");

    [Fact]
    public void A_broken_link_is_found() =>
        Refuse([.. Opened, Pay(2, "a", "1.00", "SUCCESS").Replace("hash1", "other")], "*other*");

    [Theory]
    [InlineData("lost", 2, "SUCCESS")]
    [InlineData("a", 3, "SUCCESS")]
    [InlineData("a", 2, "ABORT")]
    public void What_was_told_and_is_not_there_as_told_is_found(string txid, long index, string status)
    {
        ExportedLedger ledger = Read([.. Opened, Pay(2, "a", "3.00", "SUCCESS")]);

        Action hold = () => ledger.ShouldHold([Told(txid, index, status)], Because);

        hold.Should().Throw<Xunit.Sdk.XunitException>();
    }

    [Fact]
    public void An_outcome_told_twice_is_found()
    {
        ExportedLedger ledger = Read([.. Opened, Pay(2, "a", "3.00", "SUCCESS")]);

        Action hold = () => ledger.ShouldHold([Told("a", 2, "SUCCESS"), Told("a", 2, "SUCCESS")], Because);

        hold.Should().Throw<Xunit.Sdk.XunitException>();
    }

    private static void Refuse(string[] lines, string message)
    {
        Action read = () => Read(lines);

        read.Should().Throw<Xunit.Sdk.XunitException>().WithMessage(message);
    }

    private static ExportedLedger Read(string[] lines) => ExportedLedger.Read(string.Join('\n', lines), Because);

    private static string Open(int index, int account) => Block(
        index, string.Create(CultureInfo.InvariantCulture,
            $"\"kind\":\"OPEN\",\"account\":{account},\"amount\":\"10.00\""));

    private static string Pay(int index, string txid, string amount, string status) => Block(
        index,
        $"\"kind\":\"TRANSFER\",\"txid\":\"{txid}\",\"from\":1,\"to\":2,\"amount\":\"{amount}\","
        + $"\"status\":\"{status}\"");

    private static string Block(int index, string fields) => string.Create(
        CultureInfo.InvariantCulture,
        $"{{\"index\":{index},{fields},\"previousHash\":\"hash{index - 1}\",\"hash\":\"hash{index}\"}}");

    private static Acknowledged Told(string txid, long index, string status) => new(
        txid, 1, 2, "3.00", status, index, string.Create(CultureInfo.InvariantCulture, $"hash{index}"));
}
