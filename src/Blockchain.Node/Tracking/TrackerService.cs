using System.Net;
using System.Net.WebSockets;
using Blockchain.Wire.Http;
using Blockchain.Wire.Links;
using Microsoft.Extensions.Logging;

namespace Blockchain.Node.Tracking;

/// <summary>
/// Tells the nodes of a network of one another: a node joins, says now and then that it is still there, and leaves; the
/// new list goes to all at every change. A node that falls silent, or whose connection breaks, is removed. It decides
/// nothing: the network goes on without it.
/// </summary>
internal sealed partial class TrackerService(TimeSpan silence, TimeProvider time, ILogger logger)
{
    private const int MaxFromNode = 1_024;
    private const int NetworkDigits = 64;
    private static readonly TimeSpan JoinTime = TimeSpan.FromSeconds(5);

    // Several changes within a moment are one list.
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(20);
    private readonly MemberList _members = new(NodeLimits.TrackerMembers, NodeLimits.TrackerMembersPerAddress);

    /// <summary>Members on all networks.</summary>
    public int Count => _members.Count;

    /// <summary>The members of a network.</summary>
    public string[] List(string network) => _members.List(network, null, NodeLimits.TrackerList);

    /// <summary>Removes the silent until it is told to stop.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        using PeriodicTimer timer = new(silence / 4, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stop))
            {
                long moment = time.GetTimestamp() - (long)(silence.TotalSeconds * time.TimestampFrequency);
                int removed = _members.RemoveSilentSince(moment);
                if (removed > 0)
                {
                    LogSilent(removed);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The tracker stops.
        }
    }

    /// <summary>Serves one connection until it ends.</summary>
    /// <param name="socket">The connection.</param>
    /// <param name="from">Where it comes from.</param>
    /// <param name="stop">Says when to stop.</param>
    public async Task ServeAsync(WebSocket socket, IPAddress from, CancellationToken stop)
    {
        using TrackerSocket link = new(socket);
        try
        {
            await ServeAsync(link, from, stop);
        }
        catch (Exception end) when (end is LinkFaultException or WebSocketException or OperationCanceledException
            or IOException)
        {
            LogLost(end.Message);
            await link.CloseAsync(end is LinkFaultException ? LinkLimits.Cut(end.Message) : string.Empty);
        }
    }

    private async Task ServeAsync(TrackerSocket link, IPAddress from, CancellationToken stop)
    {
        TrackerMessage? join = await ReadJoinAsync(link, stop);
        if (join is null)
        {
            return;
        }

        SemaphoreSlim news = new(0, 1);
        Member member = new(join.Network!, join.Address!, from) { Wake = () => Wake(news) };
        JoinResult result = _members.TryJoin(member, time.GetTimestamp());
        if (result != JoinResult.Joined)
        {
            string reason = result == JoinResult.Full
                ? "the tracker has as many members as it takes"
                : "the tracker has as many members from this address as it takes";
            await link.SendAsync(new TrackerMessage(TrackerMessage.Refused) { Reason = reason }, stop);
            await link.CloseAsync(reason);
            return;
        }

        LogJoined(member.Address);
        using CancellationTokenSource ended = CancellationTokenSource.CreateLinkedTokenSource(stop);
        Task telling = TellAsync(link, member, news, ended);
        string because = "its connection broke";
        try
        {
            because = await ListenAsync(link, member, ended.Token);
        }
        finally
        {
            _members.Remove(member, because);
            await ended.CancelAsync();
            await telling.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            LogLeft(member.Address, member.GoneBecause ?? because);
        }

        await link.CloseAsync(because);
    }

    private async Task<TrackerMessage?> ReadJoinAsync(TrackerSocket link, CancellationToken stop)
    {
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
        patience.CancelAfter(JoinTime);
        TrackerMessage? join = await link.ReadAsync(MaxFromNode, patience.Token);
        if (join is null)
        {
            return null;
        }

        bool isNetwork = join.Network is { Length: NetworkDigits } network
            && network.All(char.IsAsciiHexDigitLower);
        return join.Kind == TrackerMessage.Join && isNetwork
            && NodeAddress.TryParse(join.Address, out string? address)
            ? join with { Address = address }
            : throw new LinkFaultException(
                "a member first says join, its network in 64 lower-case hexadecimal digits, and its address as "
                + "http://HOST:PORT");
    }

    private async Task<string> ListenAsync(TrackerSocket link, Member member, CancellationToken ended)
    {
        while (await link.ReadAsync(MaxFromNode, ended) is { } message)
        {
            switch (message.Kind)
            {
                case TrackerMessage.Heartbeat:
                    _members.Hear(member, time.GetTimestamp());
                    break;
                case TrackerMessage.Leave:
                    return "it left";
                default:
                    throw new LinkFaultException("a member says heartbeat or leave");
            }
        }

        return "it closed its connection";
    }

    private async Task TellAsync(
        TrackerSocket link, Member member, SemaphoreSlim news, CancellationTokenSource ended)
    {
        try
        {
            while (member.GoneBecause is null)
            {
                if (_members.TakeNews(member, NodeLimits.TrackerList) is { } list)
                {
                    TrackerMessage message = new(TrackerMessage.Peers)
                    {
                        List = list,
                        SilenceMs = (int)silence.TotalMilliseconds,
                    };
                    await link.SendAsync(message, ended.Token);
                    await Task.Delay(Quiet, time, ended.Token);
                }
                else
                {
                    await news.WaitAsync(ended.Token);
                }
            }
        }
        finally
        {
            // Who cannot be told is no member; who is none is not listened to.
            await ended.CancelAsync();
        }
    }

    private static void Wake(SemaphoreSlim news)
    {
        lock (news)
        {
            if (news.CurrentCount == 0)
            {
                news.Release();
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Address} joined")]
    private partial void LogJoined(string address);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Address} is removed: {Reason}")]
    private partial void LogLeft(string address, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Count} members were silent for too long")]
    private partial void LogSilent(int count);

    [LoggerMessage(Level = LogLevel.Debug, Message = "A connection ended: {Reason}")]
    private partial void LogLost(string reason);
}
