using System.Runtime.CompilerServices;
using Blockchain.Core.BankNetwork;
using Blockchain.Wire.Audit;
using Blockchain.Wire.Http;

namespace Blockchain.Cli.Ledgers;

/// <summary>A running bank or client.</summary>
/// <param name="title">The source as the user named it.</param>
/// <param name="address">Where it listens.</param>
public sealed class UrlSource(string title, Uri address) : LedgerSource(title)
{
    private const int NotFound = 404;
    private bool _isClient;

    /// <inheritdoc/>
    public override string Kind => _isClient ? "client" : "bank";

    /// <inheritdoc/>
    public override async IAsyncEnumerable<RawBlock> ReadAsync(
        Action<AuditFault> fault, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await FindKindAsync(cancellation);
        using BankApi bank = BankApi.At(address);
        using ClientApi client = ClientApi.At(address);
        long index = 0;
        while (true)
        {
            IReadOnlyList<Block> page = _isClient
                ? await client.GetBlocksAsync(index, Limits.FetchBlocks, cancellation)
                : await bank.GetBlocksAsync(index, Limits.FetchBlocks, cancellation);
            foreach (Block block in page)
            {
                yield return new RawBlock(index++, block.Canonical, null);
            }

            if (page.Count < Limits.FetchBlocks)
            {
                yield break;
            }
        }
    }

    /// <inheritdoc/>
    public override async Task<AuditReport> AuditAsync(ParallelAudit audit, CancellationToken cancellation)
    {
        // First the checkpoint, then the blocks: a running process moves both forward.
        await FindKindAsync(cancellation);
        Checkpoint? checkpoint = await ReadCheckpointAsync(cancellation);
        await FeedAsync(audit, cancellation);
        return audit.Ledger.Finish(checkpoint, mayEndInsideRequest: _isClient);
    }

    private async Task FindKindAsync(CancellationToken cancellation)
    {
        using BankApi bank = BankApi.At(address);
        using ClientApi client = ClientApi.At(address);
        try
        {
            await bank.GetBlocksAsync(0, 1, cancellation);
            _isClient = false;
        }
        catch (ApiException absent) when (absent.Status == NotFound)
        {
            await client.GetBlocksAsync(0, 1, cancellation);
            _isClient = true;
        }
    }

    private async Task<Checkpoint?> ReadCheckpointAsync(CancellationToken cancellation)
    {
        using BankApi bank = BankApi.At(address);
        try
        {
            // Its key is the ledger's own, not the one that comes with it: the audit takes it from the first block.
            LedgerCheckpointDto dto = await bank.GetCheckpointAsync(cancellation);
            return WireConvert.ToCheckpoint(dto).Checkpoint;
        }
        catch (ApiException absent) when (absent.Status == NotFound)
        {
            return null;
        }
    }
}
