using Blockchain.Cli;
using Blockchain.Cli.Wallet;
using Blockchain.Tests.Client;

namespace Blockchain.Tests.Applications;

/// <summary>Where passphrases come from, and that nobody sees one being typed.</summary>
public sealed class PassphraseTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_is_typed_is_not_shown()
    {
        using StringWriter screen = new();

        SecretPrompt.Ask("Passphrase: ", Keys("se cret\r"), screen).Should().Be("se cret");
        screen.ToString().Should().Be($"Passphrase: {Environment.NewLine}");
    }

    [Theory]
    [InlineData("sx\u007fecret\r", "secret")]
    [InlineData("\u007f\u007fa\r", "a")]
    [InlineData("wrong\u0015right\r", "right")]
    [InlineData("a\U0001f600\u007fb\r", "ab")]
    public void It_can_be_corrected(string keys, string expected) =>
        SecretPrompt.Ask("? ", Keys(keys), TextWriter.Null).Should().Be(expected);

    [Fact]
    public void Ctrl_C_ends_with_130_and_a_terminal_that_is_gone_is_named()
    {
        Action interrupt = () => SecretPrompt.Ask("? ", Keys("se\u0003"), TextWriter.Null);
        Action hangUp = () => SecretPrompt.Ask("? ", Keys("se"), TextWriter.Null);

        interrupt.Should().Throw<CliException>().Which.ExitCode.Should().Be(130);
        hangUp.Should().Throw<CliException>().WithMessage("*terminal has gone*");
    }

    [Theory]
    [InlineData("secret", "secret")]
    [InlineData("secret\n", "secret")]
    [InlineData("secret\r\nmore\n", "secret")]
    [InlineData(" two words \n", " two words ")]
    public void The_first_line_of_a_file_counts(string text, string expected)
    {
        string path = _folder.File("passphrase");
        File.WriteAllText(path, text);

        new PassphraseSource(path, null).Get("x").Should().Be(expected);
        new PassphraseSource(path, null).Choose("x").Should().Be(expected);
    }

    [Fact]
    public void An_empty_too_long_or_missing_one_is_refused()
    {
        string path = _folder.File("passphrase");
        File.WriteAllText(path, "\nsecret\n");
        Func<string> empty = () => new PassphraseSource(path, null).Get("x");
        Func<string> missing = () => new PassphraseSource(_folder.File("none"), null).Get("x");
        Func<string> nobody = () => new PassphraseSource(null, null).Get("x");
        string other = _folder.File("long");
        File.WriteAllText(other, new string('a', PassphraseSource.MaxLength + 1));
        Func<string> tooLong = () => new PassphraseSource(other, null).Get("x");

        empty.Should().Throw<CliException>().WithMessage("the passphrase is empty*--plain*");
        missing.Should().Throw<CliException>().WithMessage("*cannot be read*");
        nobody.Should().Throw<CliException>().WithMessage("*--passphrase-file*");
        tooLong.Should().Throw<CliException>().WithMessage("*longer than 1024*");
    }

    [Fact]
    public void A_new_one_is_typed_twice_and_must_be_the_same()
    {
        Queue<string> answers = new(["one", "one", "one", "two"]);
        PassphraseSource source = new(null, _ => answers.Dequeue());

        source.Choose("x").Should().Be("one");
        Action choose = () => source.Choose("x");
        choose.Should().Throw<CliException>().WithMessage("*differ*");
    }

    private static Func<ConsoleKeyInfo?> Keys(string text)
    {
        Queue<char> keys = new(text);
        return () => keys.TryDequeue(out char c)
            ? new ConsoleKeyInfo(
                c, c switch { '\r' => ConsoleKey.Enter, '\u007f' => ConsoleKey.Backspace, _ => ConsoleKey.None },
                shift: false, alt: false, control: c < ' ')
            : null;
    }
}
