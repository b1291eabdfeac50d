using Blockchain.IntegrationTests.Support;

namespace Blockchain.IntegrationTests.Cli;

public sealed class UsageTests : IDisposable
{
    private readonly TempFolder _data = new();

    public void Dispose() => _data.Dispose();

    [Fact]
    public async Task The_version_is_printed()
    {
        RunResult result = await ProcessRunner.RunAsync(_data, "--version");

        result.ExitCode.Should().Be(0, result.ToString());
        result.Output.Should().MatchRegex(@"^\d+\.\d+\.\d+$");
    }

    [Theory]
    [InlineData("", "a verb is missing. 'blockchain --help' tells more.")]
    [InlineData("frobnicate", "no such verb: frobnicate. 'blockchain --help' tells more.")]
    [InlineData("bnak", "no such verb: bnak. Did you mean bank? 'blockchain --help' tells more.")]
    [InlineData(
        "bank --lisen :0",
        "no such option: --lisen. Did you mean --listen? 'blockchain bank --help' tells more.")]
    [InlineData(
        "client now",
        "one argument too many: now. 'blockchain client --help' tells more.")]
    [InlineData(
        "client --nmae a",
        "no such option: --nmae. Did you mean --name? 'blockchain client --help' tells more.")]
    [InlineData(
        "demo --client 3",
        "no such option: --client. Did you mean --clients? 'blockchain demo --help' tells more.")]
    [InlineData(
        "soak --seeds 5..1",
        "--seeds '5..1': a seed is a number of digits, and two of them are written 1..1000, the lower first")]
    [InlineData(
        "wallet send bob",
        "AMOUNT is missing. 'blockchain wallet send --help' tells more.")]
    [InlineData(
        "wallet new --plian",
        "no such option: --plian. Did you mean --plain? 'blockchain wallet new --help' tells more.")]
    [InlineData("wallet list --name a", "no such option: --name. 'blockchain wallet list --help' tells more.")]
    [InlineData("vote key", "VOTER is missing. 'blockchain vote key --help' tells more.")]
    [InlineData(
        "vote --electoin a",
        "no such option: --electoin. Did you mean --election? 'blockchain vote --help' tells more.")]
    [InlineData("vote open --election e --choices ,", "--choices names nothing: give one at least, or leave it out")]
    [InlineData("oracle --wallets", "--wallets needs a value. 'blockchain oracle --help' tells more.")]
    [InlineData("oracle --wallets 1", "--wallets '1': it is a whole number from 2 to 64")]
    [InlineData("watch --last 0", "--last '0': it is a whole number from 1 to 1000")]
    [InlineData(
        "open-demo --block 5",
        "no such option: --block. Did you mean --blocks? 'blockchain open-demo --help' tells more.")]
    [InlineData("node --reward 0x12", "--reward '0x12': an address has 50 characters: 0x and 48 hexadecimal digits")]
    [InlineData("tracker --silence 0s", "--silence '0s': the duration must be above 0")]
    [InlineData(
        "bank --log-level loud",
        "--log-level 'loud': a log level is trace, debug, info, warning, error or none")]
    public async Task A_wrong_command_line_is_one_line_on_standard_error_and_exit_2(string line, string expected)
    {
        RunResult result = await ProcessRunner.RunAsync(_data, line.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        result.ExitCode.Should().Be(2, result.ToString());
        result.Output.Should().BeEmpty();
        result.Errors.Should().Be($"blockchain: {expected}");
    }

    [Theory]
    [InlineData("export")]
    [InlineData("verify")]
    public async Task A_missing_source_is_one_line_and_exit_2(string verb)
    {
        RunResult result = await ProcessRunner.RunAsync(_data, verb);

        result.ExitCode.Should().Be(2, result.ToString());
        result.Errors.Split('\n').Should().ContainSingle().Which.Should().StartWith("blockchain: ");
    }

    [Theory]
    [InlineData("demo")]
    [InlineData("bank")]
    [InlineData("client")]
    [InlineData("export")]
    [InlineData("verify")]
    [InlineData("soak")]
    [InlineData("bench")]
    public async Task Every_verb_explains_itself_with_an_example(string verb)
    {
        RunResult help = await ProcessRunner.RunAsync(_data, verb, "--help");
        RunResult version = await ProcessRunner.RunAsync(_data, verb, "--version");

        help.ExitCode.Should().Be(0, help.ToString());
        help.Output.Should().Contain("Example:").And.Contain($"blockchain {verb}").And.Contain("--log-level");
        version.ExitCode.Should().Be(0, version.ToString());
        version.Output.Should().MatchRegex(@"^\d+\.\d+\.\d+$");
    }

    [Theory]
    [InlineData("node")]
    [InlineData("tracker")]
    [InlineData("wallet new")]
    [InlineData("wallet address")]
    [InlineData("wallet list")]
    [InlineData("wallet balance")]
    [InlineData("wallet send")]
    [InlineData("wallet history")]
    [InlineData("oracle")]
    [InlineData("watch")]
    [InlineData("vote")]
    [InlineData("vote open")]
    [InlineData("vote key")]
    [InlineData("open-demo")]
    public async Task Every_verb_of_the_open_network_explains_itself_with_an_example(string verb)
    {
        RunResult help = await ProcessRunner.RunAsync(_data, [.. verb.Split(' '), "--help"]);

        help.ExitCode.Should().Be(0, help.ToString());
        help.Output.Should().Contain("Example:").And.Contain($"blockchain {verb}").And.Contain("--log-level");
        help.Errors.Should().BeEmpty();
    }
}
