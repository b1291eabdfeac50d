using System.Net.WebSockets;
using Blockchain.Wire.Hosting;
using Blockchain.Wire.Http;
using Blockchain.Wire.Links;
using Microsoft.Extensions.Logging;

namespace Blockchain.Node.Tracking;

/// <summary>A node's side of a tracker: joins, says that it is still there, hears of the others, and leaves. When the
/// tracker is away the node goes on with the nodes it knows, and joins again when the tracker is back.</summary>
/// <param name="tracker">Address of the tracker.</param>
/// <param name="network">The network's id, 64 hexadecimal digits.</param>
/// <param name="address">Where this node is reached.</param>
/// <param name="learned">Hears of other nodes.</param>
/// <param name="time">Clocks.</param>
/// <param name="logger">Log.</param>
internal sealed partial class TrackerClient(
    Uri tracker, string network, string address, Action<IReadOnlyList<string>> learned, TimeProvider time,
    ILogger logger)
{
    private const int HeartbeatsPerSilence = 4;
    private static readonly TimeSpan DialTime = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan DefaultHeartbeat = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ShortestHeartbeat = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestHeartbeat = TimeSpan.FromMinutes(1);

    /// <summary>Whether the tracker has this node as a member now.</summary>
    public bool IsMember { get; private set; }

    /// <summary>Stays a member until told to stop.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        Backoff backoff = new(time);
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await StayAsync(backoff, stop);
            }
            catch (Exception fault) when (fault is WebSocketException or LinkFaultException or IOException
                or HttpRequestException or OperationCanceledException)
            {
                if (!stop.IsCancellationRequested)
                {
                    LogLost(tracker, fault.Message);
                }
            }

            IsMember = false;
            await backoff.WaitAsync(stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task StayAsync(Backoff backoff, CancellationToken stop)
    {
        using ClientWebSocket socket = new();
        socket.Options.Proxy = null;
        using (CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(stop))
        {
            patience.CancelAfter(DialTime);
            string at = tracker.GetLeftPart(UriPartial.Authority);
            await socket.ConnectAsync(NodeAddress.ToWebSocket(at, TrackerRoutes.Track), patience.Token);
        }

        using TrackerSocket link = new(socket);
        await link.SendAsync(
            new TrackerMessage(TrackerMessage.Join) { Network = network, Address = address }, stop);
        using CancellationTokenSource ended = new();
        Heartbeat heartbeat = new();
        Task beating = BeatAsync(link, heartbeat, ended.Token);
        Task listening = ListenAsync(link, heartbeat, backoff, ended.Token);
        try
        {
            await Task.WhenAny(listening, beating, Task.Delay(Timeout.Infinite, stop));
            if (stop.IsCancellationRequested)
            {
                await link.SendAsync(new TrackerMessage(TrackerMessage.Leave), CancellationToken.None);
                await link.CloseAsync("the node stops");
            }
            else
            {
                await await Task.WhenAny(listening, beating);
            }
        }
        finally
        {
            await ended.CancelAsync();
            socket.Abort();
            await Task.WhenAll(listening, beating).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task ListenAsync(
        TrackerSocket link, Heartbeat heartbeat, Backoff backoff, CancellationToken ended)
    {
        while (await link.ReadAsync(NodeLimits.TrackerMessageBytes, ended) is { } message)
        {
            switch (message.Kind)
            {
                case TrackerMessage.Peers:
                    backoff.Reset();
                    if (!IsMember)
                    {
                        IsMember = true;
                        LogJoined(tracker);
                    }

                    heartbeat.Set(message.SilenceMs);
                    learned([.. (message.List ?? []).Take(NodeLimits.TrackerList)]);
                    break;
                case TrackerMessage.Refused:
                    throw new LinkFaultException(
                        $"it refuses this node: {LinkLimits.Cut(message.Reason ?? "it does not say why")}");
            }
        }

        throw new LinkFaultException("it closed the connection");
    }

    private async Task BeatAsync(TrackerSocket link, Heartbeat heartbeat, CancellationToken ended)
    {
        while (true)
        {
            await Task.Delay(heartbeat.Period, time, ended);
            await link.SendAsync(new TrackerMessage(TrackerMessage.Heartbeat), ended);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Joined the tracker {Tracker}")]
    private partial void LogJoined(Uri tracker);

    [LoggerMessage(Level = LogLevel.Information, Message = "The tracker {Tracker} is away: {Reason}")]
    private partial void LogLost(Uri tracker, string reason);

    private sealed class Heartbeat
    {
        public TimeSpan Period { get; private set; } = DefaultHeartbeat;

        public void Set(int? silenceMs)
        {
            if (silenceMs is { } silence)
            {
                TimeSpan wanted = TimeSpan.FromMilliseconds((double)silence / HeartbeatsPerSilence);
                Period = wanted < ShortestHeartbeat ? ShortestHeartbeat
                    : wanted > LongestHeartbeat ? LongestHeartbeat
                    : wanted;
            }
        }
    }
}
