using System.Net;
using System.Net.Sockets;

namespace Blockchain.IntegrationTests.Support;

/// <summary>TCP ports for tests that must know one before a process starts. Where the process can say which port it
/// took, port 0 is better.</summary>
public static class Ports
{
    // Below the range from which systems take ports for outgoing connections, so that no client of another test
    // gets the port between the look and the use.
    private const int First = 21_000;
    private const int Last = 31_000;
    private static int _next = First + (Environment.ProcessId * 37 % (Last - First));

    /// <summary>A port of 127.0.0.1 that nobody listens on and that this test run has not handed out yet.</summary>
    public static int Free()
    {
        for (int i = First; i < Last; i++)
        {
            int port = First + (Interlocked.Increment(ref _next) % (Last - First));
            if (IsFree(port))
            {
                return port;
            }
        }

        throw new InvalidOperationException("No free port was found.");
    }

    private static bool IsFree(int port)
    {
        using TcpListener listener = new(IPAddress.Loopback, port);
        try
        {
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
