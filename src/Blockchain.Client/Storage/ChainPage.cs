using Blockchain.Core.BankNetwork;
using Blockchain.Core.Kernel;

namespace Blockchain.Client.Storage;

/// <summary>Records read from a chain that are judged together: their links do not wait for one another.</summary>
internal sealed class ChainPage
{
    private const int MaxRecords = 1_024;
    private readonly CanonicalWriter _bytes = new();
    private readonly List<MessageRange> _blocks = [];
    private readonly List<Hash> _hashes = [];
    private readonly List<long> _offsets = [];

    /// <summary>Why the record behind those that <see cref="Append"/> took is not a block of the ledger; null when all
    /// were taken.</summary>
    public string? Fault { get; private set; }

    /// <summary>Where the last appended record ends; 0 before the first.</summary>
    public long End { get; private set; }

    /// <summary>Reads as many records as there are, up to a limit.</summary>
    /// <returns>Whether there is one.</returns>
    public bool Fill(ChainReader reader)
    {
        _bytes.Clear();
        _blocks.Clear();
        _hashes.Clear();
        _offsets.Clear();
        long offset = reader.Offset;
        while (_blocks.Count < MaxRecords && reader.Read())
        {
            _blocks.Add(new MessageRange(_bytes.Length, reader.Canonical.Length));
            _bytes.Raw(reader.Canonical);
            _hashes.Add(reader.StoredHash);
            _offsets.Add(offset);
            offset = reader.Offset;
        }

        return _blocks.Count > 0;
    }

    /// <summary>Appends the records to the replay up to the first that does not belong there.</summary>
    /// <param name="ledger">The replay of what was read before.</param>
    /// <param name="named">The ledger that the file's header names.</param>
    /// <param name="offsets">Takes where each appended record begins.</param>
    public void Append(LedgerState ledger, Hash named, List<long> offsets)
    {
        int broken = LinkAudit.FindBroken(
            _bytes.Written, [.. _blocks], [.. _hashes], ledger.Count == 0 ? Hash.Empty : ledger.Head);
        for (int i = 0; i < _blocks.Count; i++)
        {
            Fault = ledger.Count == 0 && _hashes[i] != named
                    ? "it is not the first block of the ledger that the file's header names"
                : i == broken ? "its hash does not fit its content"
                : Judge(ledger, _bytes.Written.Slice(_blocks[i].Start, _blocks[i].Length), _hashes[i]);
            if (Fault is not null)
            {
                return;
            }

            offsets.Add(_offsets[i]);
            End = _offsets[i] + ChainFormat.PrefixBytes + _blocks[i].Length + Hash.Size;
        }
    }

    private static string? Judge(LedgerState ledger, ReadOnlySpan<byte> canonical, Hash hash)
    {
        try
        {
            LedgerFault fault = ledger.TryAppend(Block.Decode(canonical), hash);
            return fault == LedgerFault.None ? null : $"it cannot stand at its place: {fault}";
        }
        catch (Exception fault) when (fault is FormatFaultException or InvariantException)
        {
            return fault.Message;
        }
    }
}
