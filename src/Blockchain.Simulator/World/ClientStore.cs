using Blockchain.Core.BankNetwork;

namespace Blockchain.Simulator;

/// <summary>
/// The writing side of a client's disk: one flush at a time, each covering all that was written before it began. A
/// flush that fails ends the process, which is never told that anything is durable.
/// </summary>
internal sealed class ClientStore(World world, ClientHost host)
{
    private bool _flushing;
    private bool _intentsWaiting;
    private Checkpoint? _checkpointWaiting;

    /// <summary>A new life: nothing is under way.</summary>
    public void Reset()
    {
        _flushing = false;
        _intentsWaiting = false;
        _checkpointWaiting = null;
    }

    /// <summary>Carries out an output that is for the disk.</summary>
    public void Write(ClientOutput output)
    {
        switch (output)
        {
            case ClientOutput.PersistIntent intent:
                host.Disk.Accept(intent.Number, intent.Transfer);
                _intentsWaiting = true;
                break;
            case ClientOutput.ForgetIntent forget:
                host.Disk.Forget(forget.Id);
                return;
            case ClientOutput.Store store:
                host.Disk.Append(store.From, world.Wire.Copy(store.Blocks));
                return;
            case ClientOutput.StoreCheckpoint keep:
                _checkpointWaiting = keep.Checkpoint;
                break;
            default:
                throw new ViolationException("simulator", $"{output.GetType().Name} is not carried out");
        }

        Flush();
    }

    private void Flush()
    {
        if (_flushing || (!_intentsWaiting && _checkpointWaiting is null))
        {
            return;
        }

        _flushing = true;
        int records = host.Disk.IntentRecords;
        bool intents = _intentsWaiting;
        Checkpoint? checkpoint = _checkpointWaiting;
        _intentsWaiting = false;
        _checkpointWaiting = null;
        host.AfterInThisLife(world.FlushMs(), () => Flushed(intents, records, checkpoint));
    }

    private void Flushed(bool intents, int records, Checkpoint? checkpoint)
    {
        _flushing = false;
        if (world.FlushFails(host.Place))
        {
            world.Crash(host, "a flush failed");
            return;
        }

        if (checkpoint is not null)
        {
            host.Disk.Keep(checkpoint, world.FlushLies());
        }

        if (intents)
        {
            long upTo = host.Disk.FlushIntents(records, world.FlushLies());
            host.Step(new ClientInput.IntentsPersisted(upTo));
        }

        if (host.Process is not null)
        {
            Flush();
        }
    }
}
