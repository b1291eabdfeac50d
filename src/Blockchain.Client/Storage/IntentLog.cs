using System.Buffers.Binary;
using Blockchain.Core.BankNetwork;
using Blockchain.Core.Kernel;
using Blockchain.Wire.Files;

namespace Blockchain.Client.Storage;

/// <summary>
/// The transfers that were accepted from the user and are not settled (FORMAT.md, "Files of a client"): one record when
/// one is accepted, one when it is settled. It is written afresh at every start, so it does not grow from life to life.
/// One thread at a time may use it.
/// </summary>
public sealed class IntentLog : IDisposable
{
    private const byte Accepted = 1;
    private const byte Settled = 2;
    private const int PrefixBytes = 2;
    private const int ChecksumBytes = 4;
    private const long CompactAboveBytes = 16 << 20;
    private readonly string _path;
    private readonly CanonicalWriter _pending = new();
    private readonly CanonicalWriter _content = new();
    private readonly CanonicalWriter _record = new();
    private readonly Dictionary<TransferId, Transfer> _open = [];
    private readonly List<TransferId> _order = [];
    private DurableFile _file;
    private bool _disposed;

    private IntentLog(string path, IEnumerable<Transfer> open)
    {
        _path = path;
        foreach (Transfer transfer in open)
        {
            _open.Add(transfer.Id, transfer);
            _order.Add(transfer.Id);
        }

        _file = Compact();
    }

    /// <summary>Opens the log, cuts a torn tail and forgets what is settled.</summary>
    /// <param name="path">The file.</param>
    /// <param name="open">The transfers accepted and not noted as settled, in the order of acceptance.</param>
    /// <exception cref="IntegrityException">A record before the last one is damaged.</exception>
    /// <exception cref="StoreFaultException">It cannot be read or written.</exception>
    public static IntentLog Open(string path, out IReadOnlyList<Transfer> open)
    {
        try
        {
            open = File.Exists(path) ? Read(File.ReadAllBytes(path), path) : [];
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw StoreFaults.From(fault, path);
        }

        return new IntentLog(path, open);
    }

    /// <summary>Notes an accepted transfer; it is safe after <see cref="Flush"/>.</summary>
    public void Accept(Transfer transfer)
    {
        _open.Add(transfer.Id, transfer);
        _order.Add(transfer.Id);
        WriteAccepted(_pending, transfer);
    }

    /// <summary>Notes a settled transfer.</summary>
    public void Settle(TransferId id)
    {
        if (_open.Remove(id))
        {
            _content.U8(Settled);
            _content.U128(id.Value);
            WriteRecord(_pending);
        }
    }

    /// <summary>Writes what was noted.</summary>
    /// <param name="durably">Whether to wait for the disk.</param>
    /// <exception cref="StoreFaultException">The disk is full or broken.</exception>
    public void Flush(bool durably)
    {
        if (_file.Length > CompactAboveBytes && _open.Count * 2L * Transfer.FixedBytes < _file.Length / 2)
        {
            _pending.Clear();
            _file.Dispose();
            _file = Compact();
            return;
        }

        if (durably)
        {
            _file.Reserve(_pending.Length);
        }

        _file.Append(_pending.Written);
        _pending.Clear();
        if (durably)
        {
            _file.Flush();
        }
    }

    /// <summary>Closes the file, without the zeros behind its end. May be called again.</summary>
    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        try
        {
            _file.Cut(_file.Length);
        }
        catch (StoreFaultException)
        {
            // They may stay: whoever opens the file passes over them.
        }

        _file.Dispose();
    }

    private static IReadOnlyList<Transfer> Read(ReadOnlySpan<byte> bytes, string path)
    {
        Dictionary<TransferId, Transfer> open = [];
        List<TransferId> order = [];
        int at = 0;
        while (at < bytes.Length)
        {
            ReadOnlySpan<byte> rest = bytes[at..];
            int length = rest.Length < PrefixBytes ? 0 : BinaryPrimitives.ReadUInt16BigEndian(rest);
            int size = PrefixBytes + length + ChecksumBytes;
            if (rest.Length < size || !ChainFormat.ChecksumHolds(rest[..size])
                || !Apply(rest.Slice(PrefixBytes, length)))
            {
                RefuseDamage(rest, size, path);
                break;
            }

            at += size;
        }

        // A transfer that was settled and accepted again stands in the order twice.
        return [.. order.Distinct().Where(open.ContainsKey).Select(id => open[id])];

        bool Apply(ReadOnlySpan<byte> content) => TryApply(content, open, order);
    }

    private static bool TryApply(ReadOnlySpan<byte> content, Dictionary<TransferId, Transfer> open,
        List<TransferId> order)
    {
        try
        {
            CanonicalReader reader = new(content);
            byte kind = reader.U8();
            if (kind == Accepted)
            {
                Transfer transfer = Transfer.Read(ref reader);
                reader.End();
                if (!open.TryAdd(transfer.Id, transfer))
                {
                    return false;
                }

                order.Add(transfer.Id);
                return true;
            }

            if (kind != Settled)
            {
                return false;
            }

            TransferId id = new(reader.U128());
            reader.End();
            open.Remove(id);
            return true;
        }
        catch (FormatFaultException)
        {
            return false;
        }
    }

    /// <summary>
    /// A crash damages only what was written last. Whole records behind a damaged one mean that something else changed
    /// the file, and a transfer that the user saw accepted may be gone: that is not for a program to pass over.
    /// </summary>
    private static void RefuseDamage(ReadOnlySpan<byte> rest, int size, string path)
    {
        if (size + PrefixBytes + ChecksumBytes >= rest.Length)
        {
            return;
        }

        ReadOnlySpan<byte> behind = rest[size..];
        int next = PrefixBytes + BinaryPrimitives.ReadUInt16BigEndian(behind) + ChecksumBytes;
        if (next <= behind.Length && ChainFormat.ChecksumHolds(behind[..next]))
        {
            throw new IntegrityException(
                -1, $"{path} was changed: a transfer that was accepted cannot be read. Move the file away to go on "
                    + "without it");
        }
    }

    private void WriteAccepted(CanonicalWriter target, Transfer transfer)
    {
        _content.U8(Accepted);
        transfer.Write(_content);
        WriteRecord(target);
    }

    private void WriteRecord(CanonicalWriter target)
    {
        _record.U16((ushort)_content.Length);
        _record.Raw(_content.Written);
        ChainFormat.AppendChecksum(_record);
        target.Raw(_record.Written);
        _content.Clear();
        _record.Clear();
    }

    private DurableFile Compact()
    {
        CanonicalWriter writer = new();
        List<TransferId> open = [.. _order.Where(_open.ContainsKey)];
        foreach (TransferId id in open)
        {
            WriteAccepted(writer, _open[id]);
        }

        _order.Clear();
        _order.AddRange(open);
        DurableFile.Replace(_path, writer.Written);
        return DurableFile.Open(_path);
    }
}
