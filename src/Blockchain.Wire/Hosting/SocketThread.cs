using Microsoft.AspNetCore.Http;

namespace Blockchain.Wire.Hosting;

/// <summary>
/// Lets one thread wait for all sockets of a process, and do there what follows from what came in: read, decode, step
/// the loop, write. Handing each message to a thread of the pool costs more than most of what is done with it.
/// </summary>
/// <remarks>
/// The price: whoever blocks on that thread keeps all sockets waiting. So requests over HTTP are served by the pool,
/// who has asked over HTTP goes on there with the answer, and a link that never runs dry lets others have their turn.
/// Where the platform has no such setting (it has on Linux and macOS: dotnet/runtime#34945), nothing changes.
/// </remarks>
public static class SocketThread
{
    /// <summary>Switches it on for this process. Before its first socket: the platform reads it once.</summary>
    public static void Use()
    {
        Environment.SetEnvironmentVariable("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", "1");
        Environment.SetEnvironmentVariable("DOTNET_SYSTEM_NET_SOCKETS_THREAD_COUNT", "1");
    }

    /// <summary>Goes on on a thread of the pool.</summary>
    public static async Task LeaveAsync() => await Task.Yield();

    /// <summary>Has requests served by the pool: a page of blocks takes milliseconds.</summary>
    public static async Task ServeElsewhereAsync(HttpContext context, RequestDelegate next)
    {
        await Task.Yield();
        await next(context);
    }
}
