using System.Threading.Channels;
using Blockchain.Core.BankNetwork;

namespace Blockchain.Client.Hosting;

/// <summary>
/// Holds each message of a peer for the same time (`--delay`), in order. Nothing else waits: the original slept in its
/// only loop, and stood still altogether.
/// </summary>
internal sealed class DelayLine(TimeSpan delay, Inbox inbox, TimeProvider time)
{
    private const int Capacity = 65_536;

    private readonly Channel<(long Since, ClientInput Input)> _held = Channel.CreateBounded<(long, ClientInput)>(
        new BoundedChannelOptions(Capacity) { SingleReader = true });

    /// <summary>Takes a message that has come in; waits for room in the inbox without holding a thread.</summary>
    public ValueTask PostAsync(ClientInput input, CancellationToken cancellationToken)
    {
        if (delay == TimeSpan.Zero)
        {
            return inbox.PostAsync(input, cancellationToken);
        }

        // A full line drops what comes: its sender has not been acknowledged and sends it again.
        _held.Writer.TryWrite((time.GetTimestamp(), input));
        return ValueTask.CompletedTask;
    }

    /// <summary>Passes on what has been held long enough, until it is told to stop.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await foreach ((long since, ClientInput input) in _held.Reader.ReadAllAsync(cancellationToken)
            .ConfigureAwait(false))
        {
            TimeSpan left = delay - time.GetElapsedTime(since);
            if (left > TimeSpan.Zero)
            {
                await Task.Delay(left, time, cancellationToken).ConfigureAwait(false);
            }

            await inbox.PostAsync(input, cancellationToken).ConfigureAwait(false);
        }
    }
}
