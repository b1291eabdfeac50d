using Blockchain.Core.BankNetwork;
using Blockchain.Wire.Hosting;

namespace Blockchain.Client.Hosting;

/// <summary>One thing for the loop to do: step the process, or look at it.</summary>
/// <param name="Input">What happened; null for a look.</param>
/// <param name="Look">Reads the process; null for an input.</param>
internal readonly record struct InboxItem(ClientInput? Input, Action<ClientProcess>? Look);

/// <summary>
/// What waits for the loop, in order and bounded. Whoever produces faster than the loop works waits here: a socket that
/// is not read makes its sender wait in turn, so nothing grows and nothing is lost.
/// </summary>
internal sealed class Inbox
{
    /// <summary>Things that may wait.</summary>
    public const int Capacity = 8_192;

    /// <summary>The loop.</summary>
    public InboxLoop<InboxItem> Loop { get; } = new(Capacity);

    /// <summary>Adds an input, holding the thread while there is no room: for threads of one's own. Dropped when the
    /// client has stopped.</summary>
    public void Post(ClientInput input)
    {
        ValueTask<bool> added = Loop.AddAsync(new InboxItem(input, null), CancellationToken.None);
        if (!added.IsCompletedSuccessfully)
        {
            added.AsTask().GetAwaiter().GetResult();
        }
    }

    /// <summary>Adds an input, waiting for room without holding a thread; dropped when the client has
    /// stopped.</summary>
    public ValueTask PostAsync(ClientInput input, CancellationToken cancellationToken)
    {
        ValueTask<bool> added = Loop.AddAsync(new InboxItem(input, null), cancellationToken);
        return added.IsCompletedSuccessfully ? ValueTask.CompletedTask : new ValueTask(added.AsTask());
    }

    /// <summary>Adds a look at the process.</summary>
    /// <returns>False when the client has stopped.</returns>
    public ValueTask<bool> LookAsync(Action<ClientProcess> look) =>
        Loop.AddAsync(new InboxItem(null, look), CancellationToken.None);

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
    public void Close() => Loop.Close();
}
