using System.Text;

namespace Blockchain.Cli.Wallet;

/// <summary>Asks a person for something that must not be seen on the screen.</summary>
internal static class SecretPrompt
{
    private const char CtrlC = '\u0003';
    private const char CtrlD = '\u0004';
    private const char CtrlU = '\u0015';

    /// <summary>Asks and reads up to Enter; nothing of what is typed is shown.</summary>
    /// <param name="prompt">What is asked.</param>
    /// <param name="readKey">Waits for a key; null when input has ended.</param>
    /// <param name="output">Where the question goes: standard error, since the output may be a file.</param>
    /// <exception cref="CliException">The person pressed Ctrl-C, or input has ended.</exception>
    public static string Ask(string prompt, Func<ConsoleKeyInfo?> readKey, TextWriter output)
    {
        output.Write(prompt);
        output.Flush();
        StringBuilder typed = new();
        while (readKey() is { } key)
        {
            switch (key)
            {
                case { Key: ConsoleKey.Enter }:
                    output.WriteLine();
                    return typed.ToString();
                case { KeyChar: CtrlC or CtrlD }:
                    output.WriteLine();
                    throw new CliException(ExitCode.Interrupted, "interrupted; nothing was done.");
                case { KeyChar: CtrlU }:
                    typed.Clear();
                    break;
                case { Key: ConsoleKey.Backspace }:
                    Drop(typed);
                    break;
                case { KeyChar: not '\0' } when !char.IsControl(key.KeyChar):
                    Append(typed, key.KeyChar);
                    break;
            }
        }

        output.WriteLine();
        throw new CliException(ExitCode.Usage, "the terminal has gone before the passphrase was typed.");
    }

    private static void Drop(StringBuilder typed)
    {
        bool isPair = typed.Length > 1 && char.IsLowSurrogate(typed[^1]);
        typed.Length -= Math.Min(typed.Length, isPair ? 2 : 1);
    }

    private static void Append(StringBuilder typed, char character)
    {
        if (typed.Length <= PassphraseSource.MaxLength)
        {
            typed.Append(character);
        }
    }
}
