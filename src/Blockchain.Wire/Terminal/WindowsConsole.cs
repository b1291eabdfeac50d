using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Blockchain.Wire.Terminal;

/// <summary>Windows understands control sequences only after it has been told to
/// (ENABLE_VIRTUAL_TERMINAL_PROCESSING).</summary>
[SupportedOSPlatform("windows")]
internal static partial class WindowsConsole
{
    private const int StandardOutput = -11;
    private const uint VirtualTerminalProcessing = 4;

    internal static void EnableSequences()
    {
        nint handle = GetStdHandle(StandardOutput);
        if (GetConsoleMode(handle, out uint mode))
        {
            SetConsoleMode(handle, mode | VirtualTerminalProcessing);
        }
    }

    [LibraryImport("kernel32.dll")]
    private static partial nint GetStdHandle(int which);

    [LibraryImport("kernel32.dll")]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool GetConsoleMode(nint handle, out uint mode);

    [LibraryImport("kernel32.dll")]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool SetConsoleMode(nint handle, uint mode);
}
