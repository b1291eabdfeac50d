using System.Net.Sockets;
using Blockchain.Core.Kernel;
using Blockchain.Wire.Files;
using Blockchain.Wire.Hosting;
using Blockchain.Wire.Http;
using Blockchain.Wire.Keys;
using Blockchain.Wire.Links;

namespace Blockchain.Cli;

/// <summary>Says in one line what ended the process, and with which code it ends.</summary>
public static class Failures
{
    /// <summary>Begins every line after the first, as the process begins the first.</summary>
    public const string Prefix = "blockchain: ";

    /// <summary>Explains an exception that nobody below could deal with.</summary>
    public static (int ExitCode, string Line) Explain(Exception fault) => fault switch
    {
        CliException known => (known.ExitCode, known.Message),
        OptionsException options => (ExitCode.Usage, Lines(options.Faults)),
        IntegrityException { Index: >= 0 } broken => (
            ExitCode.Integrity, Named($"block {broken.Index}", fault.Message)),
        IntegrityException => (ExitCode.Integrity, fault.Message),
        StoreFaultException or ListenFaultException or MissingLibraryException => (ExitCode.Failed, fault.Message),
        InvariantException => (
            ExitCode.Integrity, $"{fault.Message}. This is a defect of the program.{Environment.NewLine}{fault}"),
        ApiException => (ExitCode.Failed, fault.Message),
        HttpRequestException or SocketException => (
            ExitCode.Unreachable,
            $"{fault.Message.TrimEnd('.')}. Start what should answer there, or give another address."),
        LinkFaultException or TimeoutException => (ExitCode.Unreachable, fault.Message),
        UnauthorizedAccessException => (ExitCode.Failed, $"{fault.Message} Choose another folder with --data."),
        DirectoryNotFoundException => (
            ExitCode.Failed, $"{fault.Message} Make its folder, or give another file."),
        IOException => (ExitCode.Failed, fault.Message),
        _ => (ExitCode.Failed, $"unexpected: {fault.Message}{Environment.NewLine}{fault}"),
    };

    // Most messages name the block themselves.
    private static string Named(string block, string message) =>
        message.StartsWith($"{block} ", StringComparison.Ordinal) ? message : $"{block}: {message}";

    private static string Lines(IReadOnlyList<string> faults) => string.Join(Environment.NewLine + Prefix, faults);
}
