using System.Threading.Channels;
using Blockchain.Client.Storage;
using Blockchain.Core.BankNetwork;
using Blockchain.Core.Kernel;

namespace Blockchain.Client.Hosting;

/// <summary>
/// Writes settled blocks and checkpoints off the loop, in order. When the disk is slower than the network the loop
/// waits for room; this writer waits for nobody, so that ends.
/// </summary>
/// <param name="folder">The client's folder.</param>
internal sealed class ChainWriter(ClientFolder folder)
{
    private const int Capacity = 1_024;

    private readonly Channel<Work> _work = Channel.CreateBounded<Work>(
        new BoundedChannelOptions(Capacity) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    private StoredMark _mark = folder.Mark ?? new StoredMark(0, Hash.Empty, null);
    private Hash _head = folder.Ledger.Head;

    /// <summary>Asks for settled blocks to be appended.</summary>
    public ValueTask AppendAsync(ClientOutput.Store store, CancellationToken cancellationToken) =>
        _work.Writer.WriteAsync(new Work(store, null, null), cancellationToken);

    /// <summary>Asks for a checkpoint to be kept.</summary>
    public ValueTask KeepAsync(Checkpoint checkpoint, CancellationToken cancellationToken) =>
        _work.Writer.WriteAsync(new Work(null, checkpoint, null), cancellationToken);

    /// <summary>Waits until all that was asked for before is written.</summary>
    /// <exception cref="OperationCanceledException">The client has stopped.</exception>
    public async Task DrainAsync()
    {
        TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            await _work.Writer.WriteAsync(new Work(null, null, done)).ConfigureAwait(false);
        }
        catch (ChannelClosedException)
        {
            throw new OperationCanceledException("the client has stopped");
        }

        await done.Task.ConfigureAwait(false);
    }

    /// <summary>Takes nothing more; <see cref="RunAsync"/> ends when all is written and a last mark covers
    /// it.</summary>
    public void Close() => _work.Writer.TryComplete();

    /// <summary>Writes until closed.</summary>
    /// <exception cref="Blockchain.Wire.Files.StoreFaultException">The disk is full or broken.</exception>
    public async Task RunAsync()
    {
        try
        {
            await foreach (Work work in _work.Reader.ReadAllAsync().ConfigureAwait(false))
            {
                Do(work);
            }

            if (folder.Chain.Count > _mark.Count)
            {
                Mark(_mark.Checkpoint);
            }
        }
        finally
        {
            // After a fault nobody may go on waiting for what will not be written.
            Close();
            while (_work.Reader.TryRead(out Work work))
            {
                work.Done?.TrySetCanceled();
            }
        }
    }

    private void Do(Work work)
    {
        if (work.Store is { } store)
        {
            folder.Chain.Append(store.From, store.Blocks, store.Hashes);
            _head = store.Hashes[^1];
        }
        else if (work.Checkpoint is { } checkpoint)
        {
            Mark(checkpoint);
        }

        work.Done?.TrySetResult();
    }

    private void Mark(Checkpoint? checkpoint)
    {
        folder.Chain.Flush();
        _mark = new StoredMark(folder.Chain.Count, _head, checkpoint);
        folder.WriteMark(_mark);
    }

    private readonly record struct Work(ClientOutput.Store? Store, Checkpoint? Checkpoint, TaskCompletionSource? Done);
}
