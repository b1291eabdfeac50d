using System.Threading.Channels;
using Blockchain.Client.Storage;
using Blockchain.Core.BankNetwork;

namespace Blockchain.Client.Hosting;

/// <summary>
/// Writes intents off the loop. Everything that has gathered while one flush was under way shares the next one.
/// </summary>
/// <param name="log">The log.</param>
/// <param name="inbox">Hears how far intents are on disk.</param>
internal sealed class IntentWriter(IntentLog log, Inbox inbox)
{
    // Not bounded here but by the process, which takes 100,000 transfers at most: waiting for room could lock the loop
    // and this writer, which posts to the loop, into each other.
    private readonly Channel<Note> _notes =
        Channel.CreateUnbounded<Note>(new UnboundedChannelOptions { SingleReader = true });

    /// <summary>Asks for an accepted transfer to be written and flushed.</summary>
    public void Accept(long number, Transfer transfer) =>
        _notes.Writer.TryWrite(new Note(number, transfer, transfer.Id));

    /// <summary>Asks for a settled transfer to be noted; no flush.</summary>
    public void Settle(TransferId id) => _notes.Writer.TryWrite(new Note(0, null, id));

    /// <summary>Takes nothing more; <see cref="RunAsync"/> ends when all is written.</summary>
    public void Close() => _notes.Writer.TryComplete();

    /// <summary>Writes until closed.</summary>
    /// <exception cref="Blockchain.Wire.Files.StoreFaultException">The disk is full or broken.</exception>
    public async Task RunAsync()
    {
        while (await _notes.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            long upTo = 0;
            while (_notes.Reader.TryRead(out Note note))
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

            log.Flush(durably: upTo > 0);
            if (upTo > 0)
            {
                await inbox.PostAsync(new ClientInput.IntentsPersisted(upTo), CancellationToken.None)
                    .ConfigureAwait(false);
            }
        }
    }

    private readonly record struct Note(long Number, Transfer? Transfer, TransferId Id);
}
