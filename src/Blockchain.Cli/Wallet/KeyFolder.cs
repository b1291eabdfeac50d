using Blockchain.Wire.Files;

namespace Blockchain.Cli.Wallet;

/// <summary>The key files of one kind: a folder with a file per name, readable by its owner alone.</summary>
/// <param name="folder">Path of the folder; made when the first key is.</param>
/// <param name="kind">What a person calls such a key: "wallet" or "voter".</param>
internal sealed class KeyFolder(string folder, string kind)
{
    private const string Extension = ".key";

    /// <summary>Where the file of a name is, or would be.</summary>
    public string PathOf(string name) => Path.Combine(folder, name + Extension);

    /// <summary>Whether there is a key of this name.</summary>
    public bool Has(string name) => File.Exists(PathOf(name));

    /// <summary>The names, in order.</summary>
    public IReadOnlyList<string> Names() => Directory.Exists(folder)
        ? [.. Directory.EnumerateFiles(folder, "*" + Extension)
            .Select(Path.GetFileNameWithoutExtension).Order(StringComparer.Ordinal)!]
        : [];

    /// <summary>Writes a new file and makes its bytes durable before its name.</summary>
    /// <exception cref="CliException">There is a key of this name.</exception>
    /// <exception cref="StoreFaultException">The folder cannot be written.</exception>
    public void Add(string name, KeyFile file)
    {
        string path = PathOf(name);
        string temporary = $"{path}.{Environment.ProcessId}.new";
        try
        {
            Directory.CreateDirectory(folder);
            FileStreamOptions options = new() { Mode = FileMode.Create, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }

            using (FileStream stream = new(temporary, options))
            {
                stream.Write(KeyFileText.Write(file));
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: false);
        }
        catch (IOException) when (File.Exists(path))
        {
            File.Delete(temporary);
            throw Exists(name);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw StoreFaults.From(fault, path);
        }
    }

    /// <summary>Refuses to go on when there is a key of this name, before a passphrase is typed for another.</summary>
    /// <exception cref="CliException">There is.</exception>
    public void EnsureFree(string name)
    {
        if (Has(name))
        {
            throw Exists(name);
        }
    }

    /// <summary>Reads the file of a name.</summary>
    /// <exception cref="CliException">There is none, or it is not what this program wrote.</exception>
    /// <exception cref="StoreFaultException">It cannot be read.</exception>
    public KeyFile Read(string name)
    {
        string path = PathOf(name);
        if (!File.Exists(path))
        {
            string known = Names() is { Count: > 0 } names ? $" There is {string.Join(", ", names)}." : string.Empty;
            throw new CliException(
                ExitCode.Failed, $"there is no {kind} '{name}': {path} does not exist.{known}");
        }

        try
        {
            KeyFile? file = null;
            KeyFileFault fault = new FileInfo(path).Length > KeyFileText.MaxBytes
                ? KeyFileFault.NotAKeyFile
                : KeyFileText.TryRead(File.ReadAllBytes(path), out file);
            return fault == KeyFileFault.None ? file! : throw Explain(fault, path);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw StoreFaults.From(fault, path);
        }
    }

    /// <summary>What a person is told about a key that is not to be had.</summary>
    public static CliException Explain(KeyFileFault fault, string path) => fault switch
    {
        KeyFileFault.NotAKeyFile => new CliException(
            ExitCode.Failed, $"{path} is not a key file of this program. Put the right one there from a backup."),
        KeyFileFault.NewerVersion => new CliException(
            ExitCode.Failed, $"{path} was written by a newer version of this program. Use that one."),
        KeyFileFault.Damaged => new CliException(
            ExitCode.Integrity, $"{path} is damaged: its checksum does not fit. Put it back from a backup."),
        KeyFileFault.PassphraseNeeded => new CliException(
            ExitCode.Usage,
            $"{path} is sealed with a passphrase. Give it with --passphrase-file or in {PassphraseSource.Variable}."),
        KeyFileFault.WrongPassphrase => new CliException(
            ExitCode.Failed, $"the passphrase does not open {path}. Try again with the right one."),
        _ => throw new ArgumentOutOfRangeException(nameof(fault), fault, "nothing is wrong"),
    };

    private CliException Exists(string name) => new(
        ExitCode.Failed,
        $"there is a {kind} '{name}' already: {PathOf(name)}. Choose another name; a key is never overwritten.");
}
