using System.Text.Json;
using Blockchain.Client.Hosting;
using Blockchain.Core.BankNetwork;
using Blockchain.Core.Kernel;
using Blockchain.Wire.Files;

namespace Blockchain.Tests.Client;

/// <summary>What outside checkers read.</summary>
public sealed class HistoryTests : IDisposable
{
    private static readonly TransferId Asked = new(7);
    private readonly TemporaryFolder _data = new();

    private string History => _data.File("history.jsonl");

    public void Dispose() => _data.Dispose();

    [Fact]
    public void What_was_unknown_when_the_process_died_is_resolved_by_its_id_in_the_next_life()
    {
        Ask();

        Live(history => history.Settled([Paid(Asked), Paid(new TransferId(8))], 11));

        JsonElement[] lines = Read();
        lines.Should().HaveCount(2, "what this client never asked for is not its operation");
        Result(lines[0]).Should().Be("unknown");
        lines[0].GetProperty("return_ns").ValueKind.Should().Be(JsonValueKind.Null);
        Result(lines[1]).Should().Be("SUCCESS");
        lines[1].GetProperty("index").GetInt64().Should().Be(11);
        lines[1].GetProperty("args").GetProperty("from").GetInt32().Should().Be(1);
        lines[1].GetProperty("invoke_ns").GetInt64().Should().Be(lines[0].GetProperty("invoke_ns").GetInt64());
        lines[1].GetProperty("return_ns").GetInt64()
            .Should().BeGreaterThanOrEqualTo(lines[1].GetProperty("invoke_ns").GetInt64());
    }

    [Fact]
    public void An_outcome_is_written_once()
    {
        Ask();
        Live(history =>
        {
            history.Returned(new ClientEvent.Settled(11, Hash.Empty, Paid(Asked), Money.Zero));
            history.Settled([Paid(Asked)], 11);
        });
        Live(history => history.Settled([Paid(Asked)], 11));

        Read().Select(Result).Should().Equal("unknown", "SUCCESS");
    }

    [Fact]
    public void A_refused_transfer_is_told_whole_and_a_line_that_breaks_off_is_cut()
    {
        Live(history =>
        {
            history.Invoked(Submit(), 1);
            history.Rejected(Asked);
        });
        File.AppendAllText(History, "{\"process\":\"an");

        Live(history => history.Queried(1, "10.00", history.NowNs()));

        JsonElement[] lines = Read();
        lines.Select(Result).Should().Equal("unknown", "REFUSED", "10.00");
        lines[1].GetProperty("args").GetProperty("amount").GetString().Should().Be("2.50");
    }

    [Theory]
    [InlineData("no JSON")]
    [InlineData("{\"process\":\"berta\",\"op\":\"balance\"}")]
    [InlineData("{\"process\":\"anna\",\"op\":\"transfer\",\"args\":{\"txid\":\"7\"}}")]
    [InlineData("[]")]
    public void A_file_that_is_not_this_client_s_history_is_refused_and_left_alone(string line)
    {
        File.WriteAllText(History, line + "\n");

        FluentActions.Invoking(() => Live(_ => { })).Should().Throw<StoreFaultException>()
            .WithMessage("line 1 of *history.jsonl is no operation of client anna. *--history*");

        File.ReadAllText(History).Should().Be(line + "\n");
    }

    [Fact]
    public void A_file_of_something_else_without_a_last_line_feed_is_not_cut()
    {
        File.WriteAllText(History, "notes");

        FluentActions.Invoking(() => Live(_ => { })).Should().Throw<StoreFaultException>();

        File.ReadAllText(History).Should().Be("notes");
    }

    private static ClientInput.Submit Submit() => new(Asked, 2, new Money(2_50), string.Empty, 0);

    private static Block.Payment Paid(TransferId id) => new(
        2, new BlockKey(new Token(9, 1), 0), new Transfer(id, 1, 2, new Money(2_50), string.Empty, 0),
        Outcome.Success, default(Signature));

    private static string? Result(JsonElement line) => line.GetProperty("result").GetString();

    private void Ask() => Live(history => history.Invoked(Submit(), 0));

    private void Live(Action<HistoryWriter> life)
    {
        using HistoryWriter history = new(History, "anna", TimeProvider.System);
        life(history);
    }

    private JsonElement[] Read() =>
        [.. File.ReadAllLines(History).Select(line => JsonDocument.Parse(line).RootElement.Clone())];
}
