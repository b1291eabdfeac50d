using System.Net.Sockets;
using Blockchain.Core.Kernel;

namespace Blockchain.Cli;

/// <summary>Says in one line what ended the process, and with which code it ends.</summary>
public static class Failures
{
    /// <summary>Explains an exception that nobody below could deal with.</summary>
    public static (int ExitCode, string Line) Explain(Exception fault) => fault switch
    {
        CliException known => (known.ExitCode, known.Message),
        InvariantException => (ExitCode.Integrity, $"{fault.Message}. This is a defect of the program.{Environment.NewLine}{fault}"),
        HttpRequestException or SocketException or TimeoutException => (ExitCode.Unreachable, fault.Message),
        UnauthorizedAccessException => (ExitCode.Failed, $"{fault.Message} Choose another folder with --data."),
        IOException => (ExitCode.Failed, fault.Message),
        _ => (ExitCode.Failed, $"unexpected: {fault.Message}{Environment.NewLine}{fault}"),
    };
}
