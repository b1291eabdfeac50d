using System.Text.Json;
using Blockchain.Core.BankNetwork;
using Blockchain.Wire.Files;

namespace Blockchain.Client.Hosting;

/// <summary>
/// Appends one line of JSON per operation for outside checkers (`--history`). A transfer gets a line when it is asked
/// for, with the result unknown, and another when it is settled: who reads the file takes the last line of each txid.
/// So the outcome of an operation is unknown when its process died first, and known again after a restart.
/// </summary>
internal sealed class HistoryWriter : IDisposable
{
    private readonly Lock _gate = new();
    private readonly FileStream _file;
    private readonly string _path;
    private readonly string _process;
    private readonly TimeProvider _time;
    private readonly Dictionary<TransferId, long> _invoked = [];

    public HistoryWriter(string path, string process, TimeProvider time)
    {
        _path = path;
        _process = process;
        _time = time;
        try
        {
            _file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw StoreFaults.From(fault, path);
        }
    }

    /// <summary>A transfer is asked for.</summary>
    public void Invoked(ClientInput.Submit submit)
    {
        lock (_gate)
        {
            _invoked[submit.Id] = NowNs();
            WriteTransfer(submit.Id, submit.To, submit.Amount, "unknown", NowNs(), null, null);
        }
    }

    /// <summary>A transfer was refused, and nothing was sent.</summary>
    public void Rejected(TransferId id)
    {
        lock (_gate)
        {
            if (_invoked.Remove(id, out long invoked))
            {
                WriteTransfer(id, 0, Money.Zero, "REFUSED", invoked, NowNs(), null);
            }
        }
    }

    /// <summary>A transfer is settled.</summary>
    public void Returned(ClientEvent.Settled settled)
    {
        Transfer transfer = settled.Block.Transfer;
        lock (_gate)
        {
            if (!_invoked.Remove(transfer.Id, out long invoked))
            {
                // Asked for in an earlier life: the block has the time.
                invoked = transfer.UnixMs * 1_000_000;
            }

            WriteTransfer(
                transfer.Id, transfer.To, transfer.Amount, settled.Block.Outcome.Status(), invoked, NowNs(),
                settled.Index);
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

    /// <summary>Wall clock in nanoseconds: it is compared across processes.</summary>
    public long NowNs() => (_time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100;

    public void Dispose() => _file.Dispose();

    private void WriteTransfer(
        TransferId id, int to, Money amount, string result, long invoked, long? returned,
        long? index) => Write(writer =>
        {
            writer.WriteString("op", "transfer");
            writer.WriteStartObject("args");
            writer.WriteString("txid", id.ToString());
            writer.WriteNumber("to", to);
            writer.WriteString("amount", amount.ToString());
            writer.WriteEndObject();
            writer.WriteString("result", result);
            WriteTimes(writer, invoked, returned, index);
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
