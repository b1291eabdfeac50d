using System.Net.WebSockets;
using Blockchain.Core.BankNetwork;
using Blockchain.Wire.Hosting;
using Blockchain.Wire.Keys;
using Blockchain.Wire.Links;
using Microsoft.Extensions.Logging;

namespace Blockchain.Client.Hosting;

/// <summary>Keeps the link to the bank: dials, proves who this is, and dials again when it breaks.</summary>
internal sealed class BankLink(
    Uri address, KeyPair keys, Membership membership, Inbox inbox, DelayLine delay, TimeProvider time, ILogger logger)
{
    private readonly Uri _address = Dialing.LinkAddress(address);
    private readonly HeardLink<LinkConnection> _heard = new();
    private readonly CancellationTokenSource _givenUp = new();
    private volatile LinkConnection? _connection;

    /// <summary>Whether the link is up.</summary>
    public bool IsUp => _connection is not null;

    /// <summary>Sends a message with the next <see cref="Flush"/>; dropped when the link is down, and said again by the
    /// process when it is up. On the loop only.</summary>
    public void Send(ToBank message) => _heard.Current?.Post(MessageCodec.Encode(message));

    /// <summary>Writes what was sent. On the loop only.</summary>
    public void Flush() => _heard.Current?.Flush();

    /// <summary>The loop comes to where the link came up: what it says from here on goes there.</summary>
    public void HearOpened() => _heard.HearOpened();

    /// <summary>The loop comes to where the link broke.</summary>
    public void HearClosed() => _heard.HearClosed();

    /// <summary>The bank has refused this client for good: a link would only take the place of who is wanted
    /// there.</summary>
    public void GiveUp() => _ = _givenUp.CancelAsync();

    /// <summary>Keeps the link until it is told to stop, or to give up.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using CancellationTokenSource either =
            CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _givenUp.Token);
        try
        {
            await KeepAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Given up.
        }
    }

    private async Task KeepAsync(CancellationToken cancellationToken)
    {
        Standing standing = await membership.WhenKnownAsync(cancellationToken).ConfigureAwait(false);
        Backoff backoff = new(time);
        string lastReason = string.Empty;
        while (!cancellationToken.IsCancellationRequested)
        {
            string? reason = await ConnectAsync(standing, backoff, cancellationToken).ConfigureAwait(false);
            if (reason is not null && reason != lastReason && !cancellationToken.IsCancellationRequested)
            {
                ClientLog.LinkDown(logger, "the bank", reason);
            }

            lastReason = reason ?? string.Empty;
            await backoff.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>One connection from its beginning to its end.</summary>
    /// <returns>Why it ended, or why it did not begin.</returns>
    private async Task<string?> ConnectAsync(Standing standing, Backoff backoff, CancellationToken cancellationToken)
    {
        try
        {
            using WebSocket socket = await Dialing.DialAsync(
                _address, standing, keys, Limits.Bank, standing.BankKey, time, cancellationToken)
                .ConfigureAwait(false);
            LinkConnection connection = new(socket);
            _connection = connection;
            _heard.Open(connection);
            backoff.Reset();
            ClientLog.LinkUp(logger, "the bank");
            await inbox.PostAsync(new ClientInput.BankConnected(), cancellationToken).ConfigureAwait(false);
            await connection.RunAsync(
                frame => OnFrameAsync(frame, cancellationToken), cancellationToken).ConfigureAwait(false);
            return "the bank closed it";
        }
        catch (Exception fault) when (Dialing.IsExpected(fault))
        {
            // Also while this client stops: the bank may close the link in the same moment.
            return fault.Message;
        }
        finally
        {
            if (_connection is not null)
            {
                _connection = null;
                await inbox.PostAsync(new ClientInput.BankDisconnected(), CancellationToken.None).ConfigureAwait(false);
            }
        }
    }

    private ValueTask OnFrameAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        FromBank message = MessageCodec.DecodeFromBank(bytes.Span);
        ClientInput input = new ClientInput.FromBank(message);
        return message is FromBank.Relayed
            ? delay.PostAsync(input, cancellationToken)
            : inbox.PostAsync(input, cancellationToken);
    }
}
