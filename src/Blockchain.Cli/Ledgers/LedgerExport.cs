using System.Text.Json;
using Blockchain.Core.BankNetwork;
using Blockchain.Core.Kernel;
using Blockchain.Wire.Files;
using Blockchain.Wire.Http;

namespace Blockchain.Cli.Ledgers;

/// <summary>Writes a ledger as lines of JSON, one settled block a line and no more than a page of blocks in memory.
/// </summary>
public static class LedgerExport
{
    /// <summary>Writes all settled blocks.</summary>
    /// <param name="source">Where they are read.</param>
    /// <param name="output">Where they go; it had better be buffered.</param>
    /// <param name="cancellation">Stops between two blocks.</param>
    /// <exception cref="IntegrityException">A block is not what its place or its hash says; those before it are
    /// written.</exception>
    public static async Task WriteAsync(LedgerSource source, Stream output, CancellationToken cancellation)
    {
        Hash previous = Hash.Empty;
        long next = 0;
        await foreach (RawBlock raw in source.ReadAsync(Refuse, cancellation))
        {
            Hash hash = Check(raw, next, previous);
            BlockDto dto = BlockJson.From(Decode(raw), next, previous, hash, settled: true);
            output.Write(JsonSerializer.SerializeToUtf8Bytes(dto, WireJson.Default.BlockDto));
            output.WriteByte((byte)'\n');
            previous = hash;
            next++;
        }
    }

    private static Hash Check(RawBlock raw, long expected, Hash previous)
    {
        Hash hash = Hash.Link(previous, raw.Canonical.Span);
        if (raw.Index != expected)
        {
            throw new IntegrityException(expected, $"block {raw.Index} stands in its place");
        }

        return raw.Hash is { } stored && stored != hash
            ? throw new IntegrityException(
                expected, $"its stored hash is {stored.Beside(hash)} and its content gives {hash.Beside(stored)}")
            : hash;
    }

    private static Block Decode(RawBlock raw)
    {
        try
        {
            return Block.Decode(raw.Canonical.Span);
        }
        catch (FormatFaultException fault)
        {
            throw new IntegrityException(raw.Index, $"its bytes are no block: {fault.Message}");
        }
    }

    private static void Refuse(AuditFault fault) => throw new IntegrityException(fault.Index, fault.Explanation);
}
