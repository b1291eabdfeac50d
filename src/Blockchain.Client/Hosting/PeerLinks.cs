using System.Net.WebSockets;
using Blockchain.Core.BankNetwork;
using Blockchain.Wire.Hosting;
using Blockchain.Wire.Keys;
using Blockchain.Wire.Links;
using Microsoft.Extensions.Logging;

namespace Blockchain.Client.Hosting;

/// <summary>
/// The direct links to the other members. Of two, the one with the higher number dials, so that there is one connection
/// and not two; a newer one takes the place of an older one, which may be a corpse that nobody has noticed yet.
/// </summary>
internal sealed class PeerLinks(
    KeyPair keys, Membership membership, Inbox inbox, DelayLine delay, ClientMetrics metrics, TimeProvider time,
    ILogger logger) : IDisposable
{
    /// <summary>Frames of one peer that the loop has not come to. A peer that sends more waits, and the others do not
    /// wait behind what it sent.</summary>
    public const int FramesAhead = 16;

    private readonly Lock _gate = new();
    private readonly Dictionary<int, LinkConnection> _connections = [];
    private readonly Dictionary<int, CancellationTokenSource> _dials = [];
    private readonly Dictionary<int, string> _dialled = [];
    private readonly HashSet<LinkConnection> _unwritten = [];
    private PeerMessage? _message;
    private byte[] _body = [];
    private readonly CancellationTokenSource _stop = new();

    // Orders what the loop is told about connections. Not the gate: the loop takes that one, and must never wait for
    // somebody who waits for room in the loop's inbox.
    private readonly SemaphoreSlim _news = new(1, 1);

    /// <summary>Sends on the direct link with the next <see cref="Flush"/>; dropped when there is none, and sent again
    /// by the process. On the loop only.</summary>
    public void Send(Frame frame)
    {
        if (Find(frame.To) is { } connection)
        {
            metrics.Sent(frame.Message);
            connection.Post(MessageCodec.EncodeHead(frame), BodyOf(frame.Message));
            _unwritten.Add(connection);
        }
    }

    // What goes to all members goes to one after the other, and is encoded once.
    private ReadOnlyMemory<byte> BodyOf(PeerMessage message)
    {
        if (!ReferenceEquals(message, _message))
        {
            _message = message;
            _body = MessageCodec.EncodeBody(message);
        }

        return _body;
    }

    /// <summary>Writes what was sent since the last time: one write for each peer. On the loop only.</summary>
    /// <param name="first">The peer that others wait for: it is written to before the rest.</param>
    public void Flush(int first)
    {
        if (_unwritten.Count > 1 && Find(first) is { } next && _unwritten.Remove(next))
        {
            next.Flush();
        }

        foreach (LinkConnection connection in _unwritten)
        {
            connection.Flush();
        }

        _unwritten.Clear();
    }

    /// <summary>Keeps links with these peers and no others.</summary>
    public void Keep(IReadOnlyList<MemberInfo> peers)
    {
        int self = membership.Standing!.Id;
        Dictionary<int, string> wanted = peers.ToDictionary(peer => peer.Id, peer => peer.Endpoint);
        List<LinkConnection> closing = [];
        lock (_gate)
        {
            // Another address is another life: the process behind the old one may still run, and take what is sent.
            foreach (int peer in _dials.Keys.Where(
                peer => wanted.GetValueOrDefault(peer) != _dialled[peer]).ToArray())
            {
                _dials.Remove(peer, out CancellationTokenSource? dial);
                dial!.Cancel();
            }

            closing.AddRange(_connections.Where(pair => !wanted.ContainsKey(pair.Key)).Select(pair => pair.Value));
            foreach (int peer in wanted.Keys.Where(peer => peer < self && !_dials.ContainsKey(peer)))
            {
                _dialled[peer] = wanted[peer];
                CancellationTokenSource dial = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
                _dials.Add(peer, dial);
                _ = Task.Run(() => DialAsync(peer, dial.Token), CancellationToken.None);
            }
        }

        foreach (LinkConnection connection in closing)
        {
            _ = CloseAsync(connection, "not in the same view");
        }
    }

    /// <summary>Takes a connection that another process has begun, until it ends.</summary>
    public async Task AcceptAsync(WebSocket socket, CancellationToken cancellationToken)
    {
        try
        {
            if (membership.Standing is not { } self)
            {
                throw new LinkFaultException("this client has not joined yet");
            }

            using CancellationTokenSource both =
                CancellationTokenSource.CreateLinkedTokenSource(_stop.Token, cancellationToken);
            int peer = await ProveAsync(socket, self, both.Token).ConfigureAwait(false);
            await RunAsync(peer, socket, both.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
            when (_stop.IsCancellationRequested || cancellationToken.IsCancellationRequested)
        {
            // The client stops, or the other side has gone.
        }
        catch (Exception fault) when (Dialing.IsExpected(fault))
        {
            ClientLog.Refused(logger, fault.Message);
        }
    }

    /// <summary>Closes all links for good.</summary>
    public void Dispose() => _stop.Cancel();

    private LinkConnection? Find(int peer)
    {
        lock (_gate)
        {
            return _connections.GetValueOrDefault(peer);
        }
    }

    private async Task<int> ProveAsync(WebSocket socket, Standing self, CancellationToken cancellationToken)
    {
        using CancellationTokenSource patience = new(Dialing.Patience, time);
        using CancellationTokenSource both =
            CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            return await Handshake.AcceptAsync(
                socket, self.Ledger, self.Id, keys, peer => peer > self.Id ? membership.KeyOf(peer) : null, both.Token)
                .ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested)
        {
            throw new LinkFaultException(
                $"it did not prove who it is within {Dialing.Patience.TotalSeconds:0} s");
        }
    }

    private async Task DialAsync(int peer, CancellationToken cancellationToken)
    {
        Backoff backoff = new(time);
        try
        {
            while (!cancellationToken.IsCancellationRequested)
            {
                await DialOnceAsync(peer, backoff, cancellationToken).ConfigureAwait(false);
                await backoff.WaitAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The peer is no longer in the view, or the client stops.
        }
    }

    private async Task DialOnceAsync(int peer, Backoff backoff, CancellationToken cancellationToken)
    {
        if (membership.EndpointOf(peer) is not { } endpoint || membership.KeyOf(peer) is not { } key)
        {
            return;
        }

        try
        {
            using WebSocket socket = await Dialing.DialAsync(
                Dialing.LinkAddress(endpoint), membership.Standing!, keys, peer, key, time, cancellationToken)
                .ConfigureAwait(false);
            backoff.Reset();
            await RunAsync(peer, socket, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception fault) when (Dialing.IsExpected(fault))
        {
            // The next attempt follows, unless this one was told to stop; what ended a link that stood has been logged
            // with it.
        }
    }

    private async Task RunAsync(int peer, WebSocket socket, CancellationToken cancellationToken)
    {
        LinkConnection connection = new(socket, metrics.Peers);
        LinkConnection? replaced = await AddAsync(peer, connection, cancellationToken).ConfigureAwait(false);
        if (replaced is not null)
        {
            _ = CloseAsync(replaced, "replaced by a newer connection");
        }

        ClientLog.LinkUp(logger, Name(peer));
        string reason = "the peer closed it";
        int frames = 0;
        try
        {
            await connection.RunAsync(
                bytes => OnFrameAsync(peer, bytes, ++frames % FramesAhead == 0), cancellationToken)
                .ConfigureAwait(false);
        }
        catch (Exception fault) when (Dialing.IsExpected(fault))
        {
            reason = fault.Message;
        }

        ClientLog.LinkDown(logger, Name(peer), reason);
        await RemoveAsync(peer, connection).ConfigureAwait(false);
    }

    /// <summary>Makes a connection the one to its peer, and says so.</summary>
    /// <returns>The connection whose place it took.</returns>
    private async Task<LinkConnection?> AddAsync(int peer, LinkConnection connection,
        CancellationToken cancellationToken)
    {
        await _news.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            LinkConnection? replaced;
            lock (_gate)
            {
                _connections.Remove(peer, out replaced);
                _connections.Add(peer, connection);
            }

            await inbox.PostAsync(new ClientInput.PeerConnected(peer), cancellationToken).ConfigureAwait(false);
            return replaced;
        }
        finally
        {
            _news.Release();
        }
    }

    private async Task RemoveAsync(int peer, LinkConnection connection)
    {
        await _news.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        try
        {
            lock (_gate)
            {
                if (!_connections.TryGetValue(peer, out LinkConnection? current) || current != connection)
                {
                    return;
                }

                _connections.Remove(peer);
            }

            await inbox.PostAsync(new ClientInput.PeerDisconnected(peer), CancellationToken.None).ConfigureAwait(false);
        }
        finally
        {
            _news.Release();
        }
    }

    private async ValueTask OnFrameAsync(int peer, ReadOnlyMemory<byte> bytes, bool waits)
    {
        Frame frame = MessageCodec.DecodeFrame(bytes.Span);
        if (frame.From != peer)
        {
            throw new LinkFaultException($"client {peer} sent a frame that says it is from {frame.From}");
        }

        await delay.PostAsync(new ClientInput.FromPeer(frame), _stop.Token).ConfigureAwait(false);
        if (waits)
        {
            await inbox.CatchUpAsync(_stop.Token).ConfigureAwait(false);
        }
    }

    private static async Task CloseAsync(LinkConnection connection, string reason)
    {
        try
        {
            await connection.CloseAsync(reason).ConfigureAwait(false);
        }
        catch (Exception fault) when (Dialing.IsExpected(fault) || fault is ObjectDisposedException)
        {
            // It is down, which is what was wanted.
        }
    }

    private static string Name(int peer) => $"client {peer}";
}
