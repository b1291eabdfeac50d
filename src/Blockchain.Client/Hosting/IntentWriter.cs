using Blockchain.Client.Storage;
using Blockchain.Core.BankNetwork;

namespace Blockchain.Client.Hosting;

/// <summary>
/// Writes intents off the loop, on a thread of its own, since a flush blocks. Everything that has gathered while one
/// flush was under way shares the next one.
/// </summary>
/// <param name="log">The log.</param>
/// <param name="inbox">Hears how far intents are on disk.</param>
internal sealed class IntentWriter(IntentLog log, Inbox inbox)
{
    // What is settled needs no flush, so it waits for company. A crash before it is written loses nothing: the ledger
    // says it, too.
    private const int SettledNotes = 256;

    private readonly Lock _gate = new();

    // Rung outside the gate: a monitor's pulse wakes its waiter up to four times, for the lock and for its own.
    private readonly AutoResetEvent _bell = new(false);

    // Not bounded here but by the process, which takes 100,000 transfers at most: waiting for room could lock the loop
    // and this writer, which posts to the loop, into each other.
    private List<Note> _notes = [];
    private List<Note> _taken = [];
    private volatile bool _accepted;
    private bool _closed;

    /// <summary>Takes an accepted transfer, to be written and flushed after <see cref="Hurry"/>.</summary>
    public void Accept(long number, Transfer transfer)
    {
        lock (_gate)
        {
            _notes.Add(new Note(number, transfer, transfer.Id));
            _accepted = true;
        }
    }

    /// <summary>Has what was accepted written.</summary>
    public void Hurry()
    {
        if (_accepted)
        {
            _bell.Set();
        }
    }

    /// <summary>Asks for a settled transfer to be noted with what is flushed next.</summary>
    public void Settle(TransferId id)
    {
        bool isMany;
        lock (_gate)
        {
            _notes.Add(new Note(0, null, id));
            isMany = _notes.Count >= SettledNotes;
        }

        if (isMany)
        {
            _bell.Set();
        }
    }

    /// <summary>Takes nothing more; <see cref="RunAsync"/> ends when all is written.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
        }

        _bell.Set();
    }

    /// <summary>Writes until closed.</summary>
    /// <exception cref="Blockchain.Wire.Files.StoreFaultException">The disk is full or broken.</exception>
    public Task RunAsync() => Task.Factory.StartNew(
        Run, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private void Run()
    {
        while (WaitForWork())
        {
            long upTo = Write();
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
        while (true)
        {
            lock (_gate)
            {
                if (_accepted || _closed || _notes.Count >= SettledNotes)
                {
                    return _notes.Count > 0;
                }
            }

            _bell.WaitOne();
        }
    }

    private readonly record struct Note(long Number, Transfer? Transfer, TransferId Id);
}
