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

    // A monitor, since its wait blocks at once: spinning would take the processor from those who bring the work.
    private readonly object _gate = new();

    // Not bounded here but by the process, which takes 100,000 transfers at most: waiting for room could lock the loop
    // and this writer, which posts to the loop, into each other.
    private List<Note> _notes = [];
    private List<Note> _taken = [];
    private bool _accepted;
    private bool _closed;

    /// <summary>Asks for an accepted transfer to be written and flushed.</summary>
    public void Accept(long number, Transfer transfer)
    {
        lock (_gate)
        {
            _notes.Add(new Note(number, transfer, transfer.Id));
            _accepted = true;
            Monitor.Pulse(_gate);
        }
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
        while (Take() is { Count: > 0 } notes)
        {
            long upTo = 0;
            foreach (Note note in notes)
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

            notes.Clear();
            log.Flush(durably: upTo > 0);
            if (upTo > 0)
            {
                inbox.Post(new ClientInput.IntentsPersisted(upTo));
            }
        }
    }

    /// <summary>Waits for work.</summary>
    /// <returns>Everything that waits; empty when nothing does and nothing more comes.</returns>
    private List<Note> Take()
    {
        lock (_gate)
        {
            while (!_accepted && !_closed && _notes.Count < SettledNotes)
            {
                Monitor.Wait(_gate);
            }

            _accepted = false;
            (_notes, _taken) = (_taken, _notes);
            return _taken;
        }
    }

    private readonly record struct Note(long Number, Transfer? Transfer, TransferId Id);
}
