using System.Text.Json;
using Blockchain.Core.BankNetwork;
using Blockchain.Wire.Files;

namespace Blockchain.Client.Hosting;

/// <summary>
/// Appends one line of JSON per operation for outside checkers (`--history`). A transfer gets a line when it is asked
/// for, with the result unknown, and another when it is settled: who reads the file takes the last line of each txid.
/// So the outcome of an operation is unknown when its process died first, and known again after a restart: a life reads
/// what the earlier ones left open, and resolves it by txid as soon as the block is in the settled chain. What stays
/// unknown was never accepted. One file belongs to one client.
/// </summary>
internal sealed class HistoryWriter : IDisposable
{
    private readonly Lock _gate = new();
    private readonly FileStream _file;
    private readonly string _path;
    private readonly string _process;
    private readonly TimeProvider _time;
    private readonly long _startedNs;
    private readonly long _startedAt;
    private readonly Dictionary<TransferId, HistoryOperation> _open;

    public HistoryWriter(string path, string process, TimeProvider time)
    {
        _path = path;
        _process = process;
        _time = time;
        _startedNs = (time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100;
        _startedAt = time.GetTimestamp();
        try
        {
            _file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
            _open = HistoryReader.ReadOpen(_file, path, process);
        }
        catch (StoreFaultException)
        {
            _file!.Dispose();
            throw;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            _file?.Dispose();
            throw StoreFaults.From(fault, path);
        }
    }

    /// <summary>A transfer is asked for.</summary>
    /// <param name="submit">What is asked.</param>
    /// <param name="from">The client's number; 0 before its first join.</param>
    public void Invoked(ClientInput.Submit submit, int from)
    {
        lock (_gate)
        {
            HistoryOperation operation = new(from, submit.To, submit.Amount, NowNs());
            _open[submit.Id] = operation;
            WriteTransfer(submit.Id, operation, "unknown", null, null);
        }
    }

    /// <summary>Resolves what an earlier life left open and the stored chain answers.</summary>
    /// <param name="ledger">The settled ledger.</param>
    /// <param name="read">Reads a settled block.</param>
    public void Resolve(LedgerState ledger, Func<long, Block> read)
    {
        TransferId[] open;
        lock (_gate)
        {
            open = [.. _open.Keys];
        }

        foreach (TransferId id in open)
        {
            if (ledger.TryFind(id, out long index, out _) && read(index) is Block.Payment payment)
            {
                Settled(payment, index);
            }
        }
    }

    /// <summary>Blocks have settled: among them may be what an earlier life had asked for and can no longer
    /// tell.</summary>
    public void Settled(IReadOnlyList<Block> blocks, long from)
    {
        for (int i = 0; i < blocks.Count; i++)
        {
            if (blocks[i] is Block.Payment payment)
            {
                Settled(payment, from + i);
            }
        }
    }

    /// <summary>A transfer was refused, and nothing was sent.</summary>
    public void Rejected(TransferId id)
    {
        lock (_gate)
        {
            if (_open.Remove(id, out HistoryOperation operation))
            {
                WriteTransfer(id, operation, "REFUSED", NowNs(), null);
            }
        }
    }

    /// <summary>The user is told that a transfer is settled.</summary>
    public void Returned(ClientEvent.Settled settled)
    {
        Transfer transfer = settled.Block.Transfer;
        lock (_gate)
        {
            // Asked for in an earlier life that wrote no history: the block has the time.
            _open.TryAdd(transfer.Id, new HistoryOperation(
                transfer.From, transfer.To, transfer.Amount, transfer.UnixMs * 1_000_000));
            Settled(settled.Block, settled.Index);
        }
    }

    /// <summary>A balance was asked for and answered.</summary>
    public void Queried(int account, string balance, long invokedNs)
    {
        lock (_gate)
        {
            Write(writer =>
            {
                writer.WriteString("op", "balance");
                writer.WriteStartObject("args");
                writer.WriteNumber("account", account);
                writer.WriteEndObject();
                writer.WriteString("result", balance);
                WriteTimes(writer, invokedNs, NowNs(), null);
            });
        }
    }

    /// <summary>Nanoseconds since 1970, to be compared across processes: the wall clock of the start and what has
    /// passed since, so that it never goes back within a life.</summary>
    public long NowNs() => _startedNs + (_time.GetElapsedTime(_startedAt).Ticks * 100);

    public void Dispose() => _file.Dispose();

    private void Settled(Block.Payment payment, long index)
    {
        lock (_gate)
        {
            if (_open.Remove(payment.Transfer.Id, out HistoryOperation operation))
            {
                WriteTransfer(
                    payment.Transfer.Id, operation with { From = payment.Transfer.From }, payment.Outcome.Status(),
                    NowNs(), index);
            }
        }
    }

    private void WriteTransfer(
        TransferId id, HistoryOperation operation, string result, long? returned, long? index) => Write(writer =>
        {
            writer.WriteString("op", "transfer");
            writer.WriteStartObject("args");
            writer.WriteString("txid", id.ToString());
            writer.WriteNumber("from", operation.From);
            writer.WriteNumber("to", operation.To);
            writer.WriteString("amount", operation.Amount.ToString());
            writer.WriteEndObject();
            writer.WriteString("result", result);
            WriteTimes(writer, operation.InvokedNs, returned, index);
        });

    private static void WriteTimes(Utf8JsonWriter writer, long invoked, long? returned, long? index)
    {
        writer.WriteNumber("invoke_ns", invoked);
        WriteOptional(writer, "return_ns", returned);
        WriteOptional(writer, "index", index);
    }

    private static void WriteOptional(Utf8JsonWriter writer, string name, long? value)
    {
        if (value is { } number)
        {
            writer.WriteNumber(name, number);
        }
        else
        {
            writer.WriteNull(name);
        }
    }

    private void Write(Action<Utf8JsonWriter> body)
    {
        using MemoryStream line = new();
        using (Utf8JsonWriter writer = new(line))
        {
            writer.WriteStartObject();
            writer.WriteString("process", _process);
            body(writer);
            writer.WriteEndObject();
        }

        line.WriteByte((byte)'\n');
        try
        {
            _file.Write(line.GetBuffer(), 0, (int)line.Length);
            _file.Flush();
        }
        catch (IOException fault)
        {
            throw StoreFaults.From(fault, _path);
        }
    }
}
