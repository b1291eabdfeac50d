using System.Runtime.ExceptionServices;
using System.Threading.Channels;
using Blockchain.Client.Storage;
using Blockchain.Core.BankNetwork;
using Blockchain.Core.Kernel;

namespace Blockchain.Client.Hosting;

/// <summary>
/// Writes settled blocks and checkpoints off the loop, in order. Blocks wait for the loop's next tick, so that many are
/// one write: nobody waits for them, and what a crash takes is fetched again. When the disk is slower than the network
/// the loop waits for room; by then this writer has been told to hurry and waits for nobody, so that ends.
/// </summary>
/// <param name="folder">The client's folder.</param>
internal sealed class ChainWriter(ClientFolder folder)
{
    private const int Capacity = 1_024;

    private readonly Channel<Work> _work = Channel.CreateBounded<Work>(
        new BoundedChannelOptions(Capacity) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    private readonly SemaphoreSlim _urgent = new(0);
    private readonly List<Block> _blocks = [];
    private readonly List<Hash> _hashes = [];
    private StoredMark _mark = folder.Mark ?? new StoredMark(0, Hash.Empty, null);
    private Hash _head = folder.Ledger.Head;

    /// <summary>Asks for settled blocks to be appended.</summary>
    public ValueTask AppendAsync(ClientOutput.Store store, CancellationToken cancellationToken) =>
        AddAsync(new Work(store, null, null), cancellationToken);

    /// <summary>Asks for a checkpoint to be kept.</summary>
    public ValueTask KeepAsync(Checkpoint checkpoint, CancellationToken cancellationToken) =>
        AddAsync(new Work(null, checkpoint, null), cancellationToken);

    /// <summary>Has what waits written now. Told by the loop's tick: a timer of its own would wake a thread ten times a
    /// second more in each client.</summary>
    public void Tick()
    {
        if (_work.Reader.Count > 0)
        {
            Hurry();
        }
    }

    /// <summary>Waits until all that was asked for before is written.</summary>
    /// <exception cref="OperationCanceledException">The client has stopped.</exception>
    public async Task DrainAsync()
    {
        TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            await _work.Writer.WriteAsync(new Work(null, null, done)).ConfigureAwait(false);
            Hurry();
        }
        catch (ChannelClosedException)
        {
            throw new OperationCanceledException("the client has stopped");
        }

        await done.Task.ConfigureAwait(false);
    }

    /// <summary>Takes nothing more; <see cref="RunAsync"/> ends when all is written and a last mark covers
    /// it.</summary>
    public void Close()
    {
        _work.Writer.TryComplete();
        Hurry();
    }

    /// <summary>Writes until closed.</summary>
    /// <exception cref="Blockchain.Wire.Files.StoreFaultException">The disk is full or broken.</exception>
    public async Task RunAsync()
    {
        try
        {
            while (await _work.Reader.WaitToReadAsync().ConfigureAwait(false))
            {
                await _urgent.WaitAsync().ConfigureAwait(false);
                while (_work.Reader.TryRead(out Work work))
                {
                    Do(work);
                }

                WriteBlocks();
            }

            if (folder.Chain.Count > _mark.Count)
            {
                Mark(_mark.Checkpoint);
            }
        }
        catch (Exception fault)
        {
            // Whoever asks for more before the fault has stopped the client is told it, and not that a channel is shut.
            _work.Writer.TryComplete(fault);
            throw;
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

    private async ValueTask AddAsync(Work work, CancellationToken cancellationToken)
    {
        if (_work.Reader.Count >= Capacity / 2)
        {
            Hurry();
        }

        try
        {
            await _work.Writer.WriteAsync(work, cancellationToken).ConfigureAwait(false);
        }
        catch (ChannelClosedException closed) when (closed.InnerException is { } fault)
        {
            ExceptionDispatchInfo.Throw(fault);
        }
    }

    private void Hurry()
    {
        if (_urgent.CurrentCount == 0)
        {
            _urgent.Release();
        }
    }

    private void Do(Work work)
    {
        if (work.Store is { } store)
        {
            Invariant.Holds(store.From == folder.Chain.Count + _blocks.Count, "blocks are stored in order");
            _blocks.AddRange(store.Blocks);
            _hashes.AddRange(store.Hashes);
        }
        else if (work.Checkpoint is { } checkpoint)
        {
            WriteBlocks();
            Mark(checkpoint);
        }
        else
        {
            Finish(work.Done!);
        }
    }

    private void Finish(TaskCompletionSource done)
    {
        try
        {
            WriteBlocks();
            done.TrySetResult();
        }
        finally
        {
            done.TrySetCanceled();
        }
    }

    private void WriteBlocks()
    {
        if (_blocks.Count == 0)
        {
            return;
        }

        folder.Chain.Append(folder.Chain.Count, _blocks, _hashes);
        _head = _hashes[^1];
        _blocks.Clear();
        _hashes.Clear();
    }

    private void Mark(Checkpoint? checkpoint)
    {
        folder.Chain.Flush();
        _mark = new StoredMark(folder.Chain.Count, _head, checkpoint);
        folder.WriteMark(_mark);
    }

    private readonly record struct Work(ClientOutput.Store? Store, Checkpoint? Checkpoint, TaskCompletionSource? Done);
}
