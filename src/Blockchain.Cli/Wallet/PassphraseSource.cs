using System.Text;
using Blockchain.Cli.Options;

namespace Blockchain.Cli.Wallet;

/// <summary>
/// Where passphrases come from: the file that the command line names, else the environment, else a person at the
/// terminal, who types them unseen.
/// </summary>
/// <param name="file">The file, null for none; its first line counts.</param>
/// <param name="typed">Reads one from a person; null when nobody sits there.</param>
internal sealed class PassphraseSource(string? file, Func<string, string>? typed)
{
    /// <summary>Environment variable that may hold a passphrase.</summary>
    public const string Variable = "BLOCKCHAIN_PASSPHRASE";

    /// <summary>The longest passphrase, in characters.</summary>
    public const int MaxLength = 1_024;

    /// <summary>The option that names a file.</summary>
    /// <param name="description">What it does; null for that of a verb that asks at the terminal.</param>
    public static Setting<string?> Option(string? description = null) => new(
        "--passphrase-file",
        description ?? $"File whose first line is the passphrase; else {Variable} is, else the terminal asks for it.",
        "FILE",
        null,
        text => Texts.Path(text));

    /// <summary>The source of this process.</summary>
    /// <param name="file">Value of the option.</param>
    public static PassphraseSource Of(string? file) => new(file, Console.IsInputRedirected ? null : AskAtTerminal);

    /// <summary>The passphrase of a key that exists.</summary>
    /// <param name="what">What it opens, for the person.</param>
    /// <exception cref="CliException">There is none.</exception>
    public string Get(string what) =>
        Given() ?? (typed is null ? throw Missing() : Checked(typed($"Passphrase of {what}: ")));

    /// <summary>A passphrase for a new key: a person types it twice.</summary>
    /// <param name="what">What it will open, for the person.</param>
    /// <exception cref="CliException">There is none, or the two differ.</exception>
    public string Choose(string what)
    {
        if (Given() is { } given)
        {
            return given;
        }

        if (typed is null)
        {
            throw Missing();
        }

        string first = Checked(typed($"New passphrase of {what}: "));
        return typed("The same again: ") == first
            ? first
            : throw new CliException(ExitCode.Usage, "the two passphrases differ, so nothing was written.");
    }

    private string? Given()
    {
        if (file is not null)
        {
            return Checked(FirstLine(file));
        }

        return Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } variable ? Checked(variable) : null;
    }

    private static string FirstLine(string path)
    {
        try
        {
            using StreamReader reader = new(
                path, new UTF8Encoding(false, throwOnInvalidBytes: true), detectEncodingFromByteOrderMarks: false);
            char[] buffer = new char[MaxLength + 2];
            int read = reader.ReadBlock(buffer);
            return new string(buffer, 0, read).Split('\n', 2)[0].TrimEnd('\r');
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or DecoderFallbackException)
        {
            string cause = fault is DecoderFallbackException ? "it is not UTF-8" : fault.Message.TrimEnd('.');
            throw new CliException(
                ExitCode.Failed, $"the passphrase file {path} cannot be read: {cause}. Name another.", fault);
        }
    }

    private static string Checked(string passphrase) => passphrase.Length switch
    {
        0 => throw new CliException(
            ExitCode.Usage, "the passphrase is empty. Give one, or make the key with --plain to have none."),
        > MaxLength => throw new CliException(
            ExitCode.Usage, $"the passphrase is longer than {MaxLength} characters. Choose a shorter one."),
        _ => passphrase,
    };

    private static CliException Missing() => new(
        ExitCode.Usage,
        $"a passphrase is needed, and nobody is at a terminal to type it. Give it with --passphrase-file or in "
            + $"{Variable}.");

    private static string AskAtTerminal(string prompt)
    {
        Console.TreatControlCAsInput = true;
        try
        {
            // The terminal shows what is typed until a key is first looked for, and a quick hand types at once.
            _ = Console.KeyAvailable;
            return SecretPrompt.Ask(prompt, static () => Console.ReadKey(intercept: true), Console.Error);
        }
        finally
        {
            Console.TreatControlCAsInput = false;
        }
    }
}
