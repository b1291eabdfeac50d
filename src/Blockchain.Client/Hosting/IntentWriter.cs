using Blockchain.Client.Storage;
using Blockchain.Core.BankNetwork;

namespace Blockchain.Client.Hosting;

/// <summary>
/// Writes intents off the loop, on a thread of its own, since a flush blocks. Everything that has gathered while one
/// flush was under way shares the next one. A loop that has nothing else to wait for writes them itself: waking the
/// thread takes as long as the flush.
/// </summary>
/// <param name="log">The log.</param>
/// <param name="inbox">Hears how far intents are on disk.</param>
internal sealed class IntentWriter(IntentLog log, Inbox inbox)
{
    // What is settled needs no flush, so it waits for company. A crash before it is written loses nothing: the ledger
    // says it, too.
    private const int SettledNotes = 256;

    // A monitor, since its wait blocks at once: spinning would take the processor from those who bring the work.
    private readonly object _gate = new();

    // Held by whoever writes. Taken before the gate.
    private readonly object _writing = new();

    // Not bounded here but by the process, which takes 100,000 transfers at most: waiting for room could lock the loop
    // and this writer, which posts to the loop, into each other.
    private List<Note> _notes = [];
    private List<Note> _taken = [];
    private bool _accepted;
    private bool _closed;

    /// <summary>Takes an accepted transfer, to be written and flushed by <see cref="Hurry"/> or
    /// <see cref="TryWriteHere"/>.</summary>
    public void Accept(long number, Transfer transfer)
    {
        lock (_gate)
        {
            _notes.Add(new Note(number, transfer, transfer.Id));
            _accepted = true;
        }
    }

    /// <summary>Has what was accepted written by the thread.</summary>
    public void Hurry()
    {
        lock (_gate)
        {
            if (_accepted)
            {
                Monitor.Pulse(_gate);
            }
        }
    }

    /// <summary>Writes what was accepted on the caller's thread, unless the other is at it.</summary>
    /// <param name="upTo">The number up to which intents are on disk by it.</param>
    /// <returns>Whether anything was written.</returns>
    /// <exception cref="Blockchain.Wire.Files.StoreFaultException">The disk is full or broken.</exception>
    public bool TryWriteHere(out long upTo)
    {
        upTo = 0;
        if (!Monitor.TryEnter(_writing))
        {
            return false;
        }

        try
        {
            upTo = Write();
        }
        finally
        {
            Monitor.Exit(_writing);
        }

        return upTo > 0;
    }

    /// <summary>Asks for a settled transfer to be noted with what is flushed next.</summary>
    public void Settle(TransferId id)
    {
        lock (_gate)
        {
            _notes.Add(new Note(0, null, id));
            if (_notes.Count >= SettledNotes)
            {
                Monitor.Pulse(_gate);
            }
        }
    }

    /// <summary>Takes nothing more; <see cref="RunAsync"/> ends when all is written.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>Writes until closed.</summary>
    /// <exception cref="Blockchain.Wire.Files.StoreFaultException">The disk is full or broken.</exception>
    public Task RunAsync() => Task.Factory.StartNew(
        Run, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private void Run()
    {
        while (WaitForWork())
        {
            long upTo;
            lock (_writing)
            {
                upTo = Write();
            }

            if (upTo > 0)
            {
                inbox.Post(new ClientInput.IntentsPersisted(upTo));
            }
        }
    }

    /// <summary>Writes everything that waits, and flushes it if a transfer is among it.</summary>
    /// <returns>The highest number among it.</returns>
    private long Write()
    {
        lock (_gate)
        {
            _accepted = false;
            (_notes, _taken) = (_taken, _notes);
        }

        long upTo = 0;
        foreach (Note note in _taken)
        {
            upTo = Math.Max(upTo, note.Number);
            if (note.Transfer is { } transfer)
            {
                log.Accept(transfer);
            }
            else
            {
                log.Settle(note.Id);
            }
        }

        if (_taken.Count > 0)
        {
            _taken.Clear();
            log.Flush(durably: upTo > 0);
        }

        return upTo;
    }

    /// <returns>False when nothing waits and nothing more comes.</returns>
    private bool WaitForWork()
    {
        lock (_gate)
        {
            while (!_accepted && !_closed && _notes.Count < SettledNotes)
            {
                Monitor.Wait(_gate);
            }

            return _notes.Count > 0;
        }
    }

    private readonly record struct Note(long Number, Transfer? Transfer, TransferId Id);
}
