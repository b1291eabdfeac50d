using System.Threading.Channels;
using Blockchain.Core.BankNetwork;

namespace Blockchain.Client.Hosting;

/// <summary>One thing for the loop to do: step the process, or look at it.</summary>
/// <param name="Input">What happened; null for a look.</param>
/// <param name="Look">Reads the process; null for an input.</param>
internal readonly record struct InboxItem(ClientInput? Input, Action<ClientProcess>? Look);

/// <summary>
/// What waits for the loop, in order and bounded. Whoever produces faster than the loop works waits here: a socket that
/// is not read makes its sender wait in turn, so nothing grows and nothing is lost. A loop that waits goes on at once
/// on the thread of whoever adds something: waking another thread costs more than most of what the loop does.
/// </summary>
internal sealed class Inbox
{
    /// <summary>Things that may wait.</summary>
    public const int Capacity = 8_192;

    private readonly Channel<InboxItem> _channel = Channel.CreateBounded<InboxItem>(
        new BoundedChannelOptions(Capacity)
        {
            SingleReader = true,
            FullMode = BoundedChannelFullMode.Wait,
            AllowSynchronousContinuations = true,
        });

    /// <summary>Where the loop reads.</summary>
    public ChannelReader<InboxItem> Reader => _channel.Reader;

    /// <summary>Adds an input, holding the thread while there is no room: for threads of one's own. Dropped when the
    /// client has stopped.</summary>
    public void Post(ClientInput input) => Post(new InboxItem(input, null));

    /// <summary>Adds an input, waiting for room without holding a thread; dropped when the client has
    /// stopped.</summary>
    public async ValueTask PostAsync(ClientInput input, CancellationToken cancellationToken)
    {
        try
        {
            await _channel.Writer.WriteAsync(new InboxItem(input, null), cancellationToken).ConfigureAwait(false);
        }
        catch (ChannelClosedException)
        {
            // The client has stopped; nobody waits for the input any more.
        }
    }

    /// <summary>Adds a look at the process.</summary>
    /// <returns>False when the client has stopped.</returns>
    public async ValueTask<bool> LookAsync(Action<ClientProcess> look)
    {
        try
        {
            await _channel.Writer.WriteAsync(new InboxItem(null, look)).ConfigureAwait(false);
            return true;
        }
        catch (ChannelClosedException)
        {
            return false;
        }
    }

    /// <summary>Completes when the loop has come to here, or has ended.</summary>
    public async ValueTask CatchUpAsync(CancellationToken cancellationToken)
    {
        TaskCompletionSource here = new(TaskCreationOptions.RunContinuationsAsynchronously);
        if (await LookAsync(_ => here.SetResult()).ConfigureAwait(false))
        {
            await here.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Takes nothing more.</summary>
    public void Close() => _channel.Writer.TryComplete();

    private void Post(InboxItem item)
    {
        SpinWait spin = default;
        while (!_channel.Writer.TryWrite(item))
        {
            if (_channel.Reader.Completion.IsCompleted
                || !_channel.Writer.WaitToWriteAsync().AsTask().GetAwaiter().GetResult())
            {
                return;
            }

            spin.SpinOnce();
        }
    }
}
