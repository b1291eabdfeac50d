using System.Diagnostics;
using Blockchain.Client.Storage;
using Blockchain.Core.BankNetwork;

namespace Blockchain.Client.Hosting;

/// <summary>
/// Writes intents off the loop, on a thread of its own, since a flush blocks. An intent waits a moment for company:
/// everything that has come meanwhile, or while a flush was under way, shares the next one, and what has settled by
/// then is on the bank's disk and needs none. So a transfer that nobody else delays costs its client no flush.
/// </summary>
/// <param name="log">The log.</param>
/// <param name="inbox">Hears how far intents are on disk.</param>
/// <param name="moment">How long an intent waits.</param>
internal sealed class IntentWriter(IntentLog log, Inbox inbox, TimeSpan moment)
{
    /// <summary>Longer than a transfer takes alone, and too short for a person to see.</summary>
    public static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(2);

    // What is settled needs no flush, so it waits for company. A crash before it is written loses nothing: the ledger
    // says it, too.
    private const int SettledNotes = 256;

    private readonly Lock _gate = new();

    // Rung outside the gate: a monitor's pulse wakes its waiter up to four times, for the lock and for its own.
    private readonly AutoResetEvent _bell = new(false);

    // Not bounded here but by the process, which takes 100,000 transfers at most: waiting for room could lock the loop
    // and this writer, which posts to the loop, into each other.
    private readonly Queue<Note> _order = new();
    private readonly HashSet<TransferId> _accepted = [];
    private List<Note> _settled = [];
    private List<Note> _taken = [];
    private bool _isIdle;
    private bool _closed;
    private volatile bool _isUnheard;

    /// <summary>Takes an accepted transfer, to be written and flushed a moment after <see cref="Hurry"/>.</summary>
    public void Accept(long number, Transfer transfer)
    {
        lock (_gate)
        {
            _order.Enqueue(new Note(number, transfer, transfer.Id, Stopwatch.GetTimestamp()));
            _accepted.Add(transfer.Id);

            // Who waits for the moment of an earlier one sees this one then.
            _isUnheard |= _isIdle;
            _isIdle = false;
        }
    }

    /// <summary>Lets the moment of what was accepted begin.</summary>
    public void Hurry()
    {
        if (_isUnheard)
        {
            _isUnheard = false;
            _bell.Set();
        }
    }

    /// <summary>Asks for a settled transfer to be noted with what is flushed next; one that was not written yet is
    /// forgotten instead.</summary>
    public void Settle(TransferId id)
    {
        bool isMany;
        lock (_gate)
        {
            if (_accepted.Remove(id))
            {
                return;
            }

            _settled.Add(new Note(0, null, id, 0));
            isMany = _settled.Count == SettledNotes;
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
        while (WaitForWork(out bool isDue))
        {
            long upTo = Write(isDue);
            if (upTo > 0)
            {
                inbox.Post(new ClientInput.IntentsPersisted(upTo));
            }
        }
    }

    /// <summary>Writes what has settled and, when it is time, what was accepted, which is then flushed.</summary>
    /// <returns>The highest number that is on disk by it; 0 when nothing was flushed.</returns>
    private long Write(bool isDue)
    {
        long upTo = 0;
        lock (_gate)
        {
            (_settled, _taken) = (_taken, _settled);
            while (isDue && _order.TryDequeue(out Note note))
            {
                if (_accepted.Remove(note.Id))
                {
                    _taken.Add(note);
                    upTo = note.Number;
                }
            }
        }

        foreach (Note note in _taken)
        {
            if (note.Transfer is { } transfer)
            {
                log.Accept(transfer);
            }
            else
            {
                log.Settle(note.Id);
            }
        }

        log.Flush(durably: upTo > 0);
        _taken.Clear();
        return upTo;
    }

    /// <param name="isDue">Whether what was accepted has waited long enough.</param>
    /// <returns>False when nothing waits and nothing more comes.</returns>
    private bool WaitForWork(out bool isDue)
    {
        while (true)
        {
            TimeSpan left;
            lock (_gate)
            {
                left = LeftOfMoment();
                isDue = _closed || left == TimeSpan.Zero;
                if (isDue || _settled.Count >= SettledNotes)
                {
                    return _settled.Count + _accepted.Count > 0;
                }

                _isIdle = left == Timeout.InfiniteTimeSpan;
            }

            _bell.WaitOne(left);
        }
    }

    // Of the first that was accepted and has not settled; in whole milliseconds, as the bell counts.
    private TimeSpan LeftOfMoment()
    {
        while (_order.TryPeek(out Note first))
        {
            if (_accepted.Contains(first.Id))
            {
                double left = (moment - Stopwatch.GetElapsedTime(first.Since)).TotalMilliseconds;
                return TimeSpan.FromMilliseconds(Math.Max(0, Math.Ceiling(left)));
            }

            _order.Dequeue();
        }

        return Timeout.InfiniteTimeSpan;
    }

    private readonly record struct Note(long Number, Transfer? Transfer, TransferId Id, long Since);
}
