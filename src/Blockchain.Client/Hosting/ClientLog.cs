using Microsoft.Extensions.Logging;

namespace Blockchain.Client.Hosting;

/// <summary>What a client logs: every message, every event, every move of its clock.</summary>
internal static partial class ClientLog
{
    [LoggerMessage(1, LogLevel.Information,
        "client {Name} starts, life {Incarnation}, {Blocks} blocks stored, {Intents} transfers unfinished, listens "
            + "at {Endpoint}, bank {Bank}")]
    public static partial void Starts(
        ILogger logger, string name, long incarnation, long blocks, int intents, string endpoint, string bank);

    [LoggerMessage(2, LogLevel.Debug, "@{Before} -> @{After} in  {Input}")]
    public static partial void In(ILogger logger, long before, long after, string input);

    [LoggerMessage(3, LogLevel.Debug, "@{Clock} out {Output}")]
    public static partial void Out(ILogger logger, long clock, string output);

    [LoggerMessage(4, LogLevel.Information, "@{Clock} {Event}")]
    public static partial void Happened(ILogger logger, long clock, string @event);

    [LoggerMessage(5, LogLevel.Information, "link to {Other} is up")]
    public static partial void LinkUp(ILogger logger, string other);

    [LoggerMessage(6, LogLevel.Information, "link to {Other} is down: {Reason}")]
    public static partial void LinkDown(ILogger logger, string other, string reason);

    [LoggerMessage(7, LogLevel.Warning, "a connection was refused: {Reason}")]
    public static partial void Refused(ILogger logger, string reason);

    [LoggerMessage(8, LogLevel.Debug, "fetching blocks from {Index} of {Source} failed: {Reason}")]
    public static partial void FetchFailed(ILogger logger, long index, int source, string reason);

    [LoggerMessage(9, LogLevel.Debug, "joining failed: {Reason}")]
    public static partial void JoinFailed(ILogger logger, string reason);

    [LoggerMessage(10, LogLevel.Critical, "the client stops: {Reason}")]
    public static partial void Fails(ILogger logger, string reason, Exception fault);

    [LoggerMessage(11, LogLevel.Information, "the client has stopped")]
    public static partial void Stopped(ILogger logger);
}
