using System.Text.Json;
using Blockchain.IntegrationTests.Support;

namespace Blockchain.IntegrationTests.Open;

/// <summary>`wallet`, `oracle` and `watch` against a running node, as a person uses them.</summary>
public sealed class WalletVerbTests(OpenNodeFixture node) : IClassFixture<OpenNodeFixture>
{
    [Fact]
    public async Task A_sealed_wallet_is_made_paid_and_pays()
    {
        await node.UntilRichAsync();
        string passphrase = Path.Combine(node.Data.Path, "passphrase");
        await File.WriteAllTextAsync(passphrase, "correct horse\n");
        await node.RunAsync("wallet", "new", "--name", "alice", "--passphrase-file", passphrase);
        string alice = (await node.RunAsync("wallet", "address", "--name", "alice")).Output;

        RunResult sent = await node.AskAsync("wallet", "send", alice, "12.5", "--name", "miner", "--wait");
        sent.ExitCode.Should().Be(0, sent.ToString());
        sent.Output.Should().Contain($"sent 12.50 to {alice}").And.Contain("confirmed in block ");
        (await node.AskAsync("wallet", "balance", "--name", "alice")).Output.Should().MatchRegex("balance +12\\.50\n");

        RunResult tooMuch = await node.AskAsync(
            "wallet", "send", "miner", "12.5", "--name", "alice", "--passphrase-file", passphrase);
        tooMuch.ExitCode.Should().Be(1, tooMuch.ToString());
        tooMuch.Errors.Should().Contain("the wallet can spend 12.50").And.Contain("with the fee");

        string wrong = Path.Combine(node.Data.Path, "wrong");
        await File.WriteAllTextAsync(wrong, "incorrect horse\n");
        RunResult closed = await node.AskAsync(
            "wallet", "send", "miner", "1", "--name", "alice", "--passphrase-file", wrong);
        closed.ExitCode.Should().Be(1, closed.ToString());
        closed.Errors.Should().Contain("the passphrase does not open");

        RunResult back = await node.AskAsync(
            "wallet", "send", "miner", "0.00000001", "--name", "alice", "--passphrase-file", passphrase, "--fee", "0",
            "--wait", "--json");
        back.ExitCode.Should().Be(0, back.ToString());
        back.Lines[0].Should().Contain("\"amount\":0.00000001,\"fee\":0,\"change\":12.49999999");
        RunResult history = await node.AskAsync("wallet", "history", "--name", "alice");
        history.Lines.Should().HaveCount(3, "a heading, what came and what went");
    }

    [Theory]
    [InlineData(1, "wallet new --name miner --plain", "there is a wallet 'miner' already")]
    [InlineData(1, "wallet address --name nobody", "there is no wallet 'nobody'")]
    [InlineData(2, "wallet new --name sealed", "a passphrase is needed")]
    [InlineData(2, "wallet send miner 0", "'0' cannot be sent: an amount must be more than 0")]
    [InlineData(2, "wallet send miner 0.123456789", "an amount has at most eight decimals")]
    [InlineData(2, "wallet send miner twelve", "the amount is not a number")]
    [InlineData(2, "wallet send 0x00 1 --name miner", "an address has 50 characters")]
    [InlineData(2, "wallet sned", "no such verb: sned. Did you mean send? 'blockchain wallet --help' tells more.")]
    [InlineData(2, "wallet", "a verb is missing. 'blockchain wallet --help' tells more.")]
    [InlineData(2, "wallet new --nmae x", "Did you mean --name? 'blockchain wallet new --help' tells more.")]
    [InlineData(2, "oracle --interval 9s..3s", "an interval is written 3s..10s, the shorter first")]
    [InlineData(2, "watch --json --chain", "--json and --chain exclude each other")]
    [InlineData(2, "vote", "--election is missing")]
    [InlineData(3, "wallet balance --name miner --node 127.0.0.1:1", "127.0.0.1:1")]
    public async Task What_cannot_be_is_one_clear_line(int exitCode, string line, string expected)
    {
        RunResult result = await ProcessRunner.RunAsync(node.Data, line.Split(' '));

        result.ExitCode.Should().Be(exitCode, result.ToString());
        result.Output.Should().BeEmpty();
        result.Errors.Split('\n').Should().ContainSingle().Which.Should().StartWith("blockchain: ").And
            .Contain(expected);
    }

    [Fact]
    public async Task The_oracle_pays_valid_payments_among_its_wallets_until_there_are_enough()
    {
        await node.UntilRichAsync();
        await using ProcessRunner oracle = ProcessRunner.Start(
            node.Data, "oracle", "--node", node.Url, "--interval", "0s", "--count", "2", "--seed", "3");
        string first = (await oracle.WaitForOutputAsync("Wallet 0: ")).Split(' ')[2];
        RunResult given = await node.AskAsync("wallet", "send", first, "50", "--name", "miner", "--wait");
        given.ExitCode.Should().Be(0, given.ToString());

        RunResult result = await oracle.WaitForExitAsync();

        result.ExitCode.Should().Be(0, result.ToString());
        result.Lines.Should().Contain("Wallet balances: 50, 0, 0, 0");
        result.Lines.Count(line => line.StartsWith("Sending from wallet ", StringComparison.Ordinal)).Should().Be(2);
        result.Lines.Count(line => line.StartsWith("Confirmed in block ", StringComparison.Ordinal)).Should().Be(2);
    }

    [UnixFact]
    public async Task Watching_ends_when_nobody_reads_it_any_more()
    {
        await using ProcessRunner shell = ProcessRunner.StartFile(
            "/bin/sh", node.Data, new Dictionary<string, string>(),
            "-c", $"dotnet '{ProcessRunner.Executable}' watch --node {node.Url} | head -n 1");

        RunResult result = await shell.WaitForExitAsync();

        result.ExitCode.Should().Be(0, result.ToString());
        result.Lines.Should().ContainSingle().Which.Should().StartWith("network test at ");
        result.Errors.Should().Be("blockchain: nobody reads the output any more.");
    }

    [Fact]
    public async Task Watching_shows_blocks_as_lines_objects_or_the_readable_chain()
    {
        RunResult table = await node.AskAsync("watch", "--blocks", "2");
        RunResult json = await node.AskAsync("watch", "--blocks", "1", "--json");
        RunResult chain = await node.AskAsync("watch", "--blocks", "1", "--chain", "--last", "1");

        table.ExitCode.Should().Be(0, table.ToString());
        table.Lines[0].Should().StartWith("network test at http://127.0.0.1:");
        table.Lines.Count(line => line.Contains("  block  ", StringComparison.Ordinal)).Should().Be(2);
        json.Lines.Should().AllSatisfy(line => JsonDocument.Parse(line).Dispose());
        json.Lines[^1].Should().StartWith("{\"event\":\"block\"");
        chain.Output.Should().Contain("| Valid: True").And.Contain("\"merkle_root\": \"").And.Contain("Txns Hashes:");
    }
}
