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
    [InlineData("frobnicate", "no such verb: frobnicate. 'blockchain --help' tells more.")]
    public async Task A_wrong_command_line_is_one_line_on_standard_error_and_exit_2(string line, string expected)
    {
        RunResult result = await ProcessRunner.RunAsync(_data, line.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        result.ExitCode.Should().Be(2, result.ToString());
        result.Output.Should().BeEmpty();
        result.Errors.Should().Be($"blockchain: {expected}");
    }
}
