using System.Threading.Channels;

namespace Blockchain.Wire.Hosting;

/// <summary>
/// Runs what waits in an inbox, one item after the other, on the thread of whoever adds an item while the loop waits:
/// waking another thread costs more than most items do. The thread is given back in time, however busy the inbox is.
/// </summary>
public static class InboxLoop
{
    /// <summary>Items done on a thread before it is given back.</summary>
    public const int MostInOneGo = 64;

    /// <summary>Runs until it is done, the inbox is complete, or it is told to stop.</summary>
    /// <param name="inbox">What waits; its channel allows synchronous continuations.</param>
    /// <param name="step">Does one item.</param>
    /// <param name="flush">Writes what the steps have sent: before every wait, and before a thread is given
    /// back.</param>
    /// <param name="isDone">Whether the loop ends; asked before every step.</param>
    /// <param name="stop">Ends it.</param>
    /// <exception cref="OperationCanceledException">It was told to stop.</exception>
    public static async Task RunAsync<T>(
        ChannelReader<T> inbox, Func<T, ValueTask> step, Func<ValueTask> flush, Func<bool> isDone,
        CancellationToken stop)
    {
        int steps = 0;
        while (!isDone())
        {
            if (!inbox.TryRead(out T? item))
            {
                await flush().ConfigureAwait(false);
                if (!await inbox.WaitToReadAsync(stop).ConfigureAwait(false))
                {
                    return;
                }

                continue;
            }

            await step(item).ConfigureAwait(false);

            // Counted across waits: one that ends at once stays on the thread of whoever woke the loop, who has other
            // things to do, too, such as to tick.
            if (++steps % MostInOneGo == 0)
            {
                await flush().ConfigureAwait(false);
                stop.ThrowIfCancellationRequested();
                await Task.Yield();
            }
        }

        await flush().ConfigureAwait(false);
    }
}
