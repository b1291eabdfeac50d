using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Blockchain.IntegrationTests.Support;

/// <summary>Signals that tests send to processes.</summary>
public enum UnixSignal
{
    /// <summary>Ctrl-C.</summary>
    Interrupt,

    /// <summary>Asks to stop.</summary>
    Terminate,

    /// <summary>Freezes.</summary>
    Stop,

    /// <summary>Goes on.</summary>
    Continue,
}

/// <summary>kill(2): the program of that name is not on every machine.</summary>
internal static partial class UnixSignals
{
    public static void Send(int process, UnixSignal signal)
    {
        if (kill(process, Number(signal)) != 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError(), $"Signal {signal} to process {process}");
        }
    }

    // The numbers of STOP and CONT differ between Linux and the BSD family.
    private static int Number(UnixSignal signal) => (signal, OperatingSystem.IsLinux()) switch
    {
        (UnixSignal.Interrupt, _) => 2,
        (UnixSignal.Terminate, _) => 15,
        (UnixSignal.Stop, true) => 19,
        (UnixSignal.Stop, false) => 17,
        (UnixSignal.Continue, true) => 18,
        (UnixSignal.Continue, false) => 19,
        _ => throw new ArgumentOutOfRangeException(nameof(signal)),
    };

    [DllImport("libc", SetLastError = true)]
    private static extern int kill(int process, int signal);
}
